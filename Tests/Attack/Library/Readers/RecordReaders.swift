import Evaluation
import Foundation
import Tensors
import TesseraImages
import Tuning

/// Files that Tessera keeps for itself and reads again.
extension AttackedReader {
  /// What an interrupted evaluation left.
  static func record() throws -> AttackedReader {
    let file = try ScratchFile("p.csv.partial")
    let evaluation = try RecordSamples.evaluation()
    let paths = ResultFiles.Paths(predictions: file.sibling("p.csv"))
    let samples = try RecordSamples.records(evaluation, paths, from: file)
    return AttackedReader("evaluation-record", samples: samples, isText: true) { bytes in
      _ = try file.holding(bytes)
      let files = try ResultFiles(paths, evaluation.runSettings, for: evaluation, resumes: true)
      guard files.records.count <= evaluation.data.items.count else {
        throw AttackFault("more records than images")
      }
    }
  }

  static func timingCache() throws -> AttackedReader {
    var cache = TimingCache()
    for threads in [1, 4] {
      let setting = TimingSetting(
        cpu: "v/1/2/n", instructionSet: "avx2", threads: threads, kernelVersion: 1)
      let times = try KernelSamples.calls().prefix(4).enumerated().map {
        ($0.element, Double($0.offset + 1) * 1e-5)
      }
      cache.merge(Dictionary(times) { first, _ in first }, in: setting)
    }
    return AttackedReader("timing-cache", samples: [Array(try cache.data())], isText: true) {
      let cache = try TimingCache(data: Data($0))
      _ = try cache.data()
    }
  }
}
