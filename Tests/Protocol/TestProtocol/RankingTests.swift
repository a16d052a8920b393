import Testing

@testable import Evaluation

@Suite struct RankingTests {
  @Test func equalPosteriorsKeepTheOrderOfTheClasses() {
    #expect(Ranking.top(of: [0.1, 0.3, 0.1, 0.3, 0.1, 0.1]) == [1, 3, 0, 2, 4])
  }

  @Test func fewerThanFiveClassesAreAllListed() {
    #expect(Ranking.top(of: [0.2, 0.8]) == [1, 0])
  }

  @Test func hits() {
    let top = [7, 3, 0, 1, 2]
    #expect(Ranking.hit(7, in: top) == .top1)
    #expect(Ranking.hit(2, in: top) == .top5)
    #expect(Ranking.hit(4, in: top) == .none)
  }
}
