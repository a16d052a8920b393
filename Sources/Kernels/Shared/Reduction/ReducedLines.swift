import KernelInterface
import KernelVectors
import Platform

/// Up to 8 results that are computed at once: where their first elements lie.
struct LaneGroup {
  let offset: Int
  /// Elements from one result's to the next one's.
  let stride: Int
  let count: Int
}

/// The elements of each result of a reduction, and what is made of them: of up to 8 results at once, a
/// lane each, or of one result where its elements lie in runs, 8 of them at once.
struct ReducedLines {
  private typealias Wide = SIMD8<Double>

  private let operation: ReduceDescriptor.Operation
  private let selectsLast: Bool
  private let rows: StridedRows
  private let count: Int
  private let input: UnsafePointer<Float>
  /// True if one result at a time is computed.
  let readsRuns: Bool

  init(_ descriptor: ReduceDescriptor, _ input: UnsafePointer<Float>) {
    operation = descriptor.operation
    selectsLast = descriptor.selectsLast
    rows = StridedRows(
      extents: descriptor.reducedExtents, firstStrides: descriptor.reducedStrides,
      secondStrides: descriptor.reducedStrides)
    count = descriptor.reducedCount
    self.input = input
    let innermost = zip(descriptor.extents, descriptor.strides).reversed().first { $0.0 != 1 }
    readsRuns =
      rows.firstRowStride == 1 && rows.rowLength > 1 && innermost?.1 != 1
      && !descriptor.operation.givesPosition
  }

  /// A result in each lane. Where one result is computed, it is in all of them.
  func results(of lanes: LaneGroup) -> SIMD8<Double> {
    switch operation {
    case .sum: return sum(lanes) { $0.doubles }
    case .mean: return sum(lanes) { $0.doubles } / Wide(repeating: Double(count))
    case .absoluteSum: return sum(lanes) { $0.replacing(with: -$0, where: $0 .< 0).doubles }
    case .squareSum: return sum(lanes) { $0.doubles * $0.doubles }
    case .euclideanNorm: return sum(lanes) { $0.doubles * $0.doubles }.squareRoot()
    case .logarithmOfSum: return Self.logarithm(sum(lanes) { $0.doubles })
    case .logarithmOfExponentialSum:
      let largest = maximum(lanes) { $0 }
      let isInfinite = (largest .== .infinity) .| (largest .== -.infinity)
      let shift = largest.replacing(with: 0, where: isInfinite)
      let powers = sum(lanes) { Transcendentals.exponential(block: $0 - shift).doubles }
      return Self.logarithm(powers) + Wide(shift)
    case .variance:
      let mean = sum(lanes) { $0.doubles } / Wide(repeating: Double(count))
      let squares = sum(lanes) { ($0.doubles - mean) * ($0.doubles - mean) }
      return squares / Wide(repeating: Double(count))
    case .product: return product(lanes)
    case .maximum: return Wide(maximum(lanes) { $0 })
    case .minimum: return -Wide(maximum(lanes) { -$0 })
    case .argMax: return positions(lanes) { $0 }
    case .argMin: return positions(lanes) { -$0 }
    }
  }

  private static func logarithm(_ x: Wide) -> Wide {
    var result = x
    for lane in 0..<Wide.scalarCount { result[lane] = log(x[lane]) }
    return result
  }

  // MARK: Folds

  @inline(__always)
  private func sum(_ lanes: LaneGroup, _ term: (Vector) -> Wide) -> Wide {
    // Four sums that take turns, since each addition waits for the last one to its sum.
    var parts = (Wide.zero, Wide.zero, Wide.zero, Wide.zero)
    forEachVector(lanes, &parts) { parts, x, usedCount in
      let terms = term(x)
      let sum =
        parts.0
        + (usedCount == Vector.scalarCount ? terms : terms.replacing(with: 0, from: usedCount))
      parts = (parts.1, parts.2, parts.3, sum)
    }
    let sums = (parts.0 + parts.1) + (parts.2 + parts.3)
    guard readsRuns else { return sums }
    var total = sums[0]
    for lane in 1..<Wide.scalarCount { total += sums[lane] }
    return Wide(repeating: total)
  }

