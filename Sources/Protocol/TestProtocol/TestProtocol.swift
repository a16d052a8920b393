import Tensors
import TesseraImages

/// How a network looks at an image when it is tested (Simonyan and Zisserman, 2014, sections 3.2 and 4).
package enum EvaluationMode: String, CaseIterable, Sendable {
  /// The middle of the rescaled image.
  case single
  /// The whole rescaled image, the class scores averaged over all positions.
  case dense
  /// 25 parts of the rescaled image on a regular grid.
  case crop
  /// The mean of the posteriors of `dense` and of `crop`.
  case denseAndCrop = "dense+crop"

  /// The sets of views whose posteriors are averaged.
  var views: [ViewKind] {
    switch self {
    case .single: [.center]
    case .dense: [.whole]
    case .crop: [.grid]
    case .denseAndCrop: [.whole, .grid]
    }
  }

  /// Whether the network runs on images larger than its input.
  package var isDense: Bool { views.contains(.whole) }

  /// Whether parts of the input's size are cut out.
  package var isCropped: Bool { views.contains { $0 != .whole } }

  /// Whether views are also mirrored where nothing else is asked.
  package var mirrorsByDefault: Bool { self != .single }
}

/// In which order the class score map of a whole image becomes one posterior.
package enum ScoreOrder: String, CaseIterable, Sendable {
  /// The spatial mean of the scores, then the soft-max.
  case scores
  /// The soft-max at each position, then the spatial mean of the posteriors.
  case posteriors
}

/// The settings of a test.
package struct TestProtocol: Sendable {
  package let mode: EvaluationMode
  /// Shorter sides of the rescaled image, in pixels, in the order of the report; at least one.
  package let scales: [Int]
  /// Whether every view is also taken mirrored.
  package let mirrors: Bool
  package let order: ScoreOrder

  package init(mode: EvaluationMode, scales: [Int], mirrors: Bool, order: ScoreOrder) {
    self.mode = mode
    self.scales = scales
    self.mirrors = mirrors
    self.order = order
  }

  /// Views of one image at one scale.
  package var viewCount: Int {
    mode.views.reduce(0) { $0 + $1.count } * (mirrors ? 2 : 1)
  }

  /// Checks that a network can look at images in this way.
  ///
  /// - Throws: `TesseraError` (invalid usage) that names the first scale that is too small, or
  ///   (invalid input) if the network takes images of one size only and would have to take others.
  package func validate(for scorer: ClassScorer) throws(TesseraError) {
    try validateScales(
      for: (scorer.inputHeight, scorer.inputWidth), minimumSize: scorer.minimumSize)
    guard mode.isDense, scorer.values == .posteriors, order == .scores else { return }
    throw TesseraError(
      .invalidInput,
      "order scores needs the scores before the soft-max in which the network ends; this one gives "
        + "posteriors only: compile it without the soft-max, or choose order posteriors")
  }

  /// Checks the scales against the sizes that a network takes; see `validate(for:)`.
  ///
  /// - Parameters:
  ///   - input: rows and columns of the network's own input.
  ///   - minimumSize: the smallest that it takes; nil if it takes no others.
  func validateScales(
    for input: (height: Int, width: Int), minimumSize: (height: Int, width: Int)?
  ) throws(TesseraError) {
    if mode.isCropped, let scale = scales.first(where: { $0 < max(input.height, input.width) }) {
      throw TesseraError(
        .invalidUsage,
        "scale \(scale) is smaller than the network's input of "
          + "\(input.width)x\(input.height) pixels; mode \(mode.rawValue) cuts that out"
      )
    }
    guard mode.isDense else { return }
    guard let minimum = minimumSize else {
      throw TesseraError(
        .invalidInput,
        "mode \(mode.rawValue) needs a network that takes images of any size, this one takes "
          + "\(input.width)x\(input.height) pixels only")
    }
    if let scale = scales.first(where: { $0 < max(minimum.height, minimum.width) }) {
      throw TesseraError(
        .invalidUsage,
        "scale \(scale) is too small: the network takes images from "
          + "\(minimum.width)x\(minimum.height) pixels on")
    }
  }

  /// The views of an image at one scale as inputs of a network, a batch for each of the mode's sets.
  ///
  /// - Parameters:
  ///   - image: rescaled, in the color model of `preprocessing`.
  ///   - input: rows and columns of the network's own input.
  func batches(
    of image: Image, for input: (height: Int, width: Int), _ preprocessing: Preprocessing
  ) throws(TesseraError) -> [Tensor] {
    var batches: [Tensor] = []
    for kind in mode.views {
      var views = try kind.views(of: image, height: input.height, width: input.width)
      if mirrors { for view in views { views.append(try view.mirrored) } }
      batches.append(try preprocessing.tensor(fromFitted: views))
    }
    return batches
  }
}
