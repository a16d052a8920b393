import Tensors
import TesseraRuntime

/// Inputs that the error of a network is measured with.
enum ProbeInput: CaseIterable {
  /// Samples independent of one another.
  case noise
  /// Images that change slowly, with a tenth of noise; the other inputs as `noise`.
  case smooth

  /// Points of the grid, in each direction, between which a smooth image is interpolated.
  fileprivate static let gridExtent = 9
  /// Samples of 0…255 have this mean and this standard deviation before they are preprocessed.
  private static let byteMean: Float = 127.5
  private static let byteDeviation: Float = 60

  /// The same tensors in every run: of mean 0 and variance 1, or images of such samples on the scale of
  /// 0…255 as `images` preprocesses them.
  func tensors(
    like inputs: [TensorSpecification], _ images: ImageOptions?
  ) throws(TesseraError) -> [String: Tensor] {
    var generator = SplitMix64(seed: 1)
    var tensors: [String: Tensor] = [:]
    for input in inputs {
      let preprocessing = images.flatMap { try? $0.preprocessing(for: input) }
      let floats = try Tensor(elementType: .float32, shape: input.shape) { bytes in
        let samples = bytes.bindMemory(to: Float.self)
        if self == .smooth, input.shape.rank == 4 {
          generator.fillSmoothly(samples, input.shape)
        } else {
          for index in samples.indices { samples[index] = generator.sample() }
        }
        if preprocessing != nil, let images { Self.preprocess(samples, input.shape, images) }
      }
      tensors[input.name] = try floats.cast(to: input.elementType)
    }
    return tensors
  }

  private static func preprocess(
    _ samples: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ images: ImageOptions
  ) {
    let planeSize = shape[2] * shape[3]
    guard planeSize > 0, !images.mean.isEmpty, !images.scale.isEmpty else { return }
    for index in samples.indices {
      let channel = index / planeSize % shape[1]
      let byte = min(max(byteMean + byteDeviation * samples[index], 0), 255)
      samples[index] =
        (byte - images.mean[channel % images.mean.count])
        * images.scale[channel % images.scale.count]
    }
  }
}

extension SplitMix64 {
  /// Uniform, of mean 0 and variance 1.
  fileprivate mutating func sample() -> Float {
    (Float(next() >> 40) * 0x1p-23 - 1) * Float(3).squareRoot()
  }

  /// Each plane interpolates a grid of samples, linearly, and has a tenth of noise.
  fileprivate mutating func fillSmoothly(
    _ samples: UnsafeMutableBufferPointer<Float>, _ shape: Shape
  ) {
    let (height, width, extent) = (shape[2], shape[3], ProbeInput.gridExtent)
    guard height > 0, width > 0 else { return }
    for plane in 0..<samples.count / (height * width) {
      let grid = (0..<extent * extent).map { _ in 1.5 * sample() }
      for y in 0..<height {
        let (row, down) = Self.place(y, of: height, extent)
        for x in 0..<width {
          let (column, right) = Self.place(x, of: width, extent)
          let corner = row * extent + column
          let above = grid[corner] + right * (grid[corner + 1] - grid[corner])
          let below =
            grid[corner + extent] + right * (grid[corner + extent + 1] - grid[corner + extent])
          samples[(plane * height + y) * width + x] =
            above + down * (below - above) + 0.1 * sample()
        }
      }
    }
  }

  /// The grid point before a pixel, and how far the pixel is on the way to the next.
  private static func place(_ pixel: Int, of pixels: Int, _ extent: Int) -> (Int, Float) {
    let position = (Float(pixel) + 0.5) / Float(pixels) * Float(extent - 1)
    let point = min(Int(position), extent - 2)
    return (point, position - Float(point))
  }
}
