import GraphIR
import Tensors

/// One run of `convolve-classifier`.
struct ClassifierConvolution {
  /// The graph that is made; its nodes so far.
  private(set) var graph: Graph
  /// The graph as it was, for images of any size and for those of the network's own.
  private let open: Graph
  let nominal: Graph
  let opsetVersion: Int
  let inputs: Set<String>
  /// The feature map that a value is the rows of, `[N, C, h, w]` as `[N, C·h·w]`, and its h and w.
  private var flattened: [String: (map: String, kernel: [Int])] = [:]
  /// Values that were `[N, K]` and are `[N, K, H', W']` now.
  private var dense: Set<String> = []
  private var takenNames: Set<String>
  private var names = FreshNames()
  /// The nodes of the graph as it was that make each value.
  private let producers: ValueProducers
  private var layerCount = 0

  init(_ graph: Graph, _ image: NominalImage, opsetVersion: Int) throws(TesseraError) {
    open = graph
    producers = ValueProducers(graph)
    self.graph = graph
    self.graph.nodes = []
    self.graph.keepTypesOfInputs()
    self.opsetVersion = opsetVersion
    inputs = Set(graph.inputs)
    var nominal = graph
    nominal.keepTypesOfInputs()
    nominal.types[image.input]?.dimensions?.replaceSubrange(
      2..<4, with: [.fixed(image.height), .fixed(image.width)])
    try nominal.inferTypes(opsetVersion: opsetVersion)
    self.nominal = nominal
    takenNames = Set(graph.inputs + graph.outputs + graph.constants.names)
    takenNames.formUnion(graph.nodes.flatMap { $0.inputs + $0.outputs })
  }

  /// The rewritten graph.
  ///
  /// - Throws: `unsupported` with every node that does not fit.
  mutating func run() throws(TesseraError) -> Graph {
    var problems: [Diagnostic] = []
    var unresolved: Set<String> = []
    for node in open.nodes where !node.inputs.contains(where: unresolved.contains) {
      do throws(TesseraError) {
        try visit(node)
      } catch {
        problems += error.diagnostics
        unresolved.formUnion(node.outputs)
      }
    }
    problems += graph.outputs.filter { flattened[$0] != nil }.map { output in
      Diagnostic(
        "dense evaluation has a window at every position, not the flattened feature map that is an output",
        at: .value(output))
    }
    if let error = TesseraError(.unsupported, diagnostics: problems) { throw error }
    guard layerCount > 0 else { throw noLayer() }
    return graph
  }

  private mutating func visit(_ node: Node) throws(TesseraError) {
    if let rows = flattening(node) {
      flattened[node.outputs[0]] = rows
      return
    }
    guard node.inputs.contains(where: { isDense($0) || flattened[$0] != nil }) else {
      graph.nodes.append(node)
      return
    }
    guard let rule = PositionRule.find(node) else {
      try requireScores(node)
      let scores = node.inputs.first(where: isDense) ?? ""
      throw node.unsupported("dense evaluation cannot apply it to '\(scores)' at every position")
    }
    graph.nodes += try rule.rewrite(node, &self)
    dense.formUnion(node.outputs.filter { !$0.isEmpty })
  }

  /// The rows of a feature map, if the node's output is that.
  private func flattening(_ node: Node) -> (map: String, kernel: [Int])? {
    guard ["Flatten", "Reshape"].contains(where: node.isStandard), let input = node.input(0),
      let rows = nominal.type(of: node.outputs[0])?.dimensions, rows.count == 2,
      let count = rows[1].value
    else { return nil }
    if let source = flattened[input], nominal.type(of: input)?.dimensions?.last?.value == count {
      return source
    }
    guard let map = nominal.type(of: input)?.dimensions, map.count == 4, !isDense(input),
      let extents = Array(map.dropFirst()).fixedValues, extents.reduce(1, *) == count
    else { return nil }
    return (input, Array(extents.suffix(2)))
  }

  /// Why there is nothing to rewrite.
  private func noLayer() -> TesseraError {
    let layer = open.nodes.first { $0.isMatrixProduct || $0.isFused && $0.operatorName == "Gemm" }
    guard let layer, let input = layer.input(0) else {
      return TesseraError(
        .unsupported,
        "dense evaluation needs a fully connected layer whose input depends on the image, there is none"
      )
    }
    let type = nominal.type(of: input).map { "\($0)" } ?? "unknown"
    return layer.unsupported(
      "dense evaluation needs a flattened feature map [N, C, h, w] as its input, found '\(input)', \(type)"
    )
  }
}

/// What rules ask.
extension ClassifierConvolution {
  /// True if the value was `[N, K]` and is `[N, K, H', W']` now.
  func isDense(_ value: String) -> Bool { dense.contains(value) }

  /// Checks that a node reads no flattened map.
  func requireScores(_ node: Node) throws(TesseraError) {
    if let map = node.inputs.first(where: { flattened[$0] != nil }) {
      throw node.unsupported(
        "dense evaluation cannot apply it to the flattened feature map '\(map)', only fully connected layers"
      )
    }
  }

  /// What a fully connected layer reads in place of its input, and the window that it spans there.
  mutating func window(of node: Node) throws(TesseraError) -> (value: String, kernel: [Int]) {
    layerCount += 1
    let input = node.inputs[0]
    guard let (map, kernel) = flattened[input] else { return (input, [1, 1]) }
    let extents = open.type(of: map)?.dimensions ?? []
    guard extents.count == 4, extents[1].value != nil else {
      throw node.unsupported(
        "dense evaluation needs a feature map [N, C, h, w], but the second extent of '\(map)' depends on the image's size"
      )
    }
    guard extents[2].value == nil, extents[3].value == nil else {
      let producer = producers[map]?.displayName ?? map
      throw node.unsupported(
        "dense evaluation needs a feature map that grows with the image, but '\(map)', made by node '\(producer)', has \(kernel[0])x\(kernel[1]) positions whatever the image's size"
      )
    }
    return (map, kernel)
  }

  /// A name that no value has, much like `base`.
  mutating func newName(_ base: String) -> String {
    let name = names.make(from: base) { takenNames.contains($0) }
    takenNames.insert(name)
    return name
  }

  /// Adds a constant and returns its name.
  mutating func addConstant(_ tensor: Tensor, preferredName: String) -> String {
    let name = newName(preferredName)
    graph.constants[name] = tensor
    return name
  }
}
