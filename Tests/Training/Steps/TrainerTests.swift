import Platform
import Tensors
import Tessera
import Testing

@testable import TesseraTraining

struct TrainerTests {
  private static let labels = [0, 1, 2, 0, 2, 1, 1, 0]

  /// The weights after three steps on batches of eight images.
  private func trained(
    _ network: Network, shardSize: Int, threads: Int = 2, settings: DescentSettings = .init(),
    isFrozen: (String) -> Bool = { _ in false }
  ) throws -> Network {
    let trainer = try Trainer(
      network, shardSize: shardSize, settings: settings, threads: threads, isFrozen: isFrozen)
    for step in 0..<3 {
      try trainer.step(
        randomImages([8, 1, 12, 12], seed: UInt64(step)), labels: Self.labels, learningRate: 0.1)
    }
    #expect(trainer.stepCount == 3)
    return try trainer.network
  }

  @Test func threadsChangeNoBit() throws {
    let one = try trained(makeNetwork(), shardSize: 4, threads: 1).weightBits
    #expect(try one != makeNetwork().weightBits)
    for threads in 2...3 {
      #expect(try trained(makeNetwork(), shardSize: 4, threads: threads).weightBits == one)
    }
  }

  /// Other sums, of the same numbers.
  @Test(arguments: [1, 2, 8])
  func shardsChangeRoundingAlone(shardSize: Int) throws {
    let expected = try trained(makeNetwork(), shardSize: 4)
    let network = try trained(makeNetwork(), shardSize: shardSize)
    for name in expected.model.graph.weights {
      for (a, b) in zip(network.elements(name), expected.elements(name)) {
        #expect(abs(a - b) < 1e-5)
      }
    }
  }

  /// They lie once in memory, where they are trained.
  @Test func theFirstWeightsAreLetGo() throws {
    weak var first: TensorStorage?
    let trainer = try {
      let network = try makeNetwork()
      first = network.model.graph.constants[network.model.graph.weights[0]]?.storage
      #expect(first != nil)
      return try Trainer(network, shardSize: 2)
    }()
    #expect(first == nil)
    #expect(try trainer.network.weightBits == makeNetwork().weightBits)
  }

