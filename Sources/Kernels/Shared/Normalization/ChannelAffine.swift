import KernelInterface
import KernelVectors

/// Scale and shift a channel, then activation; the contract is `ChannelAffineDescriptor`'s.
struct ChannelAffine {
  private let affine: ChannelAffineDescriptor
  private let bands: PlaneBands
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let scale: UnsafePointer<Float>
  private let shift: UnsafePointer<Float>

  static let kernel = Kernel(ChannelAffineDescriptor.self) { affine, operands in
    let call = ChannelAffine(
      affine: affine, bands: PlaneBands(affine.output),
      bounds: ActivationBounds(affine.activation), input: operands.constantFloats(0),
      output: operands.floats(1), scale: operands.constantFloats(2),
      shift: operands.constantFloats(3))
    return [WorkPhase(itemCount: call.bands.itemCount) { item, _ in call.compute(item: item) }]
  }

  private func compute(item: Int) {
    let band = bands.band(ofItem: item)
    let source = input + affine.input.planeOffset(image: band.image, block: band.block)
    let target = output + affine.output.planeOffset(image: band.image, block: band.block)
    let block: Int = affine.output.channelBlock
    let channel: Int = band.block * block
    let isBlocked = block == Vector.scalarCount
    let scales = isBlocked ? scale.vector(at: channel) : Vector(repeating: scale[channel])
    let shifts = isBlocked ? shift.vector(at: channel) : Vector(repeating: shift[channel])
    let count: Int = affine.output.width * block
    for row in band.rows {
      transform(
        source + affine.input.rowOffset(row), into: target + affine.output.rowOffset(row),
        count: count, scales, shifts)
    }
    BlockedBandWriter(layout: affine.output).finish(
      plane: target, rows: band.rows, usedLanes: affine.output.usedLanes(ofBlock: band.block))
  }

  private func transform(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int,
    _ scales: Vector, _ shifts: Vector
  ) {
    var index = 0
    while index + Vector.scalarCount <= count {
      let x = source.vector(at: index)
      target.store(bounds.apply(Arithmetic.multiplyAdd(x, scales, shifts)), at: index)
      index += Vector.scalarCount
    }
    while index < count {
      let x = Vector(repeating: source[index])
      target[index] = bounds.apply(Arithmetic.multiplyAdd(x, scales, shifts))[0]
      index += 1
    }
  }
}
