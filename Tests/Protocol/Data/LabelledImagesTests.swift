import Foundation
import TensorFiles
import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct LabelledImagesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, as name: String) throws -> String {
    try folder.write(Array(text.utf8), as: name)
  }

  private func makeFile(_ name: String) throws {
    let url = URL(filePath: folder.file(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data([0]).write(to: url)
  }

  private func error(
    path: String, classNames: [String]? = nil
  ) -> TesseraError? {
    #expect(throws: TesseraError.self) {
      try LabelledImages.read(path: path, classNames: classNames)
    }
  }

  @Test func foldersComeInTheOrderOfTheirBytes() throws {
    for name in [
      "b/2.png", "b/10.JPG", "b/notes.txt", "B/1.jpeg", "a/x.png", "é/1.png", "10/1.png",
    ] {
      try makeFile(name)
    }
    try makeFile("beside.png")
    let data = try LabelledImages.read(path: folder.path)
    #expect(
      data.items.map(\.name) == [
        "10/1.png", "B/1.jpeg", "a/x.png", "b/10.JPG", "b/2.png", "é/1.png",
      ])
    #expect(data.items.map(\.label) == [0, 1, 2, 3, 3, 4])
    #expect(data.folderCount == 5)
  }

  @Test func labelsGiveFoldersTheirClass() throws {
    for name in ["cat/1.png", "dog/1.png"] { try makeFile(name) }
    let data = try LabelledImages.read(path: folder.path, classNames: ["dog", "bird", "cat"])
    #expect(data.items.map(\.label) == [2, 0])
    let problem = error(path: folder.path, classNames: ["cat", "bird"])
    #expect(problem?.description == "\(folder.path)/dog: the labels have no class 'dog'")
  }

  @Test func aFolderWithoutFoldersOrImagesIsAnError() throws {
    #expect(error(path: folder.path)?.description.contains("a folder for each class") == true)
    try makeFile("cat/notes.txt")
    #expect(error(path: folder.path)?.description == "\(folder.path): there are no images")
  }

  @Test func listsAreSplitAtTheLastBlank() throws {
    let path = try write("a.png 3\nmy dog.png\t0\r\n\n/x/b.jpg  007  \nlast 1", as: "list.txt")
    let data = try LabelledImages.read(path: path)
    #expect(data.items.map(\.name) == ["a.png", "my dog.png", "/x/b.jpg", "last"])
    #expect(data.items.map(\.label) == [3, 0, 7, 1])
  }

  @Test func aByteOrderMarkIsNoPartOfTheFirstPath() throws {
    let path = try write("\u{FEFF}a.png 3\n\u{FEFF}b.png 1\n", as: "list.txt")
    #expect(try LabelledImages.read(path: path).items.map(\.name) == ["a.png", "\u{FEFF}b.png"])
  }

  @Test func everyWrongLineIsNamed() throws {
    let path = try write("a.png 3\nb.png\nc.png -1\n 4\nd.png 1.5\ne.png 0\n", as: "list.txt")
    let problems = try #require(error(path: path)).diagnostics
    #expect(problems.map(\.location) == [2, 3, 4, 5].map { .line($0, column: 1) })
    #expect(
      problems[0].description == "\(path): line 2, column 1: expected PATH LABEL, found 'b.png'")
  }

  @Test func longListsOfProblemsAreCutOff() throws {
    let path = try write(String(repeating: "x\n", count: 25), as: "list.txt")
    let problems = try #require(error(path: path)).diagnostics
    #expect(problems.count == 11)
    #expect(problems[10].message == "and 15 more of this kind")
  }

  @Test func listsMustBeUTF8AndNotEmpty() throws {
    let path = try folder.write([0xFF, 0x20, 0x31, 0x0A], as: "bytes.txt")
    #expect(error(path: path)?.description == "\(path): line 1, column 1: the line is not UTF-8")
    let empty = try write("\n \n", as: "empty.txt")
    #expect(error(path: empty)?.description == "\(empty): there are no images")
    #expect(error(path: folder.file("none.txt"))?.kind == .systemFailure)
  }

  @Test func labelsBeyondTheClassesAreNamedByLine() throws {
    let path = try write("a.png 9\nb.png 10\n", as: "list.txt")
    let data = try LabelledImages.read(path: path)
    let error = #expect(throws: TesseraError.self) { try data.requireLabels(below: 10) }
    #expect(
      error?.description
        == "\(path): line 2, column 1: the label of b.png is 10, the network has classes 0 to 9")
    try data.requireLabels(below: 11)
  }

  private func archive(_ images: Tensor, _ labels: Tensor) throws -> String {
    let path = folder.file("data.npz")
    try NPZFile.write([("images", images), ("labels", labels)], to: path)
    return path
  }

  @Test func archivesOfGrayAndColor() throws {
    let samples = (0..<12).map { UInt8($0) }
    let labels = try Tensor([1, 0] as [Int32], shape: [2])
    let gray = try LabelledImages.read(
      path: archive(try Tensor(samples, shape: [2, 2, 3]), labels))
    #expect(gray.items.map(\.label) == [1, 0])
    #expect(gray.items.map(\.name) == ["0", "1"])
    let second = try gray.image(1, .exif)
    #expect(second.colorModel == .gray)
    #expect((second.width, second.height) == (3, 2))
    #expect(second.samples == [6, 7, 8, 9, 10, 11])
    let color = try LabelledImages.read(
      path: archive(try Tensor(samples, shape: [2, 1, 2, 3]), labels))
    #expect(try color.image(0, .exif).colorModel == .rgb)
    #expect(try color.image(0, .exif).samples == [0, 1, 2, 3, 4, 5])
    let plane = try LabelledImages.read(
      path: archive(try Tensor(samples, shape: [2, 2, 3, 1]), labels))
    #expect(try plane.image(0, .exif).colorModel == .gray)
  }

  @Test func archivesOfAnotherFormAreRefused() throws {
    let images = try Tensor([UInt8](repeating: 0, count: 8), shape: [2, 2, 2])
    let labels = try Tensor([0, 1] as [UInt8], shape: [2])
    let wrong: [(Tensor, Tensor)] = [
      (try Tensor([Float](repeating: 0, count: 8), shape: [2, 2, 2]), labels),
      (try Tensor([UInt8](repeating: 0, count: 8), shape: [2, 2, 1, 2]), labels),
      (try Tensor([UInt8](repeating: 0, count: 8), shape: [2, 4]), labels),
      (images, try Tensor([0, 1, 1] as [Int64], shape: [3])),
      (images, try Tensor([0, 1] as [Float], shape: [2])),
      (images, try Tensor([0, -1] as [Int64], shape: [2])),
      (try Tensor([UInt8](), shape: [2, 0, 3]), labels),
      (try Tensor([UInt8](), shape: [0, 2, 2]), try Tensor([Int64](), shape: [0])),
    ]
    for (images, labels) in wrong {
      #expect(error(path: try archive(images, labels))?.kind == .invalidInput)
    }
    try NPZFile.write([("images", images)], to: folder.file("one.npz"))
    #expect(error(path: folder.file("one.npz"))?.description.contains("'labels'") == true)
  }
}
