import GraphIR

extension Node {
  /// True for `tessera.Conv` and `tessera.Gemm`.
  var isFused: Bool {
    domain == "tessera" && (operatorName == "Conv" || operatorName == "Gemm")
  }

  /// True for ONNX's own operator of that name.
  func isStandard(_ name: String) -> Bool { isStandard && operatorName == name }

  /// This fused node with another activation.
  func with(_ activation: FusedActivation) -> Node {
    var copy = self
    for name in ["activation", "low", "high"] { copy.attributes[name] = nil }
    copy.attributes.merge(activation.attributes) { _, new in new }
    return copy
  }
}

extension ConvParameters {
  /// True if no window reaches into padding.
  var isUnpadded: Bool { padsBegin == [0, 0] && padsEnd == [0, 0] }
}
