import Foundation
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

/// The small network with random weights, compiled for the given batch sizes.
func makeSmallPlan(batches: [Int] = [1]) throws -> Plan {
  let path = FileManager.default.temporaryDirectory
    .appending(path: "small-\(UUID().uuidString).onnxtxt").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  try smallNetworkText.write(toFile: path, atomically: true, encoding: .utf8)
  var options = CompileOptions()
  options.shapes = batches.map { ["image": [$0, 3, 20, 20]] }
  return try Network(path: path, weights: .random(seed: 3)).compile(options)
}

/// Images of uniform numbers.
func makeImages(batch: Int, seed: UInt64 = 5) throws -> Tensor {
  var generator = SeededGenerator(seed: seed)
  let values = (0..<batch * 1200).map { _ in Float.random(in: -1...1, using: &generator) }
  return try Tensor(values, shape: [batch, 3, 20, 20])
}
