import Tensors
import Tessera
import Testing

/// Runs that a task waits for without a thread.
@Suite struct AsyncRunTests {
  @Test func sameBitsAsTheSynchronousForm() async throws {
    let session = try Session(plan: try makeSmallPlan(batches: [1, 3]), threads: 2)
    let network = try ResizableNetwork(try makeSmallNetwork(), threads: 2)
    for batch in [1, 3, 1] {
      let images = ["image": try makeImages(batch: batch)]
      let expected = try synchronously(session, images)
      #expect(try await session.run(images)["probabilities"]?.values(as: Float.self) == expected)
      #expect(try await network.run(images)["probabilities"]?.values(as: Float.self) == expected)
    }
    await #expect(throws: TesseraError.self) { try await session.run([:]) }
  }

  @Test func tasksTakeTurns() async throws {
    let session = try Session(plan: try makeSmallPlan(), threads: 1)
    let images = try (0..<4).map { ["image": try makeImages(batch: 1, seed: UInt64($0))] }
    let expected = try images.map { try synchronously(session, $0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          let outputs = try await session.run(images[index % 4])
          #expect(outputs["probabilities"]?.values(as: Float.self) == expected[index % 4])
        }
      }
      try await group.waitForAll()
    }
  }

  /// However far the runs have come when their tasks are cancelled.
  @Test func theSessionCanBeUsedAfterACancellation() async throws {
    let session = try Session(plan: try makeSmallPlan(), threads: 2)
    let images = ["image": try makeImages(batch: 1)]
    let expected = try synchronously(session, images)
    for delay in 0..<40 {
      let task = Task { try await session.run(images) }
      try await Task.sleep(for: .microseconds(10 * delay))
      task.cancel()
      do {
        let outputs = try await task.value
        #expect(outputs["probabilities"]?.values(as: Float.self) == expected)
      } catch {
        #expect((error as? TesseraError)?.kind == .cancelled)
      }
      #expect(try await session.run(images)["probabilities"]?.values(as: Float.self) == expected)
    }
  }

  @Test func aCancelledTaskRunsNothing() async throws {
    let session = try Session(plan: try makeSmallPlan(), threads: 1)
    let images = ["image": try makeImages(batch: 1)]
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await session.run(images)
    }
    task.cancel()
    let error = await #expect(throws: TesseraError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    #expect(error?.description == "the run was cancelled")
  }

  /// The last reference to a session may be that of its own thread.
  @Test func sessionsEndWithTheirRuns() async throws {
    let plan = try makeSmallPlan()
    let images = ["image": try makeImages(batch: 1)]
    for _ in 0..<50 {
      let outputs = try await Session(plan: plan, threads: 2).run(images)
      #expect(outputs.count == 1)
    }
  }

  private func synchronously(
    _ session: Session, _ inputs: [String: Tensor]
  ) throws -> [Float]? {
    try session.run(inputs)["probabilities"]?.values(as: Float.self)
  }
}
