/// Makes the CRC of every chunk of a PNG file that of its bytes.
func repairingPNGChecksums(_ file: [UInt8]) -> [UInt8] {
  var file = file
  var offset = 8
  while let length = file.bigEndian(offset..<offset + 4), offset + 12 + length <= file.count {
    let end = offset + 8 + length
    let checksum = crc32Checksum(file[offset + 4..<end])
    file.store(littleEndian: checksum.byteSwapped, at: end)
    offset = end + 4
  }
  return file
}
