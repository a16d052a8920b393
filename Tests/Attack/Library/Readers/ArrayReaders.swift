import Frontend
import TensorFiles
import Tensors
import TestSupport

/// Files of arrays; all elements are read.
extension AttackedReader {
  private static func fixtures(_ names: String...) throws -> [[UInt8]] {
    try names.map { try fileBytes(projectPath("Tests/Base/TensorsTests/Fixtures/\($0)")) }
  }

  static func npy() throws -> AttackedReader {
    let file = try ScratchFile("x.npy")
    return AttackedReader(
      "npy",
      samples: try fixtures(
        "f4.npy", "fortran.npy", "big-endian.npy", "version2.npy", "f2.npy", "b1.npy", "scalar.npy"),
      isText: true
    ) { touch(try NPYFile.read(path: try file.holding($0))) }
  }

  static func npz() throws -> AttackedReader {
    let file = try ScratchFile("x.npz")
    var reader = AttackedReader("npz", samples: try fixtures("stored.npz", "deflated.npz")) {
      let archive = try NPZFile(path: try file.holding($0))
      for name in archive.names { touch(try archive.tensor(named: name)) }
    }
    reader.repair = repairingZipChecksums
    return reader
  }

  static func safetensors() throws -> AttackedReader {
    let file = try ScratchFile("x.safetensors")
    return AttackedReader("safetensors", samples: try fixtures("small.safetensors"), isText: true) {
      let archive = try SafetensorsFile(path: try file.holding($0))
      for name in archive.names {
        if let tensor = try archive.tensor(named: name) { touch(tensor) }
      }
    }
  }

  static func tensorProto() throws -> AttackedReader {
    let file = try ScratchFile("x.pb")
    return AttackedReader("tensor-proto", samples: ProtoSamples.tensors) {
      touch(try TensorProtoFile.read(path: try file.holding($0)))
    }
  }
}
