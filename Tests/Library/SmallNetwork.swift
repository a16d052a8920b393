import Tensors
import Tessera
import TestSupport

/// Two convolutions, a pooling and two fully connected layers; weights are inputs.
let smallNetworkText = """
  <ir_version: 10, opset_import: ["" : 21]>
  small (float[N, 3, 20, 20] image,
         float[24, 3, 3, 3] w1, float[24] b1, float[40, 24, 3, 3] w2, float[40] b2,
         float[48, 4000] w3, float[48] b3, float[10, 48] w4, float[10] b4)
      => (float[N, 10] probabilities)
  {
    c1 = Conv <pads = [1, 1, 1, 1]> (image, w1, b1)
    r1 = Relu (c1)
    c2 = Conv <pads = [1, 1, 1, 1]> (r1, w2, b2)
    r2 = Relu (c2)
    p2 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r2)
    f = Flatten (p2)
    g3 = Gemm <transB = 1> (f, w3, b3)
    r3 = Relu (g3)
    g4 = Gemm <transB = 1> (r3, w4, b4)
    probabilities = Softmax (g4)
  }
  """

/// The small network with random weights.
func makeSmallNetwork() throws -> Network { try makeNetwork(smallNetworkText) }

/// The network of ONNX text with random weights.
func makeNetwork(_ text: String) throws -> Network {
  let folder = try TemporaryFolder()
  return try Network(
    path: folder.write(Array(text.utf8), as: "network.onnxtxt"), weights: .random(seed: 3))
}

/// The small network, compiled for the given batch sizes.
func makeSmallPlan(batches: [Int] = [1]) throws -> Plan {
  var options = CompileOptions()
  options.shapes = batches.map { ["image": [$0, 3, 20, 20]] }
  return try makeSmallNetwork().compile(options)
}

/// Images of uniform numbers.
func makeImages(batch: Int, height: Int = 20, width: Int = 20, seed: UInt64 = 5) throws -> Tensor {
  try Tensor(
    makePixels(count: batch * 3 * height * width, seed: seed), shape: [batch, 3, height, width])
}

/// Uniform numbers from −1 to 1.
func makePixels(count: Int, seed: UInt64 = 5) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
}
