import COnnxProto
import GraphIR
import Tensors

/// Makes a `Model` of an ONNX `ModelProto`, noting all problems on the way.
struct ONNXDecoder {
  /// All bytes of the file, which `raw_data` of tensors refer to.
  let file: TensorStorage
  /// Reads tensors that lie in other files.
  let loadExternalData: ExternalDataLoader
  private var invalid: [Diagnostic] = []
  private var unsupported: [Diagnostic] = []

  private init(file: TensorStorage, loadExternalData: @escaping ExternalDataLoader) {
    self.file = file
    self.loadExternalData = loadExternalData
  }

  /// Decodes the file's bytes. The tensors refer to `file` where they are stored as raw bytes.
  ///
  /// - Throws: `TesseraError` with the byte offset of a malformed field, or with all problems, placed
  ///   at nodes and values: of kind `.unsupported` if the file is valid but needs what we do not have.
  static func decode(
    _ file: TensorStorage, loadExternalData: @escaping ExternalDataLoader
  ) throws(TesseraError) -> Model {
    var empty = Onnx__ModelProto()
    onnx__model_proto__init(&empty)
    let message = try WireScanner.scan(file.bytes, as: empty.base.descriptor)
    guard let proto = onnx__model_proto__unpack(nil, message.count, message) else {
      throw TesseraError(.systemFailure, "the model's structure does not fit the memory")
    }
    defer { onnx__model_proto__free_unpacked(proto, nil) }

    var decoder = ONNXDecoder(file: file, loadExternalData: loadExternalData)
    let model = decoder.model(proto.pointee)
    try decoder.throwProblems()
    try model.checkStructure()
    return model
  }

  /// Decodes the bytes of a file that holds one `TensorProto`, as `decode` does those of a model.
  static func decodeTensor(
    _ file: TensorStorage, loadExternalData: @escaping ExternalDataLoader
  ) throws(TesseraError) -> Tensor {
    var empty = Onnx__TensorProto()
    onnx__tensor_proto__init(&empty)
    let message = try WireScanner.scan(file.bytes, as: empty.base.descriptor)
    guard let proto = onnx__tensor_proto__unpack(nil, message.count, message) else {
      throw TesseraError(.systemFailure, "the tensor's structure does not fit the memory")
    }
    defer { onnx__tensor_proto__free_unpacked(proto, nil) }

    var decoder = ONNXDecoder(file: file, loadExternalData: loadExternalData)
    let tensor =
      proto.pointee.has_data_type == 0
      ? nil : decoder.tensor(proto.pointee, at: .value(string(proto.pointee.name)))
    try decoder.throwProblems()
    guard let tensor else {
      throw TesseraError(.invalidInput, "expected an ONNX TensorProto, found no element type")
    }
    return tensor
  }

  private func throwProblems() throws(TesseraError) {
    if let error = TesseraError(.invalidInput, diagnostics: invalid) { throw error }
    if let error = TesseraError(.unsupported, diagnostics: unsupported) { throw error }
  }

  mutating func reportInvalid(_ message: String, at location: Location? = nil) {
    invalid.append(Diagnostic(message, at: location))
  }

  mutating func reportUnsupported(_ message: String, at location: Location? = nil) {
    unsupported.append(Diagnostic(message, at: location))
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
    if proto.n_functions > 0 { reportUnsupported("model-local functions are not supported") }
    if let graph = proto.graph {
      model.graph = self.graph(graph.pointee)
      // Its constants are no inputs, which IR version 4 is the first to allow.
      if model.graph.constants.count > 0 { model.irVersion = max(4, model.irVersion) }
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
    if proto.n_sparse_initializer > 0 {
      reportUnsupported("sparse initializers are not supported")
    }
    for pointer in elements(proto.initializer, proto.n_initializer) {
      let name = string(pointer.pointee.name)
      if name.isEmpty {
        reportInvalid("an initializer has no name")
      } else if graph.constants[name] != nil {
        reportInvalid("the initializer is defined twice", at: .value(name))
      } else if let tensor = tensor(pointer.pointee, at: .value(name)) {
        graph.constants[name] = tensor
      }
    }
    for pointer in elements(proto.input, proto.n_input) {
      let name = string(pointer.pointee.name)
      // Before IR version 4 every initializer is also listed as an input.
      if graph.constants[name] != nil { continue }
      graph.inputs.append(name)
      graph.types[name] = type(of: pointer.pointee, isRequired: true)
    }
    for pointer in elements(proto.output, proto.n_output) {
      let name = string(pointer.pointee.name)
      graph.outputs.append(name)
      if graph.constants[name] == nil && graph.types[name] == nil {
        graph.types[name] = type(of: pointer.pointee, isRequired: true)
      }
    }
    for pointer in elements(proto.value_info, proto.n_value_info) {
      let name = string(pointer.pointee.name)
      if graph.constants[name] == nil && graph.types[name] == nil {
        graph.types[name] = type(of: pointer.pointee, isRequired: false)
      }
    }
    graph.nodes = elements(proto.node, proto.n_node).map { node($0.pointee) }
    return graph
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
