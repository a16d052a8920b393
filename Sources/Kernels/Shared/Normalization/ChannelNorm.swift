import KernelInterface
import KernelVectors

/// Layer normalisation over channels; the contract is `ChannelNormDescriptor`'s. An item is a span of a row,
/// four pixels of which are computed at once.
struct ChannelNorm {
  /// Elements of an item, about.
  private static let itemElementCount = 1 << 14

  private let norm: ChannelNormDescriptor
  private let spans: Chunks
  private let input: UnsafePointer<Float>
  private let scale: UnsafePointer<Float>
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  /// True for the lanes of the last channel block that are no channels.
  private let padding: SIMDMask<SIMD8<Int32>>
  private let widePadding: SIMDMask<SIMD8<Int64>>

  static let kernel = Kernel(ChannelNormDescriptor.self) { norm, operands in
    let call = ChannelNorm(norm, operands)
    let rowCount: Int = norm.output.batch * norm.output.height
    return [
      WorkPhase(itemCount: rowCount * call.spans.count) { item, _ in call.compute(item: item) }
    ]
  }

  private init(_ norm: ChannelNormDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.norm = norm
    let layout = norm.output
    spans = Chunks(
      elementCount: layout.width,
      chunkElementCount: max(
        4, Self.itemElementCount / (layout.channelBlockCount * layout.channelBlock)))
    input = operands.constantFloats(0)
    scale = operands.constantFloats(1)
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    let usedLanes = layout.usedLanes(ofBlock: layout.channelBlockCount - 1)
    padding = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .>= Int32(usedLanes)
    widePadding = SIMD8<Int64>(0, 1, 2, 3, 4, 5, 6, 7) .>= Int64(usedLanes)
  }

  private func compute(item: Int) {
    let (row, span) = item.quotientAndRemainder(dividingBy: spans.count)
    let (image, y) = row.quotientAndRemainder(dividingBy: norm.output.height)
    let pixels = spans.elements(ofChunk: span)
    let source = input + norm.input.planeOffset(image: image, block: 0) + norm.input.rowOffset(y)
    let plane = output + norm.output.planeOffset(image: image, block: 0)
    for first in stride(from: pixels.lowerBound, to: pixels.upperBound, by: 4) {
      // The last four lie over those before them where there are as many.
      let start = max(pixels.lowerBound, min(first, pixels.upperBound - 4))
      compute(
        source, into: plane + norm.output.rowOffset(y),
        Quad(start: start, last: pixels.upperBound - 1))
    }
    guard span == 0 else { return }
    for block in 0..<norm.output.channelBlockCount {
      BlockedBandWriter(layout: norm.output).finish(
        plane: plane + block * norm.output.channelBlockStride, rows: y..<y + 1,
        usedLanes: norm.output.channelBlock)
    }
  }

  private func compute(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ pixels: Quad
  ) {
    let last: Int = norm.input.channelBlockCount - 1
    let stride = norm.input.channelBlockStride
    let count = Double(norm.input.channels)
    let nothing = SIMDMask<SIMD8<Int64>>(repeating: false)
    var sums = QuadSums()
    for block in 0..<last { sums.add(source + block &* stride, pixels, without: nothing) }
    sums.add(source + last &* stride, pixels, without: widePadding)
    let means = sums.totals / count
    var squares = QuadSums()
    for block in 0..<last {
      squares.addSquares(source + block &* stride, pixels, minus: means, without: nothing)
    }
    squares.addSquares(source + last &* stride, pixels, minus: means, without: widePadding)
    let variances = squares.totals / count
    let factors = SIMD4<Float>(1 / (variances + Double(norm.epsilon)).squareRoot())
    let targetStride = norm.output.channelBlockStride
    for block in 0...last {
      let place = block &* Vector.scalarCount
      normalize(
        source + block &* stride, into: target + block &* targetStride, pixels,
        mean: SIMD4<Float>(means), factor: factors, scale: scale.vector(at: place),
        bias: bias.vector(at: place), without: block == last ? padding : SIMDMask(repeating: false))
    }
  }

  @inline(__always)
  private func normalize(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ pixels: Quad,
    mean: SIMD4<Float>, factor: SIMD4<Float>, scale: Vector, bias: Vector,
    without padding: SIMDMask<SIMD8<Int32>>
  ) {
    @inline(__always)
    func normalize(_ pixel: Int, _ mean: Float, _ factor: Float) {
      let x = (source.vector(at: pixel) - mean) * factor
      target.store(
        Arithmetic.multiplyAdd(x, scale, bias).replacing(with: 0, where: padding), at: pixel)
    }
    normalize(pixels.a, mean[0], factor[0])
    normalize(pixels.b, mean[1], factor[1])
    normalize(pixels.c, mean[2], factor[2])
    normalize(pixels.d, mean[3], factor[3])
  }
}

/// Where four pixels lie in a row of a channel block; one several times where there are fewer.
private struct Quad {
  let a: Int
  let b: Int
  let c: Int
  let d: Int

  init(start: Int, last: Int) {
    a = start * Vector.scalarCount
    b = min(start + 1, last) * Vector.scalarCount
    c = min(start + 2, last) * Vector.scalarCount
    d = min(start + 3, last) * Vector.scalarCount
  }
}

/// Sums over channels of four pixels, a channel of each block in each lane.
private struct QuadSums {
  private typealias Wide = SIMD8<Double>

  private var a = Wide.zero
  private var b = Wide.zero
  private var c = Wide.zero
  private var d = Wide.zero

  @inline(__always)
  mutating func add(
    _ source: UnsafePointer<Float>, _ pixels: Quad, without padding: SIMDMask<SIMD8<Int64>>
  ) {
    a += source.vector(at: pixels.a).doubles.replacing(with: 0, where: padding)
    b += source.vector(at: pixels.b).doubles.replacing(with: 0, where: padding)
    c += source.vector(at: pixels.c).doubles.replacing(with: 0, where: padding)
    d += source.vector(at: pixels.d).doubles.replacing(with: 0, where: padding)
  }

  @inline(__always)
  mutating func addSquares(
    _ source: UnsafePointer<Float>, _ pixels: Quad, minus means: SIMD4<Double>,
    without padding: SIMDMask<SIMD8<Int64>>
  ) {
    @inline(__always)
    func square(_ pixel: Int, _ mean: Double) -> Wide {
      let x = source.vector(at: pixel).doubles - mean
      return (x * x).replacing(with: 0, where: padding)
    }
    a += square(pixels.a, means[0])
    b += square(pixels.b, means[1])
    c += square(pixels.c, means[2])
    d += square(pixels.d, means[3])
  }

  var totals: SIMD4<Double> {
    SIMD4(Self.total(a), Self.total(b), Self.total(c), Self.total(d))
  }

  @inline(__always)
  private static func total(_ sum: Wide) -> Double {
    let half = sum.lowHalf + sum.highHalf
    let quarter = half.lowHalf + half.highHalf
    return quarter[0] + quarter[1]
  }
}
