import ExecutionPlan
import GraphIR
import KernelInterface
import Tensors

/// Collects the steps of one variant. Lowering rules ask it for values in the layout that they read
/// and define values in the layout that they write; conversions are added where the two differ,
/// once for each value and layout.
struct PlanBuilder {
  let graph: Graph
  let opsetVersion: Int
  let options: LoweringOptions
  let assignment: LayoutAssignment
  let slices: ChannelSlices
  let weights: WeightPool
  let producers: ValueProducers
  let blockedValues: BlockedValues
  /// Where values lie that training keeps between runs.
  let kept: [String: Operand]
  private(set) var bufferByteCounts: [Int] = []
  private(set) var steps: [StepDraft] = []
  /// How each convolution so far is computed, in the order of the nodes.
  var convolutions: [LoweredConvolution] = []
  /// Multiplications and additions of the steps so far.
  private var operationCount = 0
  private var denseOperands: [String: OperandDraft] = [:]
  /// Values of other types as dense float32 elements.
  private var floatOperands: [String: OperandDraft] = [:]
  private var images: [String: [StoredImage]] = [:]
  /// Weights that are values of the run, packed, by value and packing.
  private var packedValues: [String: OperandDraft] = [:]
  /// The channels of other values that a value is.
  private var channelMaps: [String: ChannelMap] = [:]
  /// The buffers that several values share, by the value that has all of it.
  var sharedBuffers: [String: Int] = [:]
  /// The value that each view shows, which is no view itself.
  private var viewSources: [String: String] = [:]

  init(
    graph: Graph, opsetVersion: Int, options: LoweringOptions, assignment: LayoutAssignment,
    slices: ChannelSlices, weights: WeightPool, producers: ValueProducers,
    blockedValues: BlockedValues, kept: [String: Operand] = [:]
  ) {
    self.graph = graph
    self.opsetVersion = opsetVersion
    self.options = options
    self.assignment = assignment
    self.slices = slices
    self.weights = weights
    self.producers = producers
    self.blockedValues = blockedValues
    self.kept = kept
  }

  var laneCount: Int { options.kernels.laneCount }

  // MARK: Types

  /// The fixed type of a value.
  func shape(of value: String) throws(TesseraError) -> Shape {
    guard let shape = graph.type(of: value)?.shape else {
      throw TesseraError(.invalidInput, "the shape is not known", at: .value(value))
    }
    return shape
  }

  func elementType(of value: String) throws(TesseraError) -> ElementType {
    guard let type = graph.type(of: value) else {
      throw TesseraError(.invalidInput, "the type is not known", at: .value(value))
    }
    return type.elementType
  }

  /// A layout for a value of shape `[N, C, H, W]`, without a border.
  func imageLayout(of value: String, channelBlock: Int) throws(TesseraError) -> ImageLayout {
    let shape = try shape(of: value)
    guard shape.rank == 4 else {
      throw TesseraError(
        .unsupported, "images of \(shape.rank) dimensions are not supported, expected 4 (NCHW)",
        at: .value(value))
    }
    return ImageLayout(
      batch: shape[0], channels: shape[1], height: shape[2], width: shape[3],
      channelBlock: channelBlock)
  }

  // MARK: Reading values

  /// The value as a dense row-major tensor.
  mutating func dense(_ value: String) throws(TesseraError) -> OperandDraft {
    if let operand = denseOperands[value] { return operand }
    let operand: OperandDraft
    if let constant = graph.constants[value] {
      operand = rawWeight(constant, name: value)
    } else if let source = viewSources[value] {
      operand = try dense(source)
    } else if let floats = floatOperands[value] {
      let type = try elementType(of: value)
      operand = try appendCast(of: value, from: floats, .float32, to: type)
    } else if let image = images[value]?.first(where: { $0.layout.isDense }) {
      operand = image.operand
    } else if let map = pendingMap(of: value) {
      let layout = try imageLayout(of: value, channelBlock: 1)
      operand = newBuffer(byteCount: try layout.byteCount())
      try appendGather(map, of: value, to: (layout, operand))
    } else if let image = images[value]?.first {
      let layout = try imageLayout(of: value, channelBlock: 1)
      operand = newBuffer(byteCount: try layout.byteCount())
      try appendConversion(of: value, from: image, to: (layout, operand))
    } else {
      throw TesseraError(.invalidInput, "the value has no producer", at: .value(value))
    }
    denseOperands[value] = operand
    return operand
  }

