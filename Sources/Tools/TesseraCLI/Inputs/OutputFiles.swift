import Foundation
import TensorFiles
import Tensors
import Tessera

/// Writes each output of a run to its own `.npy` file.
enum OutputFiles {
  /// The file name for an output: bytes outside `[A-Za-z0-9._-]` as `%XX`, then `.npy`.
  static func fileName(for output: String) -> String {
    var name = ""
    for byte in output.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return name + ".npy"
  }

  private static func path(for output: String, in folder: String) -> String {
    folder + (folder.hasSuffix("/") ? "" : "/") + fileName(for: output)
  }

  /// Enters the files before anything is read; where the folder exists, finds out whether they can be
  /// written.
  static func enter(_ outputs: [String], in folder: String) throws(TesseraError) {
    guard folder != "-" else {
      throw TesseraError(.invalidUsage, "expected a folder, found '-', which is standard output")
    }
    let paths = outputs.uniqued.map { path(for: $0, in: folder) }
    if exists(folder) { return try CommandOutputs.enter(paths) }
    for path in paths { try FileLedger.current?.enterOutput(path) }
  }

  /// Makes the folder where it is missing and writes the outputs. None gets its name before all are
  /// complete; if one cannot be written, nothing is left behind.
  ///
  /// - Returns: the path of each output by name. An output that is listed several times is written once.
  static func write(
    _ outputs: [(name: String, tensor: Tensor)], to folder: String
  ) throws(TesseraError) -> [String: String] {
    let made = try makeFolder(folder)
    var paths: [String: String] = [:]
    var files: [AtomicFile] = []
    do throws(TesseraError) {
      for (name, tensor) in outputs where paths[name] == nil {
        let file = try NPYFile.stage(tensor, for: path(for: name, in: folder))
        files.append(file)
        paths[name] = file.path
      }
      try AtomicFile.commit(files)
    } catch {
      // On file systems without nameless files they have names until they go.
      files = []
      for folder in made { remove(folder) }
      throw error
    }
    made.forEach(UnfinishedNames.remove)
    return paths
  }

  /// - Returns: the folders that were missing, the innermost first.
  private static func makeFolder(_ path: String) throws(TesseraError) -> [String] {
    var missing: [String] = []
    var url = URL(filePath: path, directoryHint: .isDirectory)
    while !exists(url.path(percentEncoded: false)), url.pathComponents.count > 1 {
      missing.append(url.path(percentEncoded: false))
      url.deleteLastPathComponent()
    }
    missing.forEach(UnfinishedNames.insert)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      for folder in missing { remove(folder) }
      throw TesseraError(
        .systemFailure, "cannot make the folder: \(error.localizedDescription)"
      ).inFile(path)
    }
    return missing
  }

  private static func remove(_ folder: String) {
    rmdir(folder)
    UnfinishedNames.remove(folder)
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }
}
