import Foundation
import KernelInterface
import Tensors

/// Measured times of kernel calls, kept in a JSON file.
package struct TimingCache: Sendable, Equatable {
  private static let format = "tessera-timings"
  private static let version = 1

  /// Seconds of one call.
  package private(set) var seconds: [TimingSetting: [KernelCall: Double]] = [:]

  package init() {}

  /// Reads the file at `path`; a file that does not exist holds no times.
  ///
  /// - Throws: `TesseraError` if the file cannot be read, is no timing cache of this version, or is
  ///   damaged.
  package init(path: String) throws(TesseraError) {
    guard FileManager.default.fileExists(atPath: path) else {
      self.init()
      return
    }
    let file = try MappedFile(
      textPath: path, maximumByteCount: TextFileLimit.timingCache, forUpdate: true)
    do throws(TesseraError) {
      try self.init(data: Data(file.bytes.withoutByteOrderMark))
    } catch {
      throw error.inFile(path)
    }
  }

  package init(data: Data) throws(TesseraError) {
    let decoder = JSONDecoder()
    guard let header = try? decoder.decode(Header.self, from: data), header.format == Self.format
    else {
      throw TesseraError(
        .invalidInput,
        "this is no timing cache: expected a JSON object with the format '\(Self.format)'")
    }
    guard header.version == Self.version else {
      throw TesseraError(
        .invalidInput,
        "the timing cache has version \(header.version), expected \(Self.version); name another file or remove it"
      )
    }
    guard let contents = try? decoder.decode(Contents.self, from: data) else {
      throw TesseraError(.invalidInput, "the timing cache is damaged: its times cannot be read")
    }
    for group in contents.groups {
      for time in group.times {
        guard time.seconds > 0, time.seconds.isFinite else {
          throw TesseraError(
            .invalidInput,
            "the timing cache is damaged: a call of '\(time.kernel)' takes \(time.seconds) seconds")
        }
        let call = KernelCall(kernel: time.kernel, descriptor: time.descriptor)
        seconds[group.setting, default: [:]][call] = time.seconds
      }
    }
  }

  /// Adds times, or replaces those that it has.
  package mutating func merge(_ times: [KernelCall: Double], in setting: TimingSetting) {
    seconds[setting, default: [:]].merge(times) { _, new in new }
  }

  /// The contents of the file. Equal caches give equal bytes.
  ///
  /// - Throws: `TesseraError` if a time is not finite.
  package func data() throws(TesseraError) -> Data {
    let groups = seconds.map { setting, times in
      Group(
        setting: setting,
        times: times.map { call, seconds in
          Time(kernel: call.kernel, descriptor: call.descriptor, seconds: seconds)
        }.sorted { $0.order.lexicographicallyPrecedes($1.order) })
    }.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    let contents = Contents(format: Self.format, version: Self.version, groups: groups)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      return try encoder.encode(contents)
    } catch {
      throw TesseraError(.invalidInput, "the measured times cannot be written: \(error)")
    }
  }

  /// Where the cache lies unless the user says otherwise: `tessera/timings.json` in
  /// `$XDG_CACHE_HOME`, or else in `~/.cache`.
  ///
  /// - Throws: `invalidUsage` if neither that variable nor `HOME` is an absolute path.
  package static func defaultPath(
    environment: (String) -> String?
  ) throws(TesseraError) -> String {
    func folder(_ variable: String) -> String? {
      environment(variable).flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let caches = folder("XDG_CACHE_HOME") ?? folder("HOME").map({ "\($0)/.cache" }) else {
      throw TesseraError(
        .invalidUsage,
        "there is no place for the timing cache: neither XDG_CACHE_HOME nor HOME is an absolute path"
      )
    }
    return "\(caches)/tessera/timings.json"
  }
}

private struct Header: Codable {
  let format: String
  let version: Int
}

private struct Contents: Codable {
  let format: String
  let version: Int
  let groups: [Group]
}

private struct Group: Codable {
  let setting: TimingSetting
  let times: [Time]

  var order: [String] {
    [
      setting.cpu, setting.instructionSet, "\(setting.threads)", "\(setting.kernelVersion)",
    ]
  }
}

private struct Time: Codable {
  let kernel: String
  let descriptor: [Int64]
  let seconds: Double

  var order: [String] { [kernel] + descriptor.map(String.init) }
}
