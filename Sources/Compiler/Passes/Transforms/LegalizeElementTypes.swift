import GraphIR
import Tensors

extension Pass {
  /// Turns computation in other floating-point types than float32 into computation in float32.
  ///
  /// ```
  /// y = Conv (x, W)                      input float16 x, output float16 y, constant float16 W
  ///   →
  /// x_float = Cast <to = float> (x)
  /// y_float = Conv (x_float, W)          W converted to float32
  /// y = Cast <to = float16> (y_float)
  /// ```
  ///
  /// A `Cast` of the model stays, with the type that it says, and so rounds as it says:
  ///
  /// ```
  /// h = Cast <to = float16> (x)          h = Cast <to = float16> (x)
  /// a = Relu (h)                    →    h_float = Cast <to = float> (h)
  ///                                      a = Relu (h_float)
  /// ```
  ///
  /// Afterwards values of these types are inputs and outputs of the graph and what a `Cast` makes, and
  /// only a `Cast` reads them; but values that only `Cast`, `+ − × ÷` and movement connect are left
  /// alone, since there are kernels for them (`ElementTypeGroups`). Legal up to rounding: the results of
  /// the other operators are no longer rounded to float16 or bfloat16, nor kept to float64's precision
  /// and range, which a note tells the user. A finite constant that float32 does not hold is an error.
  /// Runs after `fold-constants`, which computes constants in their own type, and before the passes that
  /// ask for float32.
  static let legalizeElementTypes = Pass("legalize-element-types", refinesTypes: true) {
    graph, context throws(TesseraError) in
    let groups = ElementTypeGroups(graph)
    guard !groups.legalizedTypes.isEmpty else { return false }
    var legalizer = ElementTypeLegalizer(graph, groups)
    try legalizer.run()
    graph = legalizer.graph
    let names = groups.legalizedTypes.map(\.onnxName).joined(separator: " and ")
    context.note("the model computes in \(names); this compiler computes in float32")
    return true
  }
}

/// One run of the pass.
private struct ElementTypeLegalizer {
  private(set) var graph: Graph
  private let original: Graph
  private let groups: ElementTypeGroups
  private var takenNames: Set<String>
  /// Values that a `Cast` or the caller reads.
  private let readByCasts: Set<String>
  /// Values that are bounds of `Clip` nodes and nothing else.
  private let bounds: Set<String>
  private var names = FreshNames()
  /// The float32 value that stands for a value that keeps its name and its other type.
  private var standIns: [String: String] = [:]

  init(_ graph: Graph, _ groups: ElementTypeGroups) {
    self.graph = graph
    self.groups = groups
    original = graph
    takenNames = Set(graph.inputs + graph.outputs + graph.constants.names)
    takenNames.formUnion(graph.nodes.flatMap { $0.inputs + $0.outputs })
    let clips = graph.nodes.filter { $0.isStandard("Clip") }
    let others = graph.nodes.filter { !$0.isStandard("Clip") }
    bounds = Set(clips.flatMap { $0.inputs.dropFirst() })
      .subtracting(others.flatMap(\.inputs) + clips.flatMap { $0.inputs.prefix(1) })
    readByCasts = Set(graph.nodes.filter(\.isCast).flatMap(\.inputs) + graph.outputs)
  }

  mutating func run() throws(TesseraError) {
    let computed = Set(original.nodes.filter { !$0.isCast }.flatMap(\.inputs))
      .filter(groups.isLegalized)
    graph.nodes = []
    for name in original.inputs where computed.contains(name) { widen(name) }
    for name in original.constants.names where computed.contains(name) {
      guard let tensor = original.constants[name] else { continue }
      let target = readByCasts.contains(name) ? addStandIn(for: name) : name
      graph.constants[target] = try float32(tensor, of: name)
    }
    var lastCasts: [Node] = []
    for var node in original.nodes {
      if node.isCast {
        node.inputs = node.inputs.map { isComputed($0) ? standIns[$0] ?? $0 : $0 }
        graph.nodes.append(node)
        for name in node.outputs where computed.contains(name) { widen(name) }
        continue
      }
      node.inputs = node.inputs.map { standIns[$0] ?? $0 }
      if node.outputs.contains(where: groups.isLegalized) {
        for case (let name, .tensor(let tensor)) in node.attributes
        where tensor.elementType.needsLegalizing {
          node.attributes[name] = .tensor(try float32(tensor, of: node.outputs[0]))
        }
      }
      for (index, name) in node.outputs.enumerated() where groups.isLegalized(name) {
        guard original.outputs.contains(name), let type = original.types[name] else { continue }
        node.outputs[index] = addStandIn(for: name)
        lastCasts.append(.cast(node.outputs[index], to: type.elementType, as: name))
      }
      graph.nodes.append(node)
    }
    graph.nodes += lastCasts
    let border = Set(original.inputs + original.outputs)
    graph.types = original.types.filter { border.contains($0.key) }
  }

  /// True if an operator that is computed in float32 makes the value.
  private func isComputed(_ value: String) -> Bool {
    groups.isLegalized(value) && groups.isMadeByOperator(value)
  }

  /// Adds a `Cast` to float32 of a value that keeps its type.
  private mutating func widen(_ value: String) {
    graph.nodes.append(.cast(value, to: .float32, as: addStandIn(for: value)))
  }

  private mutating func addStandIn(for name: String) -> String {
    let standIn = names.make(from: "\(name)_float") { takenNames.contains($0) }
    takenNames.insert(standIn)
    standIns[name] = standIn
    return standIn
  }

  /// A constant in the type that is computed in. Bounds of a `Clip` may become infinite, which they are
  /// for every value of that type.
  private func float32(_ tensor: Tensor, of value: String) throws(TesseraError) -> Tensor {
    let converted = try tensor.cast(to: .float32)
    if !bounds.contains(value), let problem = tensor.overflow(in: converted) {
      throw TesseraError(
        .invalidInput, "\(problem), which this compiler computes in", at: .value(value))
    }
    return converted
  }
}

extension Node {
  fileprivate static func cast(_ value: String, to type: ElementType, as output: String) -> Node {
    Node(
      "Cast", inputs: [value], outputs: [output], attributes: ["to": .int(Int64(type.onnxCode))])
  }
}
