import Tensors
import TesseraRuntime

/// Inputs that the error of a network is measured with: of kinds that differ in how far neighbouring pixels
/// and channels agree, since a network amplifies errors most on what its batch normalisations expect.
enum ProbeInput: CaseIterable {
  /// Samples independent of one another.
  case noise
  /// Channels that change slowly, each for itself, with a tenth of noise; other inputs than images as `noise`.
  case smooth
  /// Detail of all sizes to the same extent, as in photographs, and most of it common to all channels.
  case natural
  /// Squares with sharp edges, alike in all channels, with a fiftieth of noise.
  case edges

  /// Samples of 0…255 have this mean and this standard deviation before they are preprocessed.
  private static let byteMean: Float = 127.5
  private static let byteDeviation: Float = 60
  private static let byteFactor: Float = 64

  private var texture: Texture {
    switch self {
    case .noise: Texture(noise: 1)
    case .smooth: Texture(gridExtent: 9, noise: 0.1)
    case .natural: Texture(gridExtent: 3, hasAllScales: true, common: 0.9, noise: 0.02)
    case .edges: Texture(gridExtent: 9, common: 0.9, isStepped: true, noise: 0.02)
    }
  }

  /// What is not preprocessed in a way that is known: as networks usually want it, or as photographs are.
  enum Scale: CaseIterable {
    /// Mean 0 and variance 1.
    case normalized
    /// Of images, 64 times as much: about the deviation of samples of 0…255, which biases of networks for such are
    /// made for. A network without biases rounds as it does on `normalized`, since 64 is a power of two. Of other
    /// inputs as `normalized`.
    case bytes

    /// Those that may be what the inputs have.
    static func possible(_ inputs: [TensorSpecification], _ images: ImageOptions?) -> [Scale] {
      let isKnown = images?.statesNormalization == true
      return isKnown || !inputs.contains(where: \.isImages) ? [.normalized] : allCases
    }
  }

  /// The same tensors in every run: on a scale, or images of samples on the scale of 0…255 as `images` preprocesses
  /// them. Weights are noise whose variance is one over the number of products in a result.
  ///
  /// - Parameter productCounts: of the inputs that are weights.
  func tensors(
    like inputs: [TensorSpecification], _ images: ImageOptions?, _ scale: Scale,
    productCounts: [String: Int] = [:]
  ) throws(TesseraError) -> [String: Tensor] {
    var generator = SplitMix64(seed: 1)
    var tensors: [String: Tensor] = [:]
    for input in inputs {
      let preprocessing = images.flatMap {
        $0.statesNormalization ? try? $0.preprocessing(for: input) : nil
      }
      let floats = try Tensor(elementType: .float32, shape: input.shape) { bytes in
        let samples = bytes.bindMemory(to: Float.self)
        if let count = productCounts[input.name] {
          let deviation = 1 / Float(count).squareRoot()
          return Texture(noise: deviation).fill(samples, input.shape, &generator)
        }
        let texture = input.shape.rank == 4 ? texture : Self.noise.texture
        texture.fill(samples, input.shape, &generator)
        if scale == .bytes, input.isImages {
          for index in samples.indices { samples[index] *= Self.byteFactor }
        } else if preprocessing != nil, let images {
          Self.preprocess(samples, input.shape, images)
        }
      }
      tensors[input.name] = try floats.cast(to: input.elementType)
    }
    return tensors
  }

  private static func preprocess(
    _ samples: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ images: ImageOptions
  ) {
    let planeSize = shape[2] * shape[3]
    let (mean, scale) = (images.mean ?? [0], images.scale ?? [1])
    guard planeSize > 0, !mean.isEmpty, !scale.isEmpty else { return }
    for index in samples.indices {
      let channel = index / planeSize % shape[1]
      let byte = min(max(byteMean + byteDeviation * samples[index], 0), 255)
      samples[index] = (byte - mean[channel % mean.count]) * scale[channel % scale.count]
    }
  }
}

extension TensorSpecification {
  /// True if it may be a batch of images, of any type, with channels first or last.
  fileprivate var isImages: Bool {
    shape.rank == 4 && ([1, 3].contains(shape[1]) || [1, 3].contains(shape[3]))
  }
}
