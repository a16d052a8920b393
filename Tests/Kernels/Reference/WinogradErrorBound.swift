import KernelInterface

/// How far a Winograd convolution in float32 may be from its definition.
///
/// Every result is a sum of terms, each an input times entries of `Bᵀ` and `B`, a weight times entries
/// of `G` and `Gᵀ`, and entries of `Aᵀ` and `A`. Where each term gathers at most `r` roundings, the
/// result is off by at most `r · 2⁻²⁴` times the sum of the terms' magnitudes, which is the same
/// algorithm on the absolute values of inputs, weights and matrices. Roundings of a term, with
/// multiply-adds counted as two: input transform, three multiply-adds in each of two dimensions or four in one, 12; weights, 1;
/// product and sum over `c` input channels, `c + 1`; output transform, a sum of two products and three
/// multiply-adds a dimension, the last with one more addition, 16 (in one dimension of ten points one multiply-add
/// more, 10); bias, 1. Entries of `A` and `B` are
/// exact in float32. Terms of second order fit in one rounding more.
struct WinogradErrorBound {
  private typealias Matrices = (input: [[Double]], filter: [[Double]], output: [[Double]])

  private let shape: WinogradShape
  private let rows: Matrices
  private let columns: Matrices

  init(_ shape: WinogradShape) {
    self.shape = shape
    func magnitudes(_ matrix: [[Rational]]) -> [[Double]] {
      matrix.map { $0.map { abs($0.doubleValue) } }
    }
    func matrices(_ axis: WinogradAxis) -> Matrices {
      let matrices = WinogradMatrices(axis)
      return (
        magnitudes(matrices.input), magnitudes(matrices.filter), magnitudes(matrices.output)
      )
    }
    rows = matrices(shape.rows)
    columns = matrices(shape.columns)
  }

  /// Replaces the bounds of exact results by those of this algorithm.
  ///
  /// - Parameter stored: the transformed weights as they are stored, filter by filter.
  func apply(
    to results: Images<BoundedValue>, images: Images<Float>, weights: [Float], bias: [Float],
    stored: [[[Double]]], pad: (top: Int, left: Int)
  ) -> Images<BoundedValue> {
    let (height, width) = (shape.rows.outputExtent, shape.columns.outputExtent)
    let magnitudes = weights.map(abs)
    let filters = stored.indices.map { index in
      let taps = shape.taps(ofFilter: index, magnitudes)
      return zip(sandwich(rows.filter, taps, columns.filter), stored[index]).map {
        zip($0, $1).map { max($0, abs($1)) }
      }
    }
    var bounds = Images<Double>(
      batch: results.batch, channels: results.channels, height: results.height,
      width: results.width
    ) { _, _, _, _ in 0 }
    let roundings = Double(images.channels + 32) * BoundedValue.unitRoundoff
    for n in 0..<results.batch {
      for y in stride(from: 0, to: results.height, by: height) {
        for x in stride(from: 0, to: results.width, by: width) {
          let patches = (0..<images.channels).map { channel in
            let patch = (0..<shape.rows.inputExtent).map { i in
              (0..<shape.columns.inputExtent).map { j in
                Double(abs(images.inside(n, channel, y - pad.top + i, x - pad.left + j) ?? 0))
              }
            }
            return sandwich(rows.input, patch, columns.input)
          }
          for o in bias.indices {
            let products = (0..<shape.rows.inputExtent).map { i in
              (0..<shape.columns.inputExtent).map { j in
                patches.indices.reduce(0.0) {
                  $0 + patches[$1][i][j] * filters[o * images.channels + $1][i][j]
                }
              }
            }
            let magnitudes = sandwich(rows.output, products, columns.output)
            for i in 0..<min(height, results.height - y) {
              for j in 0..<min(width, results.width - x) {
                let index =
                  ((n * bias.count + o) * results.height + y + i) * results.width + x + j
                bounds.elements[index] = roundings * (magnitudes[i][j] + Double(abs(bias[o])))
              }
            }
          }
        }
      }
    }
    return Images(
      batch: results.batch, channels: results.channels, height: results.height,
      width: results.width
    ) { BoundedValue(value: results[$0, $1, $2, $3].value, bound: bounds[$0, $1, $2, $3]) }
  }
}
