import KernelInterface
import KernelVectors

/// Max- and average-pooling; the contract is `PoolDescriptor`'s. A window is reduced row by row.
struct Pool {
  private let pool: PoolDescriptor
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(PoolDescriptor.self) { pool, operands in
    let call = Pool(pool: pool, input: operands.constantFloats(0), output: operands.floats(1))
    return [
      PlaneBands(pool.output).phase { band, _ in
        pool.reduction == .max
          ? call.compute(band, MaximumReduction.self) : call.compute(band, SumReduction.self)
      }
    ]
  }

  private func compute<R: PoolReduction>(_ band: PlaneBands.Band, _: R.Type) {
    let source =
      input + pool.input.planeOffset(image: band.image, block: band.block) + pool.input.originOffset
    let target = output + pool.output.planeOffset(image: band.image, block: band.block)
    let whole = wholeColumns
    for row in band.rows {
      let rows = rowTaps(row)
      let result = target + pool.output.rowOffset(row)
      if pool.output.channelBlock == Vector.scalarCount {
        for column in 0..<whole.lowerBound { pixels(R.self, rows, column, 1, source, result) }
        if !whole.isEmpty { pixels(R.self, rows, whole.lowerBound, whole.count, source, result) }
        for column in whole.upperBound..<pool.output.width {
          pixels(R.self, rows, column, 1, source, result)
        }
      } else {
        for column in 0..<pool.output.width {
          result[column] = reduceFloats(source, rows, columnTaps(column))
        }
      }
    }
    BlockedBandWriter(layout: pool.output).finish(
      plane: target, rows: band.rows, usedLanes: pool.output.usedLanes(ofBlock: band.block))
  }

  private func rowTaps(_ row: Int) -> Taps {
    Taps(
      start: row * pool.window.strideHeight - pool.window.padTop, count: pool.window.kernelHeight,
      step: pool.window.dilationHeight, extent: pool.input.height)
  }

  private func columnTaps(_ column: Int) -> Taps {
    Taps(
      start: column * pool.window.strideWidth - pool.window.padLeft,
      count: pool.window.kernelWidth, step: pool.window.dilationWidth, extent: pool.input.width)
  }

  /// The results whose windows have all their columns in the image.
  private var wholeColumns: Range<Int> {
    let window = pool.window
    let first = min(pool.output.width, ceilingQuotient(window.padLeft, window.strideWidth))
    let room: Int = pool.input.width - window.spanWidth + window.padLeft
    let end = room < 0 ? 0 : min(pool.output.width, room / window.strideWidth + 1)
    return first..<max(first, end)
  }

  /// Neighbouring results of a row, of which windows have as many columns in the image.
  @inline(__always)
  private func pixels<R: PoolReduction>(
    _: R.Type, _ rows: Taps, _ column: Int, _ count: Int, _ source: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    let columns = columnTaps(column)
    let isEmpty = rows.inside.isEmpty || columns.inside.isEmpty
    let firstRow = isEmpty ? 0 : rows.position(rows.inside.lowerBound) * pool.input.rowStride
    let firstColumn =
      isEmpty ? 0 : columns.position(columns.inside.lowerBound) * Vector.scalarCount
    PoolRun<R>(
      inputPixelStride: pool.window.strideWidth * Vector.scalarCount,
      rowCount: isEmpty ? 0 : rows.inside.count, inputRowStep: rows.step * pool.input.rowStride,
      columnCount: columns.inside.count, inputColumnStep: columns.step * Vector.scalarCount,
      scale: pool.reduction == .max ? 1 : scale(rows, columns)
    ).compute(
      source + (firstRow + firstColumn), into: result + column * Vector.scalarCount,
      pixelCount: count)
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
