import Platform
import Tensors
import TestSupport

/// A file that is written anew for every input.
final class ScratchFile {
  let path: String
  private let folder: TemporaryFolder

  init(_ name: String) throws {
    folder = try TemporaryFolder()
    path = folder.file(name)
  }

  /// The path of another file in the same folder.
  func sibling(_ name: String) -> String { folder.file(name) }

  /// The path of the file, which now holds `bytes`.
  func holding(_ bytes: [UInt8]) throws -> String {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AttackFault("cannot write \(path)") }
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw AttackFault("cannot write \(path)")
    }
    return path
  }
}

/// A copy of `bytes` aligned as a mapped file is.
func storage(_ bytes: [UInt8]) throws(TesseraError) -> TensorStorage {
  try TensorStorage(byteCount: bytes.count) { (copy) throws(TesseraError) in
    copy.copyBytes(from: bytes)
  }
}

/// Reads every byte of a tensor.
func touch(_ tensor: Tensor) {
  let sum = tensor.withUnsafeBytes { $0.reduce(UInt64(0)) { $0 &+ UInt64($1) } }
  withExtendedLifetime(sum) {}
}
