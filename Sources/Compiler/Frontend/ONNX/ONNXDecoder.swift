import COnnxProto
import GraphIR
import Tensors

/// Makes a `Model` of an ONNX `ModelProto`, noting all problems on the way.
struct ONNXDecoder {
  /// All bytes of the file, which `raw_data` of tensors refer to.
  let file: TensorStorage
  /// Reads tensors that lie in other files.
  let loadExternalData: ExternalDataLoader
  private var problems = ModelProblems()

  private init(file: TensorStorage, loadExternalData: @escaping ExternalDataLoader) {
    self.file = file
    self.loadExternalData = loadExternalData
  }

  /// Decodes the file's bytes. The tensors refer to `file` where they are stored as raw bytes.
  ///
  /// - Returns: The model as far as it could be read, and what could not, placed at nodes and values.
  /// - Throws: `TesseraError` with the byte offset of a malformed field.
  static func decode(
    _ file: TensorStorage, loadExternalData: @escaping ExternalDataLoader
  ) throws(TesseraError) -> (model: Model, problems: ModelProblems) {
    var empty = Onnx__ModelProto()
    onnx__model_proto__init(&empty)
    let message = try WireScanner.scan(file.bytes, as: empty.base.descriptor)
    defer { withExtendedLifetime(message) {} }
    guard let proto = onnx__model_proto__unpack(nil, message.count, message.messageBytes) else {
      throw TesseraError(.systemFailure, "the model's structure does not fit the memory")
    }
    defer { onnx__model_proto__free_unpacked(proto, nil) }

    var decoder = ONNXDecoder(file: file, loadExternalData: loadExternalData)
    let model = decoder.model(proto.pointee)
    return (model, decoder.problems)
  }

  /// Decodes the bytes of a file that holds one `TensorProto`, as `decode` does those of a model.
  static func decodeTensor(
    _ file: TensorStorage, loadExternalData: @escaping ExternalDataLoader
  ) throws(TesseraError) -> Tensor {
    var empty = Onnx__TensorProto()
    onnx__tensor_proto__init(&empty)
    let message = try WireScanner.scan(file.bytes, as: empty.base.descriptor)
    defer { withExtendedLifetime(message) {} }
    guard let proto = onnx__tensor_proto__unpack(nil, message.count, message.messageBytes) else {
      throw TesseraError(.systemFailure, "the tensor's structure does not fit the memory")
    }
    defer { onnx__tensor_proto__free_unpacked(proto, nil) }

    var decoder = ONNXDecoder(file: file, loadExternalData: loadExternalData)
    let tensor =
      proto.pointee.has_data_type == 0
      ? nil : decoder.tensor(proto.pointee, at: .value(string(proto.pointee.name)))
    var problems = ProblemList()
    for entry in decoder.problems.entries { problems.add(entry.kind, [entry.diagnostic]) }
    try problems.throwIfAny()
    guard let tensor else {
      throw TesseraError(.invalidInput, "expected an ONNX TensorProto, found no element type")
    }
    return tensor
  }

  mutating func reportInvalid(_ message: String, at location: Location? = nil) {
    problems.add(.invalidInput, message, at: location)
  }

  mutating func reportUnsupported(_ message: String, at location: Location? = nil) {
    problems.add(.unsupported, message, at: location)
  }

  private mutating func model(_ proto: Onnx__ModelProto) -> Model {
    var model = Model(graph: Graph(name: ""), opsetVersion: 0, irVersion: 0)
    model.opsetVersions = opsetVersions(proto)
    model.producerName = string(proto.producer_name)
    model.producerVersion = string(proto.producer_version)
    model.domain = string(proto.domain)
    model.modelVersion = proto.model_version
    model.docString = string(proto.doc_string)
    model.metadata = elements(proto.metadata_props, proto.n_metadata_props).map {
      (string($0.pointee.key), string($0.pointee.value))
    }
    if proto.has_ir_version != 0, let version = Int(exactly: proto.ir_version), version > 0 {
      model.irVersion = version
    } else {
      reportInvalid("the model has no IR version: it is not an ONNX model, or damaged")
    }
    for function in elements(proto.functions, proto.n_functions) {
      problems.functions.insert(
        OperatorID(name: string(function.pointee.name), domain: string(function.pointee.domain)))
    }
    if let graph = proto.graph {
      model.graph = self.graph(graph.pointee)
    } else {
      reportInvalid("the model has no graph")
    }
    return model
  }

