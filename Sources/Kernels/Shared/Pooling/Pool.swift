import KernelInterface
import KernelVectors

/// Max- and average-pooling; the contract is `PoolDescriptor`'s. A window is reduced row by row.
struct Pool {
  private let pool: PoolDescriptor
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let epilogue: EpilogueCall?

  static let kernel = Kernel(PoolDescriptor.self) { pool, operands in
    let output = operands.floats(1)
    let call = Pool(
      pool: pool, input: operands.constantFloats(0), output: output,
      epilogue: EpilogueCall(
        pool.epilogue, layout: pool.output, output: output, operands: operands))
    return [
      PlaneBands(pool.output).phase { band, workspace in
        pool.reduction == .max
          ? call.compute(band, MaximumReduction.self, workspace: workspace)
          : call.compute(band, SumReduction.self, workspace: workspace)
      }
    ]
  }

  private func compute<R: PoolReduction>(
    _ band: PlaneBands.Band, _: R.Type, workspace: UnsafeMutableRawPointer
  ) {
    let source =
      input + pool.input.planeOffset(image: band.image, block: band.block) + pool.input.originOffset
    let target = output + pool.output.planeOffset(image: band.image, block: band.block)
    if pool.output.channelBlock == Vector.scalarCount {
      let columns = Segments(0..<pool.output.width, whole: wholeColumns)
      Segments(band.rows, whole: wholeRows).forEach { rows in
        columns.forEach { compute(R.self, rows: rows, columns: $0, source, target) }
      }
    } else {
      for row in band.rows {
        let result = target + pool.output.rowOffset(row)
        for column in 0..<pool.output.width {
          result[column] = reduceFloats(source, rowTaps(row), columnTaps(column))
        }
      }
    }
    epilogue?.apply(
      image: band.image, block: band.block, rows: band.rows, columns: 0..<pool.output.width,
      workspace: workspace)
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

  /// The results whose windows have all their rows in the image.
  private var wholeRows: Range<Int> {
    let window = pool.window
    let room: Int = pool.input.height - window.spanHeight + window.padTop
    let first = ceilingQuotient(window.padTop, window.strideHeight)
    return first..<max(first, room < 0 ? 0 : room / window.strideHeight + 1)
  }

  /// Likewise all their columns.
  private var wholeColumns: Range<Int> {
    let window = pool.window
    let room: Int = pool.input.width - window.spanWidth + window.padLeft
    let first = ceilingQuotient(window.padLeft, window.strideWidth)
    return first..<max(first, room < 0 ? 0 : room / window.strideWidth + 1)
  }

  /// Results whose windows have equally many elements in the image.
  private func compute<R: PoolReduction>(
    _: R.Type, rows: Range<Int>, columns: Range<Int>, _ source: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let rowTaps = rowTaps(rows.lowerBound)
    let columnTaps = columnTaps(columns.lowerBound)
    let isEmpty = rowTaps.inside.isEmpty || columnTaps.inside.isEmpty
    let firstRow = isEmpty ? 0 : rowTaps.position(rowTaps.inside.lowerBound)
    let firstColumn = isEmpty ? 0 : columnTaps.position(columnTaps.inside.lowerBound)
    let firstResult: Int = columns.lowerBound * Vector.scalarCount
    PoolRun<R>(
      inputPixelStride: pool.window.strideWidth * Vector.scalarCount,
      inputRowStride: pool.window.strideHeight * pool.input.rowStride,
      outputRowStride: pool.output.rowStride,
      rowCount: isEmpty ? 0 : rowTaps.inside.count,
      inputRowStep: rowTaps.step * pool.input.rowStride,
      columnCount: columnTaps.inside.count, inputColumnStep: columnTaps.step * Vector.scalarCount,
      scale: pool.reduction == .max ? 1 : scale(rowTaps, columnTaps)
    ).compute(
      source + (firstRow * pool.input.rowStride + firstColumn * Vector.scalarCount),
      into: target + (pool.output.rowOffset(rows.lowerBound) + firstResult),
      height: rows.count, width: columns.count)
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

/// Results along one axis: one by one where their windows are clipped, all others together.
private struct Segments {
  private let all: Range<Int>
  private let whole: Range<Int>

  init(_ all: Range<Int>, whole: Range<Int>) {
    self.all = all
    self.whole = whole.clamped(to: all)
  }

  func forEach(_ body: (Range<Int>) -> Void) {
    for index in all.lowerBound..<whole.lowerBound { body(index..<index + 1) }
    if !whole.isEmpty { body(whole) }
    for index in whole.upperBound..<all.upperBound { body(index..<index + 1) }
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
