import Tensors

/// The metadata section of a plan file: the whole `PlanContents` as bytes, and back.
extension PlanContents {
  func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(name)
    writer.write(instructionSet)
    writer.write(laneCount)
    writer.write(list: metadata) {
      $0.write($1.key)
      $0.write($1.value)
    }
    writer.write(list: weights) {
      $0.write($1.name)
      $0.write($1.byteOffset)
      $0.write($1.byteCount)
      $0.write($1.hash)
    }
    writer.write(list: variants) { $1.encode(to: &$0) }
    return writer.bytes
  }

  /// Decodes the metadata section, which must be read to its last byte.
  init(decoding reader: inout ByteReader) throws(TesseraError) {
    name = try reader.readString("the plan's name")
    instructionSet = try reader.readString("the instruction set")
    laneCount = try reader.readInt("the lane count", in: 1...64)
    metadata = try reader.readList("metadata entries", minimumByteCount: 16) {
      (reader) throws(TesseraError) in
      MetadataEntry(
        key: try reader.readString("a metadata key"),
        value: try reader.readString("a metadata value"))
    }
    weights = try reader.readList("weight blobs", minimumByteCount: 32) {
      (reader) throws(TesseraError) in
      WeightBlob(
        name: try reader.readString("a weight's name"),
        byteOffset: try reader.readInt("a weight's offset", in: 0...maximumByteCount),
        byteCount: try reader.readInt("a weight's size", in: 0...maximumByteCount),
        hash: try reader.readUInt64("a weight's checksum"))
    }
    variants = try reader.readList("variants", minimumByteCount: 48) {
      (reader) throws(TesseraError) in try PlanVariant(decoding: &reader)
    }
    guard reader.remainingByteCount == 0 else {
      throw reader.error("\(reader.remainingByteCount) unexpected bytes follow the last variant")
    }
  }
}

/// No size or offset in a plan is larger, so that sums of a few of them cannot overflow.
private let maximumByteCount = 1 << 60

extension PlanVariant {
  fileprivate func encode(to writer: inout ByteWriter) {
    writer.write(list: inputs) { $1.encode(to: &$0) }
    writer.write(list: outputs) { $1.encode(to: &$0) }
    writer.write(list: steps) { $1.encode(to: &$0) }
    writer.write(arenaByteCount)
    writer.write(bufferByteCountSum)
    writer.write(arenaLowerBoundByteCount)
  }

  fileprivate init(decoding reader: inout ByteReader) throws(TesseraError) {
    inputs = try reader.readList("inputs", minimumByteCount: 32) {
      (reader) throws(TesseraError) in try PlanTensor(decoding: &reader)
    }
    outputs = try reader.readList("outputs", minimumByteCount: 32) {
      (reader) throws(TesseraError) in try PlanTensor(decoding: &reader)
    }
    steps = try reader.readList("steps", minimumByteCount: 32) {
      (reader) throws(TesseraError) in try Step(decoding: &reader)
    }
    arenaByteCount = try reader.readInt("the arena's size", in: 0...maximumByteCount)
    bufferByteCountSum = try reader.readInt("the sum of buffers", in: 0...maximumByteCount)
    arenaLowerBoundByteCount = try reader.readInt(
      "the arena's lower bound", in: 0...maximumByteCount)
  }
}

extension PlanTensor {
  fileprivate func encode(to writer: inout ByteWriter) {
    writer.write(name)
    writer.write(Int(elementType.rawValue))
    writer.write(list: shape.dimensions) { $0.write($1) }
    writer.write(byteOffset)
  }

  fileprivate init(decoding reader: inout ByteReader) throws(TesseraError) {
    name = try reader.readString("a tensor's name")
    let code = try reader.readInt("an element type", in: 0...Int(UInt8.max))
    guard let elementType = ElementType(rawValue: UInt8(code)) else {
      throw reader.error("there is no element type \(code)")
    }
    self.elementType = elementType
    let dimensions = try reader.readList("dimensions", minimumByteCount: 8) {
      (reader) throws(TesseraError) in try reader.readInt("an extent", in: 0...maximumByteCount)
    }
    guard let shape = Shape(dimensions), shape.elementCount <= maximumByteCount / 8 else {
      throw reader.error("the shape \(dimensions) is too large")
    }
    self.shape = shape
    byteOffset = try reader.readInt("a tensor's offset", in: 0...maximumByteCount)
  }
}

extension Step {
  fileprivate func encode(to writer: inout ByteWriter) {
    writer.write(name)
    writer.write(kernel)
    writer.write(list: descriptor) { $0.write($1) }
    writer.write(list: operands) {
      $0.write(Int($1.region.rawValue))
      $0.write($1.byteOffset)
      $0.write($1.byteCount)
    }
  }

  fileprivate init(decoding reader: inout ByteReader) throws(TesseraError) {
    name = try reader.readString("a step's name")
    kernel = try reader.readString("a kernel's name")
    descriptor = try reader.readList("descriptor fields", minimumByteCount: 8) {
      (reader) throws(TesseraError) in try reader.readInt64("a descriptor field")
    }
    operands = try reader.readList("operands", minimumByteCount: 24) {
      (reader) throws(TesseraError) in
      let code = try reader.readInt("an operand's region", in: 0...1)
      return Operand(
        code == 0 ? .arena : .weights,
        byteOffset: try reader.readInt("an operand's offset", in: 0...maximumByteCount),
        byteCount: try reader.readInt("an operand's size", in: 0...maximumByteCount))
    }
  }
}
