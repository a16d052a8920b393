import Synchronization
import Tensors
import TesseraImages
import Testing

@testable import Evaluation

@Suite struct EvaluationTests {
  /// All records and fused posteriors.
  private func results(
    _ evaluation: Evaluation
  ) throws -> (records: [ImageRecord], posteriors: [[Double]]) {
    var records: [ImageRecord] = []
    var posteriors: [[Double]] = []
    try evaluation.run(over: evaluation.data.items.indices) { record, posterior in
      records.append(record)
      if let posterior { posteriors.append(posterior) }
    }
    return (records, posteriors)
  }

  private func settings(
    _ mode: EvaluationMode, scales: [Int] = [2], mirrors: Bool = false
  ) -> TestProtocol {
    TestProtocol(mode: mode, scales: scales, mirrors: mirrors, order: .posteriors)
  }

  @Test func singleTakesTheMiddle() throws {
    // Columns 0 and 1 of four: the middle of 4x2 pixels starts at column 1.
    let evaluation = try Evaluation(
      data: try images([(4, [0, 64, 128, 192, 0, 64, 128, 192])]),
      networks: [try network(firstSampleScorer(side: 2))], settings: settings(.single))
    #expect(try results(evaluation).posteriors == [[0.25, 0.75]])
  }

  @Test func flipsAreAveraged() throws {
    let evaluation = try Evaluation(
      data: try images([(4, [0, 64, 128, 192, 0, 64, 128, 192])]),
      networks: [try network(firstSampleScorer(side: 2))],
      settings: settings(.single, mirrors: true))
    // (64 + 128) / 2 / 256.
    #expect(try results(evaluation).posteriors == [[0.375, 0.625]])
  }

  @Test func cropsAreTheGrid() throws {
    let shapes = Mutex<[[Int]]>([])
    let scorer = firstSampleScorer(side: 2) { shape in
      shapes.withLock { $0.append(shape.dimensions) }
    }
    let evaluation = try Evaluation(
      data: try images([(4, [0, 64, 128, 192, 0, 64, 128, 192])]),
      networks: [try network(scorer)], settings: settings(.crop, mirrors: true))
    // Offsets 0, 1, 1, 2, 2 (0, 0.5, 1, 1.5, 2): 0, 64, 64, 128, 128, sum 384; mirrored the next
    // column: 64, 128, 128, 192, 192, sum 704. Each five times.
    #expect(try results(evaluation).posteriors == [[1088 / 2560, 1 - 1088 / 2560]])
    #expect(shapes.withLock { $0 } == [[50, 1, 2, 2]])
  }

  @Test func denseTakesTheWholeImage() throws {
    let shapes = Mutex<[[Int]]>([])
    let scorer = firstSampleScorer(side: 2, minimumSide: 2) { shape in
      shapes.withLock { $0.append(shape.dimensions) }
    }
    let evaluation = try Evaluation(
      data: try images([(4, [0, 64, 128, 192, 0, 64, 128, 192])]),
      networks: [try network(scorer)], settings: settings(.dense, mirrors: true))
    #expect(try results(evaluation).posteriors == [[0.375, 0.625]])
    #expect(shapes.withLock { $0 } == [[2, 1, 2, 4]])
  }

  @Test func denseAndCropHaveEqualWeight() throws {
    let scorer = firstSampleScorer(side: 2, minimumSide: 2)
    let evaluation = try Evaluation(
      data: try images([(4, [0, 64, 128, 192, 0, 64, 128, 192])]),
      networks: [try network(scorer)], settings: settings(.denseAndCrop))
    // Dense 0, crops 384 / 5 / 256 = 0.3.
    let posterior = try results(evaluation).posteriors[0]
    #expect(abs(posterior[0] - 0.15) <= 1e-15)
  }

  @Test func scalesThenNetworksAreAveraged() throws {
    // The second network sees every image inverted: p becomes 1 − p.
    let first = firstSampleScorer(side: 1)
    let second = ClassScorer(
      inputHeight: 1, inputWidth: 1, classCount: 2, values: .posteriors
    ) { (_) throws(TesseraError) in try Tensor([0, 1] as [Float], shape: [1, 2]) }
    // At scale 1 both columns are averaged, 128; at scale 2 the middle starts at column 0, 192.
    let data = try images([(2, [192, 64, 192, 64]), (2, [64, 192, 64, 192])])
    let evaluation = try Evaluation(
      data: data, networks: [try network(first), try network(second, name: "other")],
      settings: settings(.single, scales: [1, 2]))
    let (records, posteriors) = try results(evaluation)
    // (0.5 + 0.75) / 2 / 2 and (0.5 + 0.25) / 2 / 2.
    #expect(posteriors == [[0.3125, 0.6875], [0.1875, 0.8125]])
    // First network: scale 1 a tie that the lower class wins, scale 2, both; then the second network;
    // then both networks fused. Label 0 is always among the first five.
    let hits = records.map { record -> String in
      guard case .classified(let hits, _) = record.outcome else { return "" }
      return String(hits.map(\.rawValue))
    }
    #expect(hits == ["1115555", "1555555"])
    var tally = Tally(networkCount: 2, scaleCount: 2)
    records.forEach { tally.count($0) }
    #expect(tally.imageCount == 2)
    #expect(tally.misses(network: 0, scale: 0).top1 == 0)
    #expect(tally.misses(network: 0, scale: 1).top1 == 1)
    #expect(tally.misses(network: 0).top1 == 1)
    #expect(tally.misses(network: 1).top1 == 2)
    #expect(tally.fusedMisses.top1 == 2)
    #expect(tally.fusedMisses.top5 == 0)
    #expect(tally.share(tally.misses(network: 0).top1) == 0.5)
  }

