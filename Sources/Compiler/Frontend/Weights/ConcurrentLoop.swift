import Platform
import Synchronization
import Tensors

/// Iterations that all CPUs share. Threads that the system refuses are done without, where Dispatch would wait
/// until there is memory for them.
final class ConcurrentLoop: Sendable {
  private let iterationCount: Int
  private let body: @Sendable (Int) -> Void
  private let next = Atomic(0)

  private init(_ iterationCount: Int, _ body: @escaping @Sendable (Int) -> Void) {
    self.iterationCount = iterationCount
    self.body = body
  }

  /// Returns when all iterations are done.
  static func run(_ iterationCount: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let loop = ConcurrentLoop(iterationCount, body)
    var threads: [SystemThread] = []
    for _ in 1..<max(1, min(iterationCount, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) {
      guard let thread = try? SystemThread(body: { loop.work() }) else { break }
      threads.append(thread)
    }
    loop.work()
    for thread in threads { thread.join() }
  }

  private func work() {
    while true {
      let iteration = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard iteration < iterationCount else { return }
      body(iteration)
    }
  }
}
