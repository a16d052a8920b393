import Tensors

extension Model {
  /// The model in ONNX's textual syntax, which `Model(onnxText:)` and `onnx.parser` read.
  package func onnxText(_ options: TextOptions = TextOptions()) -> String {
    var printer = TextPrinter(options: options)
    printer.printHeader(of: self)
    printer.printGraph(graph, inputs: writtenInputs)
    return printer.text
  }
}

extension Graph {
  /// The graph in ONNX's textual syntax, without a header.
  package func onnxText(_ options: TextOptions = TextOptions()) -> String {
    var printer = TextPrinter(options: options)
    printer.printGraph(self, inputs: inputs)
    return printer.text
  }

  /// The graph in ONNX's textual syntax with a header for the given version of ONNX's operators, so
  /// that `Model(onnxText:)` reads it.
  package func onnxText(
    opsetVersion: Int, _ options: TextOptions = TextOptions()
  ) -> String {
    var model = Model(graph: self, opsetVersion: opsetVersion, irVersion: 10)
    if nodes.contains(where: { $0.domain == "tessera" }) { model.opsetVersions["tessera"] = 1 }
    return model.onnxText(options)
  }
}

/// Prints ONNX's textual syntax: one value, one constant and one node a line, in a fixed order.
struct TextPrinter {
  let options: TextOptions
  private(set) var text = ""

  init(options: TextOptions) {
    self.options = options
  }

  mutating func write(_ part: String) {
    text += part
  }

  mutating func printHeader(of model: Model) {
    let versions = model.opsetVersions.sorted { $0.key < $1.key }
    var entries = [
      "ir_version: \(model.writtenIRVersion)",
      "opset_import: ["
        + versions.map { "\(Self.quoted($0.key)) : \($0.value)" }.joined(separator: ", ") + "]",
    ]
    for (key, value) in [
      ("producer_name", model.producerName), ("producer_version", model.producerVersion),
      ("domain", model.domain),
    ] where !value.isEmpty {
      entries.append("\(key): \(Self.quoted(value))")
    }
    if model.modelVersion != 0 { entries.append("model_version: \(model.modelVersion)") }
    if !model.docString.isEmpty { entries.append("doc_string: \(Self.quoted(model.docString))") }
    if !model.metadata.isEmpty {
      let pairs = model.metadata.map { "\(Self.quoted($0.key)): \(Self.quoted($0.value))" }
      entries.append("metadata_props: [\(pairs.joined(separator: ", "))]")
    }
    write("<\n  \(entries.joined(separator: ",\n  "))\n>\n")
  }

  mutating func printGraph(_ graph: Graph, inputs: [String]) {
    let inputs = inputs.map { Self.typedName($0, graph.inputType(of: $0)) }
    write("\(Self.name(graph.name)) (")
    write(
      inputs.count > 2
        ? "\n  \(inputs.joined(separator: ",\n  "))\n" : inputs.joined(separator: ", "))
    let outputs = graph.outputs.map { Self.typedName($0, graph.type(of: $0)) }
    write(") => (\(outputs.joined(separator: ", ")))\n")

    printValues(of: graph)
    write("{\n")
    for node in graph.nodes { printNode(node) }
    write("}\n")
  }

  /// `< constants, types of the values between the nodes >`
  private mutating func printValues(of graph: Graph) {
    let bordering = Set(graph.inputs + graph.outputs)
    let between = graph.nodes.lazy.flatMap(\.outputs).filter {
      !$0.isEmpty && !bordering.contains($0) && graph.types[$0] != nil
    }
    let values = options.includesValueTypes ? Array(between) : []
    guard graph.constants.count > 0 || !values.isEmpty else { return }

    write("<\n")
    var remaining = graph.constants.count + values.count
    for name in graph.constants.names {
      guard let tensor = graph.constants[name] else { continue }
      remaining -= 1
      write("  \(Self.typedName(name, TensorType(of: tensor))) = ")
      let reference = options.externalData[name]
      if let reference {
        let pairs = reference.entries.map { "\(Self.quoted($0.key)): \(Self.quoted($0.value))" }
        write("[\(pairs.joined(separator: ", "))]")
      } else {
        printElements(of: tensor)
      }
      if remaining > 0 { write(",") }
      if reference == nil && isElided(tensor) {
        write("  # \(tensor.shape.elementCount) elements are not shown")
      }
      write("\n")
    }
    for name in values {
      remaining -= 1
      write("  \(Self.typedName(name, graph.types[name]))\(remaining > 0 ? "," : "")\n")
    }
    write(">\n")
  }

  private mutating func printNode(_ node: Node) {
    write("  ")
    if !node.name.isEmpty { write("[\(Self.name(node.name))] ") }
    write("\(node.outputs.map(Self.name).joined(separator: ", ")) = ")
    if !node.domain.isEmpty { write("\(node.domain).") }
    write(node.operatorName)
    if !node.attributes.isEmpty {
      write(" <")
      var separator = ""
      for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
        write(separator)
        printAttribute(TextCharacter.isIdentifier(name) ? name : Self.quoted(name), attribute)
        separator = ", "
      }
      write(">")
    }
    write(" (\(node.inputs.map(Self.name).joined(separator: ", ")))\n")
  }
}
