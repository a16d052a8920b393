import GraphIR
import Tensors

/// How poolings round the number of their windows where strides do not divide an image.
public enum PoolRounding: String, CaseIterable, Sendable {
  /// Down, ONNX's default: pixels at the end of a row or column are left out.
  case floor
  /// Up, Caffe's default: a last window reaches beyond the image.
  case ceil
}

extension Graph {
  /// Sets `ceil_mode` of every `MaxPool` and `AveragePool`, whatever the model says.
  ///
  /// - Throws: `unsupported` with every node that would round up in an operator set without `ceil_mode`,
  ///   that before 10.
  mutating func roundPools(
    _ rounding: PoolRounding, opsetVersion: Int
  ) throws(TesseraError) {
    var problems: [Diagnostic] = []
    for index in nodes.indices
    where nodes[index].isStandard
      && ["MaxPool", "AveragePool"].contains(nodes[index].operatorName)
    {
      guard rounding == .ceil else {
        nodes[index].attributes["ceil_mode"] = nil
        continue
      }
      if opsetVersion < 10 {
        problems +=
          nodes[index].unsupported(
            "it cannot round up in operator set \(opsetVersion), only from 10 on"
          ).diagnostics
      }
      nodes[index].attributes["ceil_mode"] = .int(1)
    }
    if let error = TesseraError(.unsupported, diagnostics: problems) { throw error }
  }
}
