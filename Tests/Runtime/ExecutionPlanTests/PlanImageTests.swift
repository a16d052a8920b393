import Foundation
import Tensors
import Testing

@testable import ExecutionPlan

@Suite struct PlanImageTests {
  @Test func decodesWhatWasWritten() throws {
    let image = try decode(try makeImageBytes())
    var expected = makeContents()
    for index in expected.weights.indices {
      expected.weights[index].hash = image.contents.weights[index].hash
    }
    #expect(image.contents == expected)
    #expect(image.weights[0] == 1 && image.weights[99] == 1 && image.weights[100] == 0)
    #expect(image.weights[128] == 2)
    try image.verifyWeights(blob: 0)
    try image.verifyWeights(blob: 1)
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try makeImageBytes()
    let lengths = Array(0...128) + stride(from: 129, to: bytes.count, by: 7)
    for length in lengths where length < bytes.count {
      #expect(throws: TesseraError.self) { try decode(Array(bytes.prefix(length))) }
    }
  }

  @Test func everyFlippedBitIsFound() throws {
    let bytes = try makeImageBytes()
    let intact = try decode(bytes)
    let header = try PlanHeader(decoding: bytes.withUnsafeBytes { $0 })
    let checked = Array(0..<PlanHeader.byteCount) + Array(header.metadataOffset..<bytes.count)
    for position in checked {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 8)
      #expect(throws: TesseraError.self, "byte \(position)") { try decode(damaged) }
    }
    for blob in intact.contents.weights {
      var damaged = bytes
      damaged[header.weightsOffset + blob.byteOffset + blob.byteCount - 1] ^= 4
      let image = try decode(damaged)
      let index = try #require(intact.contents.weights.firstIndex(of: blob))
      let error = #expect(throws: TesseraError.self) { try image.verifyWeights(blob: index) }
      #expect(error?.description.contains("weight '\(blob.name)' is damaged") == true)
    }
  }

  @Test func otherVersionIsRefusedWithASentence() throws {
    var bytes = try makeImageBytes()
    bytes[8] = 99
    let error = #expect(throws: TesseraError.self) { try decode(bytes) }
    #expect(
      error?.description
        == "byte 8: the plan has format version 99, this program reads 5; compile the model again")
  }

  static let lies: [(String, @Sendable (inout PlanContents) -> Void)] = [
    ("an operand outside the arena", { $0.variants[0].steps[0].operands[0].byteOffset = 128 }),
    ("an operand outside the weights", { $0.variants[0].steps[0].operands[1].byteCount = 1000 }),
    ("a misaligned operand", { $0.variants[1].steps[0].operands[2].byteOffset = 4 }),
    ("an input outside the arena", { $0.variants[0].inputs[0].byteOffset = 1 << 40 }),
    ("overlapping weights", { $0.weights[1].byteOffset = 64 }),
    ("no variants", { $0.variants = [] }),
    ("two inputs of one name", { $0.variants[0].inputs.append($0.variants[0].inputs[0]) }),
    (
      "two outputs of one name",
      {
        var other = $0.variants[0].outputs[0]
        other.byteOffset = 0
        for index in 0...1 { $0.variants[index].outputs.append(other) }
      }
    ),
    ("variants of different interfaces", { $0.variants[1].outputs[0].name = "z" }),
  ]

  /// Lies whose checksums are right: each is refused for what it says.
  @Test(arguments: lies)
  func liesAreRefused(_ name: String, _ lie: @Sendable (inout PlanContents) -> Void) throws {
    var contents = makeContents()
    lie(&contents)
    let section = contents.encoded()
    let honest = try makeImageBytes()
    let oldHeader = try PlanHeader(decoding: honest.withUnsafeBytes { $0 })
    var header = oldHeader
    header.metadataByteCount = section.count
    header.metadataHash = section.withUnsafeBytes(hashOfBytes)
    let bytes = header.encoded() + honest[PlanHeader.byteCount..<oldHeader.metadataOffset] + section
    #expect(throws: TesseraError.self, "\(name)") { try decode(bytes) }
  }

  @Test func fileAppearsOnlyWhenItIsComplete() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "tiny.plan").path
    var writer = PlanWriter(makeContents())
    #expect(throws: TesseraError.self) {
      try writer.writeFile(to: path) { _, _ throws(TesseraError) in
        throw TesseraError(.invalidInput, "stop")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    try writer.writeFile(to: path) { _, _ in }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tiny.plan"])
    #expect(try PlanImage(path: path).contents.name == "tiny")
  }
}
