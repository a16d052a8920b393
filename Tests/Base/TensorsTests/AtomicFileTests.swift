import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func theNameAppearsWithTheCommit() throws {
    let path = folder.file("a")
    let file = try AtomicFile(path: path)
    try file.write("hello")
    #expect(try folder.contents().contains("a") == false)
    try file.commit()
    #expect(try folder.contents() == ["a"])
    #expect(try fileBytes(path) == Array("hello".utf8))
  }

  /// A killed process leaves nothing, where the file system has nameless files (O_TMPFILE).
  @Test func theFileHasNoNameWhileItIsWritten() throws {
    let probe = open(folder.path, 0o20000000 | O_DIRECTORY | O_RDWR, 0o600)
    if probe >= 0 { close(probe) }
    let file = try AtomicFile(path: folder.file("a"))
    try file.write([UInt8](repeating: 1, count: 1 << 19))
    #expect(try folder.contents().isEmpty == (probe >= 0))
    try file.commit()
    #expect(try folder.contents() == ["a"])
  }

  /// Whatever range is released, and whenever: the bytes are those that were written.
  @Test func whatIsReleasedStaysInTheFile() throws {
    let path = folder.file("a")
    let file = try AtomicFile(path: path)
    try file.fill(byteCount: 20_001) { bytes, release in
      for start in stride(from: 0, to: bytes.count, by: 4_999) {
        let range = start..<min(start + 4_999, bytes.count)
        for index in range { bytes[index] = UInt8(truncatingIfNeeded: index / 7) }
        release(range)
      }
      release(0..<bytes.count)
      bytes[10_000] = 1
    }
    try file.commit()
    var expected = (0..<20_001).map { UInt8(truncatingIfNeeded: $0 / 7) }
    expected[10_000] = 1
    #expect(try fileBytes(path) == expected)
  }

  @Test func whatIsAbandonedLeavesNothing() throws {
    let path = try folder.write([1, 2], as: "a")
    do {
      let file = try AtomicFile(path: path)
      try file.write([3])
    }
    #expect(try folder.contents() == ["a"])
    #expect(try fileBytes(path) == [1, 2])
  }

  /// Pieces around the size of the buffer (2¹⁸ bytes), and one place written again.
  @Test func appendsAndOverwrites() throws {
    let path = folder.file("a")
    let file = try AtomicFile(path: path)
    var expected: [UInt8] = []
    for count in [1, (1 << 18) - 1, 1, 1 << 18, (1 << 18) + 1, 0, 5] {
      let piece = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
      try file.write(piece)
      expected += piece
    }
    try [7, 8, 9].withUnsafeBytes { try file.write($0, atByteOffset: 1000) }
    expected.replaceSubrange(
      1000..<1000 + 24, with: [7, 8, 9].flatMap { [UInt8($0)] + [UInt8](repeating: 0, count: 7) })
    try file.pad(toMultipleOf: 64)
    try file.pad(toMultipleOf: 64)
    expected += [UInt8](repeating: 0, count: (64 - expected.count % 64) % 64)
    #expect(file.byteCount == expected.count)
    try file.commit(synchronizing: true)
    #expect(try fileBytes(path) == expected)
  }

  @Test func aLinkKeepsPointingAtTheFile() throws {
    let target = try folder.write([1], as: "target")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: target)
    let file = try AtomicFile(path: folder.file("link"))
    try file.write([2])
    try file.commit()
    #expect(try fileBytes(target) == [2])
    #expect(try folder.contents() == ["link", "target"])
  }

  @Test func aLinkToNothingYetIsFollowed() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "target")
    let file = try AtomicFile(path: folder.file("link"))
    try file.write([2])
    try file.commit()
    #expect(try fileBytes(folder.file("target")) == [2])
    #expect(try folder.contents() == ["link", "target"])
  }

  @Test func permissionsStay() throws {
    let path = try folder.write([1], as: "a")
    #expect(chmod(path, 0o640) == 0)
    try AtomicFile(path: path).commit()
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o640)
    #expect(status.st_size == 0)
  }

  /// Whatever order the bytes are written in, the pipe gets them in the file's.
  @Test func aPipeGetsTheBytes() throws {
    let path = folder.file("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let file = try AtomicFile(path: path)
    try file.write("hello")
    try [UInt8(ascii: "H")].withUnsafeBytes { try file.write($0, atByteOffset: 0) }
    try file.commit()
    var bytes = [UInt8](repeating: 0, count: 9)
    #expect(read(reader, &bytes, 9) == 5)
    #expect(bytes.prefix(5).elementsEqual("Hello".utf8))
    #expect(try folder.contents() == ["pipe"])
  }

  @Test func aDeviceStaysADevice() throws {
    let file = try AtomicFile(path: "/dev/null")
    try file.write([1])
    try file.commit()
    #expect(throws: TesseraError.self) { try MappedFile(path: "/dev/null") }
  }

  @Test func placesThatCannotBeWrittenAreNamed() {
    let missing = folder.file("missing/a")
    let error = #expect(throws: TesseraError.self) { try AtomicFile(path: missing) }
    #expect(error?.description == "\(missing): cannot write: No such file or directory")
    #expect(throws: TesseraError.self) { try AtomicFile(path: folder.path) }
    #expect(throws: TesseraError.self) { try AtomicFile(path: "") }
  }
}
