import KernelInterface
import Testing

/// Winograd's algorithm in Float64 with the transformed weights as they are stored: what weights of other
/// types than float32 are to give.
struct ReferenceWinograd {
  private let shape: WinogradShape
  private let rows: (input: [[Double]], output: [[Double]])
  private let columns: (input: [[Double]], output: [[Double]])
  private let inputCount: Int
  /// `G·g·Gᵀ` of each filter, `[output][input]`, as stored.
  let filters: [[[Double]]]

  init(_ shape: WinogradShape, _ type: WeightType, weights: [Float], outputCount: Int) {
    self.shape = shape
    func doubles(_ matrix: [[Rational]]) -> [[Double]] { matrix.map { $0.map(\.doubleValue) } }
    let (vertical, horizontal) = (WinogradMatrices(shape.rows), WinogradMatrices(shape.columns))
    rows = (doubles(vertical.input), doubles(vertical.output))
    columns = (doubles(horizontal.input), doubles(horizontal.output))
    let inputCount = weights.count / shape.tapCount / outputCount
    self.inputCount = inputCount
    var filters = (0..<outputCount * inputCount).map { index in
      sandwich(
        doubles(vertical.filter), shape.taps(ofFilter: index, weights),
        doubles(horizontal.filter))
    }
    for i in 0..<shape.rows.inputExtent {
      for j in 0..<shape.columns.inputExtent {
        let stored = StoredWeights.values(
          filters.map { $0[i][j] }, inputCount: inputCount, type: type)
        for index in filters.indices { filters[index][i][j] = stored[index] }
      }
    }
    self.filters = filters
  }

  /// The convolution without an activation, as `ReferenceConv` gives it; the bounds are left 0.
  func apply(
    to images: Images<Float>, bias: [Float], height: Int, width: Int, pad: (top: Int, left: Int)
  ) -> Images<BoundedValue> {
    let (m, w) = (shape.rows.outputExtent, shape.columns.outputExtent)
    var results = Images<BoundedValue>(
      batch: images.batch, channels: bias.count, height: height, width: width
    ) { _, _, _, _ in .zero }
    for n in 0..<images.batch {
      for y in stride(from: 0, to: height, by: m) {
        for x in stride(from: 0, to: width, by: w) {
          let patches = (0..<inputCount).map { channel in
            sandwich(
              rows.input,
              (0..<shape.rows.inputExtent).map { i in
                (0..<shape.columns.inputExtent).map { j in
                  Double(images.inside(n, channel, y - pad.top + i, x - pad.left + j) ?? 0)
                }
              }, columns.input)
          }
          for o in bias.indices {
            let products = (0..<shape.rows.inputExtent).map { i in
              (0..<shape.columns.inputExtent).map { j in
                (0..<inputCount).reduce(0.0) {
                  $0 + patches[$1][i][j] * filters[o * inputCount + $1][i][j]
                }
              }
            }
            let values = sandwich(rows.output, products, columns.output)
            for i in 0..<min(m, height - y) {
              for j in 0..<min(w, width - x) {
                let index = ((n * bias.count + o) * height + y + i) * width + x + j
                results.elements[index].value = values[i][j] + Double(bias[o])
              }
            }
          }
        }
      }
    }
    return results
  }
}

extension WinogradShape {
  var tapCount: Int { rows.kernelExtent * columns.kernelExtent }

  /// The weights of a filter, row by row.
  func taps(ofFilter index: Int, _ weights: [Float]) -> [[Double]] {
    (0..<rows.kernelExtent).map { row in
      (0..<columns.kernelExtent).map {
        Double(weights[index * tapCount + row * columns.kernelExtent + $0])
      }
    }
  }

  /// All tiles of all windows.
  static let all = WinogradTile.allCases.flatMap { tile in
    [1, 3, 5, 7].flatMap { height in
      [1, 3, 5, 7].compactMap { width in
        WinogradShape(tile, kernelHeight: height, kernelWidth: width)
      }
    }
  }
}

extension WinogradShape: CustomTestStringConvertible {
  /// As in `F(1×4, 1×7)`.
  public var testDescription: String {
    "F(\(rows.outputExtent)×\(columns.outputExtent), \(rows.kernelExtent)×\(columns.kernelExtent))"
  }
}

/// `V · x · Hᵀ`.
func sandwich(_ vertical: [[Double]], _ x: [[Double]], _ horizontal: [[Double]]) -> [[Double]] {
  let left = vertical.map { row in
    x[0].indices.map { column in row.indices.reduce(0.0) { $0 + row[$1] * x[$1][column] } }
  }
  return left.map { values in
    horizontal.map { row in row.indices.reduce(0.0) { $0 + row[$1] * values[$1] } }
  }
}
