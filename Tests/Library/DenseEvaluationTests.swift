import Tensors
import Tessera
import TestSupport
import Testing

/// Dense evaluation of a whole network, against the plain one.
@Suite struct DenseEvaluationTests {
  @Test(arguments: WeightPrecision.allCases, [1, 2])
  func anImageOfTheOwnSizeHasTheSameScoresBitForBit(
    _ precision: WeightPrecision, batch: Int
  ) throws {
    let network = try makeSmallNetwork()
    var options = CompileOptions()
    options.weightPrecision = precision
    options.shapes = [["image": [batch, 3, 20, 20]]]
    let plain = try network.compile(options)
    options.isDense = true
    let dense = try network.compile(options)
    let images = ["image": try makeImages(batch: batch)]
    let expected = try #require(try Session(plan: plain, threads: 2).run(images)["probabilities"])
    let actual = try #require(try Session(plan: dense, threads: 2).run(images)["probabilities"])
    #expect(actual.shape.dimensions == [batch, 10, 1, 1])
    #expect(actual.values(as: Float.self) == expected.values(as: Float.self))
    #expect(dense.image.weightByteCount == plain.image.weightByteCount)
  }

  /// Each position of the map is the plain network on the crop that it sees, where no padding tells the
  /// crop from the whole. A sum of n terms, formed in any order, is off by at most n · 2⁻²³ of the sum of
  /// their magnitudes, and two of them differ by twice that; pixels are of magnitude 1 at most.
  @Test func everyPositionIsThePlainNetworkOnItsCrop() throws {
    let text = """
      <ir_version: 10, opset_import: ["" : 21]>
      valid (float[N, 3, 10, 12] image, float[16, 3, 3, 3] w1, float[9, 320] w2, float[9] b2,
             float[5, 9] w3) => (float[N, 5] scores)
      {
        c = Conv (image, w1)
        p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (c)
        f = Flatten (p)
        h = Gemm <transB = 1> (f, w2, b2)
        scores = Gemm <transB = 1> (h, w3)
      }
      """
    let network = try makeNetwork(text)
    let size = (height: 17, width: 22)
    let pixels = makePixels(count: 3 * size.height * size.width)
    var options = CompileOptions()
    let plain = try Session(plan: network.compile(options), threads: 1)
    options.isDense = true
    options.shapes = [["image": [1, 3, size.height, size.width]]]
    let dense = try Session(plan: network.compile(options), threads: 2)
    let image = try Tensor(pixels, shape: [1, 3, size.height, size.width])
    let map = try #require(try dense.run(["image": image])["scores"])
    #expect(map.shape.dimensions == [1, 5, 4, 6])
    let scores = try #require(map.values(as: Float.self))

    let tolerance = Float(2 * (27 + 320 + 9)) * Float.ulpOfOne * magnitudeBound(network)
    for row in 0..<4 {
      for column in 0..<6 {
        var crop: [Float] = []
        for channel in 0..<3 {
          for y in 0..<10 {
            let start = (channel * size.height + 2 * row + y) * size.width + 2 * column
            crop += pixels[start..<start + 12]
          }
        }
        let outputs = try plain.run(["image": try Tensor(crop, shape: [1, 3, 10, 12])])
        let expected = try #require(outputs["scores"]?.values(as: Float.self))
        for channel in 0..<5 {
          let actual = scores[(channel * 4 + row) * 6 + column]
          #expect(abs(actual - expected[channel]) <= tolerance)
        }
      }
    }
  }

  /// The largest sum of magnitudes of the last layer for inputs of magnitude 1.
  private func magnitudeBound(_ network: Network) -> Float {
    (rowSums("w1", network) * rowSums("w2", network) + rowSums("b2", network))
      * rowSums("w3", network)
  }

  /// The largest sum of magnitudes of an output's weights.
  private func rowSums(_ name: String, _ network: Network) -> Float {
    guard let tensor = network.model.graph.constants[name] else { return .infinity }
    let values = tensor.values(as: Float.self) ?? []
    let length = tensor.shape.elementCount / tensor.shape[0]
    let sums = (0..<tensor.shape[0]).map { row in
      values[row * length..<(row + 1) * length].reduce(0) { $0 + abs($1) }
    }
    return sums.max() ?? 0
  }

  /// Windows of more bytes than are gathered at a time; the tolerance is derived as above.
  @Test func aLargeMapIsEvaluatedInBands() throws {
    let text = """
      <ir_version: 10, opset_import: ["" : 21]>
      large (float[N, 8, 7, 7] image, float[5, 392] w, float[5] b) => (float[N, 5] scores)
      {
        f = Flatten (image)
        scores = Gemm <transB = 1> (f, w, b)
      }
      """
    let network = try makeNetwork(text)
    let (extent, positions) = (180, 174)
    let pixels = makePixels(count: 2 * 8 * extent * extent)
    var options = CompileOptions()
    let plain = try Session(plan: network.compile(options), threads: 1)
    options.isDense = true
    options.shapes = [["image": [2, 8, extent, extent]]]
    let plan = try network.compile(options)
    #expect(plan.image.contents.variants[0].steps.count { $0.kernel == "fully-connected" } == 4)
    let image = try Tensor(pixels, shape: [2, 8, extent, extent])
    let outputs = try Session(plan: plan, threads: 2).run(["image": image])
    let scores = try #require(outputs["scores"]?.values(as: Float.self))
    let tolerance =
      Float(2 * 392) * Float.ulpOfOne * (rowSums("w", network) + rowSums("b", network))
    for (index, row, column) in [(0, 0, 0), (0, 86, 173), (0, 87, 0), (1, 3, 5), (1, 173, 173)] {
      var crop: [Float] = []
      for channel in 0..<8 {
        for y in 0..<7 {
          let start = ((index * 8 + channel) * extent + row + y) * extent + column
          crop += pixels[start..<start + 7]
        }
      }
      let single = try plain.run(["image": try Tensor(crop, shape: [1, 8, 7, 7])])
      let expected = try #require(single["scores"]?.values(as: Float.self))
      for channel in 0..<5 {
        let actual = scores[((index * 5 + channel) * positions + row) * positions + column]
        #expect(abs(actual - expected[channel]) <= tolerance)
      }
    }
  }

  @Test func allSizesShareOneSetOfWeights() throws {
    let network = try makeSmallNetwork()
    var options = CompileOptions()
    options.isDense = true
    // Else the first size decides which, for all.
    options.convAlgorithm = .winograd4
    let one = try network.compile(options)
    #expect(one.variants[0].inputs[0].shape.dimensions == [1, 3, 20, 20])
    options.shapes = [[1, 3, 33, 20], [1, 3, 21, 47], [3, 3, 20, 20]].map { ["image": $0] }
    let three = try network.compile(options)
    #expect(three.image.contents.weights.count == one.image.contents.weights.count)
    #expect(three.image.weightByteCount == one.image.weightByteCount)
    #expect(
      three.variants.map { $0.outputs[0].shape.dimensions } == [
        [1, 10, 7, 1], [1, 10, 1, 14], [3, 10, 1, 1],
      ])
  }

  @Test func imagesBelowTheOwnSizeAreRefused() throws {
    var options = CompileOptions()
    options.isDense = true
    options.shapes = [["image": [1, 3, 40, 19]]]
    let network = try makeSmallNetwork()
    let error = #expect(throws: TesseraError.self) { try network.compile(options) }
    #expect(error?.kind == .invalidUsage)
    #expect(
      error?.description
        == "value 'image': expected images of at least 20x20, the network's own size, found 40x19")
  }
}
