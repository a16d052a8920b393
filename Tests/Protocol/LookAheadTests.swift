import Foundation
import Synchronization
import Testing

@testable import Evaluation

@Suite struct LookAheadTests {
  @Test func elementsComeInOrder() {
    let squares = LookAhead(3..<200, capacity: 2) { $0 * $0 }
    #expect((3..<200).map { _ in squares.next() } == (3..<200).map { $0 * $0 })
  }

  @Test func neverMakesMoreThanOneBeyondItsCapacity() {
    let madeCount = Atomic(0)
    let numbers = LookAhead(0..<500, capacity: 3) { index in
      madeCount.add(1, ordering: .relaxed)
      return index
    }
    for taken in 1...500 {
      _ = numbers.next()
      #expect(madeCount.load(ordering: .relaxed) <= taken + 4)
    }
  }

  /// The thread keeps its queue alive until it ends.
  @Test func theThreadEndsWhenNobodyWantsMore() {
    var numbers: LookAhead<Int>? = LookAhead(0..<1_000_000, capacity: 1) { $0 }
    weak let queue = numbers
    #expect(numbers?.next() == 0)
    numbers?.stop()
    numbers = nil
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(60)
    while queue != nil, clock.now < deadline { Thread.sleep(forTimeInterval: 0.001) }
    #expect(queue == nil)
  }
}
