import Tensors
import Tessera
import Testing

@Suite struct GradientsTests {
  private let network: Network
  private let image: Tensor

  init() throws {
    network = try makeSmallNetwork()
    image = try makeImages(batch: 1)
  }

  /// What a network gives, each output as numbers; inputs that are not given are zeros.
  private func run(
    _ network: Network, _ given: [String: Tensor]
  ) throws -> [String: [Float]] {
    let plan = try network.compile()
    var inputs: [String: Tensor] = [:]
    for input in plan.variants[0].inputs {
      inputs[input.name] =
        try given[input.name]
        ?? Tensor(
          [Float](repeating: 0, count: input.shape.elementCount), shape: input.shape.dimensions)
    }
    return try Session(plan: plan, threads: 1).run(inputs).mapValues {
      try #require($0.values(as: Float.self))
    }
  }

  @Test func scoreOfOneClassByPixels() throws {
    let scores = try network.gradients(of: .weightedSum(of: "g4"), withRespectTo: ["image"])
    let isThree = try Tensor((0..<10).map { Float($0 == 3 ? 1 : 0) }, shape: [1, 10])
    let outputs = try run(scores, ["image": image, "g4.weights": isThree])
    #expect(Set(outputs.keys) == ["probabilities", "loss", "g4", "image.gradient"])
    #expect(outputs["loss"] == [try #require(outputs["g4"])[3]])
    let slopes = try #require(outputs["image.gradient"])

    // Along the gradient the score grows by its squared length, as far as no ReLU changes its sign.
    let squared = sumOfSquares(slopes)
    let pixels = try #require(image.values(as: Float.self))
    let step = 1e-3 / squared.squareRoot()
    let moved = try Tensor(
      zip(pixels, slopes).map { $0 + step * $1 }, shape: image.shape.dimensions)
    let after = try run(scores, ["image": moved, "g4.weights": isThree])
    let growth = try #require(after["loss"])[0] - (try #require(outputs["loss"]))[0]
    #expect(abs(growth / (step * squared) - 1) < 0.02)
  }

  /// The distance from the value itself is 0, and so is its gradient; the Gram matrices are the products of channels.
  @Test func distancesFromTargets() throws {
    let features = try network.selectingOutputs(["r1"]).openingImageSize()
    let compared = try features.gradients(
      of: 2 * .squaredDistance(of: "r1") + .gramDistance(of: "r1"), withRespectTo: ["image"],
      shapes: ["image": [1, 3, 12, 16]])
    let picture = try makeImages(batch: 1, height: 12, width: 16)
    let first = try run(compared, ["image": picture])
    let (values, gram) = (try #require(first["r1"]), try #require(first["r1.gram"]))
    let positions = 12 * 16
    let (third, fifth) = (values[(3 * positions)...], values[(5 * positions)...])
    var product: Float = 0
    for (a, b) in zip(third.prefix(positions), fifth) { product += a * b }
    let expected = product / Float(24 * positions)
    #expect(abs(gram[3 * 24 + 5] - expected) <= 1e-5 * abs(expected))
    let squares = 2 * sumOfSquares(values) / Float(values.count) + sumOfSquares(gram)
    #expect(abs(try #require(first["loss"])[0] / squares - 1) < 1e-5)
    #expect(first["image.gradient"]?.contains { $0 != 0 } == true)

    let same = try run(
      compared,
      [
        "image": picture, "r1.target": try Tensor(values, shape: [1, 24, 12, 16]),
        "r1.gram.target": try Tensor(gram, shape: [1, 24, 24]),
      ])
    #expect(same["loss"] == [0])
    #expect(same["image.gradient"]?.allSatisfy { $0 == 0 } == true)
  }

  @Test func weightsByName() throws {
    #expect(network.weightNames == ["w1", "b1", "w2", "b2", "w3", "b3", "w4", "b4"])
    let trained = try network.gradients(of: .sum(of: "g4"), withRespectTo: network.weightNames)
    let outputs = try run(trained, ["image": image])
    #expect(outputs["b4.gradient"] == [Float](repeating: 1, count: 10))
    #expect(outputs["w1.gradient"]?.count == 24 * 27)
  }

  @Test func whatCannotBe() throws {
    let unknown = #expect(throws: TesseraError.self) {
      try network.gradients(of: .sum(of: "g4"), withRespectTo: ["pixels", "image", "w9"])
    }
    #expect(unknown?.kind == .invalidUsage)
    #expect(
      unknown?.diagnostics.map(\.description) == [
        "value 'pixels': the graph has no such value", "value 'w9': the graph has no such value",
      ])
    let none = #expect(throws: TesseraError.self) {
      try network.gradients(of: .sum(of: "g4"), withRespectTo: [])
    }
    #expect(none?.kind == .invalidUsage)
    let shape = #expect(throws: TesseraError.self) {
      try network.gradients(
        of: .sum(of: "g4"), withRespectTo: ["image"], shapes: ["image": [1, 3, 12, 16]])
    }
    #expect(shape != nil)
    let classifier = #expect(throws: TesseraError.self) { try network.openingImageSize() }
    #expect(classifier?.kind == .unsupported)
  }
}

private func sumOfSquares(_ values: [Float]) -> Float {
  var sum: Float = 0
  for value in values { sum += value * value }
  return sum
}
