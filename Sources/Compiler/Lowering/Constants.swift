import GraphIR
import KernelInterface
import Tensors

/// The constant at input `index` of a node.
func constantInput(_ index: Int, of node: Node, in graph: Graph) throws(TesseraError) -> Tensor {
  guard let constant = try optionalConstantInput(index, of: node, in: graph) else {
    throw TesseraError(.invalidInput, "input \(index) is missing")
  }
  return constant
}

/// The float32 constant at input `index` of a node; nil if the input is absent.
func optionalConstantInput(
  _ index: Int, of node: Node, in graph: Graph
) throws(TesseraError) -> Tensor? {
  guard node.inputs.indices.contains(index), !node.inputs[index].isEmpty else { return nil }
  guard let constant = graph.constants[node.inputs[index]] else {
    throw TesseraError(
      .unsupported, "input \(index) ('\(node.inputs[index])') must be a constant")
  }
  guard constant.elementType == .float32 else {
    throw TesseraError(
      .unsupported,
      "input \(index) ('\(node.inputs[index])') holds \(constant.elementType.onnxName), expected float"
    )
  }
  return constant
}

/// A bias of `outputCount` floats, zeros if there is none, padded with zeros to whole vectors.
func biasWeight(
  _ bias: Tensor?, outputCount: Int, laneCount: Int, name: String, _ builder: inout PlanBuilder
) -> OperandDraft {
  let byteCount = aligned(outputCount, to: laneCount) * MemoryLayout<Float>.size
  return builder.weight(
    name: name, sources: bias.map { [$0] } ?? [],
    packing: "bias of \(outputCount), \(laneCount) lanes", byteCount: byteCount
  ) { (destination, _) throws(TesseraError) in
    bias?.withUnsafeBytes { destination.copyMemory(from: $0) }
  }
}

extension Activation {
  /// The kernels' form of a fused activation.
  init(_ activation: FusedActivation) {
    switch activation {
    case .identity: self = .identity
    case .relu: self = .relu
    case .clamp(let low, let high): self.init(.clamp, low: low, high: high)
    }
  }
}
