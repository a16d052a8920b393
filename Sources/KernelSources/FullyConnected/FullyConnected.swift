import KernelInterface
import KernelVectors

/// Fully connected layer; the contract is `FullyConnectedDescriptor`'s, the packing of the weights
/// `packWeights`', the split into items `FullyConnectedTiling`'s.
///
/// Every packed weight is read once for a block of rows. A single row is bound by the memory's
/// bandwidth; several rows use the register tiles of the convolution, a row being a pixel.
struct FullyConnected {
  /// Inputs of one pass over a block of rows: 16 KiB of weights, half of an L1 cache. Sums are formed
  /// from zero in each pass, which also bounds their rounding error. To tune it, time `tessera bench`
  /// on VGG-D at batches 1 and 8.
  private static let passInputCount = 256

  private let layer: FullyConnectedDescriptor
  private let tiling: FullyConnectedTiling
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafePointer<Float>
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(FullyConnectedDescriptor.self) { layer, operands in
    let call = FullyConnected(layer, operands)
    return [
      WorkPhase(itemCount: layer.panelCount * call.tiling.blockCount) {
        call.compute(item: $0, workspace: $1.assumingMemoryBound(to: Float.self))
      }
    ]
  }

  private init(_ layer: FullyConnectedDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.layer = layer
    tiling = FullyConnectedTiling(layer)
    bounds = ActivationBounds(layer.activation)
    input = operands.constantFloats(0)
    weights = operands.constantFloats(1)
    bias = operands.constantFloats(2)
    output = operands.floats(3)
  }

  private func compute(item: Int, workspace: UnsafeMutablePointer<Float>) {
    let (panel, block) = item.quotientAndRemainder(dividingBy: tiling.blockCount)
    let firstRow: Int = block * tiling.blockHeight
    let rowCount = min(tiling.blockHeight, layer.rowCount - firstRow)
    let channel = layer.outputPanels.firstChannel(of: panel)
    let vectorCount = layer.outputPanels.width(of: panel) / Vector.scalarCount
    let panelWeights = weights + layer.packedOffset(ofPanel: panel)
    let rows = input + firstRow * layer.inputCount

    if rowCount == 1 {
      DotProducts.compute(
        rows, panelWeights, count: layer.inputCount, vectorCount: vectorCount,
        addend: bias + channel, bounds: bounds, into: workspace)
    } else {
      multiply(
        rows, rowCount: rowCount, panelWeights, vectorCount: vectorCount, bias: bias + channel,
        into: workspace)
    }
    store(
      workspace, rowCount: rowCount, vectorCount: vectorCount,
      into: output + firstRow * layer.outputCount + channel,
      channelCount: min(vectorCount * Vector.scalarCount, layer.outputCount - channel))
  }

  /// Writes `[vector][row][lane]` to `sums`.
  private func multiply(
    _ rows: UnsafePointer<Float>, rowCount: Int, _ weights: UnsafePointer<Float>, vectorCount: Int,
    bias: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>
  ) {
    let inputCount = layer.inputCount
    let lanes = Vector.scalarCount
    var start = 0
    repeat {
      let isFirst = start == 0
      let wanted = min(Self.passInputCount, inputCount - start)
      // The inputs that fill no vector are a pass of their own, one at a time.
      let isVectorized = wanted >= lanes
      let count = isVectorized ? wanted / lanes * lanes : wanted
      let step = isVectorized ? lanes : 1
      let run = ConvTileRun(
        input: rows + start, inputPixelStride: inputCount, blockCount: 1, inputBlockStride: 0,
        kernelHeight: 1, inputRowStep: 0, kernelWidth: count / step, inputColumnStep: step,
        weights: weights + start * vectorCount * lanes,
        addend: isFirst ? bias : UnsafePointer(sums),
        addendPixelStride: isFirst ? 0 : lanes,
        addendVectorStride: isFirst ? lanes : rowCount * lanes,
        target: sums, targetVectorStride: rowCount * lanes,
        bounds: start + count == inputCount ? bounds : .none)
      run.compute(pixelCount: rowCount, vectorCount: vectorCount, laneCount: step)
      start += count
    } while start < inputCount
  }

  /// Copies `[vector][row][lane]` to rows of the output.
  private func store(
    _ sums: UnsafeMutablePointer<Float>, rowCount: Int, vectorCount: Int,
    into target: UnsafeMutablePointer<Float>, channelCount: Int
  ) {
    let lanes = Vector.scalarCount
    for row in 0..<rowCount {
      for vector in 0..<vectorCount {
        let source = sums + (vector * rowCount + row) * lanes
        let count = min(lanes, channelCount - vector * lanes)
        (target + row * layer.outputCount + vector * lanes).update(
          from: source, count: max(0, count))
      }
    }
  }
}
