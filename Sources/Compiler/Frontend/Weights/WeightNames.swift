/// The names that other frameworks give to the weights of the networks in `Graphs`.
///
/// Each network is told by its convolutions in order; the layers and their names follow from those.
enum WeightNames {
  /// How many convolutions each of the five blocks has, and torchvision's number of each in `features`.
  private static let networks: [(blocks: [Int], torchvision: [Int])] = [
    // A, vgg11
    ([1, 1, 2, 2, 2], [0, 3, 6, 8, 11, 13, 16, 18]),
    // B, vgg13
    ([2, 2, 2, 2, 2], [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]),
    // D, vgg16
    ([2, 2, 3, 3, 3], [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]),
    // E, vgg19
    ([2, 2, 4, 4, 4], [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]),
  ]

  /// What a source calls the weight and the bias of a layer.
  private typealias Naming =
    @Sendable (_ layer: Layer) -> (weight: String, bias: String, layout: WeightLayout)

  private enum Layer {
    /// Both from 1; `number` in torchvision's `features`.
    case convolution(block: Int, index: Int, number: Int)
    /// 6, 7 or 8.
    case fullyConnected(Int)

    /// As in `Graphs`.
    var name: String {
      switch self {
      case .convolution(let block, let index, _): "conv\(block)_\(index)"
      case .fullyConnected(let number): "fc\(number)"
      }
    }
  }

  /// torchvision's `state_dict()` of `vgg11`, `vgg13`, `vgg16` and `vgg19`: flattened as here.
  private static let torchvision: Naming = { layer in
    let prefix =
      switch layer {
      case .convolution(_, _, let number): "features.\(number)"
      case .fullyConnected(let number): "classifier.\((number - 6) * 3)"
      }
    return ("\(prefix).weight", "\(prefix).bias", .unchanged)
  }

  /// The `path` of the weights of `keras.applications.VGG16` and `VGG19`, Keras 3; of Keras 2 their `name`.
  private static let keras: Naming = { layer in
    let name = kerasName(layer)
    return ("\(name)/kernel", "\(name)/bias", kerasLayout(layer))
  }

  /// The data sets in the `.h5` files that `keras.applications` loads for them.
  private static let kerasFile: Naming = { layer in
    let name = kerasName(layer)
    return ("\(name)/\(name)_W_1", "\(name)/\(name)_b_1", kerasLayout(layer))
  }

  private static func kerasName(_ layer: Layer) -> String {
    switch layer {
    case .convolution(let block, let index, _): "block\(block)_conv\(index)"
    case .fullyConnected(8): "predictions"
    case .fullyConnected(let number): "fc\(number - 5)"
    }
  }

  private static func kerasLayout(_ layer: Layer) -> WeightLayout {
    switch layer {
    case .convolution: .hwio
    case .fullyConnected(6): .io(height: 7, width: 7)
    case .fullyConnected: .io(height: 1, width: 1)
    }
  }

  /// A map for each network and each source.
  static let maps: [WeightMap] = networks.flatMap { network in
    var numbers = network.torchvision[...]
    var layers: [Layer] = []
    for (block, count) in network.blocks.enumerated() {
      for index in 1...count {
        layers.append(
          .convolution(block: block + 1, index: index, number: numbers.popFirst() ?? 0))
      }
    }
    layers += [6, 7, 8].map(Layer.fullyConnected)
    return sources.map { naming in WeightMap(rows: layers.flatMap { rows(of: $0, naming) }) }
  }

  private static let sources: [Naming] = [torchvision, keras, kerasFile]

  private static func rows(of layer: Layer, _ naming: Naming) -> [WeightMap.Row] {
    let names = naming(layer)
    return [
      .init(input: "\(layer.name)_weight", entry: names.weight, layout: names.layout),
      .init(input: "\(layer.name)_bias", entry: names.bias, layout: .unchanged),
    ]
  }
}
