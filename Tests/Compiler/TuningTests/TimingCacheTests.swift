import Foundation
import KernelInterface
import Tensors
import TestSupport
import Testing

@testable import Tuning

/// The file of measured times.
struct TimingCacheTests {
  static let setting = TimingSetting(
    cpu: "a/b", instructionSet: "avx2", threads: 2, kernelVersion: 1)
  static let call = KernelCall(kernel: "conv-direct", descriptor: [1, -2, 3])

  private static func filled() -> TimingCache {
    var cache = TimingCache()
    cache.merge([call: 0.25, KernelCall(kernel: "pool", descriptor: []): 1e-7], in: setting)
    var other = setting
    other.threads = 1
    cache.merge([call: 0.5], in: other)
    return cache
  }

  @Test func timesAreReadBack() throws {
    let cache = Self.filled()
    let data = try cache.data()
    #expect(try TimingCache(data: data) == cache)
    #expect(try TimingCache(data: data).data() == data)
  }

  @Test func aByteOrderMarkIsSkipped() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("\u{FEFF}".utf8) + [UInt8](try Self.filled().data())
    #expect(try TimingCache(path: folder.write(bytes, as: "times.json")) == Self.filled())
  }

  @Test func newTimesReplaceOldOnes() {
    var cache = Self.filled()
    cache.merge([Self.call: 0.125], in: Self.setting)
    #expect(cache.seconds[Self.setting]?[Self.call] == 0.125)
    #expect(cache.seconds[Self.setting]?.count == 2)
  }

  @Test func aMissingFileHoldsNoTimes() throws {
    let folder = try TemporaryFolder()
    #expect(try TimingCache(path: folder.file("none.json")) == TimingCache())
  }

  @Test(arguments: [
    ("", "the file is empty"),
    ("no JSON", "this is no timing cache"),
    ("[]", "this is no timing cache"),
    (#"{"format": "other", "version": 1}"#, "this is no timing cache"),
    (#"{"format": "tessera-timings", "version": 2}"#, "version 2, expected 1"),
    (#"{"format": "tessera-timings", "version": 1}"#, "damaged"),
    (#"{"format": "tessera-timings", "version": 1, "groups": [3]}"#, "damaged"),
  ])
  func filesOfAnotherSortAreRefused(_ text: String, _ message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), as: "times.json")
    let error = #expect(throws: TesseraError.self) { try TimingCache(path: path) }
    #expect(error?.diagnostics.count == 1)
    #expect(error?.description.hasPrefix("\(path): ") == true)
    #expect(error?.description.contains(message) == true)
  }

  @Test(arguments: ["0", "-1", "1e999", "null", "\"fast\""])
  func timesThatAreNoneAreRefused(_ seconds: String) throws {
    let text = try String(decoding: Self.filled().data(), as: UTF8.self)
    let damaged = text.replacing("\"seconds\":0.25", with: "\"seconds\":\(seconds)")
    #expect(damaged != text)
    let error = #expect(throws: TesseraError.self) {
      try TimingCache(data: Data(damaged.utf8))
    }
    #expect(error?.description.contains("damaged") == true)
  }

  /// Whatever is cut off or flipped, the file is read or refused.
  @Test func damageNeverTraps() throws {
    let data = try Self.filled().data()
    for length in 0..<data.count { _ = try? TimingCache(data: data.prefix(length)) }
    for index in data.indices {
      var damaged = data
      damaged[index] ^= 0x11
      _ = try? TimingCache(data: damaged)
    }
  }

  @Test func theDefaultPathFollowsTheEnvironment() throws {
    func path(_ variables: [String: String]) throws -> String {
      try TimingCache.defaultPath { variables[$0] }
    }
    #expect(try path(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/tessera/timings.json")
    #expect(try path(["HOME": "/h"]) == "/h/.cache/tessera/timings.json")
    #expect(try path(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/tessera/timings.json")
    #expect(throws: TesseraError.self) { try path(["HOME": ""]) }
  }
}
