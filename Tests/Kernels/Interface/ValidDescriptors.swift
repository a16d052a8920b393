import KernelInterface
import PointwisePrograms

/// One small valid descriptor of every kernel.
enum ValidDescriptors {
  static let all: [any KernelDescriptor] = [
    convDirect, convDirectEpilogue, convDepthwise, convBands, convWinogradFused, convWinogradPhased,
    winogradBands,
    convIm2col, packDirect, packDepthwise, packWinograd,
    convWeightGradient, winogradWeightGradient, maxPoolGradient, fullyConnected,
    fullyConnectedInt24, fullyConnectedEpilogue, matMul, pool, poolEpilogue, reduce, reduceImages,
    convertLayout, lrn, channelNorm,
    softmax,
    binary, pointwise, pointwiseImages, copy, gatherChannels, resample, fill,
    cast, momentumUpdate, productUpdate,
  ]

  private static func image(_ channels: Int, block: Int, border: Int = 0) -> ImageLayout {
    ImageLayout(batch: 2, channels: channels, height: 5, width: 6, channelBlock: block)
      .with(border: (border, border, border, border))
  }

  static var convDirect: ConvDirectDescriptor {
    var conv = ConvDirectDescriptor()
    conv.input = image(9, block: 8, border: 1)
    conv.output = image(17, block: 8, border: 1)
    conv.window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    (conv.convHeight, conv.convWidth) = (5, 6)
    return conv
  }

  /// A sum with an operand that is read at these strides.
  private static func addition(strides: [Int]) -> Epilogue {
    var program = PointwiseProgram(inputCount: 2)
    _ = program.append(.add, 0, 1)
    return Epilogue(program: program, inputs: [.init(strides: strides)])
  }

  static var convDirectEpilogue: ConvDirectDescriptor {
    var conv = convDirect
    conv.epilogue = addition(strides: image(17, block: 8).nestStrides)
    return conv
  }

  static var convDepthwise: ConvDepthwiseDescriptor {
    var conv = ConvDepthwiseDescriptor()
    conv.input = image(9, block: 8, border: 1)
    conv.output = image(9, block: 8, border: 1)
    conv.window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    return conv
  }

  static var convBands: ConvBandsDescriptor {
    var (producer, consumer) = (convDirect, convDepthwise)
    producer.output = consumer.input
    consumer.epilogue = addition(strides: image(9, block: 8).nestStrides)
    return ConvBandsDescriptor(producer, consumer) ?? ConvBandsDescriptor()
  }

  static var convWinogradFused: ConvWinogradDescriptor {
    var conv = ConvWinogradDescriptor()
    conv.input = image(9, block: 8, border: 4)
    conv.output = image(17, block: 8, border: 1)
    (conv.padTop, conv.padLeft) = (1, 1)
    (conv.convHeight, conv.convWidth) = (5, 6)
    conv.tilesPerBlock = 3
    return conv
  }

  static var convWinogradPhased: ConvWinogradDescriptor {
    var conv = convWinogradFused
    conv.schedule = .phased
    conv.shape = WinogradShape(.six)
    return conv
  }

  static var winogradBands: WinogradBandsDescriptor {
    var (producer, consumer) = (convDirect, convWinogradFused)
    consumer.input = image(16, block: 8, border: 4)
    producer.output = consumer.input
    consumer.epilogue = addition(strides: image(17, block: 8).nestStrides)
    return WinogradBandsDescriptor(producer, consumer) ?? WinogradBandsDescriptor()
  }

  static var convWeightGradient: ConvWeightGradientDescriptor {
    var conv = ConvWeightGradientDescriptor()
    conv.input = image(9, block: 8, border: 1)
    conv.gradient = image(17, block: 8)
    conv.window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    return conv
  }

  static var winogradWeightGradient: WinogradWeightGradientDescriptor {
    var conv = WinogradWeightGradientDescriptor()
    conv.input = image(9, block: 8).with(border: (1, 1, 4, 3))
    conv.gradient = image(17, block: 8).with(border: (0, 0, 3, 2))
    (conv.padTop, conv.padLeft) = (1, 1)
    return conv
  }

  static var maxPoolGradient: MaxPoolGradientDescriptor {
    var pool = MaxPoolGradientDescriptor()
    (pool.input, pool.output) = (image(9, block: 8), image(9, block: 8, border: 1))
    (pool.pooled, pool.gradient) = (image(9, block: 8), image(9, block: 8))
    pool.window = SlidingWindow(kernel: (2, 2), stride: (1, 1))
    return pool
  }

  static var packDirect: PackWeightsDescriptor { PackWeightsDescriptor(convDirect) }
  static var packDepthwise: PackWeightsDescriptor { PackWeightsDescriptor(convDepthwise) }
  static var packWinograd: PackWeightsDescriptor { PackWeightsDescriptor(convWinogradFused) }

  static var convIm2col: ConvIm2colDescriptor {
    var conv = ConvIm2colDescriptor()
    conv.input = image(4, block: 1)
    conv.output = image(6, block: 1)
    conv.window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    conv.groups = 2
    return conv
  }

  static var fullyConnected: FullyConnectedDescriptor {
    var layer = FullyConnectedDescriptor()
    (layer.rowCount, layer.inputCount, layer.outputCount) = (3, 20, 18)
    return layer
  }

  static var fullyConnectedInt24: FullyConnectedDescriptor {
    var layer = fullyConnected
    layer.weightType = .int24
    return layer
  }

  static var fullyConnectedEpilogue: FullyConnectedDescriptor {
    var layer = fullyConnected
    layer.epilogue = addition(strides: [18, 1])
    return layer
  }

