import CCaffeProto
import GraphIR
import Tensors

/// Makes a `Model` of a network file's text. Weights become inputs of the graph.
///
/// The layers of the phase `TEST` are those that count. `Docs/caffe.md` says what each becomes.
struct CaffeConverter {
  private var problems = ProblemList()

  /// - Throws: `TesseraError` with the line and column of a malformed field; or with all problems,
  ///   placed at layers: of kind `.unsupported` if the network is valid but needs what we do not have.
  static func model(fromText text: String) throws(TesseraError) -> Model {
    var empty = Caffe__NetParameter()
    caffe__net_parameter__init(&empty)
    let bytes = try TextFormatParser.encode(text, as: empty.base.descriptor)
    guard let proto = caffe__net_parameter__unpack(nil, bytes.count, bytes) else {
      throw TesseraError(.systemFailure, "the network's structure does not fit the memory")
    }
    defer { caffe__net_parameter__free_unpacked(proto, nil) }
    var converter = CaffeConverter()
    return try converter.model(proto.pointee)
  }

  private mutating func model(_ proto: Caffe__NetParameter) throws(TesseraError) -> Model {
    let all = try Self.layers(of: proto)
    let state = proto.state.map { CaffeState($0.pointee) } ?? CaffeState()
    for layer in all where !layer.included.isEmpty && !layer.excluded.isEmpty {
      problems.add(layer.invalid("it has both 'include' and 'exclude'"))
    }
    let active = all.filter(state.includes)
    let isInput = { (layer: CaffeLayer) in !layer.isLegacy && layer.type == "Input" }
    let needed = active.neededLayers
    reportUnsupportedTypes(among: zip(active, needed).filter { $1 && !isInput($0) }.map(\.0))
    var inputs: [CaffeInput] = []
    do throws(TesseraError) {
      inputs = try CaffeInput.inputs(of: proto)
    } catch { problems.add(error) }
    for layer in active where isInput(layer) {
      do throws(TesseraError) {
        inputs += try CaffeInput.inputs(of: layer)
      } catch { problems.add(error) }
    }
    try problems.throwIfAny()

    let layers = zip(active, needed).filter { !isInput($0.0) }
    let graph = try graph(
      named: string(proto.name), inputs: inputs, layers: layers.map(\.0),
      isNeeded: layers.map(\.1))
    try problems.throwIfAny()
    var model = Model(graph: graph, opsetVersion: CaffeGraphBuilder.opsetVersion, irVersion: 10)
    if inputs.count == 1, inputs[0].extents.count == 4, inputs[0].extents[1] == 3 {
      // Caffe reads images with their channels in this order.
      model.metadata.append((key: "Image.BitmapPixelFormat", value: "Bgr8"))
    }
    try model.finishReading(ModelProblems())
    return model
  }

  /// All layers, of the form that the file has.
  private static func layers(of proto: Caffe__NetParameter) throws(TesseraError) -> [CaffeLayer] {
    let legacy = elements(proto.layers, proto.n_layers)
    let layers = elements(proto.layer, proto.n_layer)
    guard legacy.isEmpty || layers.isEmpty else {
      throw TesseraError(
        .invalidInput, "expected layers of one form, found both 'layers' and 'layer'")
    }
    guard legacy.allSatisfy({ $0.pointee.layer == nil }) else {
      throw TesseraError(
        .unsupported,
        "the oldest form of layers, 'layers { layer { … } }', is not supported; Caffe's tool "
          + "upgrade_net_proto_text turns it into the newest")
    }
    guard !legacy.isEmpty || !layers.isEmpty else {
      throw TesseraError(.invalidInput, "the network has no layers")
    }
    return legacy.map { CaffeLayer($0.pointee) } + layers.map { CaffeLayer($0.pointee) }
  }

  /// One problem a type, with its layers.
  private mutating func reportUnsupportedTypes(among layers: [CaffeLayer]) {
    let unknown = layers.filter { CaffeLayerType.find($0) == nil }
    let names = Dictionary(grouping: unknown, by: \.type).mapValues { $0.map(\.name) }
    for type in unknown.map(\.type).uniqued {
      let list = listing("layer", names[type] ?? [])
      guard !type.isEmpty else {
        problems.add(
          .invalidInput, [Diagnostic("expected a type of each layer, found none: \(list)")])
        continue
      }
      let isLegacy = layers[0].isLegacy
      let namesake = CaffeLayerType.all.first { type == (isLegacy ? $0.name : $0.legacyName) }
      let reason =
        (isLegacy ? namesake?.legacyName : namesake?.name).map {
          "the type '\(type)' is called '\($0)' in this form of layers"
        } ?? "layers of the type '\(type)' are not supported"
      problems.add(.unsupported, [Diagnostic("\(reason): \(list)")])
    }
  }

  private mutating func graph(
    named name: String, inputs: [CaffeInput], layers: [CaffeLayer], isNeeded: [Bool]
  ) throws(TesseraError) -> Graph {
    let weights = Set(layers.flatMap { ["\($0.name)_weight", "\($0.name)_bias"] })
    let flow = try CaffeDataflow(
      inputs: inputs.map(\.blob), layers: layers, reserved: weights)
    let values = flow.layers.flatMap { $0.inputs + $0.outputs }
    var builder = CaffeGraphBuilder(
      name: name, taken: weights.union(values).union(inputs.map(\.blob)))
    let hasOpenBatch = CaffeInput.haveOpenBatch(inputs)
    for input in inputs {
      do throws(TesseraError) {
        builder.addInput(input.blob, try input.type(hasOpenBatch: hasOpenBatch))
      } catch { problems.add(error) }
    }
    for (index, flow) in flow.layers.enumerated() where isNeeded[index] {
      var layer = layers[index]
      (layer.inputs, layer.outputs) = flow
      // What depends on a refused layer cannot be checked.
      guard layer.inputs.allSatisfy({ builder.type(of: $0) != nil }),
        let type = CaffeLayerType.find(layer)
      else { continue }
      do throws(TesseraError) {
        try type.checkCounts(of: layer)
        builder.layer = layer.location
        try type.convert(layer, &builder)
      } catch { problems.add(error) }
    }
    return builder.finished(outputs: flow.outputs)
  }

}