  @Test func aFalseBatchIsRefused() throws {
    let trainer = try Trainer(makeNetwork(), shardSize: 2)
    let images = try randomImages([4, 1, 12, 12], seed: 1)
    let before = try trainer.network.weightBits
    func refused(_ images: Tensor, _ labels: [Int]) {
      #expect(throws: TesseraError.self) {
        try trainer.step(images, labels: labels, learningRate: 0.1)
      }
    }
    refused(images, [0, 1, 2])
    refused(images, [0, 1, 2, 3])
    refused(images, [0, 1, 2, -1])
    refused(images, [])
    refused(try randomImages([3, 1, 12, 12], seed: 1), [0, 1, 2])
    refused(try randomImages([4, 1, 12, 11], seed: 1), [0, 1, 2, 0])
    refused(try randomImages([4, 144], seed: 1), [0, 1, 2, 0])
    refused(try randomImages([0, 1, 12, 12], seed: 1), [])
    refused(try Tensor([Double](repeating: 0, count: 576), shape: [4, 1, 12, 12]), [0, 1, 2, 0])
    #expect(try trainer.network.weightBits == before)
    #expect(trainer.stepCount == 0)
    #expect(throws: TesseraError.self) { try Trainer(makeNetwork(), shardSize: 0) }
  }

  @Test func aLossThatIsNoNumberChangesNothing() throws {
    let trainer = try Trainer(makeNetwork(), shardSize: 2)
    let sound = try randomImages([4, 1, 12, 12], seed: 1)
    try trainer.step(sound, labels: [0, 1, 2, 0], learningRate: 0.1)
    let before = try trainer.network.weightBits
    var elements = try #require(sound.values(as: Float.self))
    elements[300] = .nan
    let images = try Tensor(elements, shape: [4, 1, 12, 12])
    let error = #expect(throws: TesseraError.self) {
      try trainer.step(images, labels: [0, 1, 2, 0], learningRate: 0.1)
    }
    #expect(error.map { "\($0)".contains("the loss of step 2 is not finite") } == true)
    #expect(try trainer.network.weightBits == before)
    #expect(trainer.stepCount == 1)
    // The next sound batch goes as if nothing had been.
    let other = try Trainer(makeNetwork(), shardSize: 2)
    for trainer in [trainer, other] {
      while trainer.stepCount < 2 {
        try trainer.step(sound, labels: [0, 1, 2, 0], learningRate: 0.1)
      }
    }
    #expect(try trainer.network.weightBits == other.network.weightBits)
  }

  @Test func frozenWeightsStay() throws {
    let network = try makeNetwork()
    let result = try trained(network, shardSize: 4) { $0.hasPrefix("conv") }
    for name in ["conv_weight", "conv_bias"] {
      #expect(result.elements(name) == network.elements(name))
    }
    #expect(result.elements("fc_weight") != network.elements("fc_weight"))
    #expect(throws: TesseraError.self) {
      try Trainer(network, shardSize: 4) { _ in true }
    }
  }

  @Test func aRateFactorOfZeroFreezes() throws {
    let network = try makeNetwork()
    var settings = DescentSettings()
    settings.rateFactors = ["conv_weight": 0, "conv_bias": 0]
    let factors = try trained(network, shardSize: 4, settings: settings)
    let frozen = try trained(network, shardSize: 4) { $0.hasPrefix("conv") }
    // Weights that may change are packed in the steps, which rounds otherwise.
    for name in network.model.graph.weights {
      let isStill = name.hasPrefix("conv")
      #expect((factors.elements(name) == network.elements(name)) == isStill)
      for (a, b) in zip(factors.elements(name), frozen.elements(name)) {
        #expect(abs(a - b) < 1e-5)
      }
    }
  }

  /// `v ← m · v − r · (g + d · w)`, `w ← w + v` for a layer whose gradients are written out here in Float64.
  @Test(arguments: [true, false])
  func stepsAreThoseOfGradientDescent(decaysBiases: Bool) throws {
    let network = try makeNetwork(
      """
      <ir_version: 10, opset_import: ["" : 21]>
      linear (float[N, 1, 2, 2] image, float[3, 4] w, float[3] b) => (float[N, 3] y)
      {
        f = Flatten (image)
        s = Gemm <transB = 1> (f, w, b)
        y = Softmax (s)
      }
      """)
    var settings = DescentSettings()
    (settings.weightDecay, settings.decaysBiases) = (0.1, decaysBiases)
    settings.rateFactors = ["b": 2]
    let trainer = try Trainer(network, shardSize: 2, settings: settings)
    var weights = network.elements("w").map(Double.init)
    var bias = network.elements("b").map(Double.init)
    var (steps, biasSteps) = ([Double](repeating: 0, count: 12), [Double](repeating: 0, count: 3))
    for step in 0..<5 {
      let (labels, rate) = ([0, 2, 1, 2, 0, 1], 0.2)
      let images = try randomImages([6, 1, 2, 2], seed: UInt64(step))
      let pixels = try #require(images.values(as: Float.self)).map(Double.init)
      var (slopes, biasSlopes) = (
        [Double](repeating: 0, count: 12), [Double](repeating: 0, count: 3)
      )
      var (loss, hits) = (0.0, 0)
      for (row, label) in labels.enumerated() {
        let x = Array(pixels[row * 4..<row * 4 + 4])
        var scores = bias
        for k in 0..<3 {
          for i in 0..<4 { scores[k] += weights[k * 4 + i] * x[i] }
        }
        let powers = scores.map { (score: Double) in exp(score) }
        let total = powers.reduce(0, +)
        loss -= log(powers[label] / total) / 6
        if scores[label] == scores.max() { hits += 1 }
        for k in 0..<3 {
          let target: Double = k == label ? 1 : 0
          let slope: Double = (powers[k] / total - target) / 6
          biasSlopes[k] += slope
          for i in 0..<4 { slopes[k * 4 + i] += slope * x[i] }
        }
      }
      let result = try trainer.step(images, labels: labels, learningRate: Float(rate))
      #expect(abs(result.loss - loss) < 1e-6)
      #expect(result.hitCount == hits && result.imageCount == 6)
      for i in weights.indices {
        let slope: Double = slopes[i] + 0.1 * weights[i]
        steps[i] = 0.9 * steps[i] - rate * slope
        weights[i] += steps[i]
      }
      for i in bias.indices {
        let decay: Double = decaysBiases ? 0.1 * bias[i] : 0
        biasSteps[i] = 0.9 * biasSteps[i] - 2 * rate * (biasSlopes[i] + decay)
        bias[i] += biasSteps[i]
      }
    }
    let result = try trainer.network
    for (a, b) in zip(result.elements("w"), weights) { #expect(abs(Double(a) - b) < 1e-5) }
    for (a, b) in zip(result.elements("b"), bias) { #expect(abs(Double(a) - b) < 1e-5) }
  }

  /// Running statistics follow the mean of the shards', and are not drawn towards zero.
  @Test func statisticsFollowTheShards() throws {
    let network = try makeNetwork(
      """
      <ir_version: 10, opset_import: ["" : 21]>
      normalized (float[N, 1, 2, 2] image, float[2, 4] w) => (float[N, 2] y)
      <float[1] one = {1.0}, float[1] zero = {0.0}, float[1] mean = {0.5}, float[1] variance = {2.0}>
      {
        n = BatchNormalization <momentum = 0.75> (image, one, zero, mean, variance)
        f = Flatten (n)
        y = Gemm <transB = 1> (f, w)
      }
      """)
    let trainer = try Trainer(network, shardSize: 2)
    let images = try randomImages([4, 1, 2, 2], seed: 1)
    let pixels = try #require(images.values(as: Float.self)).map(Double.init)
    var (mean, variance): (Double, Double) = (0.5, 2)
    for _ in 1...3 {
      try trainer.step(images, labels: [0, 1, 1, 0], learningRate: 0.1)
      (mean, variance) = (0.75 * mean, 0.75 * variance)
      for shard in [pixels[..<8], pixels[8...]] {
        let center: Double = shard.reduce(0, +) / 8
        let squares: [Double] = shard.map { ($0 - center) * ($0 - center) }
        mean += 0.25 / 2 * center
        variance += 0.25 / 2 * squares.reduce(0, +) / 8
      }
    }
    let result = try trainer.network
    #expect(abs(Double(result.elements("mean")[0]) - mean) < 1e-6)
    #expect(abs(Double(result.elements("variance")[0]) - variance) < 1e-6)
  }

  /// What has no gradient is told at once.
  @Test func operatorsWithoutAGradientAreListed() throws {
    let network = try makeNetwork(
      """
      <ir_version: 10, opset_import: ["" : 21]>
      odd (float[N, 1, 2, 2] image, float[2, 4] w) => (float[N, 2] y)
      {
        f = Flatten (image)
        s = Gemm <transB = 1> (f, w)
        [first] a = Elu (s)
        [second] y = Elu (a)
      }
      """)
    let error = #expect(throws: TesseraError.self) { try Trainer(network, shardSize: 1) }
    #expect(error.map { "\($0)".contains("Elu") } == true)
    #expect(error?.kind == .unsupported)
  }
}
