import CAllocationCounter
import Tensors
import Tessera
import Testing

/// When a session takes memory for the variants of its plan.
@Suite struct PreparationTests {
  private func run(_ session: Session, batch: Int) throws -> [Float]? {
    try session.run(["image": makeImages(batch: batch)])["probabilities"]?.values(as: Float.self)
  }

  @Test func memoryIsThatOfTheVariantsInUse() throws {
    let (small, large) = (try makeSmallPlan(batches: [1]), try makeSmallPlan(batches: [64]))
    let plan = try makeSmallPlan(batches: [1, 64])
    let session = try Session(plan: plan, threads: 2)
    #expect(session.memoryByteCount == 0)
    let alone = try Session(plan: small, threads: 2)
    #expect(try run(session, batch: 1) == run(alone, batch: 1))
    #expect(session.memoryByteCount == alone.memoryByteCount)
    let whole = try Session(plan: large, threads: 2)
    #expect(whole.memoryByteCount > alone.memoryByteCount)
    #expect(try run(session, batch: 64) == run(whole, batch: 64))
    #expect(session.memoryByteCount == whole.memoryByteCount)
    // What was bound before the memory moved.
    #expect(try run(session, batch: 1) == run(alone, batch: 1))
    #expect(session.memoryByteCount == whole.memoryByteCount)
  }

  @Test func preparationTakesItBefore() throws {
    let plan = try makeSmallPlan(batches: [1, 64, 5])
    let session = try Session(plan: plan, threads: 1)
    try session.prepare(variants: [0, 2])
    let memory = session.memoryByteCount
    #expect(memory > 0)
    for batch in [5, 1, 5] { _ = try run(session, batch: batch) }
    #expect(session.memoryByteCount == memory)
    try session.prepare(variants: [1])
    #expect(session.memoryByteCount > memory)
    for wrong in [-1, 3] {
      #expect(throws: TesseraError.self) { try session.prepare(variants: [wrong]) }
    }
    #expect(try Session(plan: makeSmallPlan(), threads: 1).memoryByteCount > 0)
  }

  /// As in `SessionTests`: other tests allocate at the same time.
  @Test func preparedVariantsAllocateNothing() async throws {
    let session = try Session(plan: try makeSmallPlan(batches: [1, 3]), threads: 2)
    try session.prepare(variants: [0, 1])
    let images = try [makeImages(batch: 1), makeImages(batch: 3)]
    var fewest = Int.max
    let deadline = ContinuousClock.now + .seconds(600)
    while fewest > 0, ContinuousClock.now < deadline {
      var results = [Float](repeating: 0, count: 30)
      try results.withUnsafeMutableBytes { bytes in
        for (variant, image) in images.enumerated() {
          let outputs = [
            UnsafeMutableRawBufferPointer(rebasing: bytes[..<(variant == 0 ? 40 : 120)])
          ]
          try image.withUnsafeBytes { input in
            let inputs = [input]
            for _ in 0..<20 {
              let before = tessera_allocation_count()
              try session.run(variant: variant, inputs: inputs, into: outputs)
              fewest = min(fewest, tessera_allocation_count() - before)
            }
          }
        }
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(fewest == 0)
  }
}
