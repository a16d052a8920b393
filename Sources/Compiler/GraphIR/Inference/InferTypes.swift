import Tensors

extension Graph {
  /// Checks the graph's structure and finds the type of every value, from the types of the inputs
  /// and constants.
  ///
  /// Types that other values have already must agree with what inference finds, and make it more precise;
  /// `inferModelTypes` is for those that a model only declares. Results of shape arithmetic are followed element by element (`shapeElements`), so symbols such as `N`
  /// survive the way from `Shape` to `Reshape`.
  ///
  /// - Parameter opsetVersion: the version of ONNX's own operator set that the nodes are written in.
  /// - Throws: all problems at once: first the operators that we do not support, each with its nodes, then
  ///   what else is wrong in the order of the nodes; of kind `unsupported` if one of them is an operator or
  ///   a feature that we do not support, else `invalidInput`. A node that depends on an erroneous one is
  ///   checked as far as its inputs are known.
  package mutating func inferTypes(opsetVersion: Int) throws(TesseraError) {
    guard OperatorRegistry.opsetVersions.contains(opsetVersion) else {
      let (first, last) = (
        OperatorRegistry.opsetVersions.lowerBound, OperatorRegistry.opsetVersions.upperBound
      )
      var problems = ProblemList()
      problems.add(.unsupported, unsupportedOperators())
      problems.add(
        .unsupported,
        [
          Diagnostic(
            "the model uses version \(opsetVersion) of ONNX's operators; versions \(first) to \(last) "
              + "are supported")
        ])
      return try problems.throwIfAny()
    }
    var inference = TypeInference(self, opsetVersion: opsetVersion)
    inference.run()
    try inference.problems.throwIfAny()
    self = inference.graph
  }
}

/// One pass of inference over a graph, collecting problems.
private struct TypeInference {
  var graph: Graph
  private let opsetVersion: Int
  private let knownTypes: [String: TensorType]
  private(set) var problems = ProblemList()
  /// Values whose types are not known because of an error that is already reported.
  private var unresolved: Set<String> = []

  init(_ graph: Graph, opsetVersion: Int) {
    self.graph = graph
    self.opsetVersion = opsetVersion
    knownTypes = graph.types
    self.graph.shapeElements = [:]
    let inputs = Set(graph.inputs)
    self.graph.types = graph.types.filter { inputs.contains($0.key) }
  }

  mutating func run() {
    unresolved = Set(graph.undefinedInputs)
    problems.add(.unsupported, graph.unsupportedOperators())
    problems.add(.invalidInput, graph.structureProblems(Liveness(graph)))
    for name in graph.constants.names {
      if let tensor = graph.constants[name] { checkSize(TensorType(of: tensor), of: name) }
    }
    for name in graph.inputs {
      guard let type = graph.types[name] else {
        unresolved.insert(name)
        continue
      }
      checkSize(type, of: name)
    }
    for node in graph.nodes { visit(node) }
    for name in graph.outputs { checkDeclared(constant: name) }
  }

  private mutating func visit(_ node: Node) {
    guard let types = types(ofOutputsOf: node) else {
      unresolved.formUnion(node.outputs.filter { !$0.isEmpty })
      return
    }
    for (name, type) in zip(node.outputs, types) where !name.isEmpty {
      record(type, for: name, of: node)
    }
    inferElements(of: node)
  }

  /// The types of a node's outputs; nil, with the reason reported, if they cannot be found.
  private mutating func types(ofOutputsOf node: Node) -> [TensorType]? {
    guard let definition = OperatorRegistry.find(node) else { return nil }
    guard let form = definition.form(inOpset: opsetVersion) else {
      let since = definition.forms.first?.sinceVersion ?? opsetVersion
      problems.add(
        node.invalid(
          "the operator exists from opset \(since) on, but the model uses opset \(opsetVersion)"))
      return nil
    }
    let formProblems = form.problems(of: node)
    problems.add(.invalidInput, formProblems)
    guard formProblems.isEmpty, !node.inputs.contains(where: unresolved.contains) else {
      return nil
    }
    do throws(TesseraError) {
      let types = try definition.inferTypes(node, graph, opsetVersion)
      for type in types {
        if let problem = type.sizeProblem { throw node.invalid("its result \(type) \(problem)") }
      }
      return types
    } catch {
      problems.add(error)
      return nil
    }
  }

  /// Stores an inferred type, made more precise by the declared one.
  private mutating func record(_ type: TensorType, for name: String, of node: Node) {
    guard let known = knownTypes[name] else {
      graph.types[name] = type
      return
    }
    guard let merged = type.refined(by: known) else {
      graph.types[name] = type
      problems.add(
        node.invalid("its result '\(name)' is declared as \(known), but is \(type)"))
      return
    }
    graph.types[name] = merged
  }

  /// Stores what is known about the elements of a node's result, if that is a short vector of integers
  /// or truth values.
  private mutating func inferElements(of node: Node) {
    guard let name = node.output(0), let type = graph.types[name],
      [.int64, .int32, .bool].contains(type.elementType), let dimensions = type.dimensions,
      dimensions.count <= 1, let infer = OperatorRegistry.find(node)?.inferElements
    else { return }
    do throws(TesseraError) {
      guard let elements = try infer(node, graph, opsetVersion),
        dimensions.first?.mayEqual(.fixed(elements.count)) ?? (elements.count == 1)
      else { return }
      graph.shapeElements[name] = elements
    } catch {
      problems.add(error)
    }
  }

  private mutating func checkSize(_ type: TensorType, of name: String) {
    guard let problem = type.sizeProblem else { return }
    unresolved.insert(name)
    problems.add(
      TesseraError(.invalidInput, "its type \(type) \(problem)", at: .value(name)))
  }

  /// A constant that the graph gives out must have the type that is declared for it.
  private mutating func checkDeclared(constant name: String) {
    guard let tensor = graph.constants[name], let known = knownTypes[name],
      TensorType(of: tensor).refined(by: known) == nil
    else { return }
    problems.add(
      TesseraError(
        .invalidInput, "it is declared as \(known), but is \(TensorType(of: tensor))",
        at: .value(name)))
  }
}

extension Graph {
  /// Values that are used, but not made before by a node, an input or a constant.
  fileprivate var undefinedInputs: [String] {
    var made = Set(constants.names).union(inputs)
    var undefined: [String] = []
    for node in nodes {
      undefined += node.inputs.filter { !$0.isEmpty && !made.contains($0) }
      made.formUnion(node.outputs)
    }
    return undefined
  }
}
