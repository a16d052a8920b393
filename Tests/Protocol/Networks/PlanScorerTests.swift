import Tensors
import Tessera
import TestSupport
import Testing

@testable import Evaluation

@Suite struct PlanScorerTests {
  /// The digits network for these batch sizes.
  private func plan(batches: [Int]) throws -> Plan {
    var options = CompileOptions()
    options.shapes = batches.map { ["image": [$0, 1, 28, 28]] }
    return try Network(path: projectPath("Graphs/digits.onnx")).compile(options)
  }

  /// Images of uniform grey levels; the first images are the same for every count.
  private func images(count: Int) throws -> Tensor {
    var generator = SeededGenerator(seed: 7)
    let values = (0..<count * 784).map { _ in Float.random(in: 0...255, using: &generator) }
    return try Tensor(values, shape: [count, 1, 28, 28])
  }

  private func values(_ tensor: Tensor) throws -> [Float] {
    try #require(tensor.values(as: Float.self))
  }

  @Test func knowsTheNetwork() throws {
    let scorer = try ClassScorer(ImageNetwork(plan: try plan(batches: [2]), threads: 1))
    #expect((scorer.inputHeight, scorer.inputWidth) == (28, 28))
    #expect(scorer.classCount == 10)
    #expect(scorer.values == .posteriors)
    #expect(scorer.minimumSize == nil)
  }

  @Test(arguments: [1, 3, 4, 5, 8])
  func whatFillsABatchUpChangesNothing(count: Int) throws {
    let plan = try plan(batches: [4])
    let scorer = try ClassScorer(ImageNetwork(plan: plan, threads: 1))
    let scores = try scorer.scores(try images(count: count))
    #expect(scores.shape.dimensions == [count, 10])
    // Eight images fill two batches.
    let session = try Session(plan: plan, threads: 1)
    let all = try values(try images(count: 8))
    var expected: [Float] = []
    for start in [0, 4] {
      let batch = try Tensor(
        Array(all[start * 784..<(start + 4) * 784]), shape: [4, 1, 28, 28])
      expected += try values(try #require(try session.run(["image": batch])["probabilities"]))
    }
    #expect(try values(scores) == Array(expected.prefix(count * 10)))
  }

  @Test func takesTheBatchSizesOfThePlan() throws {
    let plan = try plan(batches: [5, 1])
    for batch in [nil, 1, 5] {
      let scorer = try ClassScorer(ImageNetwork(plan: plan, batch: batch, threads: 1))
      #expect(try scorer.scores(try images(count: 6)).shape.dimensions == [6, 10])
    }
    let error = #expect(throws: TesseraError.self) { try ImageNetwork(plan: plan, batch: 3) }
    #expect(error?.description == "the plan was compiled for batches of 1 or 5, not of 3")
  }
}
