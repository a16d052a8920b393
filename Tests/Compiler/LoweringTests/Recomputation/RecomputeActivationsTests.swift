import Testing

@testable import Lowering

struct RecomputeActivationsTests {
  private static let chain = """
    a 4 = conv x w
    b 4 = conv a +2
    c 4 = conv b
    loss = sum c
    dc 4 = spread c
    dw = weights b dc
    db 4 = back dc b
    dv = weights a db
    """

  private func rewritten(_ text: String, keeping kept: Set<String>) -> [String] {
    let text = StepText(text)
    return text.lines(text.training.recomputing(keeping: text.kept(kept)))
  }

  /// Whatever stands before the loss.
  private func backward(_ text: String, keeping kept: Set<String>) -> [String] {
    Array(rewritten(text, keeping: kept).drop { !$0.hasPrefix("kept = sum") }.dropFirst())
  }

  @Test func whatIsKeptStaysAsItIs() {
    let text = StepText(Self.chain)
    let result = text.training.recomputing(keeping: text.kept(["a", "b", "c"]))
    #expect(result.drafts.steps.map(\.operands) == text.training.steps.map(\.operands))
    #expect(result.copied.isEmpty)
    #expect(result.drafts.bufferByteCounts == text.training.bufferByteCounts)
  }

  @Test func aCopyStandsBeforeItsFirstUse() {
    #expect(
      rewritten(Self.chain, keeping: ["a", "c"]) == [
        "a = conv x w",
        "scratch of b b = conv a",
        "c = conv b",
        "kept = sum c",
        "dc = spread c",
        "scratch of b' b' = conv a",
        "kept = weights b' dc",
        "db = back dc b'",
        "kept = weights a db",
      ])
  }

  @Test func copiesReadCopies() {
    #expect(
      backward(Self.chain, keeping: ["c"]) == [
        "dc = spread c",
        "a' = conv x w",
        "scratch of b' b' = conv a'",
        "kept = weights b' dc",
        "db = back dc b'",
        "kept = weights a' db",
      ])
  }

  @Test func whatNothingReadsIsNotComputedAgain() {
    #expect(backward(Self.chain, keeping: ["b"]).filter { $0.hasPrefix("c'") }.count == 1)
    let text = """
      a 4 = conv x
      b 4 = conv a
      loss = sum b
      da = weights a
      """
    #expect(backward(text, keeping: []) == ["a' = conv x", "kept = weights a'"])
  }

  /// As in a buffer of which several steps write the channels, and one reads those before its own.
  @Test func allPartsOfABufferAreComputedAgain() {
    let text = """
      a 4 = conv x
      b 4 = conv a
      a 4 = conv b
      loss = sum a
      da 4 = spread a
      dw = weights a da
      """
    #expect(
      backward(text, keeping: []) == [
        "a' = conv x", "b' = conv a'", "a' = conv b'", "da = spread a'", "kept = weights a' da",
      ])
    #expect(
      backward(text, keeping: ["b"]) == [
        "a' = conv x", "a' = conv b", "da = spread a'", "kept = weights a' da",
      ])
  }

  /// What training keeps is written once, and what only such a step makes stays.
  @Test func stepsThatWriteWhatIsKeptRunOnce() throws {
    let text = StepText(
      """
      a 4 = conv x
      statistic = mean a
      loss = sum a
      dw = weights a
      """)
    #expect(
      text.lines(text.training.recomputing(keeping: text.kept([]))).filter { $0.contains("mean") }
        .count == 1)
    #expect(text.training.isRecomputable == text.names.map { $0 == "a" })
  }

  @Test func theOriginalsMemoryIsFree() throws {
    let text = StepText(Self.chain)
    let b = try #require(text.names.firstIndex(of: "b"))
    #expect(text.training.lifetimes[b].lastStep == 6)
    let result = text.training.recomputing(keeping: text.kept(["a", "c"]))
    #expect(result.drafts.lifetimes[b].lastStep == 2)
  }
}
