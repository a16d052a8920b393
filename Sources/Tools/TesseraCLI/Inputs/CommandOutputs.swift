import Platform
import Tensors
import Tessera

/// The files that a command writes, entered before it reads or computes anything.
enum CommandOutputs {
  /// Refuses what would replace an input or another output, and finds out whether `paths` can be written.
  ///
  /// - Parameter updated: files that are read and written over, such as caches and partial results.
  static func enter(_ paths: [String], updated: [String] = []) throws(TesseraError) {
    if paths.contains("-") {
      StandardOutput.leaveToFiles()
      FileLedger.current?.removeStream(STDOUT_FILENO)
    }
    for path in paths { try FileLedger.current?.enterOutput(path) }
    for (index, path) in updated.enumerated() where updated[..<index].contains(path) {
      throw TesseraError(.invalidUsage, "two outputs would be this file").inFile(path)
    }
    for path in updated { try FileLedger.current?.enterOutput(path, .update) }
    for path in paths { _ = try AtomicFile(path: path) }
  }
}
