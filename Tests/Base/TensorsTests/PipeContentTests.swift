import Foundation
import Platform
import Testing

@testable import Tensors

@Suite struct PipeContentTests {
  /// The two ends of a pipe.
  private func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  private func read(_ descriptor: Int32) throws -> [UInt8] {
    var status = stat()
    try #require(fstat(descriptor, &status) == 0)
    return Array(try PipeContent.read(descriptor, status, path: "-").bytes)
  }

  /// More than a pipe holds, written by another thread in parts.
  @Test func isReadToItsEnd() throws {
    let (reading, writing) = try makePipe()
    defer { close(reading) }
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
    Thread.detachNewThread {
      for start in stride(from: 0, to: bytes.count, by: 7001) {
        let part = Array(bytes[start..<min(start + 7001, bytes.count)])
        _ = part.withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
      }
      close(writing)
    }
    #expect(try read(reading) == bytes)
    // It is empty now; what came is kept.
    #expect(try read(reading) == bytes)
  }

  @Test func pipesAreToldApart() throws {
    for byte in [1, 2] as [UInt8] {
      let (reading, writing) = try makePipe()
      #expect(Glibc.write(writing, [byte], 1) == 1)
      close(writing)
      #expect(try read(reading) == [byte])
      // Its number may be given to the next pipe, its identity not.
      close(reading)
    }
  }

  @Test func anEmptyPipeIsEmpty() throws {
    let (reading, writing) = try makePipe()
    defer { close(reading) }
    close(writing)
    #expect(try read(reading).isEmpty)
  }

  @Test func waitsForWhatDoesNotBlock() throws {
    let (reading, writing) = try makePipe()
    defer { close(reading) }
    #expect(fcntl(reading, F_SETFL, O_NONBLOCK) == 0)
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.05)
      _ = Glibc.write(writing, [5] as [UInt8], 1)
      close(writing)
    }
    #expect(try read(reading) == [5])
  }

  @Test func onlyPipesWithoutANameCount() throws {
    let (reading, writing) = try makePipe()
    defer { for end in [reading, writing] { close(end) } }
    #expect(PipeContent.isNameless(reading))
    let folder = FileManager.default.temporaryDirectory.path + "/\(UUID())"
    #expect(mkfifo(folder, 0o600) == 0)
    defer { unlink(folder) }
    let named = open(folder, O_RDWR | O_NONBLOCK)
    defer { close(named) }
    #expect(named >= 0 && !PipeContent.isNameless(named))
    #expect(!PipeContent.isNameless(-1))
  }
}
