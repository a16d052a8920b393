import KernelInterface
import Lowering
import Tensors
import TestSupport
import Testing

@testable import Tuning

/// What is measured, and what is remembered.
struct TunerTests {
  private static let calls = (0..<4).map { KernelCall(kernel: "k", descriptor: [$0]) }
  private static let convolutions = [
    ConvCandidates(name: "a", calls: Array(calls[..<3])),
    ConvCandidates(name: "b", calls: Array(calls[3...])),
  ]

  private let folder: TemporaryFolder
  private var path: String { folder.file("times.json") }

  init() throws { folder = try TemporaryFolder() }

  /// A tuner for which the call with descriptor `[n]` takes `n + 1` seconds.
  private func tuner(
    _ setting: TimingSetting = TimingCacheTests.setting, path: String? = nil,
    createsFolder: Bool = false, failsAt failing: Int64? = nil
  ) -> Tuner {
    Tuner(cachePath: path ?? self.path, createsFolder: createsFolder, setting: setting) {
      { (call) throws(TesseraError) in
        guard call.descriptor[0] != failing else { throw TesseraError(.systemFailure, "no memory") }
        return Double(call.descriptor[0] + 1)
      }
    }
  }

  @Test func everythingIsMeasuredOnce() throws {
    var stages: [String] = []
    var fractions: [Double] = []
    let first = try tuner().times(of: Self.convolutions) {
      stages.append($0)
      fractions.append($1)
    }
    #expect(
      first.seconds == [Self.calls[0]: 1, Self.calls[1]: 2, Self.calls[2]: 3, Self.calls[3]: 4])
    #expect((first.candidateCount, first.measuredCount) == (4, 4))
    #expect(stages == ["timing a", "timing a", "timing a", "timing b"])
    #expect(fractions == [0, 0.25, 0.5, 0.75])

    let second = try tuner(failsAt: 0).times(of: Self.convolutions) { _, _ in
      Issue.record("something is measured again")
    }
    #expect(second.seconds == first.seconds)
    #expect((second.candidateCount, second.measuredCount) == (4, 0))
  }

  @Test func onlyWhatIsMissingIsMeasured() throws {
    _ = try tuner().times(of: [Self.convolutions[1]]) { _, _ in }
    let times = try tuner().times(of: Self.convolutions) { _, _ in }
    #expect((times.candidateCount, times.measuredCount) == (4, 3))
    #expect(try TimingCache(path: path).seconds[TimingCacheTests.setting]?.count == 4)
  }

  @Test func timesOfOtherSettingsDoNotMatch() throws {
    _ = try tuner().times(of: Self.convolutions) { _, _ in }
    var others = Array(repeating: TimingCacheTests.setting, count: 4)
    others[0].cpu = "other"
    others[1].instructionSet = "other"
    others[2].threads += 1
    others[3].kernelVersion += 1
    for other in others {
      #expect(try tuner(other).times(of: Self.convolutions) { _, _ in }.measuredCount == 4)
    }
    #expect(try TimingCache(path: path).seconds.count == 5)
  }

  @Test func failureLeavesTheFileAsItWas() throws {
    _ = try tuner().times(of: [Self.convolutions[1]]) { _, _ in }
    let before = try fileBytes(path)
    #expect(throws: TesseraError.self) {
      try tuner(failsAt: 2).times(of: Self.convolutions) { _, _ in }
    }
    #expect(try fileBytes(path) == before)
    #expect(try folder.contents() == ["times.json"])
  }

  @Test func aFileThatCannotBeWrittenIsFoundBeforeMeasuring() throws {
    let missing = folder.file("none/times.json")
    let error = #expect(throws: TesseraError.self) {
      try tuner(path: missing).times(of: Self.convolutions) { _, _ in
        Issue.record("something is measured")
      }
    }
    #expect(error?.description.contains(missing) == true)
    _ = try tuner(path: missing, createsFolder: true).times(of: Self.convolutions) { _, _ in }
    #expect(try TimingCache(path: missing).seconds.count == 1)
  }

  @Test func aFolderThatCannotBeCreatedIsNamed() throws {
    let file = try folder.write([1], as: "file")
    let error = #expect(throws: TesseraError.self) {
      try tuner(path: "\(file)/tessera/times.json", createsFolder: true)
        .times(of: Self.convolutions) { _, _ in }
    }
    #expect(error?.kind == .systemFailure)
  }
}
