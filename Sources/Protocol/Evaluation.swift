import Tensors
import TesseraImages

/// Runs the test protocol: every image through every network at every scale.
package struct Evaluation: Sendable {
  package let data: LabelledImages
  package let networks: [EvaluatedNetwork]
  package let settings: TestProtocol
  /// Elements of a posterior.
  package let classCount: Int

  /// - Throws: `TesseraError` if a network cannot be tested in this way, if the networks have other
  ///   numbers of classes, or if a label is no class.
  package init(
    data: LabelledImages, networks: [EvaluatedNetwork], settings: TestProtocol
  ) throws(TesseraError) {
    let classCount = try Self.classCount(of: networks)
    for network in networks {
      do throws(TesseraError) {
        try settings.validate(for: network.scorer)
      } catch {
        throw error.inFile(network.name)
      }
    }
    try data.requireLabels(below: classCount)
    self.data = data
    self.networks = networks
    self.settings = settings
    self.classCount = classCount
  }

  /// The number of classes that all networks have.
  ///
  /// - Throws: `TesseraError` if there is no network, or if they differ.
  package static func classCount(of networks: [EvaluatedNetwork]) throws(TesseraError) -> Int {
    guard let first = networks.first else {
      throw TesseraError(.invalidUsage, "there is no network to evaluate")
    }
    let count = first.scorer.classCount
    for network in networks where network.scorer.classCount != count {
      throw TesseraError(
        .invalidInput,
        "the network has \(network.scorer.classCount) classes, \(first.name) has \(count)"
      ).inFile(network.name)
    }
    return count
  }

  /// Evaluates the images of `range`, one after the other.
  ///
  /// - Parameters:
  ///   - report: takes the result of each image, in order, and the posterior fused over all networks,
  ///     which is nil for an image that cannot be read.
  /// - Throws: what a network or `report` throws.
  package func run(
    over range: Range<Int>, report: (ImageRecord, [Double]?) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    let kinds = Set(networks.map(\.picture))
    let pictures = data.rescaled(range, kinds, scales: settings.scales)
    defer { pictures.stop() }
    for index in range {
      switch pictures.next() {
      case .success(let picture):
        let item = data.items[index]
        let hits: [Hit]
        let fused: [Double]
        do throws(TesseraError) {
          (hits, fused) = try classify(picture, label: item.label)
        } catch {
          throw error.about(image: item.name)
        }
        let top = Ranking.top(of: fused)
        let places = top.map { ImageRecord.Place(classIndex: $0, posterior: fused[$0]) }
        try report(ImageRecord(index: index, outcome: .classified(hits, top: places)), fused)
      case .failure(let error):
        try report(ImageRecord(index: index, outcome: .skipped(error.description)), nil)
      }
    }
  }

  /// The hits in the order of `Tally`, and the posterior averaged over scales and networks.
  private func classify(
    _ picture: RescaledImage, label: Int
  ) throws(TesseraError) -> (hits: [Hit], fused: [Double]) {
    var hits: [Hit] = []
    func count(_ posterior: [Double]) {
      hits.append(Ranking.hit(label, in: Ranking.top(of: posterior)))
    }
    var rows: [[Double]] = []
    for network in networks {
      var scaleRows: [[Double]] = []
      for image in picture.images[network.picture] ?? [] {
        do throws(TesseraError) {
          scaleRows.append(try network.posterior(of: image, settings))
        } catch {
          throw error.inFile(network.name)
        }
      }
      scaleRows.forEach(count)
      rows.append(Posteriors.mean(of: scaleRows))
      count(rows[rows.count - 1])
    }
    let fused = Posteriors.mean(of: rows)
    count(fused)
    return (hits, fused)
  }
}

extension TesseraError {
  /// The same problems of a network, said of one image.
  package func about(image name: String) -> TesseraError {
    var copy = self
    for index in copy.diagnostics.indices {
      copy.diagnostics[index].message = "image '\(name)': \(copy.diagnostics[index].message)"
    }
    return copy
  }
}
