import GraphIR
import Tensors

/// The graph that layers are added to, with the type of every value so far.
struct CaffeGraphBuilder {
  /// The version of ONNX's operators that the graph is written in.
  static let opsetVersion = 21

  private(set) var graph: Graph
  /// Where errors place the nodes that are added now.
  var layer: Location?
  private var names: UniqueNames

  /// - Parameter taken: The names of all values that the layers make or read.
  init(name: String, taken: Set<String>) {
    graph = Graph(name: name)
    names = UniqueNames(taken: taken)
  }

  mutating func addInput(_ name: String, _ type: TensorType) {
    graph.inputs.append(name)
    graph.types[name] = type
  }

  /// An input for weights of a layer, called `LAYER_weight` or `LAYER_bias`, by which weight files bind.
  ///
  /// - Parameter role: `weight` or `bias`.
  mutating func weights(
    _ role: String, of layer: CaffeLayer, _ extents: [Int]
  ) throws(TesseraError) -> String {
    guard let shape = Shape(extents) else {
      throw layer.invalid("its \(role) of shape \(listDescription(extents)) is too large")
    }
    let name = "\(layer.name)_\(role)"
    guard !layer.name.isEmpty, graph.types[name] == nil else {
      throw layer.invalid(
        layer.name.isEmpty
          ? "a layer with weights needs a name" : "its \(role) '\(name)' is already a value")
    }
    addInput(name, TensorType(.float32, shape: shape))
    return name
  }

  /// A constant vector of integers, such as a shape.
  mutating func constant(_ values: [Int], named base: String) throws(TesseraError) -> String {
    let name = newValue(base)
    graph.constants[name] = try Tensor(values.map(Int64.init), shape: [values.count])
    return name
  }

  /// A name for a value that no blob stands for.
  mutating func newValue(_ base: String) -> String { names.make(from: base) }

  /// The type of a value; nil if the layer that makes it was refused.
  func type(of value: String) -> TensorType? { graph.type(of: value) }

  /// The extents of a layer's input, which the layers before it give.
  func dimensions(ofInput index: Int, of layer: CaffeLayer) throws(TesseraError) -> [Dimension] {
    guard let dimensions = type(of: layer.inputs[index])?.dimensions else {
      throw layer.unsupported("the rank of its bottom '\(layer.bottoms[index])' is not known")
    }
    return dimensions
  }

  /// Channels, rows and columns of the layer's only input, `[N, C, H, W]`.
  func image(of layer: CaffeLayer) throws(TesseraError) -> (channels: Int, extents: [Int]) {
    let dimensions = try dimensions(ofInput: 0, of: layer)
    let extents = dimensions.dropFirst().compactMap(\.value)
    guard dimensions.count == 4, extents.count == 3 else {
      throw layer.unsupported(
        "its bottom '\(layer.bottoms[0])' is \(TensorType(.float32, dimensions)); only images "
          + "[N, C, H, W] are supported")
    }
    return (extents[0], Array(extents.dropFirst()))
  }

  /// Adds an operator.
  ///
  /// - Throws: `TesseraError` if it does not fit the types of its inputs.
  mutating func append(
    _ operatorName: String, name: String, inputs: [String], output: String,
    attributes: [String: Attribute] = [:]
  ) throws(TesseraError) {
    var node = Node(
      operatorName, name: name, inputs: inputs, outputs: [output], attributes: attributes)
    node.origin = layer
    guard let definition = OperatorRegistry.find(node) else {
      throw node.unsupported("the operator '\(operatorName)' is not supported")
    }
    let type = try definition.inferTypes(node, graph, Self.opsetVersion).first
    graph.types[output] = type
    if type?.elementType == .int64 {
      graph.shapeElements[output] = try definition.inferElements?(node, graph, Self.opsetVersion)
    }
    graph.nodes.append(node)
  }

  /// The graph, with the types of its inputs and outputs.
  func finished(outputs: [String]) -> Graph {
    var graph = graph
    graph.outputs = outputs
    let ends = Set(graph.inputs).union(outputs)
    graph.types = graph.types.filter { ends.contains($0.key) }
    graph.shapeElements = [:]
    return graph
  }
}

/// The attribute of a list of numbers.
func intsAttribute(_ values: [Int]) -> Attribute { .ints(values.map(Int64.init)) }
