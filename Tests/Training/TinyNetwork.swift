import Tensors
import Tessera
import TestSupport

/// A convolution, a pooling and a fully connected layer.
let tinyNetworkText = """
  <ir_version: 10, opset_import: ["" : 21]>
  tiny (float[N, 1, 12, 12] image, float[4, 1, 3, 3] conv_weight, float[4] conv_bias,
        float[3, 144] fc_weight, float[3] fc_bias) => (float[N, 3] probabilities)
  {
    c = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (image, conv_weight, conv_bias)
    r = Relu (c)
    p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)
    f = Flatten (p)
    s = Gemm <transB = 1> (f, fc_weight, fc_bias)
    probabilities = Softmax (s)
  }
  """

/// The network of ONNX text with random weights.
func makeNetwork(_ text: String = tinyNetworkText, seed: UInt64 = 3) throws -> Network {
  let folder = try TemporaryFolder()
  return try Network(
    path: folder.write(Array(text.utf8), as: "network.onnxtxt"), weights: .random(seed: seed))
}

/// Numbers from -1 to 1.
func randomImages(_ shape: [Int], seed: UInt64) throws -> Tensor {
  var generator = SeededGenerator(seed: seed)
  let count = shape.reduce(1, *)
  return try Tensor(
    (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
}

extension Network {
  /// A constant's elements.
  func elements(_ name: String) -> [Float] {
    model.graph.constants[name]?.values(as: Float.self) ?? []
  }

  /// All weights by name, as bits.
  var weightBits: [String: [UInt32]] {
    var bits: [String: [UInt32]] = [:]
    for name in model.graph.weights { bits[name] = elements(name).map(\.bitPattern) }
    return bits
  }
}
