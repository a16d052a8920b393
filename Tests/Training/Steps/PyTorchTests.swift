import TensorFiles
import Tensors
import Tessera
import TestSupport
import Testing

@testable import TesseraTraining

/// Twenty steps as PyTorch computes them in float64; `Scripts/training_fixtures.py` writes the fixtures and says where the
/// bounds come from.
struct PyTorchTests {
  private static let (size, batchSize, classCount) = (32, 8, 125)

  /// The script's `batch`.
  private static func batch(_ step: Int) throws -> (images: Tensor, labels: [Int]) {
    var generator = SeededGenerator(seed: UInt64(step % 4))
    let pixels = (0..<batchSize * 3 * size * size).map { _ in
      Float(generator.next() >> 40) * 0x1p-23 - 1
    }
    let labels = (0..<batchSize).map { _ in Int(generator.next() % UInt64(classCount)) }
    return (try Tensor(pixels, shape: [batchSize, 3, size, size]), labels)
  }

  private static func fixture(_ name: String) -> String {
    projectPath("Tests/Training/Fixtures/\(name)")
  }

  @Test(arguments: ["vgg-a-lrn", "vgg-b", "vgg-c"], [4, 8])
  func trainingFollows(name: String, shardSize: Int) throws {
    let network = try Network(
      path: Self.fixture("\(name).onnxtxt"), weights: .random(seed: 1))
    let expected = try NPZFile(path: Self.fixture("\(name).npz"))
    func numbers(_ key: String) throws -> [Double] {
      try #require(try expected.tensor(named: key).values(as: Double.self))
    }
    let (losses, bounds) = (try numbers("losses"), try numbers("loss_bounds"))
    #expect(losses.count == 20)
    let trainer = try Trainer(network, shardSize: shardSize)
    for (step, loss) in losses.enumerated() {
      let (images, labels) = try Self.batch(step)
      let found = try trainer.step(images, labels: labels, learningRate: 1e-4).loss
      // The loss itself is rounded to float32.
      #expect(abs(found - loss) <= bounds[step] + 1e-6 * loss, "step \(step + 1)")
    }
    let result = try trainer.network
    let weights = result.model.graph.weights
    #expect(weights.count == expected.names.count { $0.hasPrefix("samples/") })
    for weight in weights {
      let (samples, bound) = (try numbers("samples/\(weight)"), try numbers("bounds/\(weight)")[0])
      let elements = result.elements(weight)
      #expect(samples.count == min(48, elements.count))
      var squares = 0.0
      for (index, sample) in samples.enumerated() {
        let distance = Double(elements[index * elements.count / samples.count]) - sample
        squares += distance * distance
      }
      let distance = (squares / Double(samples.count)).squareRoot()
      #expect(distance <= bound, "\(weight)")
    }
  }
}
