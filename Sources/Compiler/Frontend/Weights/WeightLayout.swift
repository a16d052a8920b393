import Tensors

/// How the axes of a stored weight lie, whose graph input is `[out, in, height, width]` (OIHW) or `[out, in]`.
///
/// TensorFlow and Keras store a convolution as HWIO and a fully connected layer as IO. Where such a layer reads
/// a flattened image, its rows are in the order height, width, channel there, and channel, height, width here.
enum WeightLayout: Equatable, Sendable {
  /// As the graph input.
  case unchanged
  /// `[height, width, in, out]`.
  case hwio
  /// `[height·width·in, out]`: of an image of `height`×`width` that was flattened, 1×1 of a row.
  case io(height: Int, width: Int)

  private static let maximumExtent = 1 << 16

  /// `HWIO`, `IO` or `7x7xIO`, the height and the width of a flattened image; nil for anything else.
  init?(text: String) {
    switch text {
    case "HWIO": self = .hwio
    case "IO": self = .io(height: 1, width: 1)
    default:
      let parts = text.split(separator: "x", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[2] == "IO", let height = Int(parts[0]),
        let width = Int(parts[1]), (1...Self.maximumExtent).contains(height),
        (1...Self.maximumExtent).contains(width)
      else { return nil }
      self = .io(height: height, width: width)
    }
  }

  /// The shape that a stored shape becomes; nil if the layout does not fit it.
  func shape(ofStored stored: Shape) -> Shape? {
    guard let axes = axes(ofStored: stored) else { return self == .unchanged ? stored : nil }
    return Shape(
      self == .hwio
        ? [axes.outputs, axes.inputs, axes.height, axes.width]
        : [axes.outputs, axes.height * axes.width * axes.inputs])
  }

  /// The tensor with its axes in the order of the graph input, copied when it is first read.
  ///
  /// - Parameter stored: of a shape that the layout fits.
  /// - Throws: `TesseraError` if memory is refused.
  func arranged(_ stored: Tensor) throws(TesseraError) -> Tensor {
    guard let axes = axes(ofStored: stored.shape), let shape = shape(ofStored: stored.shape)
    else { return stored }
    let elementByteCount = stored.elementType.byteCount
    let storage = try TensorStorage.filledOnFirstRead(byteCount: stored.byteCount) { target in
      stored.withUnsafeBytes { source in
        switch elementByteCount {
        case 1: axes.transpose(source, into: target, UInt8.self)
        case 2: axes.transpose(source, into: target, UInt16.self)
        case 4: axes.transpose(source, into: target, UInt32.self)
        default: axes.transpose(source, into: target, UInt64.self)
        }
      }
    }
    return Tensor(elementType: stored.elementType, shape: shape, storage: storage) ?? stored
  }

  private func axes(ofStored stored: Shape) -> WeightAxes? {
    switch self {
    case .unchanged: return nil
    case .hwio:
      guard stored.rank == 4, stored.elementCount > 0 else { return nil }
      return WeightAxes(
        height: stored[0], width: stored[1], inputs: stored[2], outputs: stored[3])
    case .io(let height, let width):
      guard stored.rank == 2, stored.elementCount > 0, stored[0] % (height * width) == 0 else {
        return nil
      }
      return WeightAxes(
        height: height, width: width, inputs: stored[0] / (height * width), outputs: stored[1])
    }
  }
}

extension WeightLayout: CustomStringConvertible {
  var description: String {
    switch self {
    case .unchanged: "stored as the input"
    case .hwio: "HWIO"
    case .io(1, 1): "IO"
    case .io(let height, let width): "\(height)x\(width)xIO"
    }
  }
}

/// The extents of a weight that is stored as HWIO.
private struct WeightAxes: Sendable {
  let height: Int
  let width: Int
  let inputs: Int
  let outputs: Int

  /// Copies HWIO into OIHW. Both have as many bytes as the extents say.
  func transpose<Word: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    _ type: Word.Type
  ) {
    // As many outputs at a time as share a cache line of the source.
    let block = max(1, 64 / MemoryLayout<Word>.size)
    let pixels = height * width
    nonisolated(unsafe) let (source, target) = (source, target.bindMemory(to: Word.self))
    ConcurrentLoop.run((outputs + block - 1) / block) { iteration in
      let columns = iteration * block..<min(outputs, (iteration + 1) * block)
      for input in 0..<inputs {
        for pixel in 0..<pixels {
          let row = (pixel * inputs + input) * outputs
          for output in columns {
            target[(output * inputs + input) * pixels + pixel] = source.loadUnaligned(
              fromByteOffset: (row + output) * MemoryLayout<Word>.size, as: Word.self)
          }
        }
      }
    }
  }
}
