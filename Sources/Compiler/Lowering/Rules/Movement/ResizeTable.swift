import GraphIR
import KernelInterface
import Tensors

extension ResamplingAxis {
  /// The taps of one axis of a resized tensor.
  init(_ resize: ResizeParameters, _ axis: ResizeParameters.Axis) {
    self.init()
    guard !axis.isIdentity || resize.coordinates == .tfCropAndResize else { return }
    let filter = ResizeFilter(resize, axis)
    tapCount = filter.tapCount
    indices.reserveCapacity(axis.outputExtent * tapCount)
    for element in 0..<axis.outputExtent {
      let position = resize.position(of: element, axis)
      let isInside = position >= 0 && position <= Float(axis.inputExtent - 1)
      if resize.coordinates == .tfCropAndResize, !isInside {
        indices += Array(repeating: Self.outside, count: tapCount)
        if tapCount > 1 { weights += Array(repeating: 0, count: tapCount) }
      } else if tapCount == 1 {
        indices.append(resize.nearest(position, axis))
      } else {
        let taps = filter.taps(at: Double(position))
        indices += taps.indices
        weights += taps.weights.map { Float($0) }
      }
    }
  }
}

extension ResizeParameters {
  /// Where an element of the result lies on the input. In float32, as the operator is defined on float
  /// scales: rounding decides which of two elements is the nearest.
  fileprivate func position(of element: Int, _ axis: Axis) -> Float {
    let x = Float(element)
    let (last, outputLast) = (Float(axis.inputExtent - 1), Float(axis.outputExtent - 1))
    switch coordinates {
    case .halfPixel: return (x + 0.5) / axis.scale - 0.5
    case .halfPixelSymmetric:
      let adjustment = Float(axis.outputExtent) / (axis.scale * Float(axis.inputExtent))
      let offset = Float(axis.inputExtent) / 2 * (1 - adjustment)
      return offset + (x + 0.5) / axis.scale - 0.5
    case .pytorchHalfPixel: return outputLast > 0 ? (x + 0.5) / axis.scale - 0.5 : 0
    case .alignCorners: return outputLast > 0 ? x * last / outputLast : 0
    case .asymmetric: return x / axis.scale
    case .tfHalfPixelForNearest: return (x + 0.5) / axis.scale
    case .tfCropAndResize:
      return outputLast > 0
        ? axis.start * last + x * (axis.end - axis.start) * last / outputLast
        : 0.5 * (axis.start + axis.end) * last
    }
  }

  fileprivate func nearest(_ position: Float, _ axis: Axis) -> Int {
    let rounded: Float =
      switch rounding {
      case .roundPreferFloor: (position - 0.5).rounded(.up)
      case .roundPreferCeil: (position + 0.5).rounded(.down)
      case .floor: position.rounded(.down)
      case .ceil: position.rounded(.up)
      case .simple: position.rounded(axis.scale < 1 ? .up : .down)
      }
    return Int(min(max(rounded, 0), Float(axis.inputExtent - 1)))
  }
}

/// The weights of neighbouring elements, of which those beyond the ends are the last ones again or count
/// for nothing. With antialiasing the filter is as much wider as the result is smaller.
private struct ResizeFilter {
  let tapCount: Int
  private let mode: ResizeParameters.Mode
  private let coefficient: Double
  private let excludesOutside: Bool
  private let inputExtent: Int
  /// Below 1 where the filter is stretched.
  private let scale: Double

  init(_ resize: ResizeParameters, _ axis: ResizeParameters.Axis) {
    mode = resize.mode
    coefficient = Double(resize.cubicCoefficient)
    excludesOutside = resize.excludesOutside
    inputExtent = axis.inputExtent
    scale = resize.antialiases ? min(Double(axis.scale), 1) : 1
    let reach: Double = mode == .cubic ? 2 : 1
    tapCount = mode == .nearest ? 1 : 2 * Int((reach / scale).rounded(.up))
  }

  func taps(at position: Double) -> (indices: [Int], weights: [Double]) {
    // Farther out all taps are the same element.
    let position = min(max(position, Double(-tapCount)), Double(inputExtent + tapCount))
    let first = Int(position.rounded(.down)) - tapCount / 2 + 1
    var weights = (first..<first + tapCount).map { weight((Double($0) - position) * scale) }
    if excludesOutside {
      for tap in weights.indices where !(0..<inputExtent).contains(first + tap) { weights[tap] = 0 }
    }
    let sum = weights.reduce(0, +)
    if (excludesOutside || scale < 1) && sum != 0 { weights = weights.map { $0 / sum } }
    return (weights.indices.map { min(max(first + $0, 0), inputExtent - 1) }, weights)
  }

  private func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    guard mode == .cubic else { return max(0, 1 - x) }
    let a = coefficient
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
