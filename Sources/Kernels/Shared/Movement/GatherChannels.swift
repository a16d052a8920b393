import KernelInterface
import KernelVectors

/// Makes images of channels of other images; the contract is `GatherChannelsDescriptor`'s. An item is a
/// band of one channel block of the output. A block whose channels are a whole block of an input, in
/// order, moves vector by vector; others channel by channel.
struct GatherChannels {
  private let gather: GatherChannelsDescriptor
  private let inputs: [UnsafePointer<Float>]
  private let output: UnsafeMutablePointer<Float>
  /// By phase and channel of the output.
  private let places: [Place]

  /// Where a channel lies.
  private struct Place {
    let input: Int
    let block: Int
    let lane: Int
  }

  static let kernel = Kernel(GatherChannelsDescriptor.self) { gather, operands in
    let call = GatherChannels(gather, operands)
    return [PlaneBands(gather.output).phase { band, _ in call.compute(band) }]
  }

  private init(_ gather: GatherChannelsDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.gather = gather
    inputs = gather.inputs.indices.map { operands.constantFloats($0) }
    output = operands.floats(gather.inputs.count)
    var starts = [0]
    for input in gather.inputs { starts.append(starts[starts.count - 1] + input.channels) }
    places = gather.sources.map { source in
      // The last input that starts at or before the channel holds it: those without channels start
      // where the next does.
      let index = starts.partitionIndex { $0 > source } - 1
      let block = gather.inputs[index].channelBlock
      let channel = source - starts[index]
      return Place(input: index, block: channel / block, lane: channel % block)
    }
  }

  private func compute(_ band: PlaneBands.Band) {
    let to = gather.output
    let target = output + to.planeOffset(image: band.image, block: band.block)
    let usedLanes = to.usedLanes(ofBlock: band.block)
    for row in band.rows {
      let (sourceRow, rowPhase) = (row + gather.rowOffset).quotientAndRemainder(
        dividingBy: gather.rowPhases)
      for phase in 0..<min(gather.columnPhases, to.width) {
        let (sourceColumn, columnPhase) = (phase + gather.columnOffset).quotientAndRemainder(
          dividingBy: gather.columnPhases)
        let first: Int =
          (rowPhase * gather.columnPhases + columnPhase) * to.channels
          + band.block * to.channelBlock
        move(
          channels: first..<first + usedLanes, image: band.image, row: sourceRow,
          column: sourceColumn, to: target + to.rowOffset(row) + phase * to.channelBlock,
          count: ceilingQuotient(to.width - phase, gather.columnPhases))
      }
    }
    BlockedBandWriter(layout: to).finish(plane: target, rows: band.rows, usedLanes: usedLanes)
  }

  /// Some pixels of one block: neighbours in the input, `columnPhases` apart in the output.
  private func move(
    channels: Range<Int>, image: Int, row: Int, column: Int,
    to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    let targetStep: Int = gather.columnPhases * gather.output.channelBlock
    if let block = wholeBlock(channels) {
      let source = pixel(block, image: image, row: row, column: column)
      let lanes: Int = Vector.scalarCount
      for index in 0..<count {
        target.store(source.vector(at: index &* lanes), at: index &* targetStep)
      }
      return
    }
    for (lane, channel) in channels.enumerated() {
      let place = places[channel]
      let source = pixel(place, image: image, row: row, column: column)
      let result = target + lane
      let sourceStep: Int = gather.inputs[place.input].channelBlock
      for index in 0..<count { result[index &* targetStep] = source[index &* sourceStep] }
    }
  }

  /// The first channel, where the channels are all of one block in order.
  private func wholeBlock(_ channels: Range<Int>) -> Place? {
    let first = places[channels.lowerBound]
    guard channels.count == Vector.scalarCount,
      gather.inputs[first.input].channelBlock == Vector.scalarCount
    else { return nil }
    for (lane, channel) in channels.enumerated() {
      let place = places[channel]
      guard place.input == first.input, place.block == first.block, place.lane == lane else {
        return nil
      }
    }
    return first
  }

  private func pixel(_ place: Place, image: Int, row: Int, column: Int) -> UnsafePointer<Float> {
    let layout = gather.inputs[place.input]
    return inputs[place.input] + layout.planeOffset(image: image, block: place.block)
      + layout.rowOffset(row) + column * layout.channelBlock + place.lane
  }
}

extension [Int] {
  /// The first index of a sorted list whose element meets the condition, which all after it meet too.
  fileprivate func partitionIndex(where condition: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
