/// A small symmetric matrix.
struct SymmetricMatrix {
  private var elements: [[Double]]
  private static let sweepCount = 50

  init(_ elements: [[Double]]) { self.elements = elements }

  /// Eigenvalues, largest first, and unit eigenvectors, one a row, the largest component of each positive; by
  /// Jacobi's rotations.
  func eigenvectors() -> (values: [Double], vectors: [[Double]]) {
    var matrix = elements
    let count = matrix.count
    var vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0.0 } }
    for _ in 0..<Self.sweepCount {
      for p in 0..<count {
        for q in p + 1..<max(p + 1, count) where matrix[p][q] != 0 {
          let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
          let sign: Double = theta < 0 ? -1 : 1
          let tangent = sign / (abs(theta) + (theta * theta + 1).squareRoot())
          let cosine = 1 / (tangent * tangent + 1).squareRoot()
          let sine = tangent * cosine
          for k in 0..<count {
            let (a, b) = (matrix[k][p], matrix[k][q])
            (matrix[k][p], matrix[k][q]) = (cosine * a - sine * b, sine * a + cosine * b)
          }
          for k in 0..<count {
            let (a, b) = (matrix[p][k], matrix[q][k])
            (matrix[p][k], matrix[q][k]) = (cosine * a - sine * b, sine * a + cosine * b)
            let (c, d) = (vectors[p][k], vectors[q][k])
            (vectors[p][k], vectors[q][k]) = (cosine * c - sine * d, sine * c + cosine * d)
          }
        }
      }
    }
    let order = (0..<count).sorted { (matrix[$0][$0], $1) > (matrix[$1][$1], $0) }
    return (
      order.map { matrix[$0][$0] },
      order.map { row in
        let largest = vectors[row].max { abs($0) < abs($1) } ?? 1
        return largest < 0 ? vectors[row].map(-) : vectors[row]
      }
    )
  }
}
