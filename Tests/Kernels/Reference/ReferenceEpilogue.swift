import KernelInterface
import PointwisePrograms
import TestSupport

/// `(result + image) · channel - single` with operands of all kinds that an epilogue reads, or the residual sum
/// `max(result + image, 0)`, against its definition in Float64.
struct ReferenceEpilogue {
  let epilogue: Epilogue
  /// In the order in which the kernel takes them.
  let operands: [GuardedBuffer]
  private let image: Images<Float>
  private let channels: [Float]
  private let single: Float

  private let isResidualSum: Bool

  static var program: PointwiseProgram {
    var program = PointwiseProgram(inputCount: 4)
    let sum = program.append(.add, 0, 1)
    _ = program.append(.subtract, program.append(.multiply, sum, 2), 3)
    return program
  }

  /// The program of one result.
  static func value(
    of result: BoundedValue, image: Float, channel: Float, single: Float
  ) -> BoundedValue {
    let (addend, factor) = (Double(image), Double(channel))
    let value = (result.value + addend) * factor - Double(single)
    // Three roundings of numbers below this magnitude.
    let magnitude =
      (abs(result.value) + result.bound + abs(addend)) * abs(factor) + abs(Double(single))
    return BoundedValue(
      value: value,
      bound: result.bound * abs(factor) + 4 * BoundedValue.unitRoundoff * magnitude)
  }

  private static var residualSum: PointwiseProgram {
    var program = PointwiseProgram(inputCount: 2)
    let sum = program.append(.add, 0, 1)
    _ = program.append(.maximum, sum, program.append(constant: 0))
    return program
  }

  init(_ output: ImageLayout, isResidualSum: Bool = false, _ generator: inout SeededGenerator) {
    self.isResidualSum = isResidualSum
    let program = isResidualSum ? Self.residualSum : Self.program
    let layout = Bool.random(using: &generator) ? output : output.with(border: (1, 0, 2, 1))
    image = Images.random(layout, &generator)
    channels = randomFloats(output.channels, &generator)
    single = randomFloats(1, &generator)[0]
    let lanes = output.channelBlock
    let inputs: [PointwiseDescriptor.Input] = [
      .init(
        offset: layout.originOffset,
        strides: [layout.imageStride, layout.channelBlockStride, layout.rowStride, lanes, 1]),
      .init(strides: [0, lanes, 0, 0, 1]), .init(strides: [0, 0, 0, 0, 0]),
    ]
    epilogue = Epilogue(program: program, inputs: Array(inputs.prefix(program.inputCount - 1)))
    let padding = [Float](
      repeating: .nan, count: roundUp(output.channels, toMultipleOf: lanes) - output.channels)
    // An operand ends with the last element that is read.
    let border = layout.rowStride * layout.borderBottom + lanes * layout.borderRight
    let buffers = [
      GuardedBuffer(Array(image.placed(in: layout, filler: .nan).dropLast(border))),
      GuardedBuffer(channels + padding), GuardedBuffer([single]),
    ]
    operands = Array(buffers.prefix(epilogue.inputs.count))
  }

  func apply(to results: Images<BoundedValue>) -> Images<BoundedValue> {
    Images<BoundedValue>(
      batch: results.batch, channels: results.channels, height: results.height,
      width: results.width
    ) { n, c, y, x in
      let result = results[n, c, y, x]
      if isResidualSum {
        let sum = result.value + Double(image[n, c, y, x])
        return BoundedValue(
          value: max(sum, 0), bound: result.bound + 2 * BoundedValue.unitRoundoff * abs(sum))
      }
      return Self.value(
        of: result, image: image[n, c, y, x], channel: channels[c], single: single)
    }
  }
}
