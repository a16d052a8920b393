import KernelInterface

/// Convolution by its definition in Float64.
struct ReferenceConv {
  var window: SlidingWindow
  var groups: Int
  var activation: Activation
  /// `[outChannels][inChannels / groups][kernelHeight][kernelWidth]`.
  var weights: [Float]
  var bias: [Float]

  func apply(to input: Images<Float>, height: Int, width: Int) -> Images<BoundedValue> {
    let inChannels = input.channels / groups
    let outChannels = bias.count / groups
    return Images(batch: input.batch, channels: bias.count, height: height, width: width) {
      n, o, y, x in
      var sum = Double(bias[o])
      var magnitude = abs(sum)
      for c in 0..<inChannels {
        for i in 0..<window.kernelHeight {
          for j in 0..<window.kernelWidth {
            let element = input.inside(
              n, o / outChannels * inChannels + c,
              y * window.strideHeight - window.padTop + i * window.dilationHeight,
              x * window.strideWidth - window.padLeft + j * window.dilationWidth)
            let weight = weights[
              ((o * inChannels + c) * window.kernelHeight + i) * window.kernelWidth + j]
            let product = Double(element ?? 0) * Double(weight)
            sum += product
            magnitude += abs(product)
          }
        }
      }
      let termCount = inChannels * window.kernelHeight * window.kernelWidth + 1
      return BoundedValue.sum(sum, ofMagnitudes: magnitude, termCount: termCount)
        .mapped(activation.reference)
    }
  }
}

extension Activation {
  func reference(_ x: Double) -> Double {
    switch kind {
    case .identity: x
    case .relu: max(x, 0)
    case .clamp: min(max(x, Double(low)), Double(high))
    }
  }
}

extension Images<BoundedValue> {
  /// 2×2 maxima; an odd last row or column is dropped.
  func maxPooled2x2() -> Images {
    Images(batch: batch, channels: channels, height: height / 2, width: width / 2) { n, c, y, x in
      let window = [(0, 0), (0, 1), (1, 0), (1, 1)].map { self[n, c, 2 * y + $0.0, 2 * x + $0.1] }
      return BoundedValue(
        value: window.map(\.value).max() ?? 0, bound: window.map(\.bound).max() ?? 0)
    }
  }
}
