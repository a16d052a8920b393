import Platform
import Tensors
import Tessera
import Testing
import TestSupport

/// What options do to a plan, and what the report says of it.
@Suite struct CompileTests {
  private let folder: TemporaryFolder
  private let network: Network

  init() throws {
    folder = try TemporaryFolder()
    let path = try folder.write(Array(smallNetworkText.utf8), as: "small.onnxtxt")
    network = try Network(path: path, weights: .random(seed: 3))
  }

  private func compile(
    _ change: (inout CompileOptions) -> Void
  ) throws(TesseraError) -> CompileReport {
    var options = CompileOptions()
    options.threads = 2
    options.shapes = [["image": [1, 3, 20, 20]], ["image": [4, 3, 20, 20]]]
    change(&options)
    return try network.compile(options, to: folder.file("small.plan"))
  }

  /// What a model says of images is stored unless the options say otherwise.
  @Test func plansTakeImagesAsTheModelDoes() throws {
    let text = """
      input: "x" input_shape { dim: [1, 3, 4, 4] } layer { name: "r" type: "ReLU" bottom: "x" top: "y" }
      """
    let network = try Network(path: try folder.write(Array(text.utf8), as: "net.prototxt"))
    #expect(network.imageOptions?.color == .bgr)
    #expect(try network.compile().imageOptions()?.color == .bgr)
    var options = CompileOptions()
    options.images = ImageOptions()
    #expect(try network.compile(options).imageOptions()?.color == .rgb)
    #expect(try self.network.compile().imageOptions() == nil)
  }

  @Test func theReportCountsTheMemoryOfASession() throws {
    let report = try compile { $0.convAlgorithm = .winograd4 }
    let plan = try Plan(path: folder.file("small.plan"))
    let session = try Session(plan: plan, threads: 2)
    try session.prepare(variants: Array(plan.variants.indices))
    #expect(
      report.memory.arenaByteCount + report.memory.workspaceByteCount == session.memoryByteCount)
    #expect(report.memory.weightByteCount >= report.weightByteCount)
    #expect(report.variants.map { $0.convolutions.map(\.name) } == [["r1", "p2"], ["r1", "p2"]])
    #expect(report.variants[0].convolutions[0].algorithm == "direct")
    #expect(report.variants[0].convolutions[1].algorithm.hasPrefix("winograd F(4x4) "))
    #expect(report.variants[0].convolutions.allSatisfy { $0.seconds > 0 })
    #expect(report.unlimitedMemory == nil && report.variants[0].unlimitedConvolutions == nil)
  }

  @Test func aMemoryLimitIsKeptAndTheResultStaysTheSame() throws {
    let free = try compile { $0.convAlgorithm = .automatic }
    let direct = try compile { $0.convAlgorithm = .direct }
    #expect(direct.memory.totalByteCount < free.memory.totalByteCount)
    let limited = try compile { $0.memoryLimitByteCount = direct.memory.totalByteCount }
    #expect(limited.memory.totalByteCount <= direct.memory.totalByteCount)
    #expect(limited.unlimitedMemory == free.memory)
    #expect(limited.variants[0].unlimitedConvolutions == free.variants[0].convolutions)
    let session = try Session(plan: Plan(path: folder.file("small.plan")), threads: 1)
    let outputs = try session.run(["image": try makeImages(batch: 1)])
    let sum = try #require(outputs["probabilities"]?.values(as: Float.self)).reduce(0, +)
    #expect(abs(sum - 1) < 1e-5)
  }

  @Test func aPlanFileThatChangesGetsNoSession() throws {
    let path = folder.file("small.plan")
    _ = try compile { _ in }
    let plan = try Plan(path: path)
    _ = try Session(plan: plan, threads: 1)
    // The compiler replaces the file: the plan is as it was.
    _ = try compile { _ in }
    _ = try Session(plan: plan, threads: 1)
    let replaced = try Plan(path: path)
    #expect(truncate(path, 4096) == 0)
    let error = #expect(throws: TesseraError.self) { try Session(plan: replaced, threads: 1) }
    #expect(
      error?.description.hasPrefix("\(path): the file was changed after it was opened") == true)
    _ = try Session(plan: plan, threads: 1)
  }

  @Test func whatIsNotPossibleIsRefusedAndLeavesNothing() throws {
    let cases: [(TesseraError.Kind, (inout CompileOptions) -> Void)] = [
      (.invalidInput, { $0.memoryLimitByteCount = 1000 }),
      (.invalidInput, { $0.maxError = 1e-9 }),
      (.invalidInput, { $0.memoryLimitByteCount = Int.min }),
      (.invalidUsage, { $0.maxError = 0 }),
      (.invalidUsage, { $0.maxError = .nan }),
      (.invalidUsage, { $0.threads = 0 }),
      (
        .invalidUsage,
        {
          $0.isLocal = true
          $0.convAlgorithm = .winograd2
        }
      ),
      (.invalidUsage, { $0.threads = Int.max }),
      (
        .invalidInput,
        {
          $0.maxError = 1e-9
          $0.convAlgorithm = .winograd6
        }
      ),
    ]
    for (kind, change) in cases {
      let error = #expect(throws: TesseraError.self) { try compile(change) }
      #expect(error?.kind == kind)
    }
    #expect(try folder.contents() == ["small.onnxtxt"])
  }

  @Test func tuningMeasuresOnceAndEstimatesNothing() throws {
    let cache = folder.file("times.json")
    let tuned: (inout CompileOptions) -> Void = {
      $0.tuning = TuningOptions()
      $0.tuning?.cachePath = cache
    }
    let first = try compile(tuned)
    let tuning = try #require(first.tuning)
    // Of two convolutions at two batch sizes, one only direct, one also with 3 tiles and 5 schedules.
    #expect(tuning.candidateCount == 2 * (1 + 16))
    #expect(tuning.measuredCount == tuning.candidateCount)
    let plan = try fileBytes(folder.file("small.plan"))
    let second = try compile(tuned)
    #expect(second.tuning?.measuredCount == 0)
    #expect(second.variants.map(\.convolutions) == first.variants.map(\.convolutions))
    #expect(try fileBytes(folder.file("small.plan")) == plan)
    // Estimates never take a time from the file.
    #expect(try compile { _ in }.tuning == nil)
  }
}
