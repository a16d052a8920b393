import GraphIR
import Passes
import Tensors

/// Appends nodes to a graph whose types are inferred, and infers the types of their results.
struct NodeEmitter {
  private(set) var graph: Graph
  let opsetVersion: Int
  /// What the names of new values begin with.
  var stem = ""
  /// Where errors place new nodes.
  var origin: Location?
  private var names = FreshNames()
  private var taken: Set<String>

  init(_ graph: Graph, opsetVersion: Int) {
    self.graph = graph
    self.opsetVersion = opsetVersion
    taken = Set(graph.inputs + graph.outputs + graph.constants.names)
    for node in graph.nodes { taken.formUnion(node.inputs + node.outputs) }
  }

  /// Appends a node with one output.
  ///
  /// - Parameter output: the result's name; nil for a new one.
  /// - Returns: the result's name.
  mutating func emit(
    _ operatorName: String, domain: String = "", _ inputs: [String],
    _ attributes: [String: Attribute] = [:], as output: String? = nil
  ) throws(TesseraError) -> String {
    let output = output ?? newName(stem)
    var node = Node(
      operatorName, domain: domain, inputs: inputs, outputs: [output], attributes: attributes)
    node.origin = origin
    graph.types[output] = try inferredType(of: node)
    graph.nodes.append(node)
    return output
  }

  /// Appends a node of the graph as it was, whose types are known.
  mutating func keep(_ node: Node) { graph.nodes.append(node) }

  /// A graph without nodes but with all types, into which nodes are kept and emitted.
  mutating func removeNodes() -> [Node] {
    defer { graph.nodes = [] }
    return graph.nodes
  }

  /// Adds a graph input.
  mutating func input(_ name: String, _ type: TensorType) -> String {
    let name = newName(name)
    graph.inputs.append(name)
    graph.types[name] = type
    return name
  }

  mutating func constant(_ tensor: Tensor, as name: String? = nil) -> String {
    let name = newName(name ?? stem)
    graph.constants[name] = tensor
    return name
  }

  /// A name like `base` that no value has.
  mutating func newName(_ base: String) -> String {
    let name = names.make(from: base, isTaken: taken.contains)
    taken.insert(name)
    return name
  }

  mutating func setOutputs(_ outputs: [String]) { graph.outputs = outputs }

  /// Gives values that nodes from `first` on make other names.
  mutating func rename(_ newNames: [String: String], from first: Int) {
    for index in first..<graph.nodes.count {
      for place in graph.nodes[index].inputs.indices {
        if let name = newNames[graph.nodes[index].inputs[place]] {
          graph.nodes[index].inputs[place] = name
        }
      }
      for (place, old) in graph.nodes[index].outputs.enumerated() {
        guard let name = newNames[old] else { continue }
        graph.nodes[index].outputs[place] = name
        graph.types[name] = graph.types.removeValue(forKey: old)
      }
    }
  }

  /// The names of the operator's attributes in the graph's operator set.
  ///
  /// - Throws: `unsupported` if it has no such operator.
  func attributes(of operatorName: String) throws(TesseraError) -> Set<String> {
    let node = Node(operatorName, inputs: [], outputs: [])
    return try form(of: node).attributes
  }

  private func form(of node: Node) throws(TesseraError) -> OperatorForm {
    guard let form = OperatorRegistry.find(node)?.form(inOpset: opsetVersion) else {
      throw TesseraError(
        .unsupported,
        "its gradient needs the operator '\(node.operatorName)', which opset \(opsetVersion) lacks",
        at: origin)
    }
    return form
  }

  private func inferredType(of node: Node) throws(TesseraError) -> TensorType {
    if let error = TesseraError(.invalidInput, diagnostics: try form(of: node).problems(of: node)) {
      throw error
    }
    guard let type = try OperatorRegistry.find(node)?.inferTypes(node, graph, opsetVersion).first
    else { throw node.invalid("nothing is known about its result") }
    return type
  }
}

/// What the graph says of its values.
extension NodeEmitter {
  func type(of value: String) throws(TesseraError) -> TensorType {
    guard let type = graph.type(of: value) else {
      throw TesseraError(.invalidInput, "nothing is known about this value", at: .value(value))
    }
    return type
  }

  /// - Throws: `invalidInput` if they are not fixed.
  func extents(of value: String) throws(TesseraError) -> [Int] {
    let type = try type(of: value)
    guard let shape = type.shape else {
      throw TesseraError(
        .invalidInput, "its shape \(type) is not fixed, which its gradient needs", at: .value(value)
      )
    }
    return shape.dimensions
  }
}
