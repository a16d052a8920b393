import Platform

/// The control groups of a process and those above them, by the files in which the kernel shows them.
package struct ControlGroups {
  private let readFile: (String) -> String?
  private var version2: [Substring] = []
  /// Paths by controller.
  private var version1: [(controller: Substring, path: Substring)] = []

  /// Those that this process is in.
  package static var ofThisProcess: ControlGroups { ControlGroups() }

  /// - Parameter readFile: the text of a file; nil if it cannot be read.
  package init(readFile: @escaping (String) -> String? = readSmallFile) {
    self.readFile = readFile
    for line in (readFile("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[0] == "0" && fields[1].isEmpty {
        version2.append(fields[2])
      } else {
        version1 += fields[1].split(separator: ",").map { ($0, fields[2]) }
      }
    }
  }

  /// The texts of a file of version 2, from the process's own group upwards.
  package func files(_ name: String) -> [String] {
    version2.flatMap { path in
      Self.foldersUpwards(from: path).compactMap { readFile("/sys/fs/cgroup\($0)/\(name)") }
    }
  }

  /// The texts of a file of version 1's `controller`, from the process's own group upwards.
  package func files(_ name: String, ofController controller: String) -> [String] {
    version1.filter { $0.controller == controller }.flatMap { group in
      Self.foldersUpwards(from: group.path).compactMap {
        readFile("/sys/fs/cgroup/\(controller)\($0)/\(name)")
      }
    }
  }

  /// `/a/b` gives `/a/b`, `/a` and the root as "".
  private static func foldersUpwards(from path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { count in
      names.prefix(count).map { "/\($0)" }.joined()
    }
  }

  /// The first 64 KiB of a file as text.
  package static func readSmallFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let text = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
