import CZlib

/// Makes the CRC of every entry of a zip file that of its content, in both places where it lies.
func repairingZipChecksums(_ file: [UInt8]) -> [UInt8] {
  let signature: [UInt8] = [0x50, 0x4B, 1, 2]
  var file = file
  for record in file.indices.dropLast(45) where Array(file[record..<record + 4]) == signature {
    guard let method = file.littleEndian(record + 10..<record + 12),
      let size = file.littleEndian(record + 20..<record + 24),
      let local = file.littleEndian(record + 42..<record + 46),
      let nameLength = file.littleEndian(local + 26..<local + 28),
      let extraLength = file.littleEndian(local + 28..<local + 30)
    else { continue }
    let start = local + 30 + nameLength + extraLength
    guard start <= file.count, size <= file.count - start else { continue }
    let stored = Array(file[start..<start + size])
    let checksum = crc32Checksum(method == 8 ? inflated(stored) : stored)
    file.store(littleEndian: checksum, at: record + 16)
    file.store(littleEndian: checksum, at: local + 14)
  }
  return file
}

/// What a raw deflate stream holds up to its first fault, at most 1 MiB.
private func inflated(_ stored: [UInt8]) -> [UInt8] {
  var stored = stored
  return [UInt8](unsafeUninitializedCapacity: 1 << 20) { result, count in
    count = stored.withUnsafeMutableBufferPointer { input in
      var stream = z_stream()
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(truncatingIfNeeded: input.count)
      stream.next_out = result.baseAddress
      stream.avail_out = UInt32(truncatingIfNeeded: result.count)
      let size = Int32(truncatingIfNeeded: MemoryLayout<z_stream>.size)
      guard inflateInit2_(&stream, -15, ZLIB_VERSION, size) == Z_OK else { return 0 }
      defer { inflateEnd(&stream) }
      inflate(&stream, Z_FINISH)
      return Int(stream.total_out)
    }
  }
}
