import KernelInterface
import KernelVectors

/// Copies images between layouts; the contract is `ConvertLayoutDescriptor`'s. An item is a band of one
/// channel block of the output.
struct ConvertLayout {
  private let conversion: ConvertLayoutDescriptor
  private let input: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(ConvertLayoutDescriptor.self) { conversion, operands in
    let call = ConvertLayout(
      conversion: conversion, input: operands.constantFloats(0), output: operands.floats(1))
    return [PlaneBands(conversion.output).phase { band, _ in call.compute(band) }]
  }

  private func compute(_ band: PlaneBands.Band) {
    let (from, to) = (conversion.input, conversion.output)
    let target = output + to.planeOffset(image: band.image, block: band.block)
    let usedLanes = to.usedLanes(ofBlock: band.block)
    for row in band.rows {
      for lane in 0..<usedLanes {
        let channel: Int = band.block * to.channelBlock + lane
        let (block, sourceLane) = channel.quotientAndRemainder(dividingBy: from.channelBlock)
        let source =
          input + from.planeOffset(image: band.image, block: block) + from.rowOffset(row)
          + sourceLane
        copyRow(source, into: target + to.rowOffset(row) + lane)
      }
    }
    BlockedBandWriter(layout: to).finish(plane: target, rows: band.rows, usedLanes: usedLanes)
  }

  /// One row of one channel.
  private func copyRow(_ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
    let sourceStep: Int = conversion.input.channelBlock
    let targetStep: Int = conversion.output.channelBlock
    let count: Int = conversion.output.width
    for index in 0..<count {
      target[index &* targetStep] = source[index &* sourceStep]
    }
  }
}
