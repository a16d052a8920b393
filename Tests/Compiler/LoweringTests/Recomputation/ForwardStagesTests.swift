import Testing

@testable import Lowering

struct ForwardStagesTests {
  private func stages(_ text: String) -> (StepText, ForwardStages) {
    let text = StepText(text)
    return (text, ForwardStages(text.training))
  }

  @Test func aChainIsCutAfterEachLayer() {
    let (text, stages) = stages(
      """
      p 1 = pack w
      a 4 = conv x p
      q 1 = pack v
      b 4 = conv a q
      loss = sum b
      db 4 = spread b
      dv = weights a db
      da 4 = back db a
      dw = weights x da
      """)
    #expect(stages.outputs.map { text.names[$0] } == ["p", "a", "b"])
    #expect(stages.forward == [0..<1, 1..<2, 2..<4, 4..<5])
    // The last stage reads b, the one before it a and b.
    #expect(stages.backwardStarts == [9, 9, 9, 6, 5])
  }

  /// Between the branches there are two buffers.
  @Test func branchesStayTogether() {
    let (text, stages) = stages(
      """
      a 4 = conv x
      b 4 = conv a
      c 4 = conv b
      d 4 = add a c
      loss = sum d
      dd 4 = spread d
      db 4 = back dd c
      da 4 = back db b
      dw = weights a da
      """)
    #expect(stages.outputs.map { text.names[$0] } == ["a", "d"])
    #expect(stages.forward == [0..<1, 1..<4, 4..<5])
    #expect(stages.inner.map { $0.map { text.names[$0] } } == [[], ["b", "c"], []])
    #expect(stages.backwardStarts == [9, 9, 6, 5])
  }

  @Test func manyStagesAreCutWhereLittleGoesAcross() {
    var lines = ["v0 1 = conv x"]
    for index in 1...200 {
      lines.append("v\(index) \(index.isMultiple(of: 4) ? 1 : 9) = conv v\(index - 1)")
    }
    lines += ["loss = sum v200", "dw = weights v200"]
    let (text, stages) = stages(lines.joined(separator: "\n"))
    #expect(stages.count == 64)
    let outputs = Set(stages.outputs.map { text.names[$0] })
    for index in stride(from: 4, to: 200, by: 4) { #expect(outputs.contains("v\(index)")) }
  }

  @Test func manyEqualStagesAreCutEvenly() {
    let lines = (1...200).map { "v\($0) 4 = conv \($0 == 1 ? "x" : "v\($0 - 1)")" }
    let (_, stages) = stages(
      (lines + ["loss = sum v200", "dw = weights v200"]).joined(separator: "\n"))
    #expect(stages.count == 64)
    #expect(stages.forward.allSatisfy { $0.count <= 5 })
  }
}
