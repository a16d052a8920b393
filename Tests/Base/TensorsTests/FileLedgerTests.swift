import Platform
import Testing
import TestSupport

@testable import Tensors

@Suite struct FileLedgerTests {
  let folder: TemporaryFolder
  let ledger = FileLedger()

  init() throws { folder = try TemporaryFolder() }

  private func read(_ path: String) throws {
    try ledger.enterInput(try #require(FileIdentity(path: path)), path: path)
  }

  /// Another name of the file "a", by `kind`.
  private func otherName(_ kind: String) throws -> String {
    let path = try folder.write([1], as: "a")
    switch kind {
    case "hard": #expect(link(path, folder.file("b")) == 0)
    case "symbolic": #expect(symlink("a", folder.file("b")) == 0)
    default: return folder.file("./a")
    }
    return folder.file("b")
  }

  @Test(arguments: ["hard", "symbolic", "dot"])
  func anInputIsNoOutputInAnyOrder(kind: String) throws {
    let other = try otherName(kind)
    try read(folder.file("a"))
    let late = #expect(throws: TesseraError.self) { try ledger.enterOutput(other) }
    #expect(late?.kind == .invalidUsage)
    #expect(
      late?.description == "\(other): the output would overwrite the input '\(folder.file("a"))'")
    #expect(ledger.refusal == late)

    let second = FileLedger()
    try second.enterOutput(other)
    let early = #expect(throws: TesseraError.self) {
      try second.enterInputs(paths: [folder.file("none"), folder.file("a")])
    }
    #expect(early?.description == late?.description)
  }

  @Test func twoOutputsAreTwoFiles() throws {
    #expect(symlink("new", folder.file("link")) == 0)
    try ledger.enterOutput(folder.file("new"))
    for name in ["new", "./new", "link"] {
      let error = #expect(throws: TesseraError.self) { try ledger.enterOutput(folder.file(name)) }
      #expect(error?.kind == .invalidUsage)
    }
    #expect(throws: TesseraError.self) { try ledger.enterOutput(folder.file("new"), .update) }
    try ledger.enterOutput(folder.file("other"))
  }

  @Test func anEnteredOutputIsTakenOnceUnlessItIsGivenUp() throws {
    let path = folder.file("new")
    let place = try OutputPlace(path)
    try ledger.enterOutput(path)
    try ledger.take(place, path: path)
    #expect(throws: TesseraError.self) { try ledger.take(place, path: path) }
    ledger.release(place)
    try ledger.take(place, path: path)
  }

  @Test func whatIsUpdatedIsTakenAgain() throws {
    let path = try folder.write([1], as: "cache")
    for _ in 0..<2 {
      try ledger.enterOutput(path, .update)
      try ledger.take(try OutputPlace(path), path: path)
    }
    #expect(throws: TesseraError.self) { try ledger.enterOutput(path) }
    #expect(throws: TesseraError.self) { try read(path) }
  }

  /// An input that takes an output's name after the output was entered.
  @Test func anInputThatComesLaterIsFoundBeforeItIsReplaced() throws {
    let path = folder.file("a")
    try ledger.take(try OutputPlace(path), path: path)
    try read(try folder.write([1], as: "a"))
    #expect(throws: TesseraError.self) {
      try ledger.requireNoInput(at: try OutputPlace(path), path: path)
    }
  }

  @Test func theStandardStreamsAreOutputs() throws {
    let path = try folder.write([1], as: "a")
    let descriptor = open(path, O_WRONLY)
    defer { close(descriptor) }
    ledger.enterStream(descriptor, name: "standard output")
    let output = #expect(throws: TesseraError.self) { try ledger.enterOutput(path) }
    #expect(output?.description == "\(path): standard output goes there too")
    let input = #expect(throws: TesseraError.self) { try read(path) }
    #expect(
      input?.description
        == "\(path): standard output goes to this file, which the command reads")
  }

  @Test func devicesAreNoFiles() throws {
    let descriptor = open("/dev/null", O_WRONLY)
    defer { close(descriptor) }
    ledger.enterStream(descriptor, name: "standard output")
    for _ in 0..<2 { try ledger.enterOutput("/dev/null") }
  }
}
