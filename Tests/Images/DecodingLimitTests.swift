import Tensors
import Testing

@testable import TesseraImages

struct DecodingLimitTests {
  private func read(_ bytes: [UInt8]) throws -> JPEGStructure {
    try bytes.withUnsafeBytes { try JPEGStructure.read($0) }
  }

  /// A frame of three components and a scan of `counts[i]` components each.
  private func jpeg(frame: UInt8, scans counts: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, frame, 0, 17, 8, 0, 8, 0, 8, 3]
    bytes += [UInt8](repeating: 0, count: 9)
    for count in counts {
      bytes += [0xFF, 0xDA, 0, 4, count, 0, 0x12, 0xFF, 0]
    }
    return bytes + [0xFF, 0xD9]
  }

  @Test func scansAreCounted() throws {
    let progressive = try read(jpeg(frame: 0xC2, scans: [3, 1, 1]))
    #expect(progressive.componentCount == 3)
    #expect(progressive.isProgressive && progressive.keepsCoefficients)
    #expect(progressive.scanComponentCounts == [3, 1, 1])
    let baseline = try read(jpeg(frame: 0xC0, scans: [3]))
    #expect(!baseline.isProgressive && !baseline.keepsCoefficients)
    #expect(try read(jpeg(frame: 0xC1, scans: [1, 1, 1])).keepsCoefficients)
    #expect(try read(jpeg(frame: 0xCA, scans: [3])).isProgressive)
  }

  @Test func smallFilesCannotAskForMuch() throws {
    let (memory, visits) = (DecodingLimit.memoryByteCount, DecodingLimit.visitCount)
    try DecodingLimit.check(memory: memory, visits: visits, of: 1, 1, fileByteCount: 0)
    try DecodingLimit.check(
      memory: memory + 10 * DecodingLimit.memoryBytesPerFileByte,
      visits: visits + 10 * DecodingLimit.visitsPerFileByte, of: 1, 1, fileByteCount: 10)
    #expect(throws: TesseraError.self) {
      try DecodingLimit.check(memory: memory + 1, visits: 0, of: 1, 1, fileByteCount: 0)
    }
    #expect(throws: TesseraError.self) {
      try DecodingLimit.check(memory: 0, visits: visits + 1, of: 1, 1, fileByteCount: 0)
    }
  }

  @Test func longImagesAreRefused() {
    #expect(Image.sampleCount(Image.maximumSide, 1, .gray) == Image.maximumSide)
    #expect(Image.sampleCount(Image.maximumSide + 1, 1, .gray) == nil)
    #expect(Image.sampleCount(1, Image.maximumSide + 1, .gray) == nil)
  }
}
