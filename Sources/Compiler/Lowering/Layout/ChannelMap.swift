import GraphIR
import KernelInterface
import Tensors

/// Images as a kernel finds them.
typealias StoredImage = (layout: ImageLayout, operand: OperandDraft)

/// Images that are channels of other values. They are stored when a step asks for them; until then a
/// further join, split or shuffle of channels only changes the map.
struct ChannelMap {
  /// Values that a map may read before it reads values between them and itself.
  static let maximumSourceCount = 16

  struct Channel: Hashable {
    var value: String
    var index: Int
  }

  var channels: [Channel] = []

  mutating func append(_ value: String, _ indices: some Sequence<Int>) {
    for index in indices { channels.append(Channel(value: value, index: index)) }
  }

  /// The values that it reads, each once.
  var sources: [String] {
    var seen: Set<String> = []
    return channels.compactMap { seen.insert($0.value).inserted ? $0.value : nil }
  }
}

extension PlanBuilder {
  /// `value` is these channels of others.
  mutating func defineChannels(_ value: String, _ map: ChannelMap) {
    var composed = ChannelMap()
    for channel in map.channels {
      composed.channels.append(pendingMap(of: channel.value)?.channels[channel.index] ?? channel)
    }
    let isShort = composed.sources.count <= ChannelMap.maximumSourceCount
    setPendingMap(of: value, to: isShort ? composed : map)
  }

  /// The images of a value as they are stored, those in channel blocks first.
  mutating func storedImage(_ value: String) throws(TesseraError) -> StoredImage {
    if let image = storedImages(of: value).first(where: { $0.layout.isKernelLayout }) {
      return image
    }
    if pendingMap(of: value) != nil {
      return try image(ImageDemand(value: value, channelBlock: laneCount))
    }
    return (try imageLayout(of: value, channelBlock: 1), try dense(value))
  }

  /// Adds the step that stores the channels of a map.
  mutating func appendGather(
    _ map: ChannelMap, of value: String, to result: StoredImage
  ) throws(TesseraError) {
    var gather = GatherChannelsDescriptor()
    var operands: [OperandDraft] = []
    var starts: [String: Int] = [:]
    var channelCount = 0
    for source in map.sources {
      let image = try storedImage(source)
      starts[source] = channelCount
      channelCount += image.layout.channels
      gather.inputs.append(image.layout)
      operands.append(image.operand)
    }
    gather.sources = map.channels.map { (starts[$0.value] ?? 0) + $0.index }
    gather.output = result.layout
    guard result.layout.channels > 0 else { return }
    try append(gather, name: value, operands: operands + [result.operand])
  }
}
