import Evaluation
import Tensors
import TesseraImages

/// The mean colour of a training set and the principal components of its colours, in grey levels.
package struct ColorComponents: Sendable, Equatable, Codable {
  /// One number a channel, in the order of the network's input.
  package let mean: [Double]
  /// Eigenvectors of the covariance of a pixel's channels, one a row, each of unit length, its largest component
  /// positive.
  let vectors: [[Double]]
  /// Their eigenvalues, largest first.
  let variances: [Double]

  /// Reads every image once, as it lies, each process its part of them.
  ///
  /// - Parameter report: told what part of this process's images has been read.
  /// - Throws: `TesseraError` for the first image that cannot be read.
  package init(
    _ data: LabelledImages, _ preprocessing: Preprocessing, _ group: ProcessGroup,
    report: (Double) -> Void
  ) throws(TesseraError) {
    var moments = ColorMoments(channelCount: preprocessing.color.channelCount)
    let own = group.part(of: data.items.count)
    for index in own {
      report(Double(index - own.lowerBound) / Double(own.count))
      do throws(TesseraError) {
        moments.add(
          try data.image(index, preprocessing.orientation)
            .converted(to: preprocessing.color == .gray ? .gray : .rgb))
      } catch {
        throw error.about(image: data.items[index].name)
      }
    }
    moments.numbers = try group.agree("the colours", moments.numbers)
    if preprocessing.color == .bgr { moments.reverseChannels() }
    mean = moments.mean
    (variances, vectors) = SymmetricMatrix(moments.covariance).eigenvectors()
  }

  /// `Σ αᵢ λᵢ pᵢ` with normal `αᵢ` of the given deviation, as Krizhevsky et al. (2012) write it, `λ` being the
  /// eigenvalue of colours between 0 and 1; here in grey levels.
  func shift(deviation: Double, _ generator: inout CounterGenerator) -> [Float] {
    var shift = [Double](repeating: 0, count: mean.count)
    for (vector, variance) in zip(vectors, variances) {
      let factor = generator.normal() * deviation * variance / 255
      for channel in shift.indices { shift[channel] += factor * vector[channel] }
    }
    return shift.map(Float.init)
  }
}

/// Sums over pixels, in whole numbers, so that their order does not matter.
private struct ColorMoments {
  private let channelCount: Int
  private var pixelCount = 0
  private var sums: [Int]
  private var products: [[Int]]

  init(channelCount: Int) {
    self.channelCount = channelCount
    sums = Array(repeating: 0, count: channelCount)
    products = Array(repeating: sums, count: channelCount)
  }

  /// All that was added up.
  var numbers: [Int] {
    get { [pixelCount] + sums + products.flatMap { $0 } }
    set {
      pixelCount = newValue[0]
      sums = Array(newValue[1...channelCount])
      products = (1...channelCount).map { row in
        Array(newValue[1 + row * channelCount..<1 + (row + 1) * channelCount])
      }
    }
  }

  mutating func add(_ image: Image) {
    pixelCount += image.width * image.height
    image.withUnsafeSamples { samples in
      for pixel in stride(from: 0, to: samples.count, by: channelCount) {
        for channel in 0..<channelCount {
          let sample = Int(samples[pixel + channel])
          sums[channel] += sample
          for other in 0...channel {
            products[channel][other] += sample * Int(samples[pixel + other])
          }
        }
      }
    }
  }

  mutating func reverseChannels() {
    var reversed = products
    for row in 0..<channelCount {
      for column in 0...row {
        reversed[channelCount - 1 - column][channelCount - 1 - row] = products[row][column]
      }
    }
    (sums, products) = (sums.reversed(), reversed)
  }

  var mean: [Double] { sums.map { Double($0) / Double(max(1, pixelCount)) } }

  var covariance: [[Double]] {
    let (mean, count) = (mean, Double(max(1, pixelCount)))
    return (0..<channelCount).map { row in
      (0..<channelCount).map { column in
        Double(products[max(row, column)][min(row, column)]) / count - mean[row] * mean[column]
      }
    }
  }
}
