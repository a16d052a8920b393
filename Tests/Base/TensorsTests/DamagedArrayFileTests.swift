import TensorFiles
import Tensors
import TestSupport
import Testing

/// Damaged files give tensors or an error, never a crash. Each truncation gives an error.
@Suite struct DamagedArrayFileTests {
  static let names = [
    "f4.npy", "fortran.npy", "big-endian.npy", "version2.npy", "stored.npz", "deflated.npz",
    "small.safetensors",
  ]

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Reads every tensor of a file; returns their bytes.
  private func read(_ bytes: [UInt8], _ name: String) throws -> Int {
    let path = try folder.write(bytes, as: name)
    if name.hasSuffix(".npy") { return try NPYFile.read(path: path).byteCount }
    if name.hasSuffix(".npz") {
      let file = try NPZFile(path: path)
      return try file.names.reduce(0) { try $0 + file.tensor(named: $1).byteCount }
    }
    let file = try SafetensorsFile(path: path)
    return try file.names.reduce(0) { try $0 + (file.tensor(named: $1)?.byteCount ?? 0) }
  }

  @Test(arguments: names)
  func truncated(_ name: String) throws {
    let bytes = try fileBytes(fixture(name))
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
      #expect(throws: TesseraError.self, "\(name) cut to \(count) bytes") {
        try read(Array(bytes.prefix(count)), name)
      }
    }
    #expect(throws: TesseraError.self) { try read(bytes.dropLast(), name) }
  }

  @Test(arguments: names)
  func flippedBits(_ name: String) throws {
    let bytes = try fileBytes(fixture(name))
    var generator = SeededGenerator(seed: 11)
    for round in 0..<200 {
      var damaged = bytes
      for _ in 0...round % 3 {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      do {
        _ = try read(damaged, name)
      } catch let error as TesseraError {
        #expect(error.description.hasPrefix(folder.path))
      }
    }
  }
}
