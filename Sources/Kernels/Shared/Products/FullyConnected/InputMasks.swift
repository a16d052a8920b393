import CMachine

/// Which inputs of a row are not 0, 64 at a time, and whether the weights of the others are skipped.
struct InputMasks {
  static let width = 64
  /// The share of zeros from which on it takes less time to skip their weights than to read all in order. To
  /// measure it, run `KernelBenchmark --layer fc6 --zeros SHARE`, with this 0.
  private static let leastSkippedShare = 0.55

  let input: UnsafePointer<Float>
  let count: Int
  private(set) var skipsZeros = false

  /// - Parameter maySkipZeros: false if zero times a weight may be other than 0.
  init(_ input: UnsafePointer<Float>, count: Int, maySkipZeros: Bool) {
    self.input = input
    self.count = count
    guard maySkipZeros else { return }
    var nonzeroCount = 0
    for start in stride(from: 0, to: count, by: Self.width) {
      nonzeroCount &+= nonzeros(from: start).nonzeroBitCount
    }
    skipsZeros = Double(count - nonzeroCount) >= Self.leastSkippedShare * Double(count)
  }

  /// Of the inputs from `start` on, the first in the lowest bit; 0 past the last of them.
  @inline(__always)
  func nonzeros(from start: Int) -> UInt64 {
    guard count &- start >= Self.width else { return lastNonzeros(from: start) }
    return UInt64(tessera_nonzero_mask_32(input + start))
      | UInt64(tessera_nonzero_mask_32(input + start + 32)) &<< 32
  }

  /// Of fewer than `width` inputs.
  @inline(never)
  private func lastNonzeros(from start: Int) -> UInt64 {
    var mask: UInt64 = 0
    var index = start
    while index < count {
      if input[index] != 0 { mask |= 1 &<< UInt64(index &- start) }
      index &+= 1
    }
    return mask
  }
}

/// Goes through the inputs that are not 0.
struct InputCursor {
  private let masks: InputMasks
  private var start = 0
  private var mask: UInt64

  @inline(__always)
  init(_ masks: InputMasks) {
    self.masks = masks
    mask = masks.nonzeros(from: 0)
  }

  /// The number of the next input; that of all inputs after the last one.
  @inline(__always)
  mutating func next() -> Int {
    while mask == 0 {
      guard start < masks.count else { return masks.count }
      start &+= InputMasks.width
      mask = masks.nonzeros(from: start)
    }
    let place = mask.trailingZeroBitCount
    mask &= mask &- 1
    return start &+ place
  }
}
