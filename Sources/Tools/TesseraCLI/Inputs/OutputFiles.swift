import Foundation
import TensorFiles
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

  /// Makes the folder where it is missing and writes the outputs, each one complete or not at all.
  ///
  /// - Returns: the path of each output by name. An output that is listed several times is written once.
  static func write(
    _ outputs: [(name: String, tensor: Tensor)], to directory: String
  ) throws(TesseraError) -> [String: String] {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw TesseraError(
        .systemFailure, "cannot make the folder: \(error.localizedDescription)"
      ).inFile(directory)
    }
    var paths: [String: String] = [:]
    for (name, tensor) in outputs where paths[name] == nil {
      let path = directory + (directory.hasSuffix("/") ? "" : "/") + fileName(for: name)
      try NPYFile.write(tensor, to: path)
      paths[name] = path
    }
    return paths
  }
}
