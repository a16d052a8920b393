import Foundation
import Frontend
import GraphIR
import Tensors
import Testing

/// Writes `text` into a folder that has a file `w.bin` of 16 bytes, and reads it as a model.
private func read(_ entries: String, prepare: (String) throws -> Void = { _ in }) throws -> Model {
  try Fixture.withFolder { folder in
    let text = """
      <ir_version: 10, opset_import: ["": 21]> g () => () <float[2] w = [\(entries)]> { }
      """
    try text.write(toFile: "\(folder)/m.onnxtxt", atomically: false, encoding: .utf8)
    let weights = [Float](arrayLiteral: 1, 2, 3, 4).withUnsafeBytes { Data($0) }
    try weights.write(to: URL(filePath: "\(folder)/w.bin"))
    try prepare(folder)
    return try ModelReader.read(path: "\(folder)/m.onnxtxt")
  }
}

@Suite struct ExternalDataTests {
  @Test func isReadFromTheModelsFolder() throws {
    let model = try ModelReader.read(path: Fixture.path("external-data.onnx"))
    #expect(model.graph.constants["w"]?.values() == [0, 1, 2, 3] as [Float])
    let text = try read("\"location\": \"w.bin\", \"offset\": \"4\"")
    #expect(text.graph.constants["w"]?.values() == [2, 3] as [Float])
  }

  @Test(arguments: [
    ("\"location\": \"/etc/passwd\"", "'/etc/passwd' lies outside the model's folder"),
    ("\"location\": \"../w.bin\"", "'../w.bin' lies outside the model's folder"),
    ("\"location\": \"a/../../w.bin\"", "lies outside the model's folder"),
    ("\"location\": \"link.bin\"", "'link.bin' is a link out of the model's folder"),
    ("\"location\": \"missing.bin\"", "external data 'missing.bin': cannot open the file"),
    ("\"location\": \"\"", "external data has no location"),
    (
      "\"location\": \"w.bin\", \"offset\": \"12\"",
      "expected 8 bytes at byte 12 of 'w.bin', which has 16"
    ),
    ("\"location\": \"w.bin\", \"offset\": \"-4\"", "a number of bytes for 'offset', found '-4'"),
    ("\"location\": \"w.bin\", \"offset\": \"9223372036854775807\"", "at byte 9223372036854775807"),
    (
      "\"location\": \"w.bin\", \"length\": \"16\"",
      "expected 8 bytes of external data for float elements of shape 2, found length 16"
    ),
  ])
  func refusesOtherPlaces(entries: String, message: String) throws {
    #expect {
      try read(entries) { folder in
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/link.bin", withDestinationPath: "/etc/hostname")
      }
    } throws: {
      "\($0)".contains(message) && "\($0)".contains("m.onnxtxt: line 1, column 67")
    }
  }

  @Test(arguments: ["sub/../w.bin", "./sub/.././w.bin", "none/../w.bin", "sub/up/w.bin"])
  func pathsThatLeadBackIntoTheFolderAreFollowed(location: String) throws {
    let model = try read("\"location\": \"\(location)\"") { folder in
      let files = FileManager.default
      try files.createDirectory(atPath: "\(folder)/sub", withIntermediateDirectories: false)
      try files.createSymbolicLink(atPath: "\(folder)/sub/up", withDestinationPath: "..")
    }
    #expect(model.graph.constants["w"]?.values() == [1, 2] as [Float])
  }

  /// The model is a link into a folder, and so is the data, under another name, or the data lies there.
  @Test(arguments: [true, false]) func isFoundBesideWhatTheModelLinksTo(isLink: Bool) throws {
    try Fixture.withFolder { folder in
      let files = FileManager.default
      for name in ["blobs", "snapshot", "other"] {
        try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
      }
      let text = """
        <ir_version: 10, opset_import: ["": 21]> g () => () <float[1] w = ["location": "w.bin"]> { }
        """
      let data = isLink ? "blobs/22" : "blobs/w.bin"
      try text.write(toFile: "\(folder)/blobs/11", atomically: false, encoding: .utf8)
      try Data([0, 0, 128, 63]).write(to: URL(filePath: "\(folder)/\(data)"))
      try files.createSymbolicLink(
        atPath: "\(folder)/snapshot/m.onnxtxt", withDestinationPath: "../blobs/11")
      if isLink {
        try files.createSymbolicLink(
          atPath: "\(folder)/snapshot/w.bin", withDestinationPath: "../blobs/22")
      }
      let model = try ModelReader.read(path: "\(folder)/snapshot/m.onnxtxt")
      #expect(model.graph.constants["w"]?.values() == [1] as [Float])

      // The same data, but the model is a file of another folder.
      try text.write(toFile: "\(folder)/other/m.onnxtxt", atomically: false, encoding: .utf8)
      try files.createSymbolicLink(
        atPath: "\(folder)/other/w.bin", withDestinationPath: "\(folder)/\(data)")
      #expect(throws: TesseraError.self) { try ModelReader.read(path: "\(folder)/other/m.onnxtxt") }
    }
  }

  @Test func isRefusedForModelsInMemory() throws {
    #expect(throws: TesseraError.self) {
      try ModelReader.read(onnx: Fixture.bytes("external-data.onnx"))
    }
  }
}
