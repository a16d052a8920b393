import Foundation
import TensorFiles
import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct ResultFilesTests {
  private let folder: TemporaryFolder
  private let paths: ResultFiles.Paths
  private let evaluation: Evaluation

  init() throws {
    folder = try TemporaryFolder()
    paths = ResultFiles.Paths(
      predictions: folder.file("p.csv"), posteriors: folder.file("p.npz"))
    // The second image is broken.
    var pictures: [(width: Int, samples: [UInt8])?] = (0..<6).map { (1, [UInt8($0 * 40)]) }
    pictures[1] = nil
    evaluation = try Evaluation(
      data: try images(pictures), networks: [try network(firstSampleScorer(side: 1))],
      settings: TestProtocol(mode: .single, scales: [1], mirrors: false, order: .scores))
  }

  private var partialPath: String { ResultFiles.partialPath(folder.file("p.csv")) }

  private func files(isResumed: Bool, _ settings: RunSettings? = nil) throws -> ResultFiles {
    try ResultFiles(
      paths, settings ?? evaluation.runSettings, for: evaluation, resumes: isResumed)
  }

  /// Evaluates from where `files` are to `end`.
  private func evaluate(_ files: ResultFiles, to end: Int) throws {
    try evaluation.run(over: files.records.count..<end) {
      record, posterior throws(TesseraError) in try files.append(record, posterior: posterior)
    }
    if end == evaluation.data.items.count { try files.finish(evaluation.data) }
  }

  private func finishedBytes() throws -> [[UInt8]] {
    #expect(try folder.contents() == ["p.csv", "p.npz"])
    return [try fileBytes(folder.file("p.csv")), try fileBytes(folder.file("p.npz"))]
  }

  /// Makes the files with one interruption after `end` images, which `damage` follows.
  private func resumedBytes(after end: Int, damage: () throws -> Void = {}) throws -> [[UInt8]] {
    do { try evaluate(try files(isResumed: false), to: end) }
    #expect(try folder.contents() == ["p.csv.partial", "p.npz.partial"])
    try damage()
    try evaluate(try files(isResumed: true), to: 6)
    return try finishedBytes()
  }

  private func uninterruptedBytes() throws -> [[UInt8]] {
    try evaluate(try files(isResumed: false), to: 6)
    let bytes = try finishedBytes()
    for name in try folder.contents() {
      try FileManager.default.removeItem(atPath: folder.file(name))
    }
    return bytes
  }

  @Test func whatIsWritten() throws {
    try evaluate(try files(isResumed: false), to: 6)
    let lines = String(decoding: try fileBytes(folder.file("p.csv")), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines[0] == "image,label,top1,top2,top3,top4,top5,p1,p2,p3,p4,p5")
    #expect(lines[1] == "image-0,0,1,0,,,,1.0,0.0,,,")
    #expect(lines[2] == "image-2,0,1,0,,,,0.6875,0.3125,,,")
    let archive = try NPZFile(path: folder.file("p.npz"))
    #expect(try archive.tensor(named: "indices").values(as: Int64.self) == [0, 2, 3, 4, 5])
    #expect(try archive.tensor(named: "labels").values(as: Int64.self) == [0, 0, 0, 0, 0])
    let rows = try archive.tensor(named: "posteriors")
    #expect(rows.shape.dimensions == [5, 2])
    #expect(rows.values(as: Float.self)?.prefix(4) == [0, 1, 0.3125, 0.6875])
  }

  @Test(arguments: 1...5)
  func resumedFilesHaveTheSameBytes(end: Int) throws {
    let expected = try uninterruptedBytes()
    #expect(try resumedBytes(after: end) == expected)
  }

  @Test(arguments: 1...20)
  func aTornLineIsMadeAgain(byteCount: Int) throws {
    let expected = try uninterruptedBytes()
    let bytes = try resumedBytes(after: 4) {
      let bytes = try fileBytes(partialPath)
      try Data(bytes.dropLast(byteCount)).write(to: URL(filePath: partialPath))
    }
    #expect(bytes == expected)
  }

  @Test(arguments: [1, 8, 9, 24])
  func missingPosteriorsAreMadeAgain(byteCount: Int) throws {
    let expected = try uninterruptedBytes()
    let bytes = try resumedBytes(after: 4) {
      let path = ResultFiles.partialPath(folder.file("p.npz"))
      let bytes = try fileBytes(path)
      #expect(bytes.count == 24)
      try Data(bytes.dropLast(byteCount)).write(to: URL(filePath: path))
    }
    #expect(bytes == expected)
  }

  @Test func otherSettingsAreRefused() throws {
    do { try evaluate(try files(isResumed: false), to: 3) }
    var settings = evaluation.runSettings
    settings.append("extra", "1")
    let longer = #expect(throws: TesseraError.self) {
      try files(isResumed: true, settings)
    }
    #expect(longer?.kind == .invalidUsage)
    let other = try Evaluation(
      data: evaluation.data, networks: evaluation.networks,
      settings: TestProtocol(mode: .single, scales: [1], mirrors: true, order: .scores))
    let error = #expect(throws: TesseraError.self) {
      try files(isResumed: true, other.runSettings)
    }
    #expect(
      error?.description
        == "\(partialPath): the partial result was made with flips 'false', now it is 'true': "
        + "it cannot be continued")
  }

  @Test func aPartialResultIsNotOverwritten() throws {
    do { try evaluate(try files(isResumed: false), to: 3) }
    let bytes = try fileBytes(partialPath)
    let error = #expect(throws: TesseraError.self) { try files(isResumed: false) }
    #expect(error?.kind == .invalidUsage)
    #expect(try fileBytes(partialPath) == bytes)
  }

  @Test func withNothingToResumeItStartsAnew() throws {
    let expected = try uninterruptedBytes()
    try evaluate(try files(isResumed: true), to: 6)
    #expect(try finishedBytes() == expected)
  }

  @Test func recordsWithoutTheirPosteriorsAreRefused() throws {
    do { try evaluate(try files(isResumed: false), to: 3) }
    let bytes = try fileBytes(partialPath)
    try FileManager.default.removeItem(atPath: folder.file("p.npz.partial"))
    let error = #expect(throws: TesseraError.self) { try files(isResumed: true) }
    #expect(error?.diagnostics.first?.file == folder.file("p.npz.partial"))
    #expect(try fileBytes(partialPath) == bytes)
  }

  @Test func oneProcessWritesAtATime() throws {
    let first = try files(isResumed: false)
    try evaluate(first, to: 2)
    let error = #expect(throws: TesseraError.self) { try files(isResumed: true) }
    #expect(error?.description == "\(partialPath): another process is writing the file")
    withExtendedLifetime(first) {}
  }

  @Test func damageIsNamedByLine() throws {
    do { try evaluate(try files(isResumed: false), to: 4) }
    let text = String(decoding: try fileBytes(partialPath), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let number = try #require(lines.firstIndex { $0.hasPrefix("2 ") })
    let checksum = try #require(lines[number].split(separator: " ").last)
    for damaged in ["3 55 1:0.5 0:0.5", "2 55 1:0.5", "2 5 1:0.5 0:0.5", "", "2 55 2:0.5 0:0.5"] {
      var changed = lines
      changed[number] = "\(damaged) \(checksum)"
      try Data(changed.joined(separator: "\n").utf8).write(to: URL(filePath: partialPath))
      let error = #expect(throws: TesseraError.self) { try files(isResumed: true) }
      #expect(error?.diagnostics.first?.location == .line(number + 1, column: 1))
    }
    try Data("something\n".utf8).write(to: URL(filePath: partialPath))
    #expect(throws: TesseraError.self) { try files(isResumed: true) }
  }

  /// Whatever bit of a partial file is wrong: the result is refused or it is what it should be.
  @Test(arguments: ["p.csv", "p.npz"])
  func noDamageIsContinued(name: String) throws {
    let expected = try uninterruptedBytes()
    do { try evaluate(try files(isResumed: false), to: 4) }
    let partials = try ["p.csv", "p.npz"].map {
      (
        path: ResultFiles.partialPath(folder.file($0)),
        bytes: try fileBytes(ResultFiles.partialPath(folder.file($0)))
      )
    }
    let damaged = ResultFiles.partialPath(folder.file(name))
    let byteCount = try fileBytes(damaged).count
    var refusedCount = 0
    for offset in 0..<byteCount {
      for file in try folder.contents() {
        try FileManager.default.removeItem(atPath: folder.file(file))
      }
      for (path, bytes) in partials {
        var bytes = bytes
        if path == damaged { bytes[offset] ^= 1 << UInt8(offset % 8) }
        try Data(bytes).write(to: URL(filePath: path))
      }
      do {
        try evaluate(try files(isResumed: true), to: 6)
        #expect(try finishedBytes() == expected)
      } catch {
        refusedCount += 1
      }
    }
    // A line whose end is damaged is a line that is torn, if it is the last.
    #expect(refusedCount >= byteCount - 1)
  }

  /// The writer was killed between making the file and writing the settings.
  @Test(arguments: [false, true])
  func anEmptyPartialResultHoldsNothing(isResumed: Bool) throws {
    let expected = try uninterruptedBytes()
    _ = try folder.write([], as: "p.csv.partial")
    try evaluate(try files(isResumed: isResumed), to: 6)
    #expect(try finishedBytes() == expected)
  }

  @Test func withoutRecordsNothingIsLeft() throws {
    try files(isResumed: false).suspend()
    #expect(try folder.contents() == [])
  }

  @Test func posteriorsAloneAreNotKept() throws {
    let files = try ResultFiles(
      ResultFiles.Paths(posteriors: paths.posteriors), evaluation.runSettings, for: evaluation,
      resumes: false)
    try evaluate(files, to: 3)
    #expect(try folder.contents() == ["p.npz.partial"])
    try files.suspend()
    #expect(try folder.contents() == [])
  }

  @Test func namesAreQuotedWhereTheyMustBe() throws {
    let place = Diagnostic("", file: "data")
    let names = ["a,b", "c\"d", "e f", "g\nh"]
    let data = try LabelledImages(
      path: "data",
      items: names.map { LabelledImages.Item(name: $0, label: 1, place: place) }
    ) { (_, _) throws(TesseraError) in throw TesseraError(.invalidInput, "unused") }
    let records = names.indices.map {
      ImageRecord(
        index: $0,
        outcome: .classified(
          [.none], top: [ImageRecord.Place(classIndex: 0, posterior: 1)]))
    }
    try Predictions.stage(records, of: data, for: folder.file("names.csv")).commit()
    let text = String(decoding: try fileBytes(folder.file("names.csv")), as: UTF8.self)
    let tail = ",1,0,,,,,1.0,,,,\n"
    let table = ["\"a,b\"", "\"c\"\"d\"", "e f", "\"g\nh\""].map { $0 + tail }.joined()
    #expect(text.hasSuffix("p5\n" + table))
  }
}
