import Tensors
import TesseraImages

/// A network under test: its scores and how images become its input.
package struct EvaluatedNetwork: Sendable {
  /// What reports call it.
  package let name: String
  package let scorer: ClassScorer
  /// Color order, means, factors and filter; the size is left out of account.
  package let preprocessing: Preprocessing

  package init(name: String, scorer: ClassScorer, preprocessing: Preprocessing) {
    self.name = name
    self.scorer = scorer
    self.preprocessing = preprocessing
  }

  /// What decides how an image looks to this network before it is cut.
  var picture: PictureKind { PictureKind(preprocessing) }

  /// The posterior of every class for one image at one scale, averaged over all views.
  ///
  /// - Parameter image: rescaled, in the color model of `picture`.
  /// - Throws: `TesseraError` if the network fails or gives no finite posteriors.
  func posterior(
    of image: Image, _ settings: TestProtocol
  ) throws(TesseraError) -> [Double] {
    var rows: [[Double]] = []
    for views in try settings.batches(
      of: image, for: (scorer.inputHeight, scorer.inputWidth), preprocessing)
    {
      rows.append(
        Posteriors.mean(
          of: try Posteriors.ofBatch(
            try scorer.scores(views), scorer.values, classCount: scorer.classCount,
            order: settings.order)))
    }
    let posterior = Posteriors.mean(of: rows)
    guard posterior.allSatisfy(\.isFinite) else {
      throw TesseraError(.invalidInput, "the network gives scores that are not finite")
    }
    return posterior
  }
}
