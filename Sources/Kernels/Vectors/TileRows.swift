/// A number of rows that the compiler knows.
@usableFromInline
package enum TileRows<let count: Int> {}

/// What is compiled for every number of rows of a register tile.
@usableFromInline
package protocol TileBody {
  mutating func compute<let rows: Int>(_ rows: TileRows<rows>.Type)
}

extension TileBody {
  /// Runs the body that is compiled for `rows` rows, 1 to `maximum`, 6, 12 or 14.
  @inlinable @inline(__always)
  package mutating func compute(rows: Int, maximum: Int) {
    switch rows {
    case 1: compute(TileRows<1>.self)
    case 2: compute(TileRows<2>.self)
    case 3: compute(TileRows<3>.self)
    case 4: compute(TileRows<4>.self)
    case 5: compute(TileRows<5>.self)
    case 6: compute(TileRows<6>.self)
    case 7 where maximum > 6: compute(TileRows<7>.self)
    case 8 where maximum > 6: compute(TileRows<8>.self)
    case 9 where maximum > 6: compute(TileRows<9>.self)
    case 10 where maximum > 6: compute(TileRows<10>.self)
    case 11 where maximum > 6: compute(TileRows<11>.self)
    case 12 where maximum > 6: compute(TileRows<12>.self)
    case 13 where maximum > 12: compute(TileRows<13>.self)
    case 14 where maximum > 12: compute(TileRows<14>.self)
    default: break
    }
  }
}
