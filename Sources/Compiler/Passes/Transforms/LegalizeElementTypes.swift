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
  /// Inputs and outputs of the graph keep their element types, and are touched by a `Cast` alone; all
  /// values between are float32, and a `Cast` between floating-point types there disappears. Legal up
  /// to rounding: values are no longer rounded to float16 or bfloat16 at each step, nor kept to
  /// float64's precision and range, which a note tells the user. Runs after `fold-constants`, which
  /// computes constants in their own type, and before the passes that ask for float32.
  static let legalizeElementTypes = Pass("legalize-element-types", refinesTypes: true) {
    graph, context throws(TesseraError) in
    let computed = computedTypes(in: graph)
    guard !computed.isEmpty else { return false }
    var legalizer = ElementTypeLegalizer(graph)
    try legalizer.run()
    graph = legalizer.graph
    let names = computed.map(\.onnxName).joined(separator: " and ")
    context.note("the model computes in \(names); this compiler computes in float32")
    return true
  }
}

extension ElementType {
  fileprivate var needsLegalizing: Bool { isFloatingPoint && self != .float32 }
}

extension Graph {
  fileprivate func needsLegalizing(_ value: String) -> Bool {
    type(of: value)?.elementType.needsLegalizing ?? false
  }
}

/// The floating-point types besides float32 of the values that nodes read and make, except a `Cast`
/// from an input or to an output of the graph.
private func computedTypes(in graph: Graph) -> [ElementType] {
  let inputs = Set(graph.inputs)
  let outputs = Set(graph.outputs)
  let read = Set(graph.nodes.flatMap(\.inputs))
  var types: Set<ElementType> = []
  for node in graph.nodes {
    let isCast = node.isStandard("Cast")
    let readsOther = node.inputs.contains(where: graph.needsLegalizing)
    let makesOther = node.outputs.contains(where: graph.needsLegalizing)
    for name in node.inputs where !(isCast && !makesOther && inputs.contains(name)) {
      if let type = graph.type(of: name)?.elementType { types.insert(type) }
    }
    for name in node.outputs
    where !(isCast && !readsOther && outputs.contains(name) && !read.contains(name)) {
      if let type = graph.type(of: name)?.elementType { types.insert(type) }
    }
  }
  return ElementType.allCases.filter { types.contains($0) && $0.needsLegalizing }
}

/// One run of the pass.
private struct ElementTypeLegalizer {
  private(set) var graph: Graph
  private let original: Graph
  private var takenNames: Set<String>
  /// The float32 value that stands for a value that keeps its name and its other type.
  private var standIns: [String: String] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    original = graph
    takenNames = Set(graph.inputs + graph.outputs + graph.constants.names)
    takenNames.formUnion(graph.nodes.flatMap { $0.inputs + $0.outputs })
  }

  mutating func run() throws(TesseraError) {
    let read = Set(original.nodes.flatMap(\.inputs))
    let border = Set(original.inputs + original.outputs)
    graph.nodes = []
    for name in original.inputs where read.contains(name) && original.needsLegalizing(name) {
      let standIn = addStandIn(for: name)
      graph.nodes.append(.cast(name, to: .float32, as: standIn))
    }
    for name in original.constants.names
    where read.contains(name) && original.needsLegalizing(name) {
      guard let tensor = original.constants[name] else { continue }
      let target = border.contains(name) ? addStandIn(for: name) : name
      graph.constants[target] = try tensor.cast(to: .float32)
    }
    var lastCasts: [Node] = []
    for node in original.nodes {
      var node = node
      node.inputs = node.inputs.map { standIns[$0] ?? $0 }
      for (name, attribute) in node.attributes {
        guard case .tensor(let tensor) = attribute, tensor.elementType.needsLegalizing else {
          continue
        }
        node.attributes[name] = .tensor(try tensor.cast(to: .float32))
      }
      if node.isStandard("Cast"), original.needsLegalizing(node.outputs[0]) {
        node.attributes["to"] = .int(Int64(ElementType.float32.onnxCode))
      }
      for (index, name) in node.outputs.enumerated()
      where border.contains(name) && original.needsLegalizing(name) {
        guard let type = original.types[name] else { continue }
        node.outputs[index] = addStandIn(for: name)
        lastCasts.append(.cast(node.outputs[index], to: type.elementType, as: name))
      }
      graph.nodes.append(node)
    }
    graph.nodes += lastCasts
    graph.types = original.types.filter { border.contains($0.key) }
  }

  private mutating func addStandIn(for name: String) -> String {
    let standIn = freshName("\(name)_float") { takenNames.contains($0) }
    takenNames.insert(standIn)
    standIns[name] = standIn
    return standIn
  }
}

extension Node {
  fileprivate static func cast(_ value: String, to type: ElementType, as output: String) -> Node {
    Node(
      "Cast", inputs: [value], outputs: [output], attributes: ["to": .int(Int64(type.onnxCode))])
  }
}
