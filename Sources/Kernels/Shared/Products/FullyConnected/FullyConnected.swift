import KernelInterface
import KernelVectors

/// Fully connected layer; the contract is `FullyConnectedDescriptor`'s, the packing of the weights
/// `packWeights`', the split into items `FullyConnectedTiling`'s.
///
/// Every packed weight is read from memory once for a block of rows. A single row is bound by the
/// memory's bandwidth: it widens the weights in registers and skips those of zero inputs where that pays. Several
/// rows are packed first and then use register tiles, for which the weights of a pass are widened once.
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
    let groups = WorkPhase(itemCount: layer.groupCount * call.tiling.blocks.partCount) {
      call.compute(item: $0, workspace: $1.assumingMemoryBound(to: Float.self))
    }
    guard call.tiling.packsRows else { return [groups] }
    let packing = WorkPhase(itemCount: call.tiling.passCount) { pass, _ in
      call.packedRows.pack(pass: pass, from: call.input)
    }
    return [packing, groups]
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
    let (group, block) = item.quotientAndRemainder(dividingBy: tiling.blocks.partCount)
    let start = weights + layer.packedByteOffset(ofGroup: group)
    let outputs = layer.outputGroups.outputs(of: group)
    let groupWeights = start + layer.weightsByteOffset(ofGroup: group)
    if tiling.packsRows {
      multiply(block: block, outputs: outputs.count, groupWeights, into: workspace)
    } else {
      let areFinite = start.load(as: UInt32.self) != 0
      DotProducts(
        masks: InputMasks(input, count: layer.inputCount, maySkipZeros: areFinite),
        weights: groupWeights, type: layer.weightType, outputCount: outputs.count
      ).compute(into: workspace)
    }
    let scales = (start + layer.scalesByteOffset).assumingMemoryBound(to: Float.self)
    finish(
      workspace, rows: tiling.rows(ofBlock: block), outputs: outputs,
      scales: layer.weightType.hasScales ? scales : nil)
  }

  /// Writes the sums `[panel][row][vector]` of a block of rows to the start of the workspace.
  private func multiply(
    block: Int, outputs outputCount: Int, _ weights: UnsafeRawPointer,
    into sums: UnsafeMutablePointer<Float>
  ) {
    let tiles = tiling.blocks[block]
    let rows = tiling.rows(ofBlock: block)
    let widened = sums + tiling.sumsByteCount / MemoryLayout<Float>.size
    let width = min(outputCount, OutputPanels.fullWidth)
    let panels = (0..<outputCount / width)
    for pass in 0..<tiling.passCount {
      let inputs = tiling.inputs(ofPass: pass)
      let nextCount = pass + 1 < tiling.passCount ? tiling.inputs(ofPass: pass + 1).count : 0
      for panel in panels {
        let panelWeights = PanelWeights(
          type: layer.weightType, base: weights + panel * width * layer.weightType.byteCount,
          vectorCount: width / Vector.scalarCount,
          rowVectorCount: outputCount / Vector.scalarCount)
        // A share of the weights of the next pass.
        let share = panelWeights.byteCount(ofRows: nextCount) / panels.count
        let productStepCount: Int = tiles.count * (inputs.count / PanelProduct.inputsPerStep)
        var upcoming = UpcomingLines(
          weights + (panelWeights.byteCount(ofRows: inputs.upperBound) + panel * share),
          byteCount: share,
          stepCount: max(1, inputs.count / PanelWeights.rowsPerStep + productStepCount))
        let floats = panelWeights.floats(ofRows: inputs, buffer: widened, &upcoming)
        var product = PanelProduct(
          input: packedRows.target + tiling.packedOffset(ofPass: pass, row: rows.lowerBound),
          inputCount: inputs.count, weights: floats, target: sums + panel * rows.count * width,
          isFirst: pass == 0, upcoming: upcoming)
        product.compute(tiles: tiles, of: tiling.tiles, vectorCount: panelWeights.vectorCount)
      }
    }
  }

  /// Turns the sums `[panel][row][vector]` of a group, at the start of the workspace, into outputs.
  private func finish(
    _ workspace: UnsafeMutablePointer<Float>, rows: Range<Int>, outputs: Range<Int>,
    scales: UnsafePointer<Float>?
  ) {
    let width = min(outputs.count, OutputPanels.fullWidth)
    for first in stride(from: 0, to: outputs.count, by: width) {
      let sums = workspace + first * rows.count
      let start = outputs.lowerBound + first
      for place in stride(from: 0, to: width, by: Vector.scalarCount) {
        let bias = bias.vector(at: start + place)
        let scale = scales?.vector(at: first + place) ?? Vector(repeating: 1)
        for index in 0..<rows.count {
          let sum = sums + (index * width + place)
          sum.store(bounds.apply(Arithmetic.multiplyAdd(sum.vector(at: 0), scale, bias)), at: 0)
        }
      }
      let used = start..<min(start + width, layer.outputCount)
      epilogue?.apply(
        sums, rows: rows, outputs: used, width: width,
        workspace: workspace + tiling.workspaceByteCount / MemoryLayout<Float>.size)
      for (index, row) in rows.enumerated() {
        (output + (row * layer.outputCount + start))
          .update(from: sums + index * width, count: used.count)
      }
    }
  }
}
