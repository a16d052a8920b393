import GraphIR
import Tensors

/// What a graph input is to the operator that uses it as a weight.
enum WeightRole: Equatable {
  /// Weights that are multiplied and summed, `fanIn` of them for one result.
  case product(fanIn: Int)
  /// A term that is added, or the mean of a normalization.
  case bias
  /// The scale or the variance of a normalization.
  case scale
}

extension Graph {
  /// The graph inputs that operators which the outputs need use as weights, with known extents. Other
  /// inputs are data.
  func weightInputs() -> [String: WeightRole] {
    var roles: [String: WeightRole] = [:]
    let candidates = Set(inputs)
    for (node, isLive) in zip(nodes, Liveness(self).nodes) where isLive {
      for (index, name) in node.inputs.enumerated().dropFirst()
      where roles[name] == nil && candidates.contains(name) {
        guard let shape = types[name]?.shape else { continue }
        roles[name] = node.weightRole(ofInput: index, shape: shape)
      }
    }
    return roles
  }
}

extension Node {
  /// The role of input `index`, of the given shape; nil if it is data.
  fileprivate func weightRole(ofInput index: Int, shape: Shape) -> WeightRole? {
    let extents = shape.dimensions
    switch (operatorName, index) {
    case ("Conv", 1):
      // [outChannels, inChannels / group, kernel extents…]
      guard let outChannels = extents.first, outChannels > 0 else { return nil }
      return .product(fanIn: shape.elementCount / outChannels)
    case ("Gemm", 1):
      guard extents.count == 2 else { return nil }
      if case .int(1)? = attributes["transB"] { return .product(fanIn: extents[1]) }
      return .product(fanIn: extents[0])
    case ("MatMul", 1):
      return extents.count < 2 ? nil : .product(fanIn: extents[extents.count - 2])
    case ("Conv", 2), ("Gemm", 2), ("BatchNormalization", 2), ("BatchNormalization", 3):
      return .bias
    case ("BatchNormalization", 1), ("BatchNormalization", 4): return .scale
    default: return nil
    }
  }
}
