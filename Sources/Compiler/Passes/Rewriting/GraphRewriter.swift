import GraphIR
import Tensors

/// A graph while a pass rewrites it: nodes keep their index until `commit`, and who makes and who
/// uses each value is known at every moment.
struct GraphRewriter {
  /// The graph as it was, with the constants as they are now: for reading parameters and types.
  private(set) var graph: Graph
  private var nodes: [Node?]
  /// New nodes behind the others in `nodes`, by the index of the one that each follows.
  private var followers: [Int: [Int]] = [:]
  private let nodeCount: Int
  private let inputs: Set<String>
  private let outputs: Set<String>
  private var producers: [String: Int] = [:]
  private var uses: ValueUses
  private var names = FreshNames()
  private var isChanged = false

  init(_ graph: Graph) {
    self.graph = graph
    nodes = graph.nodes
    nodeCount = graph.nodes.count
    inputs = Set(graph.inputs)
    outputs = Set(graph.outputs)
    uses = ValueUses(minimumCapacity: graph.nodes.count)
    producers.reserveCapacity(graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() { link(node, index) }
  }

  /// Writes the result back, without types for values that no longer exist; true if anything
  /// changed.
  func commit(to graph: inout Graph) -> Bool {
    guard isChanged else { return false }
    graph.nodes = (0..<nodeCount).flatMap { index in
      ([index] + (followers[index] ?? [])).compactMap { nodes[$0] }
    }
    graph.constants = self.graph.constants
    graph.types = graph.types.filter { name, _ in
      producers[name] != nil || inputs.contains(name) || outputs.contains(name)
    }
    return true
  }

  /// The node at `index`; nil once it is removed.
  subscript(index: Int) -> Node? { nodes[index] }

  func constant(_ value: String) -> Tensor? { graph.constants[value] }

  func isFloatConstant(_ value: String) -> Bool {
    graph.constants[value]?.elementType == .float32
  }

  /// True of float32 values whose shape is fixed, constants among them.
  func hasFixedFloats(_ value: String) -> Bool {
    guard let type = type(of: value) else { return false }
    return type.elementType == .float32 && type.shape != nil
  }

  func type(of value: String) -> TensorType? { graph.type(of: value) }

  func producer(of value: String) -> Int? { producers[value] }

  /// The first node that reads `value`.
  func firstUser(of value: String) -> Int? { currentUses(of: value).map(\.node).min() }

  func isOutput(_ value: String) -> Bool { outputs.contains(value) }

  /// True if neither a node nor the caller of the graph reads `value`.
  func isUnused(_ value: String) -> Bool {
    value.isEmpty || (uses.count(of: value) == 0 && !isOutput(value))
  }

  /// True if one input of one node is the only use of `value`: that node may then take over what
  /// makes the value.
  func hasSingleUse(_ value: String) -> Bool {
    uses.count(of: value) == 1 && !isOutput(value)
  }

  /// The fused node (`tessera.Conv` or `tessera.Gemm`) without an epilogue that makes `value` for a
  /// single use.
  func fusedProducer(of value: String?) -> (index: Int, node: Node)? {
    guard let value, hasSingleUse(value), let index = producer(of: value),
      let node = nodes[index], node.isFused, node.attributes["epilogue"] == nil
    else { return nil }
    return (index, node)
  }

  /// Puts `node` in the place of the one at `index`. Its inputs must exist before that place.
  mutating func replace(_ index: Int, with node: Node) {
    if let old = nodes[index] { unlink(old, index) }
    nodes[index] = node
    link(node, index)
    isChanged = true
  }

  /// Adds a node behind the one at `index` of the graph as it was, and behind those added there before. The
  /// numbers of such nodes say nothing of their place.
  mutating func add(_ node: Node, after index: Int) {
    nodes.append(node)
    followers[index, default: []].append(nodes.count - 1)
    link(node, nodes.count - 1)
    isChanged = true
  }

  mutating func remove(_ index: Int) {
    guard let old = nodes[index] else { return }
    unlink(old, index)
    nodes[index] = nil
    isChanged = true
  }

  /// Merges `consumer` into the node at `producer`: `fused` takes the producer's place and makes
  /// what the consumer made, under the consumer's name for it.
  mutating func fuse(_ consumer: Int, into producer: Int, as fused: Node) {
    guard let output = nodes[consumer]?.outputs.first else { return }
    remove(consumer)
    var fused = fused
    fused.outputs = [output]
    replace(producer, with: fused)
  }

  /// Lets all nodes that read `old` read `new`, which must exist before them.
  mutating func redirectUses(of old: String, to new: String) {
    for use in currentUses(of: old) {
      nodes[use.node]?.inputs[use.input] = new
      uses.remove(of: old)
      uses.add(use, of: new)
      isChanged = true
    }
  }

  /// Removes the node at `index`, whose first output equals the value `source`. The output's users
  /// read `source` instead; an output of the graph keeps its name and `source` takes it, or, where
  /// that cannot be, the node stays. Returns true if the node is gone.
  mutating func bypass(_ index: Int, with source: String) -> Bool {
    guard let node = nodes[index], let output = node.outputs.first else { return false }
    guard isOutput(output) else {
      remove(index)
      redirectUses(of: output, to: source)
      return true
    }
    guard !isOutput(source), let origin = producers[source], var originNode = nodes[origin]
    else { return false }
    remove(index)
    originNode.outputs = originNode.outputs.map { $0 == source ? output : $0 }
    replace(origin, with: originNode)
    redirectUses(of: source, to: output)
    return true
  }

  /// Adds a constant, called `preferredName` or much like it.
  mutating func addConstant(_ tensor: Tensor, preferredName: String) -> String {
    let name = unusedName(preferredName)
    graph.constants[name] = tensor
    isChanged = true
    return name
  }

  /// Gives the one node that reads the constant `name` another tensor in its place: under the same
  /// name, or under a fresh one if others read the constant too. Returns the name.
  mutating func replaceConstant(_ name: String, with tensor: Tensor) -> String {
    guard hasSingleUse(name) else {
      return addConstant(tensor, preferredName: name)
    }
    graph.constants[name] = tensor
    isChanged = true
    return name
  }

  /// A name like `base` that no value has.
  mutating func unusedName(_ base: String) -> String {
    names.make(from: base) { name in
      graph.constants[name] != nil || graph.types[name] != nil || producers[name] != nil
        || inputs.contains(name) || outputs.contains(name) || uses.isKnown(name)
    }
  }

  private func currentUses(of value: String) -> Set<ValueUses.Use> {
    Set(
      uses.candidates(of: value).filter { use in
        guard let inputs = nodes[use.node]?.inputs, inputs.indices.contains(use.input) else {
          return false
        }
        return inputs[use.input] == value
      })
  }

  private mutating func link(_ node: Node, _ index: Int) {
    for output in node.outputs where !output.isEmpty { producers[output] = index }
    for (position, input) in node.inputs.enumerated() where !input.isEmpty {
      uses.add(ValueUses.Use(node: index, input: position), of: input)
    }
  }

  private mutating func unlink(_ node: Node, _ index: Int) {
    for output in node.outputs where producers[output] == index { producers[output] = nil }
    for input in node.inputs where !input.isEmpty { uses.remove(of: input) }
  }
}
