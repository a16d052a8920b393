import Foundation

/// Makes elements in order on a thread of its own, a few ahead of the one who takes them.
///
/// The thread ends when all are made or after `stop`.
package final class LookAhead<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  // Both are touched with `condition` locked.
  private var ready: [Element] = []
  private var isStopped = false

  /// Starts to make the elements of `indices`.
  ///
  /// - Parameter capacity: how many elements wait at most, at least 1; one more is in the making.
  package init(
    _ indices: Range<Int>, capacity: Int, _ make: @escaping @Sendable (Int) -> Element
  ) {
    Thread.detachNewThread { [self] in
      for index in indices {
        guard waitForPlace(below: capacity) else { return }
        append(make(index))
      }
    }
  }

  /// Takes the next element, waiting until it is made. To be called once for each index at most.
  package func next() -> Element {
    condition.lock()
    defer { condition.unlock() }
    while ready.isEmpty { condition.wait() }
    condition.broadcast()
    return ready.removeFirst()
  }

  /// Lets the thread end after the element that it is making.
  package func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    condition.unlock()
  }

  /// False if nothing more is wanted.
  private func waitForPlace(below capacity: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, ready.count >= capacity { condition.wait() }
    return !isStopped
  }

  private func append(_ element: Element) {
    condition.lock()
    ready.append(element)
    condition.broadcast()
    condition.unlock()
  }
}
