import Tensors
import Testing

@testable import TesseraTraining

struct ProcessGroupTests {
  private static let sizes = [1, 2, 3, 5, 8]

  private func messages<Value>(_ results: [Result<Value, TesseraError>]) -> [String] {
    results.map { result in
      if case .failure(let error) = result { "\(error)" } else { "" }
    }
  }

  @Test(arguments: sizes)
  func numbersAreAdded(size: Int) throws {
    let results = try ThreadCommunicator.run(size) { (group) throws(TesseraError) in
      let first = try group.agree("one", [group.rank, 1])
      return first + (try group.agree("two", []))
    }
    for result in results { #expect(try result.get() == [size * (size - 1) / 2, size]) }
  }

  @Test(arguments: sizes)
  func theRootsBytesReachAll(size: Int) throws {
    let results = try ThreadCommunicator.run(size) { (group) throws(TesseraError) in
      var bytes = [UInt8](repeating: UInt8(group.rank), count: 3000)
      if group.isRoot { for index in bytes.indices { bytes[index] = UInt8(index % 251) } }
      bytes.withUnsafeMutableBytes { group.broadcast($0) }
      return bytes
    }
    let expected = (0..<3000).map { UInt8($0 % 251) }
    for result in results { #expect(try result.get() == expected) }
  }

  @Test(arguments: sizes)
  func theRootsResultsAndErrorsReachAll(size: Int) throws {
    let results = try ThreadCommunicator.run(size) { (group) throws(TesseraError) in
      try group.announce { () throws(TesseraError) in [group.rank + 7] }
    }
    for result in results { #expect(try result.get() == [7]) }
    let failed = try ThreadCommunicator.run(size) { (group) throws(TesseraError) in
      try group.announce { () throws(TesseraError) in
        throw TesseraError(.unsupported, "no such thing")
      }
    }
    #expect(messages(failed) == Array(repeating: "no such thing", count: size))
    for case .failure(let error) in failed { #expect(error.kind == .unsupported) }
  }

  /// On all, with the rank.
  @Test func aFailureEndsAll() throws {
    let results = try ThreadCommunicator.run(3) { (group) throws(TesseraError) in
      do throws(TesseraError) {
        if group.rank == 2 { throw TesseraError(.systemFailure, "the disk is full") }
        try group.agree("a step")
      } catch {
        let error = group.fail(error)
        throw group.fail(error)
      }
    }
    let sentence = "rank 2: the disk is full"
    #expect(messages(results) == [sentence, sentence, sentence])
    for case .failure(let error) in results { #expect(error.kind == .systemFailure) }
  }

  /// What all ranks fail with is the root's sentence.
  @Test func whatAllFailWithNamesNoRank() throws {
    let results = try ThreadCommunicator.run(3) { (group) throws(TesseraError) in
      throw group.fail(TesseraError(.invalidUsage, "there is no such option"))
    }
    #expect(Set(messages(results)) == ["there is no such option"])
  }

  @Test func ranksElsewhereAreRefused() throws {
    let results = try ThreadCommunicator.run(2) { (group) throws(TesseraError) in
      try group.agree(group.isRoot ? "the start" : "the end")
    }
    for message in messages(results) {
      #expect(message.contains("rank 1 is at the end, rank 0 at the start"))
    }
  }

  @Test func differencesAreNamed() throws {
    func results(_ isShown: Bool, _ odd: Int) throws -> [String] {
      let results = try ThreadCommunicator.run(3) { (group) throws(TesseraError) in
        try group.requireSame([
          ProcessFact(name: "the version", value: "1"),
          ProcessFact(
            name: "the set", value: group.rank == odd ? "avx2" : "avx512", isShown: isShown),
        ])
      }
      return messages(results)
    }
    let shown = "rank 2: the set: expected 'avx512' as on rank 0, found 'avx2'"
    #expect(try results(true, 2) == Array(repeating: shown, count: 3))
    let hidden = "rank 1: the set differs from that of rank 0"
    #expect(try results(false, 1) == Array(repeating: hidden, count: 3))
    #expect(try results(true, 3) == ["", "", ""])
  }
}