  static var matMul: MatMulDescriptor {
    var product = MatMulDescriptor()
    (product.batch, product.m, product.n, product.k) = (2, 3, 4, 5)
    return product
  }

  static var pool: PoolDescriptor {
    var pool = PoolDescriptor()
    pool.input = image(9, block: 8)
    pool.output = image(9, block: 8, border: 1)
    pool.window = SlidingWindow(kernel: (2, 2), stride: (2, 2))
    return pool
  }

  static var poolEpilogue: PoolDescriptor {
    var pool = pool
    pool.epilogue = addition(strides: image(9, block: 8).nestStrides)
    return pool
  }

  static var reduce: ReduceDescriptor {
    var reduce = ReduceDescriptor()
    reduce.operation = .variance
    (reduce.extents, reduce.strides) = ([2, 6], [30, 1])
    (reduce.reducedExtents, reduce.reducedStrides) = ([5], [6])
    return reduce
  }

  static var reduceImages: ReduceDescriptor {
    let input = image(9, block: 8, border: 1)
    var reduce = ReduceDescriptor()
    reduce.operation = .maximum
    reduce.image = ImageLayout(batch: 2, channels: 9, height: 1, width: 1, channelBlock: 8)
      .with(border: (1, 1, 1, 1))
    reduce.extents = [2, 2, 1, 1, 8]
    reduce.strides = [input.imageStride, input.channelBlockStride, 0, 0, 1]
    reduce.offset = input.originOffset
    (reduce.reducedExtents, reduce.reducedStrides) = ([5, 6], [input.rowStride, 8])
    reduce.epilogue = addition(strides: [0, 8, 0, 0, 1])
    return reduce
  }

  static var convertLayout: ConvertLayoutDescriptor {
    var conversion = ConvertLayoutDescriptor()
    conversion.input = image(9, block: 1)
    conversion.output = image(9, block: 8, border: 1)
    return conversion
  }

  static var lrn: LRNDescriptor {
    var norm = LRNDescriptor()
    norm.input = image(9, block: 8)
    norm.output = image(9, block: 8, border: 1)
    norm.size = 5
    return norm
  }

  static var channelNorm: ChannelNormDescriptor {
    var norm = ChannelNormDescriptor()
    norm.input = image(9, block: 8)
    norm.output = image(9, block: 8, border: 1)
    return norm
  }

  static var softmax: SoftmaxDescriptor {
    var softmax = SoftmaxDescriptor()
    (softmax.outerCount, softmax.axisCount, softmax.innerCount) = (2, 5, 3)
    return softmax
  }

  static var binary: BinaryDescriptor {
    var binary = BinaryDescriptor()
    binary.extents = [2, 3, 4]
    binary.leftStrides = [12, 4, 1]
    binary.rightStrides = [0, 1, 0]
    return binary
  }

  static var pointwise: PointwiseDescriptor {
    var step = PointwiseDescriptor()
    step.program = PointwiseProgram(inputCount: 2)
    _ = step.program.append(.multiply, 0, step.program.append(.sigmoid, 1))
    step.extents = [3, 5, 9]
    step.inputs = [.init(strides: [45, 9, 1]), .init(offset: 1, strides: [0, 1, 0])]
    return step
  }

  static var pointwiseImages: PointwiseDescriptor {
    var step = PointwiseDescriptor()
    step.program = PointwiseProgram(inputCount: 2)
    _ = step.program.append(.add, 0, 1)
    let input = image(9, block: 8)
    step.image = image(9, block: 8, border: 1)
    step.extents = [2, 2, 5, 6, 8]
    step.inputs = [
      .init(
        strides: [input.imageStride, input.channelBlockStride, input.rowStride, 8, 1]),
      .init(strides: [0, 8, 0, 0, 1]),
    ]
    return step
  }

  static var copy: CopyDescriptor {
    var copy = CopyDescriptor()
    copy.extents = [3, 4]
    (copy.inputElementCount, copy.inputOffset, copy.inputStrides) = (20, 3, [1, 3])
    (copy.outputElementCount, copy.outputOffset, copy.outputStrides) = (20, 2, [4, 1])
    return copy
  }

  static var gatherChannels: GatherChannelsDescriptor {
    var gather = GatherChannelsDescriptor()
    gather.inputs = [image(9, block: 8, border: 1), image(7, block: 8)]
    gather.output = image(12, block: 8)
    gather.sources = (0..<12).map { ($0 * 5) % 16 }
    return gather
  }

  static var resample: ResampleDescriptor {
    var resample = ResampleDescriptor()
    resample.input = image(9, block: 8, border: 1)
    resample.output = image(9, block: 8)
    resample.rows.tapCount = 2
    resample.rows.indices = [0, 1, 1, 2, 4, 4, 3, 0, 2, 2]
    resample.rows.weights = [0.5, 0.5, 0.25, 0.75, 1, 0, 2, -1, 0.5, 0.5]
    resample.columns = ResamplingAxis(copying: [5, 4, -1, 3, 2, 1])
    return resample
  }

  static var fill: FillDescriptor {
    var fill = FillDescriptor()
    fill.elementCount = 10
    return fill
  }

  static var cast: CastDescriptor {
    var cast = CastDescriptor()
    (cast.elementCount, cast.from, cast.to) = (10, .float32, .int64)
    return cast
  }

  static var momentumUpdate: MomentumUpdateDescriptor {
    var update = MomentumUpdateDescriptor()
    update.elementCount = 10
    return update
  }

  static var productUpdate: ProductUpdateDescriptor {
    var update = ProductUpdateDescriptor()
    (update.count, update.rows, update.columns) = (2, 3, 5)
    return update
  }
}