  /// The value as dense float32 elements; truth values as 0 and 1.
  mutating func floats(_ value: String) throws(TesseraError) -> OperandDraft {
    let type = try elementType(of: value)
    if type == .float32 { return try dense(value) }
    if let operand = floatOperands[value] { return operand }
    let operand: OperandDraft
    if let constant = graph.constants[value] {
      operand = rawWeight(try constant.cast(to: .float32), name: "\(value).float")
    } else if let source = viewSources[value] {
      operand = try floats(source)
    } else {
      operand = try appendCast(of: value, from: try dense(value), type, to: .float32)
    }
    floatOperands[value] = operand
    return operand
  }

  private mutating func appendCast(
    of value: String, from source: OperandDraft, _ from: ElementType, to target: ElementType
  ) throws(TesseraError) -> OperandDraft {
    var descriptor = CastDescriptor()
    descriptor.elementCount = try shape(of: value).elementCount
    (descriptor.from, descriptor.to) = (from, target)
    let operand = newBuffer(
      byteCount: try checkedProduct(descriptor.elementCount, target.byteCount))
    try append(descriptor, name: value, operands: [source, operand])
    return operand
  }

  /// The value as images in the demanded layout.
  mutating func image(_ demand: ImageDemand) throws(TesseraError) -> (
    layout: ImageLayout, operand: OperandDraft
  ) {
    let value = demand.value
    if demand.channelBlock == laneCount, let map = pendingMap(of: value) {
      try appendGather(map, of: value, to: try defineImage(value, channelBlock: laneCount))
    }
    if let image = images[value]?.first(where: { $0.layout.satisfies(demand) }) { return image }
    var layout = try imageLayout(of: value, channelBlock: demand.channelBlock)
    layout.border = demand.border
    let source: (layout: ImageLayout, operand: OperandDraft)
    if graph.constants[value] == nil,
      let image = images[value]?.first(where: { $0.layout.converts(to: layout) })
    {
      source = image
    } else {
      source = (try imageLayout(of: value, channelBlock: 1), try floats(value))
    }
    let operand: OperandDraft
    if layout.isDense && source.layout.isDense {
      operand = source.operand
    } else {
      operand = newBuffer(byteCount: try layout.byteCount())
      try appendConversion(of: value, from: source, to: (layout, operand))
    }
    images[value, default: []].append((layout, operand))
    return (layout, operand)
  }

  private mutating func appendConversion(
    of value: String, from source: (layout: ImageLayout, operand: OperandDraft),
    to result: (layout: ImageLayout, operand: OperandDraft)
  ) throws(TesseraError) {
    let operands = [source.operand, result.operand]
    guard source.layout.isKernelLayout, result.layout.isKernelLayout else {
      try append(
        source.layout.transposition(to: result.layout), name: value, operands: operands)
      return
    }
    var descriptor = ConvertLayoutDescriptor()
    descriptor.input = source.layout
    descriptor.output = result.layout
    try append(descriptor, name: value, operands: operands)
  }

  // MARK: Defining values

  /// A new dense buffer for a value, or the place that is kept for it.
  mutating func defineDense(_ value: String) throws(TesseraError) -> OperandDraft {
    if let place = kept[value] {
      denseOperands[value] = .kept(place)
      return .kept(place)
    }
    let byteCount = try checkedProduct(
      try shape(of: value).elementCount, try elementType(of: value).byteCount)
    let operand = newBuffer(byteCount: byteCount)
    denseOperands[value] = operand
    return operand
  }

  /// A new dense buffer of float32 elements for a value of any type.
  mutating func defineFloats(_ value: String) throws(TesseraError) -> OperandDraft {
    if try elementType(of: value) == .float32 { return try defineDense(value) }
    let operand = newBuffer(
      byteCount: try checkedProduct(
        try shape(of: value).elementCount, MemoryLayout<Float>.size))
    floatOperands[value] = operand
    return operand
  }

  /// `value`, of float32, is the elements of `source` as float32.
  mutating func defineFloats(_ value: String, of source: String) throws(TesseraError) {
    denseOperands[value] = try floats(source)
  }

  /// A new image buffer for a value, with the border that its users want.
  mutating func defineImage(_ value: String, channelBlock: Int) throws(TesseraError) -> (
    layout: ImageLayout, operand: OperandDraft
  ) {
    var layout = try imageLayout(of: value, channelBlock: channelBlock)
    if channelBlock == laneCount { layout.border = assignment.border(of: value) }
    guard channelBlock == laneCount, let place = slices.place(of: value) else {
      let operand = newBuffer(byteCount: try layout.byteCount())
      images[value, default: []].append((layout, operand))
      return (layout, operand)
    }
    let image = try slice(layout, at: place)
    images[value, default: []].append(image)
    return image
  }

