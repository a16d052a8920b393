import Platform
import Tensors
import Tessera
import Testing

@testable import TesseraTraining

/// Fully connected layers so large that the factors of their gradients are kept.
struct GradientFactorsTests {
  private static let inputCount = 900
  private static let classCount = 301
  private static let labels = [0, 300, 2, 7, 2, 31]

  private func network(isTransposed: Bool) throws -> Network {
    let (inputs, classes) = (Self.inputCount, Self.classCount)
    let shape = isTransposed ? "\(classes),\(inputs)" : "\(inputs),\(classes)"
    return try makeNetwork(
      """
      <ir_version: 10, opset_import: ["": 21]>
      linear (float[N,1,30,30] images, float[\(shape)] weight, float[\(classes)] bias) => (float[N,\(classes)] scores) {
        rows = Flatten (images)
        scores = Gemm <transB: int = \(isTransposed ? 1 : 0)> (rows, weight, bias)
      }
      """)
  }

  @Test(arguments: [true, false], [1, 2, 6])
  func weightsFollowTheProductOfTheFactors(isTransposed: Bool, shardSize: Int) throws {
    let network = try network(isTransposed: isTransposed)
    let trainer = try Trainer(network, shardSize: shardSize)
    #expect(trainer.shard.factors.count == 1)
    #expect(trainer.shard.gradients.entries.map(\.shape.elementCount) == [1, Self.classCount])
    let images = try randomImages([6, 1, 30, 30], seed: 1)
    let rate: Float = 0.5
    try trainer.step(images, labels: Self.labels, learningRate: rate)

    let before = network.elements("weight").map(Double.init)
    let after = try trainer.network.elements("weight").map(Double.init)
    let pixels = try #require(images.values(as: Float.self)).map(Double.init)
    let slopes = slopes(before, pixels, isTransposed: isTransposed)
    var worst = 0.0
    for input in 0..<Self.inputCount {
      for output in 0..<Self.classCount {
        let place =
          isTransposed ? output * Self.inputCount + input : input * Self.classCount + output
        let gradient = (0..<Self.labels.count).map {
          slopes[$0][output] * pixels[$0 * Self.inputCount + input]
        }.reduce(0, +)
        let expected =
          before[place] - Double(rate)
          * (gradient / Double(Self.labels.count) + 5e-4 * before[place])
        worst = max(worst, abs(after[place] - expected))
      }
    }
    #expect(worst < 1e-6)
    #expect(zip(before, after).contains { abs($0 - $1) > 1e-4 })
  }

  /// Soft-max minus target of each image, in Float64.
  private func slopes(
    _ weights: [Double], _ pixels: [Double], isTransposed: Bool
  ) -> [[Double]] {
    Self.labels.enumerated().map { image, label in
      let scores = (0..<Self.classCount).map { output in
        (0..<Self.inputCount).reduce(0.0) {
          $0 + pixels[image * Self.inputCount + $1]
            * weights[
              isTransposed ? output * Self.inputCount + $1 : $1 * Self.classCount + output]
        }
      }
      let largest = scores.max() ?? 0
      let powers = scores.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      return powers.enumerated().map { $1 / sum - ($0 == label ? 1 : 0) }
    }
  }
}
