import Testing

@testable import Evaluation

@Suite struct ImageRecordTests {
  private let classified = ImageRecord(
    index: 12,
    outcome: .classified(
      [.top1, .none, .top5],
      top: [(3, 0.1 + 0.2), (0, 1e-300), (1, 0), (2, 0), (4, 0)].map {
        ImageRecord.Place(classIndex: $0.0, posterior: $0.1)
      }))

  @Test func linesComeBack() throws {
    #expect(classified.line == "12 1-5 3:0.30000000000000004 0:1e-300 1:0.0 2:0.0 4:0.0")
    let skipped = ImageRecord(index: 0, outcome: .skipped("a\\n.png: broken\r\n here"))
    #expect(skipped.line == "0 ! a\\\\n.png: broken\\r\\n here")
    for record in [classified, skipped] {
      #expect(ImageRecord(line: record.line[...], hitCount: 3, classCount: 5) == record)
    }
  }

  @Test func aRankingHasAsManyPlacesAsThereAreClasses() {
    let record = ImageRecord(
      index: 1,
      outcome: .classified([.top1], top: [ImageRecord.Place(classIndex: 0, posterior: 1)]))
    #expect(ImageRecord(line: record.line[...], hitCount: 1, classCount: 1) == record)
    #expect(ImageRecord(line: record.line[...], hitCount: 1, classCount: 2) == nil)
    #expect(ImageRecord(line: record.line[...], hitCount: 2, classCount: 1) == nil)
  }

  @Test(
    arguments: [
      "", "1", "1 1", "x 1 0:1", "-1 1 0:1", "1 2 0:1", "1 1 1:1", "1 1 0:x", "1 1 0:nan", "1 1 0",
      "1 1 0:1 ", "1 1 0:1 0:1", "1  0:1",
    ])
  func otherLinesAreRefused(line: String) {
    #expect(ImageRecord(line: line[...], hitCount: 1, classCount: 1) == nil)
  }
}
