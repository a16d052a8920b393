import GraphIR
import PointwisePrograms
import Tensors

extension Pass {
  /// Makes one node of element-wise nodes whose results only the others read.
  ///
  /// ```
  /// s = Sigmoid (x)
  /// y = Mul (x, s)
  ///   →
  /// y = tessera.Pointwise <program = ["sigmoid 0", "multiply 0 1"]> (x)
  /// ```
  ///
  /// Legal for nodes that have a pointwise program on float32, where each result but the last is no output
  /// of the graph, is read by nodes of the group alone and has the shape of the last, and inputs and
  /// instructions are no more than a program may have. Constants of one element become instructions. Each
  /// operation is computed as before, so the results are the same bits. Runs after all passes that look
  /// for single operators.
  static let fusePointwise = Pass("fuse-pointwise") { graph, context throws(TesseraError) in
    var groups = PointwiseGroups(graph, opsetVersion: context.opsetVersion)
    groups.grow()
    guard let nodes = groups.fusedNodes() else { return false }
    graph.nodes = nodes
    let made = Set(nodes.lazy.flatMap(\.outputs)).union(graph.inputs).union(graph.outputs)
    graph.types = graph.types.filter { made.contains($0.key) }
    return true
  }
}

/// Element-wise nodes of a graph in groups, each called after the index of its last node.
private struct PointwiseGroups {
  private let graph: Graph
  private let programs: [PointwiseProgram?]
  /// The nodes that read each value.
  private var users: [String: [Int]] = [:]
  private let outputs: Set<String>
  private var groups: [Int: Group] = [:]
  /// Of each element-wise node.
  private var groupOfNode: [Int: Int] = [:]

  fileprivate struct Group {
    var members: [Int] = []
    /// Values that members read, other than their own results.
    var inputs: Set<String> = []
    /// Of their programs, and constants that become instructions.
    var instructionCount = 0
  }

  init(_ graph: Graph, opsetVersion: Int) {
    self.graph = graph
    programs = graph.nodes.map { $0.pointwiseProgram(in: graph, opsetVersion: opsetVersion) }
    outputs = Set(graph.outputs)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { users[input, default: []].append(index) }
    }
  }

  /// Puts each node, the last first, into the group of those that read its result, or into one of its own.
  mutating func grow() {
    for index in graph.nodes.indices.reversed() {
      guard let program = programs[index] else { continue }
      if let last = groupOfUsers(index), let group = groups[last]?.adding(index, program, graph) {
        groups[last] = group
        groupOfNode[index] = last
      } else {
        groups[index] = Group().adding(index, program, graph)
        groupOfNode[index] = index
      }
    }
  }

  /// The group that all readers of a node's result belong to, if the node may join it.
  private func groupOfUsers(_ index: Int) -> Int? {
    let result = graph.nodes[index].outputs[0]
    guard !outputs.contains(result), let readers = users[result], let first = readers.first,
      let last = groupOfNode[first], readers.allSatisfy({ groupOfNode[$0] == last }),
      let extents = graph.type(of: result)?.dimensions, !extents.contains(.unknown),
      extents == graph.type(of: graph.nodes[last].outputs[0])?.dimensions
    else { return nil }
    return last
  }

  /// All nodes, one in the place of the last of each group; nil if no group has two.
  func fusedNodes() -> [Node]? {
    guard groups.values.contains(where: { $0.members.count > 1 }) else { return nil }
    return graph.nodes.indices.compactMap { index in
      guard let last = groupOfNode[index], let group = groups[last], group.members.count > 1 else {
        return graph.nodes[index]
      }
      guard index == last else { return nil }
      let fusion = PointwiseFusion(
        group.members.sorted().compactMap { member in
          programs[member].map { (graph.nodes[member], $0) }
        }, in: graph)
      var node = graph.nodes[index]
      (node.operatorName, node.domain) = ("Pointwise", "tessera")
      node.inputs = fusion.inputs
      node.attributes = ["program": Attribute(fusion.program)]
      return node
    }
  }
}

extension PointwiseGroups.Group {
  /// With one more node; nil if no program can hold it.
  fileprivate func adding(_ index: Int, _ program: PointwiseProgram, _ graph: Graph) -> Self? {
    let node = graph.nodes[index]
    var group = self
    group.members.append(index)
    group.inputs.subtract(node.outputs)
    group.instructionCount += program.instructions.count
    for input in node.inputs.prefix(program.inputCount) {
      if node.scalar(input, in: graph) == nil {
        group.inputs.insert(input)
      } else {
        group.instructionCount += 1
      }
    }
    let fits =
      group.inputs.count <= PointwiseProgram.maximumInputCount
      && group.instructionCount <= PointwiseProgram.maximumInstructionCount
    return fits || members.isEmpty ? group : nil
  }
}
