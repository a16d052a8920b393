import Evaluation
import Foundation
import Tensors
import TesseraImages
import TestSupport

/// An evaluation of six images, and what it leaves when it is interrupted.
enum RecordSamples {
  static func evaluation() throws -> Evaluation {
    let scorer = ClassScorer(
      inputHeight: 8, inputWidth: 8, classCount: 5, values: .posteriors, minimumSize: nil
    ) { (images) throws(TesseraError) in
      try Tensor([Float](repeating: 0.2, count: 5), shape: [1, 5])
    }
    let network = EvaluatedNetwork(
      name: "network", scorer: scorer,
      preprocessing: try Preprocessing(width: 8, height: 8, color: .gray))
    return try Evaluation(
      data: try LabelledImages.read(path: projectPath("Tests/Fixtures/image-list.txt")),
      networks: [network],
      settings: TestProtocol(mode: .single, scales: [8], mirrors: false, order: .scores))
  }

  /// The files after images that could and could not be read.
  static func records(
    _ evaluation: Evaluation, _ paths: ResultFiles.Paths, from file: ScratchFile
  ) throws -> [[UInt8]] {
    do {
      let files = try ResultFiles(paths, evaluation.runSettings, for: evaluation, resumes: false)
      try evaluation.run(over: 0..<5) {
        record, posterior throws(TesseraError) in try files.append(record, posterior: posterior)
      }
    }
    return [Array(try Data(contentsOf: URL(filePath: file.path)))]
  }
}
