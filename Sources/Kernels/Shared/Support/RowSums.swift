import KernelVectors

/// Adds the sums of a register tile to what lies at `target`, or stores them there where nothing does yet.
struct RowSums<V: PanelVector>: TileEpilogue {
  /// `[row][vector]`, dense.
  let target: UnsafeMutablePointer<Float>
  let isFirst: Bool

  @inline(__always)
  func take(_ sum: V, row: Int) {
    let place = target + row &* V.width
    (isFirst ? sum : sum.adding(V.load(UnsafePointer(place)))).store(to: place)
  }
}
