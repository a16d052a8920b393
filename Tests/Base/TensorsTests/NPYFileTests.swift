import TensorFiles
import Tensors
import TestSupport
import Testing

@Suite struct NPYFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("i1", ElementType.int8), ("i2", .int16), ("i4", .int32), ("i8", .int64),
    ("u1", .uint8), ("u2", .uint16), ("u4", .uint32), ("u8", .uint64),
    ("f2", .float16), ("f4", .float32), ("f8", .float64),
    ("version2", .float32), ("version3", .float32), ("big-endian", .int32),
  ])
  func readsNumPy(_ name: String, _ type: ElementType) throws {
    let tensor = try NPYFile.read(path: fixture("\(name).npy"))
    #expect(tensor.elementType == type)
    #expect(tensor.shape.dimensions == [2, 3])
    #expect(numbers(tensor) == [0, 1, 2, 3, 4, 5])
  }

  @Test func readsBooleans() throws {
    let tensor = try NPYFile.read(path: fixture("b1.npy"))
    #expect(tensor.elementType == .bool)
    #expect(numbers(tensor) == [1, 0, 1])
  }

  @Test func readsColumnMajorOrder() throws {
    let tensor = try NPYFile.read(path: fixture("fortran.npy"))
    #expect(tensor.shape.dimensions == [2, 3, 4])
    #expect(numbers(tensor) == (0..<24).map(Double.init))
  }

  @Test func readsScalarsAndEmptyArrays() throws {
    let scalar = try NPYFile.read(path: fixture("scalar.npy"))
    #expect(scalar.shape.rank == 0)
    #expect(numbers(scalar) == [7])
    let empty = try NPYFile.read(path: fixture("empty.npy"))
    #expect(empty.shape.dimensions == [0, 3])
  }

  /// NumPy's own bytes come back for every array that it wrote row-major in version 1.
  @Test(arguments: ["i1", "i8", "u2", "f2", "f4", "f8", "b1", "scalar", "empty"])
  func writesWhatNumPyWrites(_ name: String) throws {
    let path = folder.file("a.npy")
    try NPYFile.write(try NPYFile.read(path: fixture("\(name).npy")), to: path)
    #expect(try fileBytes(path) == fileBytes(fixture("\(name).npy")))
  }

  @Test func bfloat16HasNoCode() throws {
    let tensor = try counting([2], .bfloat16)
    let error = #expect(throws: TesseraError.self) {
      try NPYFile.write(tensor, to: folder.file("a.npy"))
    }
    #expect(error?.kind == .unsupported)
    #expect(try folder.contents() == [])
  }

  @Test(arguments: [
    ("complex", "byte 20: element type '<c8' is not one of"),
    ("structured", "byte 20: structured element types are not supported"),
  ])
  func refusesOtherElementTypes(_ name: String, _ message: String) throws {
    let error = #expect(throws: TesseraError.self) {
      try NPYFile.read(path: fixture("\(name).npy"))
    }
    #expect(error?.description.hasPrefix("\(fixture("\(name).npy")): \(message)") == true)
  }

  /// Headers that lie or are malformed, and the sentence that says so; four bytes of data follow.
  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "take 8 bytes, found 4"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", "expected the end of the header"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "expected ','"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "expected an integer from 0"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "below 2^63"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8)}",
      "too many elements"
    ),
    (
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,)}",
      "too many elements"
    ),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "expected True or False"),
    ("{'descr': '<f4', 'shape': (1,)}", "expected the keys"),
    ("{'descr': '<f4', 'descr': '<f4'}", "once each, found 'descr'"),
    ("{'descr': '<f4', 'order': 1}", "once each, found 'order'"),
    ("{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}", "element type 'f4'"),
    ("{'descr': '<f4", "expected a string"),
    ("((((((((", "expected '{'"),
    ("", "expected '{', found the end"),
  ])
  func refusesHeadersThatLie(_ header: String, _ message: String) throws {
    let text = Array(header.utf8)
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0] + text + [0, 0, 0, 0]
    let path = try folder.write(bytes, as: "a.npy")
    let error = #expect(throws: TesseraError.self) { try NPYFile.read(path: path) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    #expect(error?.description.hasPrefix("\(path): byte ") == true)
  }
}
