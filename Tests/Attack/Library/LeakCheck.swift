import Platform
import Tessera
import TesseraRuntime
import TestSupport

/// Memory that repeated work leaves behind.
package enum LeakCheck {
  /// By how many bytes `runs` runs of one session make the process grow.
  package static func growth(ofRuns runs: Int) throws -> Int {
    let plan = try PlanSamples.plans()[0]
    let session = try Session(plan: plan, threads: 2)
    let inputs = try zeroInputs(of: plan)
    return try growth(times: runs) { _ = try session.run(inputs) }
  }

  /// By how many bytes `compiles` readings and compilations make the process grow. Half of them are of a
  /// damaged model.
  package static func growth(ofCompiles compiles: Int) throws -> Int {
    let file = try ScratchFile("x.onnxtxt")
    let text = Array(ModelSamples.onnxTexts[0].utf8)
    var isSound = false
    return try growth(times: compiles) {
      isSound.toggle()
      let path = try file.holding(isSound ? text : text.dropLast(8))
      _ = try? Network(path: path).compile()
    }
  }

  /// As much work again comes first: it fills caches.
  private static func growth(times: Int, _ work: () throws -> Void) throws -> Int {
    for _ in 0..<times { try work() }
    let before = try residentByteCount()
    for _ in 0..<times { try work() }
    return try residentByteCount() - before
  }

  private static func residentByteCount() throws -> Int {
    let words = String(decoding: try fileBytes("/proc/self/statm"), as: UTF8.self)
      .split(separator: " ")
    guard words.count > 1, let pages = Int(words[1]) else {
      throw AttackFault("/proc/self/statm has no resident pages")
    }
    return pages * Int(getpagesize())
  }
}
