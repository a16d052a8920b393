import Platform

/// Where an output goes; `-` is standard output. Symbolic links are followed, also one that leads to nothing yet.
package struct OutputPlace {
  /// What lies there now.
  enum Content {
    case nothing
    case file(FileIdentity, permissions: mode_t)
    /// A device, a pipe or a socket: cannot be replaced.
    case stream(FileIdentity, isDevice: Bool)

    var isNothing: Bool {
      if case .nothing = self { true } else { false }
    }
  }

  /// A folder and a name in it: the same for two outputs that would be one file.
  struct Entry: Hashable, Sendable {
    let folder: FileIdentity
    let name: String
  }

  /// Behind all links.
  let path: String
  let content: Content
  /// Nil if the folder does not exist.
  let entry: Entry?

  /// - Throws: `TesseraError` if nothing can be written there, as far as can be told without trying:
  ///   a folder has the name, a file or a device is protected against writing, or links go in a circle.
  package init(_ path: String) throws(TesseraError) {
    let code: Int32 = path.isEmpty ? ENOENT : path.utf8.contains(0) ? EINVAL : 0
    guard code == 0 else { throw .system(cannot: "write", path: path, code: code) }
    var status = stat()
    if path == "-" {
      guard fstat(STDOUT_FILENO, &status) == 0 else { throw .system(cannot: "write", path: path) }
      let isDevice = [S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT)
      self.path = path
      content = .stream(FileIdentity(status), isDevice: isDevice)
      entry = nil
      return
    }
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw .system(cannot: "write", path: path) }
      self.path = try Self.followingLinks(path)
      content = .nothing
      entry = Self.entry(of: self.path)
      return
    }
    let format = status.st_mode & S_IFMT
    guard format != S_IFDIR else {
      throw TesseraError(.invalidInput, "cannot write: a folder has this name").inFile(path)
    }
    guard access(path, W_OK) == 0 else { throw .system(cannot: "write", path: path) }
    let identity = FileIdentity(status)
    guard format == S_IFREG else {
      self.path = path
      content = .stream(identity, isDevice: format == S_IFCHR || format == S_IFBLK)
      entry = nil
      return
    }
    self.path = try Self.followingLinks(path)
    // What /proc/self/fd/N links to may have no name any more.
    guard FileIdentity(path: self.path) == identity else {
      throw TesseraError(.invalidInput, "cannot write: the file has no name").inFile(path)
    }
    content = .file(identity, permissions: status.st_mode & 0o777)
    entry = Self.entry(of: self.path)
  }

  /// Whether a file can be made here that is only later given its name.
  package var isFile: Bool {
    if case .stream = content { false } else { true }
  }

  private static func followingLinks(_ path: String) throws(TesseraError) -> String {
    var place = path
    for _ in 0..<40 {
      guard let target = linkTarget(place) else { return place }
      place = target.hasPrefix("/") ? target : folder(of: place) + target
    }
    throw .system(cannot: "write", path: path, code: ELOOP)
  }

  /// What the symbolic link at `path` says; nil if there is none.
  static func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = readlink(path, start, buffer.count)
      guard count >= 0 else { return nil }
      return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  private static func entry(of path: String) -> Entry? {
    let folder = folder(of: path)
    return FileIdentity(path: folder.isEmpty ? "." : String(folder)).map {
      Entry(folder: $0, name: String(path.dropFirst(folder.count)))
    }
  }

  /// With its slash; empty for the current one.
  static func folder(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[...$0] } ?? ""
  }
}
