import CPUKernels
import KernelInterface
import Tensors

/// One way to compute a layer.
struct Candidate {
  /// Such as `F6 fused/15 float32`.
  let name: String
  /// Multiply-adds that the kernel performs over those of the definition, transforms not counted.
  let workRatio: Double
  /// Bytes of the packed weights.
  let weightByteCount: Int
  private let phases: [WorkPhase]
  private let workspace: UnsafeMutableRawPointer
  private let workspaceStride: Int

  /// - Throws: `TesseraError` if the descriptor is not valid or has no kernel in the table.
  private init(
    _ name: String, workRatio: Double, _ descriptor: some KernelDescriptor, table: KernelTable,
    threadCount: Int, prepare: ([UnsafeMutableRawPointer]) -> Void = { _ in }
  ) throws(TesseraError) {
    self.name = name
    self.workRatio = workRatio
    guard let kernel = table.kernels[type(of: descriptor).kernelName] else {
      throw TesseraError(.invalidUsage, "no kernel \(type(of: descriptor).kernelName)")
    }
    let words = try descriptor.encoded()
    let requirements = try kernel.requirements(words)
    weightByteCount = requirements.operands.first { $0.name == "weights" }?.byteCount ?? 0
    workspaceStride = roundUp(requirements.workspaceByteCount, toMultipleOf: 64)
    workspace = Self.buffer(byteCount: workspaceStride * threadCount)
    let operands = requirements.operands.map { Self.buffer(byteCount: $0.byteCount) }
    prepare(operands)
    phases = try kernel.bind(words, operands)
  }

  func run(on pool: ThreadPool) {
    pool.run(phases, workspace: workspace, workspaceStrideByteCount: workspaceStride)
  }

  /// Memory of small values, not zeros, which lives as long as the process.
  private static func buffer(byteCount: Int) -> UnsafeMutableRawPointer {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
    buffer.initializeMemory(as: Float.self, repeating: 0.001, count: byteCount / 4)
    return buffer
  }

  private static func layouts(
    _ layer: ConvLayer, batch: Int, inputBlock: Int, slack: (bottom: Int, right: Int) = (0, 0)
  ) -> (input: ImageLayout, output: ImageLayout) {
    var input = ImageLayout(
      batch: batch, channels: layer.inChannels, height: layer.extent, width: layer.extent,
      channelBlock: inputBlock)
    (input.borderTop, input.borderLeft) = (layer.padTop, layer.pad)
    input.borderBottom = layer.padTop + slack.bottom
    input.borderRight = layer.pad + slack.right
    let outputExtent = layer.pools ? layer.convExtent / 2 : layer.convExtent
    var output = ImageLayout(
      batch: batch, channels: layer.outChannels, height: outputExtent, width: outputExtent,
      channelBlock: kernelLaneCount)
    (output.borderTop, output.borderLeft) = (layer.padTop, layer.pad)
    (output.borderBottom, output.borderRight) = (layer.padTop, layer.pad)
    return (input, output)
  }

  private static func window(_ layer: ConvLayer) -> SlidingWindow {
    SlidingWindow(
      kernel: (layer.kernelHeight, layer.kernel), stride: (layer.stride, layer.stride),
      pad: (layer.padTop, layer.pad))
  }

  static func direct(_ layer: ConvLayer, batch: Int, table: KernelTable, threadCount: Int)
    throws(TesseraError) -> Candidate
  {
    var conv = ConvDirectDescriptor()
    (conv.input, conv.output) = layouts(
      layer, batch: batch, inputBlock: layer.inChannels < kernelLaneCount ? 1 : kernelLaneCount)
    conv.window = window(layer)
    conv.groups = layer.groups
    (conv.convHeight, conv.convWidth) = (layer.convExtent, layer.convExtent)
    conv.activation = .relu
    conv.poolsMax2x2 = layer.pools
    return try Candidate("direct", workRatio: 1, conv, table: table, threadCount: threadCount)
  }

  static func depthwise(_ layer: ConvLayer, batch: Int, table: KernelTable, threadCount: Int)
    throws(TesseraError) -> Candidate
  {
    var conv = ConvDepthwiseDescriptor()
    (conv.input, conv.output) = layouts(layer, batch: batch, inputBlock: kernelLaneCount)
    conv.window = window(layer)
    conv.activation = .relu
    return try Candidate("depthwise", workRatio: 1, conv, table: table, threadCount: threadCount)
  }

  static func winograd(
    _ layer: ConvLayer, _ shape: WinogradShape, _ schedule: ConvWinogradDescriptor.Schedule,
    tilesPerBlock: Int, _ type: WeightType, batch: Int, table: KernelTable, threadCount: Int
  ) throws(TesseraError) -> Candidate {
    var conv = ConvWinogradDescriptor()
    let extent = layer.extent
    let tileRows = ceilingQuotient(extent, shape.rows.outputExtent)
    let tileColumns = ceilingQuotient(extent, shape.columns.outputExtent)
    (conv.input, conv.output) = layouts(
      layer, batch: batch, inputBlock: kernelLaneCount,
      slack: (
        tileRows * shape.rows.outputExtent - extent,
        tileColumns * shape.columns.outputExtent - extent
      ))
    (conv.padTop, conv.padLeft) = (layer.padTop, layer.pad)
    (conv.convHeight, conv.convWidth) = (extent, extent)
    conv.shape = shape
    conv.schedule = schedule
    conv.tilesPerBlock = tilesPerBlock
    conv.weightType = type
    conv.activation = .relu
    conv.poolsMax2x2 = layer.pools
    let tileWork = Double(tileRows * tileColumns * shape.pointCount)
    let work = Double(extent * extent * layer.kernelHeight * layer.kernel)
    return try Candidate(
      "F\(shape.columns.outputExtent) \(schedule)/\(tilesPerBlock) \(type)",
      workRatio: tileWork / work, conv, table: table,
      threadCount: threadCount)
  }

  /// - Parameters:
  ///   - zeroShare: the share of the inputs that are 0.
  ///   - skipsZeros: false for weights that are packed as those of a layer that are not all finite.
  static func fullyConnected(
    _ layer: FullyConnectedLayer, _ type: WeightType, zeroShare: Double, skipsZeros: Bool,
    batch: Int, table: KernelTable, threadCount: Int
  ) throws(TesseraError) -> Candidate {
    var descriptor = FullyConnectedDescriptor()
    descriptor.rowCount = batch
    descriptor.inputCount = layer.inputs
    descriptor.outputCount = layer.outputs
    descriptor.weightType = type
    descriptor.activation = .relu
    return try Candidate(
      "\(type)\(skipsZeros ? "" : ", keeping zeros")", workRatio: 1, descriptor, table: table,
      threadCount: threadCount
    ) { operands in
      var generator = SystemRandomNumberGenerator()
      for index in 0..<batch * layer.inputs where .random(in: 0..<1, using: &generator) < zeroShare
      {
        operands[0].storeBytes(of: 0, toByteOffset: index * 4, as: Float.self)
      }
      for group in 0..<descriptor.groupCount {
        (operands[1] + descriptor.packedByteOffset(ofGroup: group)).storeBytes(
          of: skipsZeros ? 1 : 0, as: UInt32.self)
      }
    }
  }
}
