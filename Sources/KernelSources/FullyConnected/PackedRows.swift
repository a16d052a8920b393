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
      let tileTarget = target + tiling.packedOffset(ofPass: pass, row: tileRows.lowerBound)
      for (index, row) in tileRows.enumerated() {
        let source = rows + (row * inputCount + inputs.lowerBound)
        var element = tileTarget + index
        for k in 0..<inputs.count {
          element.pointee = source[k]
          element += tileRows.count
        }
      }
    }
  }
}
