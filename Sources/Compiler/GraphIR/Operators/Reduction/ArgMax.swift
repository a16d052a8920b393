import Tensors

/// ONNX `ArgMax`: the position of the largest element along one axis, of the first such, or of the last
/// where `select_last_index` is set (opset 12). NaN counts as more extreme
/// than any number. Its parameters are `ReduceParameters`.
extension Operator {
  static let argMax = argExtreme("ArgMax") { $0 }

  /// `ArgMax` or `ArgMin`, by the key that is largest.
  static func argExtreme(
    _ name: String, _ key: @escaping @Sendable (Double) -> Double
  ) -> Operator {
    reduction(
      name,
      forms: [
        OperatorForm(inputs: 1...1, attributes: ["axis", "keepdims"]),
        OperatorForm(
          since: 12, inputs: 1...1, attributes: ["axis", "keepdims", "select_last_index"]),
      ], result: .int64
    ) { (node) throws(TesseraError) in
      let selectsLast = try node.flagAttribute("select_last_index")
      return ReductionFunction(
        floats: { elements in
          Double(position(elements.map(key), selectsLast) { $0 > $1 || ($0.isNaN && !$1.isNaN) })
        },
        integers: { elements in
          let sign: Int128 = key(1) < 0 ? -1 : 1
          return Int128(position(elements.map { $0 * sign }, selectsLast) { $0 > $1 })
        })
    }
  }

  /// The position of the extreme; `exceeds` tells whether one key is larger than another.
  private static func position<Key>(
    _ keys: [Key], _ selectsLast: Bool, _ exceeds: (Key, Key) -> Bool
  ) -> Int {
    var best = 0
    for index in keys.indices.dropFirst()
    where exceeds(keys[index], keys[best]) || (selectsLast && !exceeds(keys[best], keys[index])) {
      best = index
    }
    return best
  }
}
