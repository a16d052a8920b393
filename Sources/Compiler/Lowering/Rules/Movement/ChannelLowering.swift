import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Concat` of images in blocks by channels → nothing where the inputs were written into their places;
  /// others are gathered there, or, where channels do not start with a block, when they are read. Else
  /// one `copy` an input into its part of the output.
  static let concat = LoweringRule(
    "Concat",
    writesBlocks: { node, graph, blocked in
      guard
        let axis = try? ConcatParameters(node, in: graph, opsetVersion: blocked.opsetVersion).axis
      else { return false }
      return axis == 1 && graph.type(of: node.outputs[0])?.shape?.rank == 4
        && node.inputs.contains(where: blocked.contains)
        && node.inputs.count <= GatherChannelsDescriptor.maximumInputCount
    },
    lower: { node, builder throws(TesseraError) in
      guard builder.blockedValues.contains(node.outputs[0]) else {
        return try builder.lowerConcatByCopies(node)
      }
      guard builder.slices.place(of: node.outputs[0]) != nil else {
        var map = ChannelMap()
        for input in node.inputs {
          map.append(input, 0..<(try builder.shape(of: input).dimensions[1]))
        }
        return builder.defineChannels(node.outputs[0], map)
      }
      try builder.lowerConcatInPlace(node)
    })

  /// `Split` of images in blocks by channels → views of whole blocks, else channels that are gathered
  /// when they are read. Else one `copy` an output.
  static let split = LoweringRule("Split", writesBlocks: writesPartsOfBlocks) {
    node, builder throws(TesseraError) in
    if try builder.lowerChannelParts(node) { return }
    let split = try SplitParameters(node, in: builder.graph, opsetVersion: builder.opsetVersion)
    let inputShape = try builder.shape(of: node.inputs[0])
    let strides = denseStrides(inputShape.dimensions)
    let input = try builder.dense(node.inputs[0])
    for (output, start) in zip(node.outputs, split.starts) where !output.isEmpty {
      let shape = try builder.shape(of: output)
      var copy = try builder.copyDescriptor(from: inputShape, to: shape, of: output)
      copy.extents = shape.dimensions
      copy.inputOffset = shape.elementCount == 0 ? 0 : start * strides[split.axis]
      copy.inputStrides = strides
      copy.outputStrides = denseStrides(shape.dimensions)
      try builder.append(
        copy, name: node.displayName, operands: [input, try builder.defineDense(output)])
    }
  }

  /// `tessera.ChannelShuffle` → channels that are gathered when they are read.
  static let channelShuffle = LoweringRule(
    "ChannelShuffle", domain: "tessera", writesBlocks: alwaysWritesBlocks,
    lower: { node, builder throws(TesseraError) in
      let shuffle = try ChannelShuffleParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let count = try builder.shape(of: node.inputs[0]).dimensions[1]
      var map = ChannelMap()
      map.append(
        node.inputs[0], (0..<count).map { shuffle.source(of: $0, channelCount: count) })
      builder.defineChannels(node.outputs[0], map)
    })
}

extension PlanBuilder {
  /// Defines the outputs of a `Split` or `Slice` by channels of images in blocks; false for other nodes.
  mutating func lowerChannelParts(_ node: Node) throws(TesseraError) -> Bool {
    guard blockedValues.contains(node.inputs[0]),
      let parts = ChannelParts(node, graph, opsetVersion)
    else { return false }
    for (output, channels) in zip(node.outputs, parts.ranges) where !output.isEmpty {
      if parts.isWholeBlocks(channels, laneCount: laneCount), pendingMap(of: node.inputs[0]) == nil,
        let image = storedImages(of: node.inputs[0]).first(where: {
          $0.layout.channelBlock == laneCount
        })
      {
        try defineBlocks(output, of: image, from: channels.lowerBound / laneCount)
      } else {
        var map = ChannelMap()
        map.append(node.inputs[0], channels)
        defineChannels(output, map)
      }
    }
    return true
  }

  /// Gathers into the output what does not lie there already.
  fileprivate mutating func lowerConcatInPlace(_ node: Node) throws(TesseraError) {
    let output = try defineImage(node.outputs[0], channelBlock: laneCount)
    var all = ChannelMap()
    var channel = 0
    var missing: [(input: String, image: StoredImage)] = []
    var startsWithBlocks = true
    for input in node.inputs {
      let count = try shape(of: input).dimensions[1]
      startsWithBlocks = startsWithBlocks && channel % laneCount == 0
      all.append(input, 0..<count)
      if startsWithBlocks {
        let place = part(of: output, from: channel / laneCount, channelCount: count)
        let isThere = storedImages(of: input).contains {
          $0.operand == place.operand && $0.layout == place.layout
        }
        if !isThere, count > 0 { missing.append((input, place)) }
      }
      channel += count
    }
    guard startsWithBlocks else { return try appendGather(all, of: node.outputs[0], to: output) }
    for (input, image) in missing {
      var map = ChannelMap()
      map.append(input, 0..<image.layout.channels)
      try appendGather(pendingMap(of: input) ?? map, of: input, to: image)
      addImage(image, of: input)
    }
  }

  private func part(
    of image: StoredImage, from firstBlock: Int, channelCount: Int
  ) -> StoredImage {
    var layout = image.layout
    let enclosing = max(layout.enclosingBlockCount, layout.channelBlockCount)
    layout.channels = channelCount
    layout.enclosingBlockCount =
      layout.channels == image.layout.channels ? image.layout.enclosingBlockCount : enclosing
    guard case .buffer(let buffer, let byteOffset) = image.operand else { return image }
    let offset = firstBlock * layout.channelBlockStride * MemoryLayout<Float>.size
    return (layout, .buffer(buffer, byteOffset: byteOffset + offset))
  }

  fileprivate mutating func lowerConcatByCopies(_ node: Node) throws(TesseraError) {
    let axis = try ConcatParameters(node, in: graph, opsetVersion: opsetVersion).axis
    let output = try defineDense(node.outputs[0])
    let outputShape = try shape(of: node.outputs[0])
    let outputStrides = denseStrides(outputShape.dimensions)
    var position = 0
    for input in node.inputs {
      let shape = try shape(of: input)
      var descriptor = try copyDescriptor(from: shape, to: outputShape, of: input)
      descriptor.extents = shape.dimensions
      descriptor.inputStrides = denseStrides(shape.dimensions)
      descriptor.outputOffset = position * outputStrides[axis]
      descriptor.outputStrides = outputStrides
      let operand = try dense(input)
      if shape.elementCount > 0 {
        try append(descriptor, name: node.displayName, operands: [operand, output])
      }
      position += shape[axis]
    }
  }
}
