import Platform
import Synchronization

/// The files that a command reads and writes, so that none of its outputs replaces one of its inputs or
/// another output.
///
/// While a ledger is `current`, files that are mapped, written and appended to enter themselves, in any
/// order; what would be lost is refused, whichever comes first, and once more before a file is replaced.
/// A command enters its outputs before it reads anything, so that it fails early. Without a current ledger,
/// as in programs that use the library, nothing is compared.
package final class FileLedger: Sendable {
  package enum Use: Sendable, Equatable {
    /// Made anew, once.
    case output
    /// Read and written over by the same owner, any number of times.
    case update
    /// Standard output or standard error.
    case stream
  }

  private struct Entry {
    let path: String
    let use: Use
    /// Whether it is being written or has been.
    var isTaken = false
  }

  private enum Key: Hashable {
    case file(FileIdentity)
    case place(OutputPlace.Entry)
  }

  private struct State {
    /// The path that each was read by.
    var inputs: [FileIdentity: String] = [:]
    var outputs: [Key: Entry] = [:]
    var refusal: TesseraError?
  }

  private static let active = Mutex<FileLedger?>(nil)

  /// The ledger of the command that this process runs.
  package static var current: FileLedger? {
    get { active.withLock { $0 } }
    set { active.withLock { $0 = newValue } }
  }

  private let state = Mutex(State())

  package init() {}

  /// What was refused first, as it was said here: on its way it may have become one problem of a model.
  package var refusal: TesseraError? { state.withLock { $0.refusal } }

  /// Enters where an open descriptor leads, unless that is a terminal or another device.
  package func enterStream(_ descriptor: Int32, name: String) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFCHR else { return }
    let key = Key.file(FileIdentity(status))
    state.withLock { $0.outputs[key] = Entry(path: name, use: .stream) }
  }

  /// Forgets where an open descriptor leads: no text of the command goes there.
  package func removeStream(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return }
    let key = Key.file(FileIdentity(status))
    state.withLock { if $0.outputs[key]?.use == .stream { $0.outputs[key] = nil } }
  }

  /// Enters a file that is read.
  package func enterInput(_ identity: FileIdentity, path: String) throws(TesseraError) {
    let output = state.withLock { state in
      // Also where this fails: the caller may go on without the file.
      state.inputs[identity] = path
      return state.outputs[.file(identity)]
    }
    if let output { throw refused(Self.lostInput(path, by: output)) }
  }

  /// Enters files that will be read, so that it is known before they are. Those that do not exist are left
  /// out.
  package func enterInputs(paths: [String]) throws(TesseraError) {
    for path in paths {
      if let identity = FileIdentity(path: path) { try enterInput(identity, path: path) }
    }
  }

  /// Enters a file that will be written.
  package func enterOutput(_ path: String, _ use: Use = .output) throws(TesseraError) {
    try enter(try OutputPlace(path), path: path, use, takes: false)
  }

  /// Enters a file that is written from now on. An output that was entered is not in its way.
  func take(_ place: OutputPlace, path: String) throws(TesseraError) {
    try enter(place, path: path, .output, takes: true)
  }

  /// Forgets that an output is written: it was given up.
  func release(_ place: OutputPlace) {
    let keys = Self.keys(of: place)
    state.withLock { state in
      for key in keys { state.outputs[key]?.isTaken = false }
    }
  }

  /// Called before a file gets its name: what lies at `place` may be another than when it was taken.
  func requireNoInput(at place: OutputPlace, path: String) throws(TesseraError) {
    guard case .file(let identity, _) = place.content else { return }
    if let input = state.withLock({ $0.inputs[identity] }) {
      throw refused(Self.lostInput(input, by: Entry(path: path, use: .output)))
    }
  }

  /// Called when the file that lay at `place` has been replaced: its number may become another's.
  func forgetContent(of place: OutputPlace) {
    guard case .file(let identity, _) = place.content else { return }
    state.withLock { _ = $0.outputs.removeValue(forKey: .file(identity)) }
  }

  private func enter(
    _ place: OutputPlace, path: String, _ use: Use, takes: Bool
  ) throws(TesseraError) {
    let keys = Self.keys(of: place)
    let error = state.withLock { state -> TesseraError? in
      for key in keys {
        if case .file(let identity) = key, let input = state.inputs[identity] {
          return Self.lostInput(input, by: Entry(path: path, use: use))
        }
        guard let other = state.outputs[key] else { continue }
        let isSame =
          switch other.use {
          case .output: takes && !other.isTaken
          case .update: use == .update || takes
          case .stream: false
          }
        if !isSame { return Self.lostOutput(path, by: other) }
      }
      for key in keys {
        let entered = state.outputs[key] ?? Entry(path: path, use: use)
        state.outputs[key] = Entry(path: entered.path, use: entered.use, isTaken: takes)
      }
      return nil
    }
    if let error { throw refused(error) }
  }

  private func refused(_ error: TesseraError) -> TesseraError {
    state.withLock { state in
      if state.refusal == nil { state.refusal = error }
    }
    return error
  }

  private static func keys(of place: OutputPlace) -> [Key] {
    var keys = place.entry.map { [Key.place($0)] } ?? []
    switch place.content {
    case .nothing: break
    case .file(let identity, _): keys.append(.file(identity))
    case .stream(let identity, let isDevice): if !isDevice { keys.append(.file(identity)) }
    }
    return keys
  }

  private static func lostInput(_ input: String, by output: Entry) -> TesseraError {
    let isSameName = input == output.path
    let message =
      output.use == .stream
      ? "\(output.path) goes to this file, which the command reads"
      : "the output would overwrite the input" + (isSameName ? "" : " '\(input)'")
    return TesseraError(.invalidUsage, message)
      .inFile(output.use == .stream ? input : output.path)
  }

  private static func lostOutput(_ path: String, by other: Entry) -> TesseraError {
    let message =
      other.use == .stream
      ? "\(other.path) goes there too"
      : "two outputs would be this file"
        + (path == other.path ? "" : ", the other is '\(other.path)'")
    return TesseraError(.invalidUsage, message).inFile(path)
  }
}
