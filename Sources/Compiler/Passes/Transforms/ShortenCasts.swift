import GraphIR
import Tensors

extension Pass {
  /// Lets a `Cast` of what another one widened read the value before.
  ///
  /// ```
  /// d = Cast <to = double> (x)           x is float
  /// y = Cast <to = float16> (d)
  ///   →
  /// y = Cast <to = float16> (x)
  /// ```
  ///
  /// Legal where the first goes from a floating-point type to one that holds all its numbers: it changes
  /// none. Runs before `eliminate-identities`, which removes what has become a `Cast` to the same type.
  static let shortenCasts = Pass("shorten-casts") { index, rewriter, _ in
    guard var node = rewriter[index], node.isCast,
      let producer = rewriter.producer(of: node.inputs[0]), let first = rewriter[producer],
      first.isCast,
      let from = rewriter.type(of: first.inputs[0])?.elementType,
      let to = rewriter.type(of: node.inputs[0])?.elementType, from.widensExactly(to: to)
    else { return }
    node.inputs[0] = first.inputs[0]
    rewriter.replace(index, with: node)
  }
}

extension ElementType {
  /// True if `other` is a floating-point type that holds every number of this one, which is another.
  fileprivate func widensExactly(to other: ElementType) -> Bool {
    switch (self, other) {
    case (.float16, .float32), (.float16, .float64), (.bfloat16, .float32), (.bfloat16, .float64),
      (.float32, .float64):
      true
    default: false
    }
  }
}
