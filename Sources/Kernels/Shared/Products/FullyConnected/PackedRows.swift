import KernelInterface

/// The rows of a fully connected layer's input in the order in which `PanelProduct` reads them, as
/// `FullyConnectedTiling` says.
struct PackedRows {
  let tiling: FullyConnectedTiling
  let inputCount: Int
  let target: UnsafeMutablePointer<Float>

  /// Packs the inputs of one pass from `rows`, `inputCount` elements each.
  func pack(pass: Int, from rows: UnsafePointer<Float>) {
    let inputs = tiling.inputs(ofPass: pass)
    for tile in 0..<tiling.tiles.partCount {
      let tileRows = tiling.tiles[tile]
      packRowTile(
        rows + (tileRows.lowerBound * inputCount + inputs.lowerBound), rowStride: inputCount,
        columnStride: 1, rowCount: tileRows.count, depth: inputs.count,
        into: target + tiling.packedOffset(ofPass: pass, row: tileRows.lowerBound))
    }
  }
}
