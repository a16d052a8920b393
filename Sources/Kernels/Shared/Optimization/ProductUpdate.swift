import KernelInterface
import KernelVectors

/// A step of gradient descent by a product; the contract is `ProductUpdateDescriptor`'s, the split into items
/// `ProductUpdateTiling`'s.
struct ProductUpdate {
  private let update: ProductUpdateDescriptor
  private let weights: UnsafeMutablePointer<Float>
  private let velocity: UnsafeMutablePointer<Float>
  private let left: UnsafePointer<Float>
  private let right: UnsafePointer<Float>
  private let settings: UnsafePointer<Float>

  static let kernel = Kernel(ProductUpdateDescriptor.self) { update, operands in
    let call = ProductUpdate(update, operands)
    let tiling = ProductUpdateTiling(update)
    let partCount = tiling.columns.partCount
    return [
      WorkPhase(itemCount: tiling.rows.partCount * partCount) { item, _ in
        let (rows, columns) = item.quotientAndRemainder(dividingBy: partCount)
        call.compute(rows: tiling.rows[rows], columns: tiling.columns[columns])
      }
    ]
  }

  private init(_ update: ProductUpdateDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.update = update
    (weights, velocity) = (operands.floats(0), operands.floats(1))
    (left, right) = (operands.constantFloats(2), operands.constantFloats(3))
    settings = operands.constantFloats(4)
  }

  private func compute(rows: Range<Int>, columns: Range<Int>) {
    let height = maximumPairTileRowCount > 0 ? maximumPairTileRowCount : maximumTileRowCount
    let tiles = EvenSplit(total: rows.count, maximumSize: height)
    for part in 0..<tiles.partCount {
      let tile = tiles[part]
      let first = rows.lowerBound + tile.lowerBound
      var column = columns.lowerBound
      if maximumPairTileRowCount > 0 {
        compute(first, tile.count, &column, columns.upperBound, UpdateTiles<PanelPair>.self)
      }
      compute(first, tile.count, &column, columns.upperBound, UpdateTiles<SIMD16<Float>>.self)
      compute(first, tile.count, &column, columns.upperBound, UpdateTiles<SIMD8<Float>>.self)
      for row in first..<first + tile.count {
        for column in column..<columns.upperBound { compute(row: row, column: column) }
      }
    }
  }

  @inline(__always)
  private func compute<V: PanelVector>(
    _ row: Int, _ rowCount: Int, _ column: inout Int, _ end: Int, _: UpdateTiles<V>.Type
  ) {
    let tileCount = (end - column) / V.width
    guard tileCount > 0 else { return }
    let place = row * update.columns + column
    var tiles = UpdateTiles<V>(
      tileCount: tileCount, depth: update.count, left: left + row, leftStride: update.rows,
      right: right + column, rightStride: update.columns,
      descent: DescentRows(
        weights: weights + place, velocity: velocity + place, stride: update.columns,
        rate: settings[0], momentum: settings[1], decay: settings[2], scale: settings[3]))
    tiles.compute(rows: rowCount, maximum: maximumTileRowCount)
    column += tileCount * V.width
  }

  private func compute(row: Int, column: Int) {
    var gradient: Float = 0
    for index in 0..<update.count {
      gradient += left[index * update.rows + row] * right[index * update.columns + column]
    }
    let place = row * update.columns + column
    let slope = gradient * settings[3] + weights[place] * settings[2]
    velocity[place] = velocity[place] * settings[1] - slope * settings[0]
    weights[place] += velocity[place]
  }
}

/// Neighbouring tiles of one height.
private struct UpdateTiles<V: PanelVector>: TileBody {
  let tileCount: Int
  let depth: Int
  let left: UnsafePointer<Float>
  let leftStride: Int
  var right: UnsafePointer<Float>
  let rightStride: Int
  var descent: DescentRows<V>

  mutating func compute<let rows: Int>(_: TileRows<rows>.Type) {
    let half: Int = V.width / V.panelCount
    for _ in 0..<tileCount {
      var tile = RegisterTile<rows, V, Arithmetic>()
      var (left, right) = (left, right)
      for _ in 0..<depth {
        tile.add(left, stride: 1, right, panelStride: half)
        left += leftStride
        right += rightStride
      }
      tile.finish(descent)
      self.right += V.width
      descent.weights += V.width
      descent.velocity += V.width
    }
  }
}

/// Moves the weights of rows that lie apart by their gradients.
private struct DescentRows<V: PanelVector>: TileEpilogue {
  var weights: UnsafeMutablePointer<Float>
  var velocity: UnsafeMutablePointer<Float>
  let stride: Int
  let rate: Float
  let momentum: Float
  let decay: Float
  let scale: Float

  @inline(__always)
  func take(_ gradient: V, row: Int) {
    let weights = weights + row &* stride
    let velocity = velocity + row &* stride
    let old = V.load(UnsafePointer(weights))
    var slope = V.zero
    slope.addProduct(scale, gradient, Arithmetic.self)
    slope.addProduct(decay, old, Arithmetic.self)
    var step = V.zero
    step.addProduct(momentum, V.load(UnsafePointer(velocity)), Arithmetic.self)
    step.addProduct(-rate, slope, Arithmetic.self)
    step.store(to: velocity)
    old.adding(step).store(to: weights)
  }
}
