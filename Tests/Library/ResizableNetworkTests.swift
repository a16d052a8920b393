import Tensors
import Tessera
import TestSupport
import Testing

@Suite struct ResizableNetworkTests {
  private func makeDense(sizeCapacity: Int = 16) throws -> ResizableNetwork {
    var options = CompileOptions()
    options.isDense = true
    return try ResizableNetwork(
      makeSmallNetwork(), options: options, threads: 2, sizeCapacity: sizeCapacity)
  }

  private static let sizes = [(20, 20), (33, 20), (21, 47), (40, 40), (20, 21), (33, 20)]

  @Test func givesTheBitsOfAPlanForTheSize() throws {
    let resizable = try makeDense()
    #expect(resizable.minimumImageSize == ImageSize(height: 20, width: 20))
    var options = CompileOptions()
    options.isDense = true
    // The own size first settles the algorithms, as it does there.
    options.shapes = [["image": [1, 3, 20, 20]]]
    for (height, width) in Self.sizes {
      let shape = ["image": [1, 3, height, width]]
      var both = options
      if options.shapes != [shape] { both.shapes.append(shape) }
      let plan = try makeSmallNetwork().compile(both)
      let image = ["image": try makeImages(batch: 1, height: height, width: width)]
      let expected = try Session(plan: plan, threads: 1).run(image)["probabilities"]
      let actual = try resizable.run(image)["probabilities"]
      #expect(actual?.shape == expected?.shape)
      #expect(actual?.values(as: Float.self) == expected?.values(as: Float.self))
    }
  }

  /// Scores of windows that do not see an infinite pixel are the bits that they are without it.
  @Test(arguments: [false, true]) func localityHoldsAtEverySize(tunes: Bool) throws {
    let folder = try TemporaryFolder()
    var options = CompileOptions()
    options.isDense = true
    options.isLocal = true
    if tunes {
      options.tuning = TuningOptions()
      options.tuning?.cachePath = folder.file("times.json")
    }
    let resizable = try ResizableNetwork(makeSmallNetwork(), options: options, threads: 1)
    for width in [60, 81] {
      let image = try makeImages(batch: 1, height: 20, width: width)
      var pixels = try #require(image.values(as: Float.self))
      pixels[0] = .infinity
      let spoilt = try Tensor(pixels, shape: image.shape.dimensions)
      let expected = try #require(try resizable.run(["image": image])["probabilities"])
      let actual = try #require(try resizable.run(["image": spoilt])["probabilities"])
      let columns = try #require(expected.shape.dimensions.last)
      let (a, b) = (
        try #require(actual.values(as: Float.self)), try #require(expected.values(as: Float.self))
      )
      let different = Set(a.indices.filter { a[$0] != b[$0] }.map { $0 % columns })
      // Two convolutions carry the first pixel to the first three of their columns, which are pooled to
      // the first two; a score reads ten of these.
      #expect(different == [0, 1])
    }
  }

  @Test func memoryIsThatOfTheKeptSizes() throws {
    let resizable = try makeDense(sizeCapacity: 2)
    let start = resizable.memoryByteCount
    let weights = resizable.weightByteCount
    func shapes(_ sizes: [Int]) -> [[String: [Int]]] { sizes.map { ["image": [1, 3, $0, $0]] } }
    try resizable.prepare(["image": [1, 3, 64, 64]])
    let large = resizable.memoryByteCount
    #expect(large > start)
    #expect(resizable.keptShapes == shapes([20, 64]))
    // The size that ran longest ago makes room.
    try resizable.prepare(["image": [1, 3, 20, 20]])
    try resizable.prepare(["image": [1, 3, 22, 22]])
    #expect(resizable.keptShapes == shapes([20, 22]))
    #expect(resizable.memoryByteCount < large)
    for size in 23..<40 { try resizable.prepare(["image": [1, 3, size, size]]) }
    #expect(resizable.keptShapes == shapes([38, 39]))
    #expect(resizable.weightByteCount == weights)
    for size in [20, 64] { try resizable.prepare(["image": [1, 3, size, size]]) }
    #expect(resizable.memoryByteCount == large)
  }