  @Test func theFirstFiveOfSixClasses() throws {
    let scorer = firstSampleScorer(side: 1, classCount: 6)
    let evaluation = try Evaluation(
      data: try images([(1, [64])]), networks: [try network(scorer)],
      settings: settings(.single, scales: [1]))
    let record = try #require(try results(evaluation).records.first)
    let places = [(1, 0.75), (0, 0.25), (2, 0), (3, 0), (4, 0)].map {
      ImageRecord.Place(classIndex: $0.0, posterior: $0.1)
    }
    #expect(record.outcome == .classified([.top5, .top5, .top5], top: places))
  }

  @Test func brokenImagesAreReportedInOrder() throws {
    let evaluation = try Evaluation(
      data: try images([nil, (1, [64]), nil]),
      networks: [try network(firstSampleScorer(side: 1))],
      settings: settings(.single, scales: [1]))
    let (records, posteriors) = try results(evaluation)
    #expect(records.map(\.index) == [0, 1, 2])
    #expect(records.map(\.isSkipped) == [true, false, true])
    #expect(records[2].outcome == .skipped("image-2: broken"))
    #expect(posteriors.count == 1)
    var tally = Tally(networkCount: 1, scaleCount: 1)
    records.forEach { tally.count($0) }
    #expect((tally.imageCount, tally.skippedCount) == (1, 2))
  }

  @Test func goesOnWhereItWasEnded() throws {
    let evaluation = try Evaluation(
      data: try images((0..<20).map { (1, [UInt8($0)]) }),
      networks: [try network(firstSampleScorer(side: 1))],
      settings: settings(.single, scales: [1]))
    var indices: [Int] = []
    for range in [0..<7, 7..<20] {
      try evaluation.run(over: range) { record, _ in indices.append(record.index) }
    }
    #expect(indices == Array(0..<20))
  }

  @Test func scoresThatAreNotFiniteAreAnError() throws {
    let scorer = ClassScorer(
      inputHeight: 1, inputWidth: 1, classCount: 2, values: .scores
    ) { (_) throws(TesseraError) in try Tensor([0, .nan] as [Float], shape: [1, 2]) }
    let evaluation = try Evaluation(
      data: try images([(1, [64])]), networks: [try network(scorer)],
      settings: settings(.single, scales: [1]))
    let error = #expect(throws: TesseraError.self) { try results(evaluation) }
    #expect(
      error?.description
        == "network: image 'image-0': the network gives scores that are not finite")
  }

  @Test func whatDoesNotFitIsRefusedBeforeTheFirstImage() throws {
    let data = try images([(1, [64])])
    func kind(_ networks: [EvaluatedNetwork], _ settings: TestProtocol) -> TesseraError.Kind? {
      let error = #expect(throws: TesseraError.self) {
        try Evaluation(data: data, networks: networks, settings: settings)
      }
      return error?.kind
    }
    let fixed = try network(firstSampleScorer(side: 2))
    let dense = try network(firstSampleScorer(side: 2, minimumSide: 3))
    let other = try network(firstSampleScorer(side: 2, classCount: 3))
    #expect(kind([], settings(.single)) == .invalidUsage)
    #expect(kind([fixed], settings(.single, scales: [2, 1])) == .invalidUsage)
    #expect(kind([fixed], settings(.crop, scales: [1])) == .invalidUsage)
    #expect(kind([fixed], settings(.dense)) == .invalidInput)
    #expect(kind([fixed], settings(.denseAndCrop)) == .invalidInput)
    #expect(kind([dense], settings(.dense, scales: [2])) == .invalidUsage)
    #expect(kind([fixed, other], settings(.single)) == .invalidInput)
    let scoresFirst = TestProtocol(mode: .dense, scales: [3], mirrors: true, order: .scores)
    #expect(kind([dense], scoresFirst) == .invalidInput)
  }

  @Test func numbersOfViews() {
    #expect(settings(.single).viewCount == 1)
    #expect(settings(.dense, mirrors: true).viewCount == 2)
    #expect(settings(.crop, mirrors: true).viewCount == 50)
    #expect(settings(.denseAndCrop, mirrors: true).viewCount == 52)
    #expect(!EvaluationMode.single.mirrorsByDefault)
    #expect(EvaluationMode.denseAndCrop.mirrorsByDefault)
  }
}
