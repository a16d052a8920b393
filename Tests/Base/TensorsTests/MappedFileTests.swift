import Platform
import Tensors
import Testing
import TestSupport

@Suite struct MappedFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func showsTheBytes() throws {
    let file = try MappedFile(path: try folder.write([1, 2, 3], as: "a"))
    withExtendedLifetime(file) { #expect(Array(file.bytes) == [1, 2, 3]) }
  }

  @Test func aChangeInPlaceIsFound() throws {
    let path = try folder.write([1, 2, 3], as: "a")
    let file = try MappedFile(path: path)
    try file.requireUnchanged()
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    // Another time stamp, then fewer bytes.
    var times = [timespec](repeating: timespec(tv_sec: 1, tv_nsec: 0), count: 2)
    #expect(futimens(descriptor, &times) == 0)
    let touched = #expect(throws: TesseraError.self) { try file.requireUnchanged() }
    #expect(
      touched?.description == "\(path): the file was changed after it was opened: open it again")
    #expect(ftruncate(descriptor, 1) == 0)
    let shortened = #expect(throws: TesseraError.self) { try file.requireUnchanged() }
    #expect(
      shortened?.description
        == "\(path): the file was changed after it was opened: expected 3 bytes, found 1")
  }

  @Test func aReplacedFileIsUnchanged() throws {
    let path = try folder.write([1, 2, 3], as: "a")
    let file = try MappedFile(path: path)
    let other = try AtomicFile(path: path)
    try other.write([4])
    try other.commit()
    try file.requireUnchanged()
    #expect(Array(file.bytes) == [1, 2, 3])
    #expect(unlink(path) == 0)
    try file.requireUnchanged()
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