  @Test func runsAgainAfterTheArenaHasMoved() throws {
    let resizable = try makeDense(sizeCapacity: 3)
    let small = ["image": try makeImages(batch: 1)]
    let expected = try resizable.run(small)["probabilities"]?.values(as: Float.self)
    for size in [64, 30, 64, 90] {
      _ = try resizable.run(["image": try makeImages(batch: 1, height: size, width: size)])
      #expect(try resizable.run(small)["probabilities"]?.values(as: Float.self) == expected)
    }
  }

  @Test func concurrentRunsTakeTurns() async throws {
    let resizable = try makeDense(sizeCapacity: 1)
    let images = try Self.sizes.map { try makeImages(batch: 1, height: $0.0, width: $0.1) }
    let expected = try images.map {
      try resizable.run(["image": $0])["probabilities"]?.values(as: Float.self)
    }
    let run: @Sendable ([String: Tensor]) throws -> [String: Tensor] = { try resizable.run($0) }
    await withTaskGroup(of: Void.self) { group in
      for index in images.indices {
        group.addTask {
          for _ in 0..<5 {
            let outputs = try? run(["image": images[index]])
            #expect(outputs?["probabilities"]?.values(as: Float.self) == expected[index])
          }
        }
      }
    }
  }

  /// The filters of a SAME convolution are scaled by the normalisation once its padding is known.
  @Test func constantsOfOneSizeGoWithIt() throws {
    let text = """
      <ir_version: 10, opset_import: ["" : 21]>
      same (float[N, 3, H, W] image, float[8, 3, 3, 3] w) => (float[N, 8, ?, ?] y)
      <float[8] s = {1, 2, 3, 4, 5, 6, 7, 8}, float[8] b = {0, 0, 0, 0, 1, 1, 1, 1},
       float[8] m = {1, 0, 1, 0, 1, 0, 1, 0}, float[8] v = {1, 1, 4, 4, 9, 9, 16, 16}>
      {
        c = Conv <auto_pad = "SAME_UPPER", strides = [2, 2]> (image, w)
        y = BatchNormalization (c, s, b, m, v)
      }
      """
    let network = try makeNetwork(text)
    var options = CompileOptions()
    options.shapes = [["image": [1, 3, 8, 8]]]
    let resizable = try ResizableNetwork(network, options: options, threads: 1, sizeCapacity: 2)
    #expect(resizable.minimumImageSize == nil)
    var memory: [Int] = []
    for size in [9, 5, 7, 9, 5, 8, 6, 9, 5] {
      let image = ["image": try makeImages(batch: 1, height: size, width: size)]
      var own = CompileOptions()
      own.shapes = [["image": [1, 3, size, size]]]
      let expected = try Session(plan: network.compile(own), threads: 1).run(image)["y"]
      #expect(
        try resizable.run(image)["y"]?.values(as: Float.self) == expected?.values(as: Float.self))
      memory.append(resizable.memoryByteCount)
    }
    // After 9 and 5, whatever ran before.
    #expect(memory[4] == memory[1] && memory[8] == memory[1])
  }

  @Test func whatDoesNotFitIsRefusedAndChangesNothing() throws {
    let resizable = try makeDense()
    let kept = resizable.keptShapes
    let cases: [([String: Tensor], String)] = [
      ([:], "value 'image': the input is missing"),
      (
        ["image": try makeImages(batch: 1, height: 19, width: 30)],
        "value 'image': expected images of at least 20x20, the network's own size, found 19x30"
      ),
      (
        ["image": try Tensor([Float](repeating: 0, count: 400), shape: [1, 1, 20, 20])],
        "value 'image': the shape [1, 1, 20, 20] does not fit the input's type float[N, 3, H, W]"
      ),
      (
        ["image": try makeImages(batch: 1), "other": try makeImages(batch: 1)],
        "value 'other': the network has no such input, it has 'image'"
      ),
    ]
    for (inputs, message) in cases {
      let error = #expect(throws: TesseraError.self) { try resizable.run(inputs) }
      #expect(error?.description == message)
    }
    #expect(resizable.keptShapes == kept)
    #expect(throws: TesseraError.self) { try makeDense(sizeCapacity: 0) }
    var limited = CompileOptions()
    limited.memoryLimitByteCount = 1 << 30
    #expect(throws: TesseraError.self) {
      try ResizableNetwork(makeSmallNetwork(), options: limited)
    }
  }
}
