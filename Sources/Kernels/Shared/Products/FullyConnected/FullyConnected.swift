import KernelInterface
import KernelVectors

/// Fully connected layer; the contract is `FullyConnectedDescriptor`'s, the packing of the weights
/// `packWeights`', the split into items `FullyConnectedTiling`'s.
///
/// Every packed weight is read from memory once for a block of rows. A single row is bound by the
/// memory's bandwidth and widens the weights in registers; several rows are packed first and then use
/// register tiles, for which the weights of a pass are widened once.
struct FullyConnected {
  private let layer: FullyConnectedDescriptor
  private let tiling: FullyConnectedTiling
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafeRawPointer
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let packedRows: PackedRows
  private let epilogue: PanelEpilogue?

  static let kernel = Kernel(FullyConnectedDescriptor.self) { layer, operands in
    let call = FullyConnected(layer, operands)
    let panels = WorkPhase(itemCount: layer.panelCount * call.tiling.blocks.partCount) {
      call.compute(item: $0, workspace: $1.assumingMemoryBound(to: Float.self))
    }
    guard call.tiling.packsRows else { return [panels] }
    let packing = WorkPhase(itemCount: call.tiling.passCount) { pass, _ in
      call.packedRows.pack(pass: pass, from: call.input)
    }
    return [packing, panels]
  }

  private init(_ layer: FullyConnectedDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.layer = layer
    tiling = FullyConnectedTiling(layer)
    bounds = ActivationBounds(layer.activation)
    input = operands.constantFloats(0)
    weights = UnsafeRawPointer(operands[1])
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    packedRows = PackedRows(
      tiling: tiling, inputCount: layer.inputCount, target: operands.floats(4))
    epilogue = PanelEpilogue(layer.epilogue, operands: operands)
  }

  private func compute(item: Int, workspace: UnsafeMutablePointer<Float>) {
    let (panel, block) = item.quotientAndRemainder(dividingBy: tiling.blocks.partCount)
    let start = weights + layer.packedByteOffset(ofPanel: panel)
    let panelWeights = PanelWeights(
      type: layer.weightType, base: start + layer.scalesByteCount(ofPanel: panel),
      vectorCount: layer.outputPanels.width(of: panel) / Vector.scalarCount)
    if tiling.packsRows {
      multiply(block: block, panelWeights, into: workspace)
    } else {
      panelWeights.dotProducts(input, count: layer.inputCount, into: workspace)
    }
    finish(
      workspace, rows: tiling.rows(ofBlock: block), panel: panel,
      scales: layer.weightType.hasScales ? start.assumingMemoryBound(to: Float.self) : nil)
  }

  /// Writes the sums `[row][vector]` of a block of rows to the start of the workspace.
  private func multiply(
    block: Int, _ weights: PanelWeights, into sums: UnsafeMutablePointer<Float>
  ) {
    let tiles = tiling.blocks[block]
    let firstRow = tiling.tiles.start(ofPart: tiles.lowerBound)
    let widened = sums + tiling.sumsByteCount / MemoryLayout<Float>.size
    for pass in 0..<tiling.passCount {
      let inputs = tiling.inputs(ofPass: pass)
      let nextCount = pass + 1 < tiling.passCount ? tiling.inputs(ofPass: pass + 1).count : 0
      var product = PanelProduct(
        input: packedRows.target + tiling.packedOffset(ofPass: pass, row: firstRow),
        inputCount: inputs.count, weights: weights.floats(ofRows: inputs, buffer: widened),
        target: sums, isFirst: pass == 0,
        upcoming: UpcomingLines(
          weights.address(ofRow: inputs.upperBound),
          byteCount: weights.byteCount(ofRows: nextCount),
          stepCount: max(1, tiles.count * (inputs.count / PanelProduct.inputsPerStep))))
      product.compute(tiles: tiles, of: tiling.tiles, vectorCount: weights.vectorCount)
    }
  }

  /// Turns the sums `[row][vector]` of a panel, at the start of the workspace, into outputs.
  private func finish(
    _ sums: UnsafeMutablePointer<Float>, rows: Range<Int>, panel: Int,
    scales: UnsafePointer<Float>?
  ) {
    let lanes = Vector.scalarCount
    let firstChannel = layer.outputPanels.firstChannel(of: panel)
    let width = layer.outputPanels.width(of: panel)
    for offset in stride(from: 0, to: width, by: lanes) {
      let bias = bias.vector(at: firstChannel + offset)
      let scale = scales?.vector(at: offset) ?? Vector(repeating: 1)
      for index in 0..<rows.count {
        let sum = sums + (index * width + offset)
        sum.store(bounds.apply(Arithmetic.multiplyAdd(sum.vector(at: 0), scale, bias)), at: 0)
      }
    }
    let outputs = firstChannel..<min(firstChannel + width, layer.outputCount)
    epilogue?.apply(
      sums, rows: rows, outputs: outputs, width: width,
      workspace: sums + tiling.workspaceByteCount / MemoryLayout<Float>.size)
    for (index, row) in rows.enumerated() {
      (output + (row * layer.outputCount + firstChannel))
        .update(from: sums + index * width, count: outputs.count)
    }
  }
}
