import COnnxProto
import GraphIR
import Tensors

/// Makes the bytes of an ONNX `ModelProto`.
struct ONNXEncoder {
  /// Constants whose elements lie in other files, by name.
  let externalData: [String: ExternalDataReference]
  private let arena = ProtoArena()

  /// The most bytes that protocol buffers allow in a message.
  static let maximumByteCount = Int(Int32.max)

  private init(externalData: [String: ExternalDataReference]) {
    self.externalData = externalData
  }

  /// The model in ONNX's binary format, with constants as raw bytes.
  ///
  /// - Throws: `TesseraError` if the file would pass the 2 GB that the format allows, or if memory is
  ///   refused.
  static func encode(
    _ model: Model, externalData: [String: ExternalDataReference] = [:]
  ) throws(TesseraError) -> TensorStorage {
    // The messages refer to the bytes of the model's tensors.
    let bytes = try withExtendedLifetime(model) { () throws(TesseraError) -> TensorStorage? in
      let encoder = ONNXEncoder(externalData: externalData)
      let message = encoder.model(model)
      return try withExtendedLifetime(encoder.arena) { () throws(TesseraError) -> TensorStorage? in
        let byteCount = onnx__model_proto__get_packed_size(message)
        guard byteCount <= maximumByteCount else { return nil }
        return try TensorStorage(byteCount: byteCount) { bytes in
          _ = onnx__model_proto__pack(message, bytes.bindMemory(to: UInt8.self).baseAddress)
        }
      }
    }
    guard let bytes else {
      throw TesseraError(
        .invalidInput,
        "the model takes more than the \(maximumByteCount) bytes that ONNX files may have: store its "
          + "weights as external data")
    }
    return bytes
  }

  private func model(_ model: Model) -> UnsafeMutablePointer<Onnx__ModelProto> {
    var empty = Onnx__ModelProto()
    onnx__model_proto__init(&empty)
    return arena.message(empty) { proto in
      proto.has_ir_version = 1
      proto.ir_version = Int64(model.writtenIRVersion)
      if !model.producerName.isEmpty { proto.producer_name = arena.string(model.producerName) }
      if !model.producerVersion.isEmpty {
        proto.producer_version = arena.string(model.producerVersion)
      }
      if !model.domain.isEmpty { proto.domain = arena.string(model.domain) }
      if model.modelVersion != 0 {
        proto.has_model_version = 1
        proto.model_version = model.modelVersion
      }
      if !model.docString.isEmpty { proto.doc_string = arena.string(model.docString) }
      let versions = model.opsetVersions.sorted { $0.key < $1.key }
      proto.n_opset_import = versions.count
      proto.opset_import = arena.array(versions.map { opset($0.key, $0.value) })
      proto.n_metadata_props = model.metadata.count
      proto.metadata_props = pairs(model.metadata)
      proto.graph = graph(model.graph, inputs: model.writtenInputs)
    }
  }

  private func opset(_ domain: String, _ version: Int)
    -> UnsafeMutablePointer<Onnx__OperatorSetIdProto>?
  {
    var empty = Onnx__OperatorSetIdProto()
    onnx__operator_set_id_proto__init(&empty)
    return arena.message(empty) { proto in
      proto.domain = arena.string(domain)
      proto.has_version = 1
      proto.version = Int64(version)
    }
  }

  private func pairs(_ pairs: [(key: String, value: String)])
    -> UnsafeMutablePointer<UnsafeMutablePointer<Onnx__StringStringEntryProto>?>
  {
    var empty = Onnx__StringStringEntryProto()
    onnx__string_string_entry_proto__init(&empty)
    return arena.array(
      pairs.map { pair in
        arena.message(empty) { proto in
          proto.key = arena.string(pair.key)
          proto.value = arena.string(pair.value)
        }
      })
  }

  private func graph(_ graph: Graph, inputs: [String]) -> UnsafeMutablePointer<Onnx__GraphProto> {
    let bordering = Set(graph.inputs + graph.outputs)
    let between = graph.nodes.flatMap(\.outputs).filter {
      graph.types[$0] != nil && !bordering.contains($0)
    }
    var empty = Onnx__GraphProto()
    onnx__graph_proto__init(&empty)
    return arena.message(empty) { proto in
      proto.name = arena.string(graph.name)
      proto.n_node = graph.nodes.count
      proto.node = arena.array(graph.nodes.map { node($0) })
      proto.n_initializer = graph.constants.count
      proto.initializer = arena.array(
        graph.constants.names.map { name in graph.constants[name].map { tensor($0, named: name) } })
      proto.n_input = inputs.count
      proto.input = arena.array(inputs.map { valueInfo($0, graph.inputType(of: $0)) })
      proto.n_output = graph.outputs.count
      proto.output = arena.array(graph.outputs.map { valueInfo($0, graph.type(of: $0)) })
      proto.n_value_info = between.count
      proto.value_info = arena.array(between.map { valueInfo($0, graph.types[$0]) })
    }
  }

