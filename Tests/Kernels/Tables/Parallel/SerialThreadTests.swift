import CPUKernels
import Platform
import Synchronization
import Tensors
import Testing

struct SerialThreadTests {
  @Test func worksInOrderAndHandsOutWhatTheWorkThrows() async throws {
    let thread = SerialThread()
    for number in 0..<20 {
      #expect(try await thread.perform { (_) throws(TesseraError) in number } == number)
    }
    let error = await #expect(throws: TesseraError.self) {
      try await thread.perform { (_) throws(TesseraError) -> Int in
        throw TesseraError(.unsupported, "no")
      }
    }
    #expect(error?.kind == .unsupported)
  }

  /// More works wait for each other than Swift's concurrency has threads.
  @Test(.timeLimit(.minutes(1))) func takesNoThreadOfTheConcurrency() async throws {
    let count = 128
    let arrived = Atomic<Int>.Box()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<count {
        group.addTask {
          let thread = SerialThread()
          try await thread.perform { (_) throws(TesseraError) in
            arrived.value.add(1, ordering: .relaxed)
            while arrived.value.load(ordering: .relaxed) < count { usleep(1000) }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test(.timeLimit(.minutes(1))) func aTaskThatIsCancelledWhileItWaitsGoesOnAtOnce() async throws {
    let thread = SerialThread()
    let phase = Atomic<Int>.Box()
    let first = Task {
      try await thread.perform { (cancellation) throws(TesseraError) in
        phase.value.store(1, ordering: .releasing)
        while phase.value.load(ordering: .acquiring) < 2 { usleep(100) }
        return cancellation.isRequested
      }
    }
    while phase.value.load(ordering: .acquiring) < 1 { await Task.yield() }
    let second = Task {
      try await thread.perform { (_) throws(TesseraError) in
        phase.value.store(3, ordering: .releasing)
      }
    }
    second.cancel()
    let error = await #expect(throws: TesseraError.self) { try await second.value }
    #expect(error?.kind == .cancelled)
    #expect(phase.value.load(ordering: .acquiring) == 1)
    phase.value.store(2, ordering: .releasing)
    #expect(try await first.value == false)
    #expect(try await thread.perform { (_) throws(TesseraError) in 7 } == 7)
    #expect(phase.value.load(ordering: .acquiring) == 2)
  }

  @Test(.timeLimit(.minutes(1))) func workThatRunsSeesItsCancellation() async throws {
    let thread = SerialThread()
    let isRunning = Atomic<Int>.Box()
    let task = Task {
      try await thread.perform { (cancellation) throws(TesseraError) in
        isRunning.value.store(1, ordering: .releasing)
        while !cancellation.isRequested { usleep(100) }
        throw .cancelledRun
      }
    }
    while isRunning.value.load(ordering: .acquiring) < 1 { await Task.yield() }
    task.cancel()
    let error = await #expect(throws: TesseraError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
  }
}
