import KernelInterface
import PointwisePrograms
import TestSupport

/// `(result + image) · channel - single` with operands of all kinds that an epilogue reads, against its
/// definition in Float64.
struct ReferenceEpilogue {
  let epilogue: Epilogue
  /// In the order in which the kernel takes them.
  let operands: [GuardedBuffer]
  private let image: Images<Float>
  private let channels: [Float]
  private let single: Float

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

  init(_ output: ImageLayout, _ generator: inout SeededGenerator) {
    let layout = Bool.random(using: &generator) ? output : output.with(border: (1, 0, 2, 1))
    image = Images.random(layout, &generator)
    channels = randomFloats(output.channels, &generator)
    single = randomFloats(1, &generator)[0]
    let lanes = output.channelBlock
    epilogue = Epilogue(
      program: Self.program,
      inputs: [
        .init(
          offset: layout.originOffset,
          strides: [layout.imageStride, layout.channelBlockStride, layout.rowStride, lanes, 1]),
        .init(strides: [0, lanes, 0, 0, 1]), .init(strides: [0, 0, 0, 0, 0]),
      ])
    let padding = [Float](
      repeating: .nan, count: roundUp(output.channels, toMultipleOf: lanes) - output.channels)
    // An operand ends with the last element that is read.
    let border = layout.rowStride * layout.borderBottom + lanes * layout.borderRight
    operands = [
      GuardedBuffer(Array(image.placed(in: layout, filler: .nan).dropLast(border))),
      GuardedBuffer(channels + padding), GuardedBuffer([single]),
    ]
  }

  func apply(to results: Images<BoundedValue>) -> Images<BoundedValue> {
    Images<BoundedValue>(
      batch: results.batch, channels: results.channels, height: results.height,
      width: results.width
    ) { n, c, y, x in
      Self.value(
        of: results[n, c, y, x], image: image[n, c, y, x], channel: channels[c], single: single)
    }
  }
}
