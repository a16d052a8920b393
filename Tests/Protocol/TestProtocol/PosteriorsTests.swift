import Platform
import Tensors
import Testing

@testable import Evaluation

@Suite struct PosteriorsTests {
  /// The logarithms of 1 and 3 have the soft-max 1/4 and 3/4; of 1 and 1, 1/2 and 1/2. Within a few
  /// roundings of exp and log in double, from float32 scores.
  private let tolerance = 4 * Double(Float.ulpOfOne)

  private func expect(_ actual: [Double], _ expected: [Double]) {
    #expect(actual.count == expected.count)
    for (actual, expected) in zip(actual, expected) {
      #expect(abs(actual - expected) <= tolerance)
    }
  }

  /// One image, two classes, two positions: the posteriors are (1/4, 3/4) and (9/10, 1/10).
  private func twoPositions() throws -> Tensor {
    try Tensor([0, logf(9), logf(3), 0], shape: [1, 2, 1, 2])
  }

  private func posteriors(
    _ values: Tensor, _ kind: ClassScorer.Values, _ order: ScoreOrder
  ) throws -> [[Double]] {
    try Posteriors.ofBatch(values, kind, classCount: 2, order: order)
  }

  @Test func scoresOfABatch() throws {
    let values = try Tensor([0, logf(3), 5, 5], shape: [2, 2])
    for order in ScoreOrder.allCases {
      let rows = try posteriors(values, .scores, order)
      expect(rows[0], [0.25, 0.75])
      expect(rows[1], [0.5, 0.5])
    }
  }

  @Test func scoresAreAveragedBeforeTheSoftmax() throws {
    // Means: log(9)/2 = log 3 and log(3)/2 = log √3.
    let share = 3 / (3 + 3.0.squareRoot())
    expect(try posteriors(twoPositions(), .scores, .scores)[0], [share, 1 - share])
  }

  @Test func posteriorsAreAveragedAfterTheSoftmax() throws {
    expect(try posteriors(twoPositions(), .scores, .posteriors)[0], [0.575, 0.425])
  }

  @Test func posteriorsAreTakenAsTheyAre() throws {
    let values = try Tensor([0.25, 0.75] as [Float], shape: [1, 2])
    for order in ScoreOrder.allCases {
      #expect(try posteriors(values, .posteriors, order) == [[0.25, 0.75]])
    }
  }

  @Test func largeScoresDoNotOverflow() throws {
    let values = try Tensor([3e38, -3e38] as [Float], shape: [1, 2])
    #expect(try posteriors(values, .scores, .scores) == [[1, 0]])
  }

  @Test func otherShapesAreRefused() throws {
    for shape in [[2, 3], [6], [1, 2, 3], [0, 2]] {
      let values = try Tensor(Array(repeating: Float(0), count: shape.reduce(1, *)), shape: shape)
      #expect(throws: TesseraError.self) { try posteriors(values, .scores, .scores) }
    }
    let doubles = try Tensor([1.0, 2.0], shape: [1, 2])
    #expect(throws: TesseraError.self) { try posteriors(doubles, .scores, .scores) }
  }

  @Test func means() {
    #expect(Posteriors.mean(of: [[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]]) == [0.5, 0.5])
    #expect(Posteriors.mean(of: [[0.25, 0.75]]) == [0.25, 0.75])
  }
}
