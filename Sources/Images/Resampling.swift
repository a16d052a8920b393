import Platform
import Tensors

/// The filter by which pixels of another size are computed.
public enum Interpolation: UInt8, Sendable, CaseIterable {
  /// A triangle, one source or target pixel wide on each side, whichever is larger.
  case bilinear
  /// Keys' cubic convolution with a = −1/2, two pixels wide on each side (Keys, 1981).
  case bicubic

  /// How far the filter reaches, in pixels of the coarser image.
  var support: Double {
    switch self {
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  /// The filter's value at distance `x`.
  func value(_ x: Double) -> Double {
    let x = abs(x)
    switch self {
    case .bilinear:
      return max(0, 1 - x)
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
      return 0
    }
  }
}

/// The weights by which one row or column of pixels is computed from another, in fixed point.
///
/// When shrinking, the filter is widened by the ratio of the sizes, so that every source pixel counts.
/// The weights of a target pixel are normalised to 1, cut off at the border.
struct ResamplingWeights {
  /// Fractional bits of a weight: with 8-bit samples and a sum of magnitudes below 2, sums stay below
  /// 2³².
  static let fractionalBitCount = 22

  /// The first source pixel for each target pixel.
  private(set) var firsts: [Int] = []
  /// How many source pixels each target pixel takes.
  private(set) var counts: [Int] = []
  /// `tapCount` weights for each target pixel; those past its count are 0.
  private(set) var weights: [Int32] = []
  let tapCount: Int

  init(from sourceCount: Int, to targetCount: Int, _ interpolation: Interpolation) {
    let ratio = Double(sourceCount) / Double(targetCount)
    let widening = max(ratio, 1)
    let support = interpolation.support * widening
    tapCount = Int(support.rounded(.up)) * 2 + 1
    for target in 0..<targetCount {
      let center = (Double(target) + 0.5) * ratio
      let first = max(0, Int(center - support + 0.5))
      let last = min(sourceCount, Int(center + support + 0.5))
      let values = (first..<max(first, last)).map { source in
        interpolation.value((Double(source) - center + 0.5) / widening)
      }
      let sum = values.reduce(0, +)
      firsts.append(first)
      counts.append(values.count)
      for value in values {
        let weight = sum == 0 ? 0 : value / sum
        weights.append(Int32((weight * Double(1 << Self.fractionalBitCount)).rounded()))
      }
      weights.append(contentsOf: repeatElement(0, count: tapCount - values.count))
    }
  }
}

extension Image {
  /// The whole image at another size: one axis after the other, rounded to 8 bits after each. Rows
  /// come first, but columns do where they shrink, in pixels, by more than twice what rows shrink; so
  /// orders Pillow 13. Pixel centers lie at half-integers; both images cover the same area.
  ///
  /// - Throws: `TesseraError` if no image may have this size, or if memory is refused.
  public func resized(
    width: Int, height: Int, _ interpolation: Interpolation
  ) throws(TesseraError) -> Image {
    guard Self.sampleCount(width, height, colorModel) != nil,
      Self.sampleCount(width, self.height, colorModel) != nil,
      Self.sampleCount(self.width, height, colorModel) != nil
    else {
      throw TesseraError(
        .invalidInput,
        "cannot scale an image of \(self.width)x\(self.height) pixels to \(width)x\(height)")
    }
    let columnsComeFirst =
      height < self.height && self.height - height > 2 * (self.width - width)
    return columnsComeFirst
      ? try resized(height: height, interpolation).resized(width: width, interpolation)
      : try resized(width: width, interpolation).resized(height: height, interpolation)
  }

  private func resized(
    width newWidth: Int, _ interpolation: Interpolation
  ) throws(TesseraError) -> Image {
    guard newWidth != width else { return self }
    let weights = ResamplingWeights(from: width, to: newWidth, interpolation)
    return try resampled(weights, width: newWidth, height: height, axis: .row)
  }

  private func resized(
    height newHeight: Int, _ interpolation: Interpolation
  ) throws(TesseraError) -> Image {
    guard newHeight != height else { return self }
    let weights = ResamplingWeights(from: height, to: newHeight, interpolation)
    return try resampled(weights, width: width, height: newHeight, axis: .column)
  }

  private enum Axis {
    case row, column
  }

  private func resampled(
    _ weights: ResamplingWeights, width newWidth: Int, height newHeight: Int, axis: Axis
  ) throws(TesseraError) -> Image {
    let channels = channelCount
    let tapStride = (axis == .row ? 1 : width) * channels
    let half: Int64 = 1 << (ResamplingWeights.fractionalBitCount - 1)
    let source = storage.bytes
    return try Image(
      checkedWidth: newWidth, height: newHeight, colorModel: colorModel
    ) { result in
      weights.weights.withUnsafeBufferPointer { taps in
        var index = 0
        for y in 0..<newHeight {
          for x in 0..<newWidth {
            let target = axis == .row ? x : y
            let first = weights.firsts[target]
            let start = (axis == .row ? y * width + first : first * width + x) * channels
            for channel in 0..<channels {
              var sum = half
              for tap in 0..<weights.counts[target] {
                let sample = source[start + tap * tapStride + channel]
                sum += Int64(sample) * Int64(taps[target * weights.tapCount + tap])
              }
              result[index] = UInt8(clamping: sum >> ResamplingWeights.fractionalBitCount)
              index += 1
            }
          }
        }
      }
    }
  }
}
