import Tensors

/// The extents that two operands broadcast to (ONNX's multidirectional rule: aligned at the last
/// dimension, an extent of 1 stretches); nil if they do not fit.
package func broadcast(_ a: [Dimension], _ b: [Dimension]) -> [Dimension]? {
  let rank = max(a.count, b.count)
  let left = Array(repeating: .fixed(1), count: rank - a.count) + a
  let right = Array(repeating: .fixed(1), count: rank - b.count) + b
  var result: [Dimension] = []
  for (x, y) in zip(left, right) {
    guard let dimension = broadcast(x, y) else { return nil }
    result.append(dimension)
  }
  return result
}

private func broadcast(_ x: Dimension, _ y: Dimension) -> Dimension? {
  if x == y { return x }
  switch (x, y) {
  case (.fixed(1), let other), (let other, .fixed(1)): return other
  case (.fixed, .fixed): return nil
  case (.fixed(let extent), _), (_, .fixed(let extent)): return .fixed(extent)
  default: return .unknown
  }
}
