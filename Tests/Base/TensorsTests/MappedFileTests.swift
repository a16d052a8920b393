import Tensors
import TestSupport
import Testing

@Suite struct MappedFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func showsTheBytes() throws {
    let file = try MappedFile(path: try folder.write([1, 2, 3], as: "a"))
    withExtendedLifetime(file) { #expect(Array(file.bytes) == [1, 2, 3]) }
  }

  @Test func refusesWhatIsNoFile() throws {
    #expect(throws: TesseraError.self) { try MappedFile(path: folder.path) }
    #expect(throws: TesseraError.self) { try MappedFile(path: try folder.write([], as: "empty")) }
    let missing = folder.file("missing")
    let error = #expect(throws: TesseraError.self) { try MappedFile(path: missing) }
    #expect(error?.kind == .systemFailure)
    #expect(error?.description.hasPrefix("\(missing): ") == true)
  }
}
