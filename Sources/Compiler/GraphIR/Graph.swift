import Tensors

/// A dataflow graph: operators on named values, each value made by one node, a graph input or a
/// constant.
package struct Graph: Sendable {
  package var name: String
  /// Names of the values that the caller provides, in order.
  package var inputs: [String]
  /// Names of the values that the caller receives, in order. One may be listed several times.
  package var outputs: [String]
  /// Names of constants that the model file also lists as inputs, in order: values by default, in whose
  /// place others can be bound before the graph is compiled. Their declared types are in `types`.
  package var defaults: [String] = []
  /// In topological order: a value's producer comes before its users.
  package var nodes: [Node]
  /// Values known at compile time (ONNX initializers and folded results).
  package var constants: ConstantTable
  /// Declared or inferred types. Every graph input has one; after `inferTypes` every value has.
  package var types: [String: TensorType]
  /// The elements, as far as known, of integer scalars and vectors that shape arithmetic computes
  /// (`Shape` → `Gather` → …); `inferTypes` finds them.
  package var shapeElements: [String: [Dimension]] = [:]

  package init(
    name: String, inputs: [String] = [], outputs: [String] = [], nodes: [Node] = [],
    constants: ConstantTable = ConstantTable(), types: [String: TensorType] = [:]
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.constants = constants
    self.types = types
  }

  /// Lets errors place every node where they would now, whatever passes make of it.
  package mutating func keepOrigins() {
    for index in nodes.indices { nodes[index].origin = nodes[index].location }
  }

  /// Forgets the types of all values but the inputs, for inference to find them again.
  package mutating func keepTypesOfInputs() {
    let inputs = Set(inputs)
    types = types.filter { inputs.contains($0.key) }
  }

  /// Moves the inputs that are constants to `defaults`.
  package mutating func separateDefaults() {
    defaults += inputs.filter { constants[$0] != nil }
    inputs.removeAll { constants[$0] != nil }
  }

  /// The type of a value: a constant's own type, else the declared or inferred one.
  package func type(of value: String) -> TensorType? {
    constants[value].map(TensorType.init(of:)) ?? types[value]
  }

  /// The type that is declared for an input or a default.
  package func inputType(of name: String) -> TensorType? {
    types[name] ?? type(of: name)
  }
}
