import TensorFiles
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(header: String, data: [UInt8] = [0, 0, 0, 0]) throws -> String {
    let text = Array(header.utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return try folder.write(length + text + data, as: "a.safetensors")
  }

  @Test func readsWhatTheLibraryWrites() throws {
    let file = try SafetensorsFile(path: fixture("small.safetensors"))
    #expect(Set(file.names) == ["weight", "bias", "flag"])
    let weight = try #require(try file.tensor(named: "weight"))
    #expect(weight.shape.dimensions == [2, 3])
    #expect(numbers(weight) == [0, 1, 2, 3, 4, 5])
    #expect(try file.tensor(named: "bias")?.elementType == .float16)
    #expect(try file.tensor(named: "flag").map(numbers) == [1, 0])
    #expect(try file.tensor(named: "other") == nil)
  }

  @Test func readsEveryType() throws {
    let types: [(String, ElementType)] = [
      ("F64", .float64), ("F32", .float32), ("F16", .float16), ("BF16", .bfloat16),
      ("I64", .int64), ("I32", .int32), ("I16", .int16), ("I8", .int8),
      ("U64", .uint64), ("U32", .uint32), ("U16", .uint16), ("U8", .uint8), ("BOOL", .bool),
    ]
    for (name, type) in types {
      let path = try file(
        header:
          "{\"a\":{\"dtype\":\"\(name)\",\"shape\":[1],\"data_offsets\":[0,\(type.byteCount)]}}",
        data: [UInt8](repeating: 0, count: type.byteCount))
      #expect(try SafetensorsFile(path: path).tensor(named: "a")?.elementType == type)
    }
  }

  /// Four bytes of data follow each header.
  @Test(arguments: [
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "do not take the 4 bytes"),
    (
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
      "do not lie in the 4 bytes"
    ),
    (
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
      "do not lie in the 4 bytes"
    ),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", "do not lie in"),
    ("{\"a\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[0,2]}}", "to end with the file"),
    ("{\"a\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[2,4]}}", "to start at byte"),
    ("{\"a\":{\"dtype\":\"F8\",\"shape\":[4],\"data_offsets\":[0,5]}}", "do not lie in"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "negative"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1e30],\"data_offsets\":[0,4]}}", "malformed"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", "expected two offsets"),
    ("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "malformed"),
    ("{\"a\":", "malformed"),
    ("[]", "expected a JSON object"),
    ("", "expected a JSON object"),
  ])
  func refusesHeadersThatLie(_ header: String, _ message: String) throws {
    let path = try file(header: header)
    let error = #expect(throws: TesseraError.self) { try SafetensorsFile(path: path) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    #expect(error?.description.hasPrefix("\(path): byte 8: ") == true)
  }

  @Test func anUnknownTypeMattersWhereItIsAskedFor() throws {
    let path = try file(
      header: """
        {"a":{"dtype":"F8","shape":[2],"data_offsets":[0,2]},
        "b":{"dtype":"I16","shape":[1],"data_offsets":[2,4]}}
        """)
    let file = try SafetensorsFile(path: path)
    #expect(file.names == ["a", "b"])
    #expect(try file.tensor(named: "b")?.elementType == .int16)
    let error = #expect(throws: TesseraError.self) { try file.tensor(named: "a") }
    #expect(
      error?.description.hasPrefix("\(path): byte 8: tensor 'a': element type 'F8' is") == true)
  }

  @Test func deepNestingIsAnError() throws {
    let depth = 100_000
    let path = try file(
      header: "{\"a\":" + String(repeating: "[", count: depth)
        + String(repeating: "]", count: depth) + "}")
    #expect(throws: TesseraError.self) { try SafetensorsFile(path: path) }
  }

  @Test func aHeaderLongerThanTheFileIsAnError() throws {
    let path = try folder.write([255, 255, 255, 255, 255, 255, 255, 127], as: "a.safetensors")
    let error = #expect(throws: TesseraError.self) { try SafetensorsFile(path: path) }
    #expect(error?.description.contains("byte 0: ") == true)
  }
}
