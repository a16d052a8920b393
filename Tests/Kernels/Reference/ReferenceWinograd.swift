import KernelInterface

/// Winograd's algorithm in Float64 with the transformed weights as they are stored: what weights of other
/// types than float32 are to give.
struct ReferenceWinograd {
  private let tile: WinogradTile
  private let matrices: (input: [[Double]], output: [[Double]])
  private let inputCount: Int
  /// `G·g·Gᵀ` of each filter, `[output][input]`, as stored.
  let filters: [[[Double]]]

  init(_ tile: WinogradTile, _ type: WeightType, weights: [Float], outputCount: Int) {
    self.tile = tile
    func doubles(_ matrix: [[Rational]]) -> [[Double]] { matrix.map { $0.map(\.doubleValue) } }
    let exact = WinogradMatrices(tile)
    matrices = (doubles(exact.input), doubles(exact.output))
    let inputCount = weights.count / 9 / outputCount
    self.inputCount = inputCount
    let transform = doubles(exact.filter)
    var filters = (0..<outputCount * inputCount).map { index in
      let taps = (0..<3).map { row in
        (0..<3).map { Double(weights[index * 9 + row * 3 + $0]) }
      }
      return sandwich(transform, taps)
    }
    for i in 0..<tile.inputExtent {
      for j in 0..<tile.inputExtent {
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
    let m = tile.outputExtent
    var results = Images<BoundedValue>(
      batch: images.batch, channels: bias.count, height: height, width: width
    ) { _, _, _, _ in .zero }
    for n in 0..<images.batch {
      for y in stride(from: 0, to: height, by: m) {
        for x in stride(from: 0, to: width, by: m) {
          let patches = (0..<inputCount).map { channel in
            sandwich(
              matrices.input,
              (0..<m + 2).map { i in
                (0..<m + 2).map { j in
                  Double(images.inside(n, channel, y - pad.top + i, x - pad.left + j) ?? 0)
                }
              })
          }
          for o in bias.indices {
            let products = (0..<m + 2).map { i in
              (0..<m + 2).map { j in
                (0..<inputCount).reduce(0.0) {
                  $0 + patches[$1][i][j] * filters[o * inputCount + $1][i][j]
                }
              }
            }
            let values = sandwich(matrices.output, products)
            for i in 0..<min(m, height - y) {
              for j in 0..<min(m, width - x) {
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

/// `M · x · Mᵀ`.
func sandwich(_ matrix: [[Double]], _ x: [[Double]]) -> [[Double]] {
  let left = matrix.map { row in
    x[0].indices.map { column in row.indices.reduce(0.0) { $0 + row[$1] * x[$1][column] } }
  }
  return left.map { values in
    matrix.map { row in row.indices.reduce(0.0) { $0 + row[$1] * values[$1] } }
  }
}