  /// A step has stored the value here too.
  mutating func addImage(_ image: StoredImage, of value: String) {
    images[value, default: []].append(image)
  }

  /// The images of a value so far.
  func storedImages(of value: String) -> [StoredImage] { images[value] ?? [] }

  /// The channels that a value is, as long as it is not stored.
  func pendingMap(of value: String) -> ChannelMap? {
    storedImages(of: value).isEmpty && denseOperands[value] == nil ? channelMaps[value] : nil
  }

  mutating func setPendingMap(of value: String, to map: ChannelMap) { channelMaps[value] = map }

  /// A new buffer for an image value whose channels lie together, without a border.
  mutating func defineChannelsLast(_ value: String) throws(TesseraError) -> OperandDraft {
    let layout = try imageLayout(of: value, channelBlock: try shape(of: value).dimensions[1])
    let operand = newBuffer(byteCount: try layout.byteCount())
    images[value, default: []].append((layout, operand))
    return operand
  }

  /// `value` is the same dense elements as `source`, under another shape.
  mutating func defineView(_ value: String, of source: String) {
    viewSources[value] = viewSources[source] ?? source
  }

  /// A buffer that belongs to no value.
  mutating func newBuffer(byteCount: Int) -> OperandDraft {
    bufferByteCounts.append(byteCount)
    return .buffer(bufferByteCounts.count - 1)
  }

  // MARK: Weights and steps

  /// A weight made from `sources` by `packing`, which must name everything that decides the bytes.
  func weight(
    name: String, sources: [Tensor], packing: String, byteCount: Int, panelCount: Int = 1,
    fill: @escaping WeightPool.Fill
  ) -> OperandDraft {
    .weights(
      weights.operand(
        name: name, sources: sources, packing: packing, byteCount: byteCount,
        panelCount: panelCount, fill: fill))
  }

  /// A value of the run as weights that `pack` makes of it where they have not been packed so before.
  mutating func packed(
    _ value: String, as packing: String,
    _ pack: (inout PlanBuilder) throws(TesseraError) -> OperandDraft
  ) throws(TesseraError) -> OperandDraft {
    let key = "\(packing) \(value)"
    if let operand = packedValues[key] { return operand }
    let operand = try pack(&self)
    packedValues[key] = operand
    return operand
  }

  /// A constant as it is, dense.
  func rawWeight(_ tensor: Tensor, name: String) -> OperandDraft {
    weight(name: name, sources: [tensor], packing: "dense", byteCount: tensor.byteCount) {
      (destination, _) throws(TesseraError) in
      tensor.withUnsafeBytes { destination.copyMemory(from: $0) }
    }
  }

  /// Adds a kernel call.
  ///
  /// - Throws: `unsupported` if the kernel cannot do what the descriptor says.
  mutating func append<Descriptor: KernelDescriptor>(
    _ descriptor: Descriptor, name: String, operands: [OperandDraft]
  ) throws(TesseraError) {
    let words: [Int64]
    let requirements: [OperandRequirement]
    do throws(TesseraError) {
      words = try descriptor.encoded()
      let needed = try descriptor.requirements()
      requirements = needed.operands
      operationCount += needed.floatOperationCount
      try require(
        operationCount <= maximumOperationCount,
        "a run takes \(operationCount) operations, expected at most \(maximumOperationCount)")
    } catch {
      throw TesseraError(
        .unsupported, "this is beyond the kernel '\(Descriptor.kernelName)': \(error)")
    }
    for (operand, requirement) in zip(operands, requirements) {
      guard byteCount(of: operand) >= requirement.byteCount else {
        throw TesseraError(
          .invalidInput,
          "internal error: operand '\(requirement.name)' has \(byteCount(of: operand)) bytes, the kernel needs \(requirement.byteCount)"
        )
      }
    }
    steps.append(
      StepDraft(
        name: name, kernel: Descriptor.kernelName, descriptor: words, operands: operands,
        requirements: requirements))
  }

  private func byteCount(of operand: OperandDraft) -> Int {
    switch operand {
    case .buffer(let buffer, let byteOffset): bufferByteCounts[buffer] - byteOffset
    case .weights(let operand), .kept(let operand): operand.byteCount
    }
  }
}
