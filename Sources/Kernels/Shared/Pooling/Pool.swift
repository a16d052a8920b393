import KernelInterface
import KernelVectors

/// Max- and average-pooling; the contract is `PoolDescriptor`'s. Averages are summed row by row of the
/// window.
struct Pool {
  private let pool: PoolDescriptor
  private let bands: PlaneBands
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(PoolDescriptor.self) { pool, operands in
    let call = Pool(
      pool: pool, bands: PlaneBands(pool.output), input: operands.constantFloats(0),
      output: operands.floats(1))
    return [WorkPhase(itemCount: call.bands.itemCount) { item, _ in call.compute(item: item) }]
  }

  private func compute(item: Int) {
    let band = bands.band(ofItem: item)
    let source =
      input + pool.input.planeOffset(image: band.image, block: band.block) + pool.input.originOffset
    let target = output + pool.output.planeOffset(image: band.image, block: band.block)
    let window = pool.window
    for row in band.rows {
      let rowTaps = Taps(
        start: row * window.strideHeight - window.padTop, count: window.kernelHeight,
        step: window.dilationHeight, extent: pool.input.height)
      for column in 0..<pool.output.width {
        let columnTaps = Taps(
          start: column * window.strideWidth - window.padLeft, count: window.kernelWidth,
          step: window.dilationWidth, extent: pool.input.width)
        let result = target + pool.output.rowOffset(row) + column * pool.output.channelBlock
        if pool.output.channelBlock == Vector.scalarCount {
          result.store(reduceVectors(source, rowTaps, columnTaps), at: 0)
        } else {
          result[0] = reduceFloats(source, rowTaps, columnTaps)
        }
      }
    }
    BlockedBandWriter(layout: pool.output).finish(
      plane: target, rows: band.rows, usedLanes: pool.output.usedLanes(ofBlock: band.block))
  }

  /// 1 over the number of elements that an average counts; 0 if there is none.
  private func scale(_ rows: Taps, _ columns: Taps) -> Float {
    let count: Int =
      pool.countsPadding
      ? rows.count(before: pool.input.height + pool.padBottom)
        * columns.count(before: pool.input.width + pool.padRight)
      : rows.inside.count * columns.inside.count
    return count > 0 && !rows.inside.isEmpty && !columns.inside.isEmpty ? 1 / Float(count) : 0
  }

  private func reduceVectors(_ source: UnsafePointer<Float>, _ rows: Taps, _ columns: Taps)
    -> Vector
  {
    let columnStep: Int = columns.step * Vector.scalarCount
    let isMax = pool.reduction == .max
    var result = Vector(repeating: isMax ? -.infinity : 0)
    for i in rows.inside {
      let row = source + rows.position(i) * pool.input.rowStride
      var sum = isMax ? result : Vector.zero
      var offset: Int =
        columns.inside.isEmpty
        ? 0 : columns.position(columns.inside.lowerBound) * Vector.scalarCount
      for _ in columns.inside {
        let x = row.vector(at: offset)
        sum = isMax ? maximum(sum, x) : sum + x
        offset += columnStep
      }
      result = isMax ? sum : result + sum
    }
    return isMax ? result : result * Vector(repeating: scale(rows, columns))
  }

  private func reduceFloats(_ source: UnsafePointer<Float>, _ rows: Taps, _ columns: Taps) -> Float
  {
    let isMax = pool.reduction == .max
    var result: Float = isMax ? -.infinity : 0
    for i in rows.inside {
      let row = source + rows.position(i) * pool.input.rowStride
      var sum = isMax ? result : 0
      for j in columns.inside {
        let x = row[columns.position(j)]
        sum = isMax ? maximum(sum, x) : sum + x
      }
      result = isMax ? sum : result + sum
    }
    return isMax ? result : result * scale(rows, columns)
  }
}

/// The elements of a window along one axis.
private struct Taps {
  private let start: Int
  private let count: Int
  let step: Int
  /// Those inside the image.
  private(set) var inside: Range<Int>

  init(start: Int, count: Int, step: Int, extent: Int) {
    self.start = start
    self.count = count
    self.step = step
    inside = 0..<count
    guard start < 0 || start + (count - 1) * step >= extent else { return }
    let first = min(count, start < 0 ? ceilingQuotient(-start, step) : 0)
    inside = first..<max(first, self.count(before: extent))
  }

  /// How many lie before a position.
  func count(before end: Int) -> Int { min(count, ceilingQuotient(max(0, end - start), step)) }

  func position(_ index: Int) -> Int { start + index * step }
}
