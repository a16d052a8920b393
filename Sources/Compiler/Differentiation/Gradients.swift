import GraphIR
import Passes
import Tensors

extension Graph {
  /// Appends nodes that compute the gradients of a value with respect to others, in reverse mode.
  ///
  /// The graph is as a frontend gives it, its types inferred and the shapes fixed. What depends on neither
  /// its inputs nor `values` becomes a constant. New values have fresh
  /// names like `NAME.gradient`. Gradients of a value with several users are added in the order from the
  /// last user to the first, so the result does not depend on how the graph is run.
  ///
  /// - Parameters:
  ///   - loss: a floating-point value; if it is no scalar, the sum of its elements is what is
  ///     differentiated.
  ///   - values: floating-point inputs, constants or results of nodes.
  ///   - held: constants that are not folded either.
  /// - Returns: for each of `values` the name of its gradient, of its type; a constant of zeros if the loss
  ///   does not depend on it.
  /// - Throws: `invalidUsage` for names that no floating-point value has; `unsupported` with all nodes
  ///   between the values and the loss whose operators have no rule; `invalidInput` where a shape is open.
  package mutating func appendGradients(
    of loss: String, withRespectTo values: [String], holding held: [String] = [], opsetVersion: Int
  ) throws(TesseraError) -> [String: String] {
    try requireGradients(of: [loss] + values)
    var result = self
    try result.foldConstants(holding: Set(values + held), opsetVersion: opsetVersion)
    let path = GradientPath(result, from: values, to: loss)
    try result.requireRules(on: path)
    var pass = BackwardPass(result, path, opsetVersion: opsetVersion)
    try pass.seed(loss)
    try pass.run()
    let gradients = try pass.finish(values)
    result = pass.graph
    try result.inferTypes(opsetVersion: opsetVersion)
    self = result
    return gradients
  }

  /// Computes what depends on no input and no constant of these names, such as the bounds of a `Clip`.
  mutating func foldConstants(
    holding names: Set<String>, opsetVersion: Int
  ) throws(TesseraError) {
    var context = PassContext(opsetVersion: opsetVersion)
    context.heldConstants = names
    _ = try PassPipeline.standard.run(.foldConstants, on: &self, context: &context)
  }

  func requireGradients(of values: [String]) throws(TesseraError) {
    var problems: [Diagnostic] = []
    for name in values where !hasGradient(name) {
      let problem =
        type(of: name).map { "a gradient needs a floating-point value, but this is \($0)" }
        ?? "the graph has no such value"
      problems.append(Diagnostic(problem, at: .value(name)))
    }
    if let error = TesseraError(.invalidUsage, diagnostics: problems) { throw error }
  }

  private func requireRules(on path: GradientPath) throws(TesseraError) {
    var found: [OperatorID] = []
    var nodeNames: [OperatorID: [String]] = [:]
    for (node, isOnPath) in zip(nodes, path.nodes)
    where isOnPath && GradientRule.find(node) == nil {
      let id = OperatorID(node)
      if nodeNames[id] == nil { found.append(id) }
      nodeNames[id, default: []].append(node.displayName)
    }
    let problems = found.map { id in
      Diagnostic("the operator \(id) has no gradient: \(listing("node", nodeNames[id] ?? []))")
    }
    if let error = TesseraError(.unsupported, diagnostics: problems) { throw error }
  }
}

/// One differentiation: from the loss backwards, node by node.
private struct BackwardPass {
  private let nodes: [Node]
  private let path: GradientPath
  private var emitter: NodeEmitter
  /// The gradients of each value by way of its users so far.
  private var parts: [String: [String]] = [:]
  /// The whole gradients.
  private var gradients: [String: String] = [:]
  /// Better names for gradients that nodes make.
  private var newNames: [String: String] = [:]
  /// The values after which their gradients are called.
  private var named: Set<String> = []
  /// What nodes of this pass have made and is not called after a value yet.
  private var unnamed: Set<String> = []
  private var nodeCount: Int

  var graph: Graph { emitter.graph }

  init(_ graph: Graph, _ path: GradientPath, opsetVersion: Int) {
    nodes = graph.nodes
    nodeCount = graph.nodes.count
    self.path = path
    emitter = NodeEmitter(graph, opsetVersion: opsetVersion)
  }

  mutating func seed(_ loss: String) throws(TesseraError) {
    guard path.dependents.contains(loss) else { return }
    parts[loss] = [try emitter.filled(1, like: loss, as: "\(loss).gradient")]
    named.insert(loss)
  }

  mutating func run() throws(TesseraError) {
    var problems = ProblemList()
    for index in nodes.indices.reversed() where path.nodes[index] {
      do throws(TesseraError) {
        try visit(nodes[index])
      } catch {
        problems.add(error)
      }
    }
    try problems.throwIfAny()
  }

  private mutating func visit(_ node: Node) throws(TesseraError) {
    var outputs: [String?] = []
    for output in node.outputs { outputs.append(try gradient(of: output)) }
    guard let rule = GradientRule.find(node), outputs.contains(where: { $0 != nil }) else { return }
    let wanted = node.inputs.indices.filter { path.dependents.contains(node.inputs[$0]) }
    place(node)
    let step = BackwardStep(node: node, gradients: outputs, wanted: Set(wanted))
    let results = try rule.gradients(step, &emitter)
    noteNewNodes()
    for (input, gradient) in results.sorted(by: { $0.key < $1.key }) where step.wants(input) {
      let name = node.inputs[input]
      let (type, expected) = (try emitter.type(of: gradient), try emitter.type(of: name))
      guard type == expected else {
        throw node.invalid(
          "internal error: the gradient of its input '\(name)' is \(type), expected \(expected)")
      }
      parts[name, default: []].append(gradient)
    }
  }

  private mutating func place(_ node: Node) {
    emitter.stem = "\(node.displayOutput).backward"
    emitter.origin = node.location
  }

  private mutating func noteNewNodes() {
    for node in emitter.graph.nodes[nodeCount...] { unnamed.formUnion(node.outputs) }
    nodeCount = emitter.graph.nodes.count
  }

  /// The whole gradient of a value, all of whose users were visited; nil if the loss does not depend on it.
  private mutating func gradient(of value: String) throws(TesseraError) -> String? {
    if let gradient = gradients[value] { return gradient }
    guard let parts = parts[value], var sum = parts.first else { return nil }
    emitter.stem = "\(value).backward"
    for part in parts.dropFirst() { sum = try emitter.emit("Add", [sum, part]) }
    noteNewNodes()
    if unnamed.remove(sum) != nil {
      newNames[sum] = emitter.newName("\(value).gradient")
      named.insert(value)
    }
    gradients[value] = sum
    return sum
  }

  /// Gives each of `values` a gradient that is called after it.
  mutating func finish(_ values: [String]) throws(TesseraError) -> [String: String] {
    var result: [String: String] = [:]
    for value in values where result[value] == nil {
      guard let gradient = try gradient(of: value) else {
        result[value] = try emitter.filled(0, like: value, as: "\(value).gradient")
        continue
      }
      if named.contains(value) {
        result[value] = newNames[gradient] ?? gradient
      } else {
        emitter.origin = .value(value)
        result[value] = try emitter.emit(
          "Identity", [gradient], as: emitter.newName("\(value).gradient"))
      }
    }
    emitter.rename(newNames, from: nodes.count)
    return result
  }
}

extension Node {
  /// The first output that something asks for.
  fileprivate var displayOutput: String { outputs.first { !$0.isEmpty } ?? "" }
}
