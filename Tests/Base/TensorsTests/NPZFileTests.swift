import TensorFiles
import Tensors
import TestSupport
import Testing

@Suite struct NPZFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: ["stored", "deflated"])
  func readsNumPy(_ name: String) throws {
    let file = try NPZFile(path: fixture("\(name).npz"))
    #expect(Set(file.names).isSuperset(of: ["weight", "bias", "fortran"]))
    let weight = try file.tensor(named: "weight")
    #expect(weight.shape.dimensions == [2, 3])
    #expect(numbers(weight) == [0, 1, 2, 3, 4, 5])
    let bias = try file.tensor(named: "bias")
    #expect(bias.elementType == .float16)
    #expect(numbers(bias) == [0, 1, 2])
    #expect(numbers(try file.tensor(named: "fortran")) == [0, 1, 2, 3, 4, 5])
  }

  @Test(arguments: ["stored", "deflated"])
  func tellsTypesWithoutElements(_ name: String) throws {
    let file = try NPZFile(path: fixture("\(name).npz"))
    for name in file.names {
      let type = try file.type(ofTensor: name)
      let tensor = try file.tensor(named: name)
      #expect(type.elementType == tensor.elementType)
      #expect(type.shape == tensor.shape)
    }
  }

  @Test func decompressesMoreThanItStores() throws {
    let file = try NPZFile(path: fixture("deflated.npz"))
    #expect(numbers(try file.tensor(named: "zeros")) == [Double](repeating: 0, count: 4096))
  }

  @Test func readsWhatItWrites() throws {
    let path = folder.file("a.npz")
    let arrays = [
      (name: "a/b", tensor: try counting([2, 2])), (name: "é", tensor: try counting([3], .int8)),
    ]
    try NPZFile.write(arrays, to: path)
    let file = try NPZFile(path: path)
    #expect(file.names == ["a/b", "é"])
    #expect(numbers(try file.tensor(named: "a/b")) == [0, 1, 2, 3])
    #expect(try file.tensor(named: "é").elementType == .int8)
  }

  @Test func refusesEqualNames() throws {
    let tensor = try counting([1])
    #expect(throws: TesseraError.self) {
      try NPZFile.write([("a", tensor), ("a", tensor)], to: folder.file("a.npz"))
    }
    #expect(try folder.contents() == [])
  }

  @Test func namesWhatItHolds() throws {
    let file = try NPZFile(path: fixture("stored.npz"))
    let error = #expect(throws: TesseraError.self) { try file.tensor(named: "weights") }
    #expect(
      error?.description.hasSuffix(
        "no array is called 'weights'; found 3: weight, bias, fortran") == true)
  }

  @Test func aChangedByteFailsTheChecksum() throws {
    var bytes = try fileBytes(fixture("stored.npz"))
    // The first member's data ends just before the second local header.
    let second = try #require(
      (4..<bytes.count).first { bytes[$0...].starts(with: [0x50, 0x4B, 0x03, 0x04]) })
    bytes[second - 1] ^= 1
    let file = try NPZFile(path: try folder.write(bytes, as: "a.npz"))
    let error = #expect(throws: TesseraError.self) { try file.tensor(named: "weight") }
    #expect(error?.description.contains("a.npz(weight.npy): byte ") == true)
    #expect(error?.description.contains("checksum") == true)
  }

  @Test func aSizeThatDeflateCannotReachIsRefused() throws {
    var bytes = try fileBytes(fixture("deflated.npz"))
    let entry = try #require(
      bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 0x01, 0x02]) })
    bytes.replaceSubrange(entry + 24..<entry + 28, with: [0, 0, 0, 0x70])
    let file = try NPZFile(path: try folder.write(bytes, as: "a.npz"))
    let error = #expect(throws: TesseraError.self) { try file.tensor(named: file.names[0]) }
    #expect(error?.description.contains("cannot hold the 1879048192") == true)
  }
}
