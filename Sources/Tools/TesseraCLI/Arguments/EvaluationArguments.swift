import Evaluation
import Tessera

/// The options that say how networks are tested.
struct EvaluationArguments {
  /// The most images that a run takes if nothing else is asked: the arena grows with them, and beyond
  /// some eight the weights of fully connected layers are read seldom enough. `tessera bench --shapes`
  /// with other batches measures it again.
  static let defaultBatch = 10

  private static let mode = Option<EvaluationMode>(
    "mode", "single|dense|crop|dense+crop",
    help: "Look at the middle, the whole image, a 5x5 grid of parts, or both (default: single)",
    parse: ArgumentValue.choice())
  private static let scales = Option<[Int]>(
    "scales", "Q[,Q…]",
    help: "The shorter sides to rescale images to, in pixels (default: the network's input size)",
    parse: ArgumentValue.scales)
  private static let flips = Option<Bool>(
    "flips", "true|false",
    help: "Whether every view is also taken mirrored (default: true, in mode single false)",
    parse: ArgumentValue.boolean)
  private static let order = Option<ScoreOrder>(
    "order", "scores|posteriors",
    help: "Average a map of class scores before or after the soft-max (default: scores)",
    parse: ArgumentValue.choice())
  private static let batch = Option<Int>(
    "batch", "N", help: "Run N views at a time (default: all of a scale, at most \(defaultBatch))",
    parse: ArgumentValue.integer(in: 1...1024))

  /// Those that say which views are taken.
  static let viewDeclarations = [
    mode.declaration, scales.declaration, flips.declaration, batch.declaration,
  ]
  static let declarations = viewDeclarations + [order.declaration]

  let mode: EvaluationMode
  let mirrors: Bool
  let order: ScoreOrder
  /// Views a run; nil if it was not given.
  let batch: Int?
  /// Nil if they were not given.
  private let scales: [Int]?

  /// - Parameter mirrors: whether views are mirrored where `--flips` does not say it; nil leaves it to the mode.
  init(_ arguments: ParsedArguments, mirrors: Bool? = nil) {
    mode = arguments[Self.mode] ?? .single
    self.mirrors = arguments[Self.flips] ?? mirrors ?? mode.mirrorsByDefault
    order = arguments[Self.order] ?? .scores
    batch = arguments[Self.batch]
    scales = arguments[Self.scales]
  }

  /// Views a run for a model that leaves it open.
  var preferredBatch: Int {
    let settings = TestProtocol(mode: mode, scales: [1], mirrors: mirrors, order: order)
    return batch ?? min(settings.viewCount, Self.defaultBatch)
  }

  /// The protocol for networks whose inputs have these longer sides, in pixels.
  ///
  /// - Throws: `invalidUsage` if no scale was given and the inputs differ in size.
  func testProtocol(inputSides: [Int]) throws(TesseraError) -> TestProtocol {
    var scales = scales ?? []
    if scales.isEmpty {
      let sizes = Set(inputSides).sorted()
      guard sizes.count == 1 else {
        let text = sizes.map(String.init).joined(separator: ", ")
        throw TesseraError(
          .invalidUsage, "the networks have inputs of \(text) pixels: give --scales")
      }
      scales = sizes
    }
    return TestProtocol(mode: mode, scales: scales, mirrors: mirrors, order: order)
  }
}

extension ArgumentValue {
  /// The longest shorter side of a rescaled image, in pixels.
  private static let maximumScale = 1 << 13

  /// Whole numbers with commas between, none twice.
  fileprivate static func scales(_ text: String) throws(TesseraError) -> [Int] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }.filter { (1...maximumScale).contains($0) }
    guard values.count == parts.count, Set(values).count == values.count else {
      throw unexpected(
        text, "different whole numbers from 1 to \(maximumScale), separated by commas")
    }
    return values
  }
}
