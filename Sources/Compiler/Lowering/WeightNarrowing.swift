import KernelInterface
import Synchronization
import Tensors

/// Which fully connected layers have their weights stored in 24 bits, where they would be float32: those
/// whose time is that of reading the weights from memory, and whose error by that is small.
///
/// The error is stated from the weights alone. Each is off by a multiple of its output's scale that is uniform
/// in ±½, and independent of the others; a sum of products with inputs of any kind is then off by the norm of
/// the inputs, times `max |w| / (2²³ − 1) / √12`, while the sums have the magnitude of that norm times the root
/// mean square of the weights. So the largest error over the largest output is about
/// `max |w| / rms(w) / (2²³ − 1) / √12`, over all weights of a layer; where the outputs' own maxima are
/// smaller, as with heavy tails, it is less.
package final class WeightNarrowing: Sendable {
  /// The layers that have been narrowed.
  package struct Summary: Sendable, Equatable {
    /// Different weights.
    package let layerCount: Int
    /// The largest that is stated of a layer.
    package let largestError: Double
  }

  /// Weights from which on a layer is bound by memory: 4 MiB of float32 stay in no core's own cache while the
  /// other layers of a network run. To measure it, run `KernelBenchmark --layer fc1280 --sweep`.
  package static let leastWeightCount = 1 << 20
  /// The part of a network's largest error that a layer may add: of squared errors a twenty-fifth.
  private static let share = 0.2

  private let largestError: Double
  private let errors = Mutex<[Weights: Double]>([:])

  /// - Parameter networkError: the largest error that is allowed of the whole network.
  package init(networkError: Double) { largestError = Self.share * networkError }

  /// A constant, kept so that no other takes its place in memory.
  private struct Weights: Hashable {
    let storage: TensorStorage
    let byteOffset: Int
    let shape: Shape

    static func == (a: Self, b: Self) -> Bool {
      a.storage === b.storage && a.byteOffset == b.byteOffset && a.shape == b.shape
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(ObjectIdentifier(storage))
      hasher.combine(byteOffset)
    }
  }

  /// `int24` or `float32` for the weights of a layer, float32 in the model; the answer is found once.
  func type(of weights: Tensor) -> WeightType {
    guard weights.elementType == .float32,
      weights.shape.elementCount >= Self.leastWeightCount
    else { return .float32 }
    let key = Weights(
      storage: weights.storage, byteOffset: weights.byteOffset, shape: weights.shape)
    let error = errors.withLock { errors in
      let error = errors[key] ?? Self.error(of: weights)
      errors[key] = error
      return error
    }
    return error <= largestError ? .int24 : .float32
  }

  /// Nil if none has been narrowed.
  package var summary: Summary? {
    let narrowed = errors.withLock { $0.values.filter { $0 <= largestError } }
    return narrowed.max().map { Summary(layerCount: narrowed.count, largestError: $0) }
  }

  /// The largest error over the largest output; NaN or infinite if a weight is, or if all are so small or so
  /// large that a scale or a sum may leave float32's range.
  static func error(of weights: Tensor) -> Double {
    weights.withUnsafeBytes { bytes in
      var largest = Float.zero
      var squares = 0.0
      // So few that the sums of their squares in float32 are right to four digits.
      let blockByteCount = 1 << 14
      for start in stride(from: 0, to: bytes.count, by: blockByteCount) {
        let end = min(start + blockByteCount, bytes.count)
        let block = magnitudes(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        largest = max(largest, block.largest)
        squares += Double(block.squares)
      }
      guard (0x1p-48...0x1p48).contains(largest), squares.isFinite else { return .infinity }
      let mean = squares / Double(weights.shape.elementCount)
      return Double(largest) / mean.squareRoot() / WeightType.int24.largestMultiple
        / 12.0.squareRoot()
    }
  }

  /// The largest magnitude of floats, NaN aside, and the sum of their squares.
  private static func magnitudes(_ bytes: UnsafeRawBufferPointer) -> (
    largest: Float, squares: Float
  ) {
    var largest = SIMD16<Float>.zero
    var squares = SIMD16<Float>.zero
    let size = MemoryLayout<SIMD16<Float>>.size
    for offset in stride(from: 0, to: bytes.count, by: size) {
      var vector = SIMD16<Float>.zero
      if bytes.count - offset >= size {
        vector = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
      } else {
        for lane in 0..<(bytes.count - offset) / 4 {
          vector[lane] = bytes.loadUnaligned(fromByteOffset: offset + lane * 4, as: Float.self)
        }
      }
      let magnitudes = vector.replacing(with: -vector, where: vector .< 0)
      largest.replace(with: magnitudes, where: magnitudes .> largest)
      squares += vector * vector
    }
    return (largest.max(), squares.sum())
  }
}