  private func product(_ lanes: LaneGroup) -> Wide {
    var products = Wide(repeating: 1)
    forEachVector(lanes, &products) { products, x, usedCount in
      products *= x.doubles.replacing(with: 1, from: usedCount)
    }
    guard readsRuns else { return products }
    var total = products[0]
    for lane in 1..<Wide.scalarCount { total *= products[lane] }
    return Wide(repeating: total)
  }

  /// The largest key of each result's elements.
  @inline(__always)
  private func maximum(_ lanes: LaneGroup, _ key: (Vector) -> Vector) -> Vector {
    var largest = Vector(repeating: -.infinity)
    forEachVector(lanes, &largest) { largest, x, usedCount in
      let keys = key(x)
      largest = KernelVectors.maximum(
        largest,
        usedCount == Vector.scalarCount ? keys : keys.replacing(with: -.infinity, from: usedCount))
    }
    guard readsRuns else { return largest }
    var result = largest[0]
    for lane in 1..<Vector.scalarCount { result = KernelVectors.maximum(result, largest[lane]) }
    return Vector(repeating: result)
  }

  /// The position of each result's element of the largest key.
  @inline(__always)
  private func positions(_ lanes: LaneGroup, _ key: (Vector) -> Vector) -> Wide {
    var state = (
      best: Vector(repeating: -.infinity), positions: SIMD8<Int32>.zero, next: Int32(0)
    )
    let takesEqual = SIMDMask<SIMD8<Int32>>(repeating: selectsLast)
    forEachVector(lanes, &state) { state, x, _ in
      let (keys, best) = (key(x), state.best)
      let isNaN = keys .!= keys
      let isBetter = (keys .> best) .| (isNaN .& (best .== best))
      let isEqual = (keys .== best) .| (isNaN .& (best .!= best))
      let isTaken = isBetter .| (isEqual .& takesEqual)
      state.best = best.replacing(with: keys, where: isTaken)
      state.positions = state.positions.replacing(with: state.next, where: isTaken)
      state.next &+= 1
    }
    return Wide(state.positions)
  }

  // MARK: Elements

  /// Calls `body` with the elements in order, a vector at a time, and with how many lanes of it count;
  /// fewer than all only at the end of a run.
  @inline(__always)
  private func forEachVector<State>(
    _ lanes: LaneGroup, _ state: inout State, _ body: (inout State, Vector, Int) -> Void
  ) {
    guard count > 0 else { return }
    let base = input + lanes.offset
    let isContiguous = lanes.stride == 1 && lanes.count == Vector.scalarCount
    rows.forEachRow(in: 0..<rows.rowCount) { _, offset, _ in
      var local = state
      let row = base + offset
      if readsRuns {
        var index = 0
        while index &+ Vector.scalarCount <= rows.rowLength {
          body(&local, row.vector(at: index), Vector.scalarCount)
          index &+= Vector.scalarCount
        }
        let rest = rows.rowLength - index
        if rest > 0 { body(&local, (row + index).lanes(stride: 1, count: rest), rest) }
      } else if isContiguous {
        for index in 0..<rows.rowLength {
          body(&local, row.vector(at: index &* rows.firstRowStride), Vector.scalarCount)
        }
      } else {
        for index in 0..<rows.rowLength {
          let element = row + index &* rows.firstRowStride
          body(
            &local, element.lanes(stride: lanes.stride, count: lanes.count), Vector.scalarCount)
        }
      }
      state = local
    }
  }
}

extension UnsafePointer<Float> {
  /// Floats at a stride in the first `count` lanes, 0 in the others.
  fileprivate func lanes(stride: Int, count: Int) -> Vector {
    var result = Vector.zero
    for lane in 0..<count { result[lane] = self[lane &* stride] }
    return result
  }
}

extension SIMD8<Double> {
  /// Another number in the lanes from `count` on.
  fileprivate func replacing(with other: Double, from count: Int) -> Self {
    replacing(with: other, where: SIMD8<Int64>(0, 1, 2, 3, 4, 5, 6, 7) .>= Int64(count))
  }
}

extension SIMD8<Float> {
  /// Another number in the lanes from `count` on.
  fileprivate func replacing(with other: Float, from count: Int) -> Self {
    replacing(with: other, where: SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .>= Int32(count))
  }
}
