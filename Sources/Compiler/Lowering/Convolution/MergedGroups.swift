import KernelInterface
import Tensors

/// Groups of a convolution that are computed as one, since alone they would split channel blocks: weights
/// between channels of different groups are 0.
///
/// What is infinite or NaN in one of them becomes NaN in the results of the others, by `0 · ∞`.
struct MergedGroups: Equatable {
  /// Groups before.
  let groupCount: Int
  /// How many become one.
  let mergedCount: Int

  /// Multiply-adds over those of the definition up to which gathering columns takes longer: the direct
  /// convolution is that much faster on small groups. To tune it, time `tessera bench --steps` on a
  /// network with groups of 2 channels with `--algorithm im2col` and without.
  private static let maximumMergedCount = 16

  /// As few as make whole blocks of both sides, or all; nil if that would be too many.
  init?(groups: Int, inChannels: Int, outChannels: Int) {
    guard groups > 0 else { return nil }
    let (inputs, outputs) = (inChannels / groups, outChannels / groups)
    let count = (1...Self.maximumMergedCount).first { count in
      groups.isMultiple(of: count)
        && (count == groups
          || (count * inputs).isMultiple(of: kernelLaneCount)
            && (count * outputs).isMultiple(of: kernelLaneCount))
    }
    guard let count else { return nil }
    (groupCount, mergedCount) = (groups, count)
  }

  /// Groups after.
  var count: Int { groupCount / mergedCount }

  /// From `[out, in / group, rows, columns]` to `[out, in / group · merged, rows, columns]`.
  ///
  /// - Throws: `TesseraError` if there is no memory for them.
  func weights(_ separate: Tensor) throws(TesseraError) -> Tensor {
    guard mergedCount > 1 else { return separate }
    var extents = separate.shape.dimensions
    let filterCount = extents[0] / max(1, groupCount)
    let filterByteCount = extents.dropFirst().reduce(MemoryLayout<Float>.size, *)
    extents[1] *= mergedCount
    guard let shape = Shape(extents) else {
      throw TesseraError(.unsupported, "weights of merged groups would be too large")
    }
    return try Tensor(elementType: .float32, shape: shape) { merged in
      separate.withUnsafeBytes { source in
        for output in 0..<extents[0] {
          let place = output / max(1, filterCount) % mergedCount
          let from = source[output * filterByteCount..<(output + 1) * filterByteCount]
          let start = (output * mergedCount + place) * filterByteCount
          UnsafeMutableRawBufferPointer(rebasing: merged[start..<start + filterByteCount])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: from))
        }
      }
    }
  }
}
