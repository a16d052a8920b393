import GraphIR
import PointwisePrograms
import Tensors

extension Node {
  /// What an element-wise node computes of float32 values and gives as its only output; nil for other
  /// nodes and for those that give an input unchanged.
  func pointwiseProgram(in graph: Graph, opsetVersion: Int) -> PointwiseProgram? {
    guard let pointwise = OperatorRegistry.find(self)?.pointwise, outputs.count == 1,
      graph.type(of: outputs[0])?.elementType == .float32,
      let program = try? pointwise(self, graph, opsetVersion), !program.instructions.isEmpty,
      inputs.prefix(program.inputCount).allSatisfy({
        !$0.isEmpty && graph.type(of: $0)?.elementType == .float32
      })
    else { return nil }
    return program
  }

  /// The element of a constant of one element that extends no other operand of this node, so that it can
  /// be part of a program; nil for other values.
  func scalar(_ value: String, in graph: Graph) -> Float? {
    guard let constant = graph.constants[value], constant.shape.elementCount == 1,
      inputs.contains(where: {
        graph.constants[$0] == nil
          && (graph.type(of: $0)?.dimensions?.count ?? -1) >= constant.shape.rank
      })
    else { return nil }
    return constant.values(as: Float.self)?.first
  }
}

/// Element-wise nodes in topological order as one program.
struct PointwiseFusion {
  /// The values that the program reads, in the order of its inputs.
  private(set) var inputs: [String] = []
  private(set) var program = PointwiseProgram(inputCount: 0)

  /// - Parameters:
  ///   - nodes: each with its program; all but the last are read by others of them alone.
  ///   - first: a value that shall be the first input.
  init(_ nodes: [(node: Node, program: PointwiseProgram)], first: String? = nil, in graph: Graph) {
    var numbers: [String: Int] = [:]
    let made = Set(nodes.flatMap(\.node.outputs))
    let read = nodes.flatMap { node, program in
      node.inputs.prefix(program.inputCount).filter {
        !made.contains($0) && node.scalar($0, in: graph) == nil
      }
    }
    for name in (first.map { [$0] } ?? []) + read where numbers[name] == nil {
      numbers[name] = inputs.count
      inputs.append(name)
    }
    program = PointwiseProgram(inputCount: inputs.count)
    var constants: [UInt32: Int] = [:]
    for (node, part) in nodes {
      var values = node.inputs.prefix(part.inputCount).map { name in
        numbers[name] ?? append(node.scalar(name, in: graph) ?? .nan, &constants)
      }
      for instruction in part.instructions {
        let operation = instruction.operation
        values.append(
          operation == .constant
            ? append(instruction.constant, &constants)
            : program.append(
              operation, operation.operandCount > 0 ? values[instruction.left] : 0,
              operation.operandCount > 1 ? values[instruction.right] : 0))
      }
      for output in node.outputs { numbers[output] = values.last }
    }
  }

  /// A constant, once for all instructions that read it.
  private mutating func append(_ constant: Float, _ constants: inout [UInt32: Int]) -> Int {
    if let value = constants[constant.bitPattern] { return value }
    let value = program.append(constant: constant)
    constants[constant.bitPattern] = value
    return value
  }
}
