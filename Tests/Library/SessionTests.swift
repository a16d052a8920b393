import CAllocationCounter
import Tensors
import Tessera
import Testing

@Suite struct SessionTests {
  @Test func sameBitsForAnyNumberOfThreadsAndFromRunToRun() throws {
    let plan = try makeSmallPlan()
    let image = try makeImages(batch: 1)
    let expected = try #require(
      try Session(plan: plan, threads: 1).run(["image": image])["probabilities"]?.values(
        as: Float.self))
    #expect(abs(expected.reduce(0, +) - 1) < 1e-5)
    for threads in [1, 2, 3, 7] {
      let session = try Session(plan: plan, threads: threads)
      for _ in 0..<20 {
        let outputs = try session.run(["image": image])
        #expect(outputs["probabilities"]?.values(as: Float.self) == expected)
      }
    }
  }

  /// Other tests of this process allocate at the same time, so this one tries until they leave a gap.
  /// If a run allocated even once, no run could leave the process-wide count unchanged.
  @Test(arguments: [1, 2]) func runsAllocateNothing(threads: Int) async throws {
    let plan = try makeSmallPlan()
    let session = try Session(plan: plan, threads: threads)
    let image = try makeImages(batch: 1)
    var result = [Float](repeating: 0, count: 10)
    var fewest = Int.max
    let deadline = ContinuousClock.now + .seconds(600)
    while fewest > 0, ContinuousClock.now < deadline {
      try image.withUnsafeBytes { input in
        try result.withUnsafeMutableBytes { output in
          let inputs = [input]
          let outputs = [output]
          for _ in 0..<20 where fewest > 0 {
            let before = tessera_allocation_count()
            try session.run(inputs: inputs, into: outputs)
            fewest = min(fewest, tessera_allocation_count() - before)
          }
        }
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(fewest == 0)
    #expect(try run(session, ["image": image])["probabilities"]?.values(as: Float.self) == result)
  }

  @Test func theAllocationCounterCounts() {
    let before = tessera_allocation_count()
    let array = [Int](unsafeUninitializedCapacity: 1000) { $1 = 0 }
    withExtendedLifetime(array) { #expect(tessera_allocation_count() > before) }
  }

  @Test func manySessionsShareOnePlan() async throws {
    let plan = try makeSmallPlan()
    let images = try (0..<4).map { try makeImages(batch: 1, seed: UInt64($0)) }
    let expected = try images.map {
      try Session(plan: plan, threads: 1).run(["image": $0])["probabilities"]?.values(
        as: Float.self)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in images.indices {
        group.addTask {
          let session = try Session(plan: plan, threads: 2)
          for _ in 0..<20 {
            let outputs = try run(session, ["image": images[index]])
            #expect(outputs["probabilities"]?.values(as: Float.self) == expected[index])
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func concurrentRunsOfOneSessionTakeTurns() async throws {
    let session = try Session(plan: try makeSmallPlan(), threads: 2)
    let images = try (0..<3).map { try makeImages(batch: 1, seed: UInt64($0)) }
    let expected = try images.map {
      try session.run(["image": $0])["probabilities"]?.values(as: Float.self)
    }
    await withTaskGroup(of: Void.self) { group in
      for index in images.indices {
        group.addTask {
          for _ in 0..<20 {
            let outputs = try? run(session, ["image": images[index]])
            #expect(outputs?["probabilities"]?.values(as: Float.self) == expected[index])
          }
        }
      }
    }
  }

  @Test func theVariantIsChosenByTheShapeAndGivesTheSameRows() throws {
    let plan = try makeSmallPlan(batches: [1, 3])
    #expect(plan.variants.map { $0.inputs[0].shape.dimensions[0] } == [1, 3])
    let session = try Session(plan: plan, threads: 2)
    let images = try makeImages(batch: 3)
    let together = try #require(
      try session.run(["image": images])["probabilities"]?.values(as: Float.self))
    let pixels = try #require(images.values(as: Float.self))
    for index in 0..<3 {
      let image = try Tensor(
        Array(pixels[index * 1200..<(index + 1) * 1200]), shape: [1, 3, 20, 20])
      let alone = try #require(
        try session.run(["image": image])["probabilities"]?.values(as: Float.self))
      #expect(alone == Array(together[index * 10..<(index + 1) * 10]))
    }
  }

  @Test func weightsAreStoredOnceForAllVariants() throws {
    let one = try makeSmallPlan(batches: [1])
    let three = try makeSmallPlan(batches: [1, 2, 5])
    #expect(one.image.weightByteCount == three.image.weightByteCount)
  }

  @Test func wrongInputsAreNamed() throws {
    let session = try Session(plan: try makeSmallPlan(), threads: 1)
    let wrongType = try Tensor([Double](repeating: 0, count: 1200), shape: [1, 3, 20, 20])
    let cases: [([String: Tensor], String)] = [
      ([:], "value 'image': the input is missing"),
      (["image": wrongType], "value 'image': expected float, found double"),
      (
        ["image": try makeImages(batch: 2)],
        "the plan was compiled for image:1x3x20x20, found image:2x3x20x20"
      ),
      (
        ["image": try makeImages(batch: 1), "other": wrongType],
        "value 'other': the plan has no such input, it has 'image'"
      ),
    ]
    for (inputs, message) in cases {
      let error = #expect(throws: TesseraError.self) { try session.run(inputs) }
      #expect(error?.description == message)
    }
    #expect(throws: TesseraError.self) { try session.run(inputs: [], into: []) }
    #expect(throws: TesseraError.self) { try session.run(variant: 9, inputs: [], into: []) }
    #expect(throws: TesseraError.self) { try Session(plan: session.plan, threads: 0) }
  }
}

/// A run that blocks its thread, also in functions that could wait for it otherwise.
private func run(_ session: Session, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
  try session.run(inputs)
}