  private func valueInfo(_ name: String, _ type: TensorType?)
    -> UnsafeMutablePointer<Onnx__ValueInfoProto>?
  {
    var empty = Onnx__ValueInfoProto()
    onnx__value_info_proto__init(&empty)
    return arena.message(empty) { proto in
      proto.name = arena.string(name)
      proto.type = type.map { self.type($0) }
    }
  }

  private func type(_ type: TensorType) -> UnsafeMutablePointer<Onnx__TypeProto> {
    var empty = Onnx__TypeProto()
    onnx__type_proto__init(&empty)
    var emptyTensor = Onnx__TypeProto__Tensor()
    onnx__type_proto__tensor__init(&emptyTensor)
    var emptyShape = Onnx__TensorShapeProto()
    onnx__tensor_shape_proto__init(&emptyShape)
    return arena.message(empty) { proto in
      proto.tensor_type = arena.message(emptyTensor) { tensor in
        tensor.has_elem_type = 1
        tensor.elem_type = Int32(type.elementType.onnxCode)
        tensor.shape = type.dimensions.map { dimensions in
          arena.message(emptyShape) { shape in
            shape.n_dim = dimensions.count
            shape.dim = arena.array(dimensions.map { dimension($0) })
          }
        }
      }
    }
  }

  private func dimension(_ dimension: Dimension)
    -> UnsafeMutablePointer<Onnx__TensorShapeProto__Dimension>?
  {
    var empty = Onnx__TensorShapeProto__Dimension()
    onnx__tensor_shape_proto__dimension__init(&empty)
    return arena.message(empty) { proto in
      switch dimension {
      case .fixed(let extent):
        proto.has_dim_value = 1
        proto.dim_value = Int64(extent)
      case .symbol(let symbol): proto.dim_param = arena.string(symbol)
      case .unknown: break
      }
    }
  }

  private func node(_ node: Node) -> UnsafeMutablePointer<Onnx__NodeProto>? {
    let attributes = node.attributes.sorted { $0.key < $1.key }
    var empty = Onnx__NodeProto()
    onnx__node_proto__init(&empty)
    return arena.message(empty) { proto in
      if !node.name.isEmpty { proto.name = arena.string(node.name) }
      if !node.domain.isEmpty { proto.domain = arena.string(node.domain) }
      proto.op_type = arena.string(node.operatorName)
      proto.n_input = node.inputs.count
      proto.input = arena.strings(node.inputs)
      proto.n_output = node.outputs.count
      proto.output = arena.strings(node.outputs)
      proto.n_attribute = attributes.count
      proto.attribute = arena.array(attributes.map { attribute($0.value, named: $0.key) })
    }
  }

  private func attribute(_ attribute: Attribute, named name: String)
    -> UnsafeMutablePointer<Onnx__AttributeProto>?
  {
    var empty = Onnx__AttributeProto()
    onnx__attribute_proto__init(&empty)
    return arena.message(empty) { proto in
      proto.name = arena.string(name)
      proto.has_type = 1
      switch attribute {
      case .int(let value):
        proto.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
        (proto.has_i, proto.i) = (1, value)
      case .float(let value):
        proto.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
        (proto.has_f, proto.f) = (1, value)
      case .string(let value):
        proto.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING
        (proto.has_s, proto.s) = (1, arena.data(value))
      case .tensor(let value):
        proto.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR
        proto.t = tensor(value, named: nil)
      case .ints(let values):
        proto.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS
        (proto.n_ints, proto.ints) = (values.count, arena.array(values))
      case .floats(let values):
        proto.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS
        (proto.n_floats, proto.floats) = (values.count, arena.array(values))
      case .strings(let values):
        proto.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS
        (proto.n_strings, proto.strings) = (values.count, arena.array(values.map(arena.data)))
      }
    }
  }

  private func tensor(_ tensor: Tensor, named name: String?)
    -> UnsafeMutablePointer<Onnx__TensorProto>
  {
    var empty = Onnx__TensorProto()
    onnx__tensor_proto__init(&empty)
    return arena.message(empty) { proto in
      proto.n_dims = tensor.shape.rank
      proto.dims = arena.array(tensor.shape.dimensions.map { Int64($0) })
      (proto.has_data_type, proto.data_type) = (1, Int32(tensor.elementType.onnxCode))
      proto.name = name.map { arena.string($0) }
      if let reference = name.flatMap({ externalData[$0] }) {
        proto.n_external_data = reference.entries.count
        proto.external_data = pairs(reference.entries)
        proto.has_data_location = 1
        proto.data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
        return
      }
      proto.has_raw_data = 1
      tensor.withUnsafeBytes { bytes in
        let start = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
        proto.raw_data = ProtobufCBinaryData(
          len: bytes.count, data: start?.assumingMemoryBound(to: UInt8.self))
      }
    }
  }
}
