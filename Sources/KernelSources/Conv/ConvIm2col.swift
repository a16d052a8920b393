import COpenBLAS
import KernelInterface
import KernelVectors

/// Convolution as im2col and a matrix product; the contract is `ConvIm2colDescriptor`'s, the split into
/// items `ConvIm2colTiling`'s.
///
/// An item gathers its tile of the column matrix `[channel][kernel row][kernel column][pixel]` into the
/// workspace, zeros where the window leaves the image, and multiplies the group's weights by it.
/// OpenBLAS is the serial build, which locks its buffers, so that items may run on several threads.
struct ConvIm2col {
  private let conv: ConvIm2colDescriptor
  private let tiling: ConvIm2colTiling
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafePointer<Float>
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(ConvIm2colDescriptor.self) { conv, operands in
    let call = ConvIm2col(conv, operands)
    return [
      WorkPhase(itemCount: conv.output.batch * conv.groups * call.tiling.tileCount) {
        call.compute(item: $0, workspace: $1.assumingMemoryBound(to: Float.self))
      }
    ]
  }

  private init(_ conv: ConvIm2colDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    tiling = ConvIm2colTiling(conv)
    bounds = ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = operands.constantFloats(1)
    bias = operands.constantFloats(2)
    output = operands.floats(3)
  }

  private func compute(item: Int, workspace: UnsafeMutablePointer<Float>) {
    let (slot, tile) = item.quotientAndRemainder(dividingBy: tiling.tileCount)
    let (image, group) = slot.quotientAndRemainder(dividingBy: conv.groups)
    let first: Int = tile * tiling.tileWidth
    let width = min(tiling.tileWidth, tiling.pixelCount - first)
    let inChannels: Int = conv.input.channels / conv.groups
    let outChannels: Int = conv.output.channels / conv.groups

    gather(
      input + conv.input.planeOffset(image: image, block: group * inChannels),
      channelCount: inChannels, pixels: first..<first + width, into: workspace)
    let target =
      output + conv.output.planeOffset(image: image, block: group * outChannels) + first
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(outChannels), Int32(width),
      Int32(tiling.depth), 1, weights + group * outChannels * tiling.depth, Int32(tiling.depth),
      workspace, Int32(width), 0, target, Int32(tiling.pixelCount))
    for channel in 0..<outChannels {
      let row = target + channel * tiling.pixelCount
      let addend = bias[group * outChannels + channel]
      for pixel in 0..<width { row[pixel] = bounds.apply(row[pixel] + addend) }
    }
  }

  private func gather(
    _ image: UnsafePointer<Float>, channelCount: Int, pixels: Range<Int>,
    into columns: UnsafeMutablePointer<Float>
  ) {
    let window = conv.window
    var target = columns
    for channel in 0..<channelCount {
      let plane = image + channel * conv.input.channelBlockStride
      for kernelRow in 0..<window.kernelHeight {
        for kernelColumn in 0..<window.kernelWidth {
          gatherTap(plane, kernelRow, kernelColumn, pixels: pixels, into: target)
          target += pixels.count
        }
      }
    }
  }

  /// One row of the column matrix: an element of the window at each output pixel.
  private func gatherTap(
    _ plane: UnsafePointer<Float>, _ kernelRow: Int, _ kernelColumn: Int, pixels: Range<Int>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let window = conv.window
    let outputWidth: Int = conv.output.width
    let rowShift: Int = kernelRow * window.dilationHeight - window.padTop
    let columnShift: Int = kernelColumn * window.dilationWidth - window.padLeft
    var (row, column) = pixels.lowerBound.quotientAndRemainder(dividingBy: outputWidth)
    var written = 0
    while written < pixels.count {
      let count = min(outputWidth - column, pixels.count - written)
      let inputRow: Int = row * window.strideHeight + rowShift
      if inputRow < 0 || inputRow >= conv.input.height {
        (target + written).fillZero(count: count)
      } else {
        let source = plane + inputRow * conv.input.rowStride
        for index in 0..<count {
          let inputColumn: Int = (column + index) * window.strideWidth + columnShift
          let isInside = inputColumn >= 0 && inputColumn < conv.input.width
          target[written + index] = isInside ? source[inputColumn] : 0
        }
      }
      written += count
      row += 1
      column = 0
    }
  }
}
