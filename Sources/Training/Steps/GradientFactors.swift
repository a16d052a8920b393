import GraphIR
import Tensors

/// The gradient of a fully connected layer's weights as the product that it is, `left′ · right`: of a shard's images
/// the factors are far smaller than their product, and the sum over a batch is the product of all its factors.
struct GradientFactors {
  /// Values `[images, rows]` and `[images, columns]`.
  let left: String
  let right: String
  /// Extents of the gradient.
  let rowCount: Int
  let columnCount: Int

  /// Bytes of a gradient from which on its factors are kept in its place. To tune it, time
  /// `TrainingBenchmark vgg-a.onnxtxt --shard 4`.
  private static let leastByteCount = 1 << 20

  /// Nil unless a value is a product over the images of a shard that is larger than its factors.
  init?(
    of gradient: String, in graph: Graph, imageCount: Int, opsetVersion: Int
  ) throws(TesseraError) {
    guard let node = graph.nodes.first(where: { $0.outputs.contains(gradient) }),
      node.domain.isEmpty, node.operatorName == "Gemm",
      let left = graph.type(of: node.inputs[0])?.shape, left[0] == imageCount,
      let right = graph.type(of: node.inputs[1])?.shape, right[0] == imageCount
    else { return nil }
    let gemm = try GemmParameters(node, in: graph, opsetVersion: opsetVersion)
    guard gemm.transA, !gemm.transB, gemm.alpha == 1 else { return nil }
    (self.left, self.right) = (node.inputs[0], node.inputs[1])
    (rowCount, columnCount) = (left[1], right[1])
    let byteCount = rowCount * columnCount * MemoryLayout<Float>.size
    guard byteCount >= Self.leastByteCount, self.byteCount(imageCount: imageCount) < byteCount
    else { return nil }
  }

  /// Bytes of the factors of `imageCount` images.
  func byteCount(imageCount: Int) -> Int {
    imageCount * (rowCount + columnCount) * MemoryLayout<Float>.size
  }
}