  private mutating func opsetVersions(_ proto: Onnx__ModelProto) -> [String: Int] {
    var versions: [String: Int] = [:]
    for entry in elements(proto.opset_import, proto.n_opset_import) {
      let domain = string(entry.pointee.domain)
      guard let version = Int(exactly: entry.pointee.version), version > 0,
        versions.updateValue(version, forKey: domain) == nil
      else {
        reportInvalid(
          "expected one positive operator set version for domain '\(domain)', found "
            + (entry.pointee.version > 0 ? "two" : "\(entry.pointee.version)"))
        continue
      }
    }
    if versions.isEmpty { reportInvalid("the model imports no operator set") }
    return versions
  }

  private mutating func graph(_ proto: Onnx__GraphProto) -> Graph {
    var graph = Graph(name: string(proto.name))
    for pointer in elements(proto.sparse_initializer, proto.n_sparse_initializer) {
      let name = pointer.pointee.values.map { string($0.pointee.name) } ?? ""
      about(.constant(name)) { decoder in
        decoder.reportUnsupported("sparse initializers are not supported", at: .value(name))
      }
    }
    for pointer in elements(proto.initializer, proto.n_initializer) {
      let name = string(pointer.pointee.name)
      about(.constant(name)) { decoder in
        if name.isEmpty {
          decoder.reportInvalid("an initializer has no name")
        } else if graph.constants[name] != nil {
          decoder.reportInvalid("the initializer is defined twice", at: .value(name))
        } else {
          graph.constants[name] = decoder.tensor(pointer.pointee, at: .value(name))
        }
      }
    }
    for pointer in elements(proto.input, proto.n_input) {
      let name = string(pointer.pointee.name)
      graph.inputs.append(name)
      declare(pointer.pointee, in: &graph, isRequired: graph.constants[name] == nil)
    }
    for pointer in elements(proto.output, proto.n_output) {
      let name = string(pointer.pointee.name)
      graph.outputs.append(name)
      if graph.type(of: name) == nil { declare(pointer.pointee, in: &graph, isRequired: true) }
    }
    for pointer in elements(proto.value_info, proto.n_value_info)
    where graph.type(of: string(pointer.pointee.name)) == nil {
      declare(pointer.pointee, in: &graph, isRequired: false)
    }
    graph.separateDefaults()
    for (index, pointer) in elements(proto.node, proto.n_node).enumerated() {
      about(.node(index)) { decoder in graph.nodes.append(decoder.node(pointer.pointee)) }
    }
    return graph
  }

  private mutating func declare(
    _ proto: Onnx__ValueInfoProto, in graph: inout Graph, isRequired: Bool
  ) {
    let name = string(proto.name)
    about(.value(name)) { decoder in
      graph.types[name] = decoder.type(of: proto, isRequired: isRequired)
    }
  }

  /// Reads what a file says about a value or a node.
  private mutating func about(
    _ subject: ModelProblems.Subject, _ read: (inout ONNXDecoder) -> Void
  ) {
    let count = problems.entries.count
    read(&self)
    problems.assign(from: count, to: subject)
  }

  private mutating func node(_ proto: Onnx__NodeProto) -> Node {
    var node = Node(
      string(proto.op_type), domain: string(proto.domain), name: string(proto.name),
      inputs: strings(proto.input, proto.n_input), outputs: strings(proto.output, proto.n_output))
    let place = Location.node(node.displayName, operatorName: node.operatorName)
    if node.operatorName.isEmpty { reportInvalid("the node has no operator", at: place) }
    if !string(proto.overload).isEmpty {
      reportUnsupported("operators with an overload are not supported", at: place)
    }
    for pointer in elements(proto.attribute, proto.n_attribute) {
      let name = string(pointer.pointee.name)
      if name.isEmpty {
        reportInvalid("an attribute has no name", at: place)
      } else if node.attributes[name] != nil {
        reportInvalid("attribute '\(name)' is given twice", at: place)
      } else if let value = attribute(pointer.pointee, named: name, at: place) {
        node.attributes[name] = value
      }
    }
    return node
  }
}
