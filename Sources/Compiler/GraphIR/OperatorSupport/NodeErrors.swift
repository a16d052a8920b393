import Tensors

extension Node {
  /// Where errors place this node.
  package var location: Location {
    origin
      ?? .node(displayName, operatorName: isStandard ? operatorName : "\(domain).\(operatorName)")
  }

  /// True for an operator of ONNX's own domain.
  package var isStandard: Bool { domain.isEmpty || domain == "ai.onnx" }

  /// An error about a node that ONNX does not allow.
  package func invalid(_ message: String) -> TesseraError {
    TesseraError(.invalidInput, message, at: location)
  }

  /// An error about a valid node that needs something we do not support.
  package func unsupported(_ message: String) -> TesseraError {
    TesseraError(.unsupported, message, at: location)
  }
}

/// `[1, 2, 3]`, as errors print lists of integers.
package func listDescription(_ values: [Int]) -> String {
  "[\(values.map(String.init).joined(separator: ", "))]"
}
