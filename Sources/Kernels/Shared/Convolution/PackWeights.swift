import KernelInterface
import KernelVectors

/// Packs weights that are values of the run; the contract is `PackWeightsDescriptor`'s. An item is a panel, or
/// a depthwise convolution's channel block.
enum PackWeights {
  static let kernel = Kernel(PackWeightsDescriptor.self) { weights, operands in
    let source = UnsafeRawPointer(operands[0])
    let target = operands[1]
    switch weights.consumer {
    case .direct:
      let conv = weights.direct
      return [
        WorkPhase(itemCount: conv.panelCount) { panel, _ in
          conv.packPanels(
            panel..<panel + 1, from: source, into: target + conv.packedByteOffset(ofPanel: panel))
        }
      ]
    case .depthwise:
      let conv = weights.depthwise
      return [
        WorkPhase(itemCount: conv.panelCount) { panel, _ in
          conv.packPanels(
            panel..<panel + 1, from: source, into: target + conv.packedByteOffset(ofPanel: panel))
        }
      ]
    case .winograd:
      guard let conv = try? weights.winograd() else { return [] }
      return [WinogradFilters(conv, source: source, target: target).phase]
    }
  }
}

/// The transformed filters of a Winograd convolution, computed in Float64 and rounded once: the bits of
/// `packWeights`.
private struct WinogradFilters {
  private let conv: ConvWinogradDescriptor
  private let transform: FilterTransform
  private let source: UnsafeRawPointer
  private let target: UnsafeMutableRawPointer
  /// Input channels of an item.
  private static let channelsPerItem = 64

  init(
    _ conv: ConvWinogradDescriptor, source: UnsafeRawPointer, target: UnsafeMutableRawPointer
  ) {
    self.conv = conv
    transform = FilterTransform(conv.shape)
    self.source = source
    self.target = target
  }

  var phase: WorkPhase {
    let ranges = ceilingQuotient(conv.paddedInputChannelCount, Self.channelsPerItem)
    return WorkPhase(itemCount: conv.panelCount * ranges) { item, _ in
      let (panel, range) = item.quotientAndRemainder(dividingBy: ranges)
      let first = range * Self.channelsPerItem
      let channels = first..<min(first + Self.channelsPerItem, conv.paddedInputChannelCount)
      let width = conv.outputPanels.width(of: panel)
      for offset in stride(from: 0, to: width, by: kernelLaneCount) {
        pack(panel: panel, offset: offset, width: width, channels: channels)
      }
    }
  }

  /// 8 output channels of a panel, from its channel `offset` on.
  private func pack(panel: Int, offset: Int, width: Int, channels: Range<Int>) {
    let filters = conv.filters(
      UnalignedFloats(source), from: conv.outputPanels.firstChannel(of: panel) + offset)
    let floats = (target + conv.packedByteOffset(ofPanel: panel)).assumingMemoryBound(
      to: Float.self)
    let pointStride = conv.paddedInputChannelCount * width
    let pointCount = conv.shape.pointCount
    var vectors = FilterTransform.Vectors()
    for channel in channels {
      filters.readTaps(ofInput: channel, into: &vectors)
      transform.apply(to: &vectors)
      let place = floats + (channel * width + offset)
      for point in 0..<pointCount {
        place.store(SIMD8<Float>(vectors.points[point]), at: point * pointStride)
      }
    }
  }
}
