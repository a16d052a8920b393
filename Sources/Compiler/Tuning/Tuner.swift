import Foundation
import KernelInterface
import Lowering
import Tensors

/// Times the candidates of convolutions, and remembers the times in a file.
package struct Tuner {
  private let cachePath: String
  private let createsFolder: Bool
  private let setting: TimingSetting
  private let makeTimer: () throws(TesseraError) -> (KernelCall) throws(TesseraError) -> Double

  /// Measures on this machine.
  ///
  /// - Parameters:
  ///   - cachePath: the file that keeps the times.
  ///   - createsFolder: whether to create the folder of that file where it is missing.
  /// - Throws: `systemFailure` if the system does not say which CPU it has.
  package init(
    kernels: KernelTable, threadCount: Int, cachePath: String, createsFolder: Bool
  ) throws(TesseraError) {
    self.init(
      cachePath: cachePath, createsFolder: createsFolder,
      setting: try TimingSetting(kernels: kernels, threadCount: threadCount)
    ) { () throws(TesseraError) in
      let timer = try KernelTimer(kernels: kernels, threadCount: threadCount)
      return { (call) throws(TesseraError) in try timer.seconds(call) }
    }
  }

  /// - Parameter makeTimer: gives a function that measures the seconds of a call. Called once, if there
  ///   is something to measure.
  init(
    cachePath: String, createsFolder: Bool, setting: TimingSetting,
    makeTimer: @escaping () throws(TesseraError) -> (KernelCall) throws(TesseraError) -> Double
  ) {
    self.cachePath = cachePath
    self.createsFolder = createsFolder
    self.setting = setting
    self.makeTimer = makeTimer
  }

  /// The times of all candidates: those in the file as they are, the others measured now and added to
  /// the file, which is written whole or not at all.
  ///
  /// - Parameter progress: called before each measurement with what is timed and how far it has come,
  ///   from 0 to 1.
  /// - Throws: `TesseraError` if the file is damaged or cannot be written, before anything is measured;
  ///   or if a candidate cannot be measured.
  package func times(
    of convolutions: [ConvCandidates], progress: (String, Double) -> Void
  ) throws(TesseraError) -> TuningTimes {
    try FileLedger.current?.enterOutput(cachePath, .update)
    var cache = try TimingCache(path: cachePath)
    let known = cache.seconds[setting] ?? [:]
    let calls = convolutions.flatMap { convolution in
      convolution.calls.map { (name: convolution.name, call: $0) }
    }
    let unknown = calls.filter { known[$0.call] == nil }
    var seconds: [KernelCall: Double] = [:]
    for (_, call) in calls { seconds[call] = known[call] }
    if !unknown.isEmpty {
      if createsFolder { try createFolder() }
      let file = try AtomicFile(path: cachePath)
      let measure = try makeTimer()
      var measured: [KernelCall: Double] = [:]
      for (index, (name, call)) in unknown.enumerated() {
        let method = try ConvMethod(call).map { " as \($0)" } ?? ""
        progress("timing \(name)\(method)", Double(index) / Double(unknown.count))
        measured[call] = try measure(call)
      }
      cache.merge(measured, in: setting)
      seconds.merge(measured) { _, new in new }
      try file.write([UInt8](try cache.data()))
      try file.commit()
    }
    return TuningTimes(
      seconds: seconds, candidateCount: calls.count, measuredCount: unknown.count)
  }

  private func createFolder() throws(TesseraError) {
    let folder = URL(filePath: cachePath).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw TesseraError(
        .systemFailure,
        "cannot create the folder of the timing cache: \(error.localizedDescription)"
      ).inFile(folder.path(percentEncoded: false))
    }
  }
}

/// What tuning has found out.
package struct TuningTimes: Sendable {
  /// Of one call.
  package let seconds: [KernelCall: Double]
  package let candidateCount: Int
  /// How many of them were timed now; the others were known.
  package let measuredCount: Int
}
