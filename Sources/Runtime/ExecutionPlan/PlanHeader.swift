import CXXHash
import Tensors

/// The first bytes of a plan file. All numbers are little-endian 64-bit integers.
///
/// | byte | field |
/// |---|---|
/// | 0 | magic `TSRAPLAN` |
/// | 8 | format version |
/// | 16 | offset of the weights region, a multiple of 4096 |
/// | 24 | bytes of the weights region |
/// | 32 | offset of the metadata section, which ends the file |
/// | 40 | bytes of the metadata section |
/// | 48 | XXH3 of the metadata section |
/// | 56 | XXH3 of bytes 0 to 55 |
package struct PlanHeader: Equatable {
  static let byteCount = 64
  static let magic: [UInt8] = Array("TSRAPLAN".utf8)
  /// Raised whenever a reader of the old format would misread the new one.
  package static let formatVersion = 5
  static let weightsAlignment = 4096

  var weightsOffset = PlanHeader.weightsAlignment
  var weightsByteCount = 0
  var metadataOffset = 0
  var metadataByteCount = 0
  var metadataHash: UInt64 = 0

  func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.magicNumber)
    writer.write(Self.formatVersion)
    writer.write(weightsOffset)
    writer.write(weightsByteCount)
    writer.write(metadataOffset)
    writer.write(metadataByteCount)
    writer.write(metadataHash)
    writer.write(writer.bytes.withUnsafeBytes(hashOfBytes))
    return writer.bytes
  }

  init() {}

  /// Decodes and checks the header of a file whose bytes are `file`.
  init(decoding file: UnsafeRawBufferPointer) throws(TesseraError) {
    guard file.count >= 8, file.prefix(8).elementsEqual(Self.magic) else {
      throw TesseraError(
        .invalidInput, "not a plan file: it does not start with \"TSRAPLAN\"", at: .byteOffset(0))
    }
    guard file.count >= Self.byteCount else {
      throw TesseraError(
        .invalidInput,
        "the plan is cut off: the header takes \(Self.byteCount) bytes, the file has \(file.count)",
        at: .byteOffset(file.count))
    }
    var reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: file[8..<Self.byteCount]), fileOffset: 8)
    let version = try reader.readInt("the format version", in: 0...Int.max)
    guard version == Self.formatVersion else {
      throw TesseraError(
        .invalidInput,
        "the plan has format version \(version), this program reads \(Self.formatVersion); compile the model again",
        at: .byteOffset(8))
    }
    let hash = hashOfBytes(UnsafeRawBufferPointer(rebasing: file[0..<56]))
    weightsOffset = try reader.readInt("the weights' offset", in: Self.byteCount...Int.max)
    weightsByteCount = try reader.readInt("the weights' size", in: 0...Int.max)
    metadataOffset = try reader.readInt("the metadata's offset", in: Self.byteCount...Int.max)
    metadataByteCount = try reader.readInt("the metadata's size", in: 0...Int.max)
    metadataHash = try reader.readUInt64("the metadata's checksum")
    guard try reader.readUInt64("the header's checksum") == hash else {
      throw TesseraError(
        .invalidInput, "the header is damaged: its checksum does not match", at: .byteOffset(0))
    }
    try checkExtents(fileByteCount: file.count)
  }

  private func checkExtents(fileByteCount: Int) throws(TesseraError) {
    let (weightsEnd, weightsOverflow) = weightsOffset.addingReportingOverflow(weightsByteCount)
    let (fileEnd, fileOverflow) = metadataOffset.addingReportingOverflow(metadataByteCount)
    guard !weightsOverflow, !fileOverflow, weightsOffset % Self.weightsAlignment == 0,
      weightsEnd <= metadataOffset
    else {
      throw TesseraError(
        .invalidInput, "the header's sections do not fit together", at: .byteOffset(16))
    }
    guard fileEnd == fileByteCount else {
      throw TesseraError(
        .invalidInput,
        "the plan should have \(fileEnd) bytes, the file has \(fileByteCount)",
        at: .byteOffset(min(fileEnd, fileByteCount)))
    }
  }

  private static var magicNumber: UInt64 {
    magic.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// XXH3, 64 bits, seed 0.
package func hashOfBytes(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  XXH3_64bits(bytes.baseAddress, bytes.count)
}
