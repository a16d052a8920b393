import TestSupport
import Testing

@testable import TesseraTraining

struct SymmetricMatrixTests {
  private func check(_ matrix: [[Double]]) {
    let (values, vectors) = SymmetricMatrix(matrix).eigenvectors()
    let scale = matrix.joined().map(abs).max() ?? 0
    let count = matrix.count
    #expect(values.count == count && vectors.count == count)
    #expect(values == values.sorted(by: >))
    for (index, (value, vector)) in zip(values, vectors).enumerated() {
      for row in 0..<count {
        let product = (0..<count).reduce(0) { $0 + matrix[row][$1] * vector[$1] }
        #expect(abs(product - value * vector[row]) <= 1e-12 * max(scale, 1))
      }
      for other in 0...index {
        let product = zip(vector, vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (other == index ? 1 : 0)) <= 1e-12)
      }
      #expect((vector.max { abs($0) < abs($1) } ?? 0) > 0)
    }
  }

  @Test func knownEigenvectors() {
    let (values, vectors) = SymmetricMatrix([[2, 1], [1, 2]]).eigenvectors()
    #expect(abs(values[0] - 3) < 1e-15 * 8 && abs(values[1] - 1) < 1e-15 * 8)
    #expect(abs(vectors[0][0] - vectors[0][1]) < 1e-15 * 8)
    #expect(SymmetricMatrix([[7]]).eigenvectors().values == [7])
  }

  @Test func specialMatrices() {
    check([[0, 0, 0], [0, 0, 0], [0, 0, 0]])
    check([[1, 0, 0], [0, 5, 0], [0, 0, 3]])
    check([[4, 4, 4], [4, 4, 4], [4, 4, 4]])
    check([[1e-300, 1e-300], [1e-300, 1e-300]])
  }

  @Test func randomMatrices() {
    var generator = SeededGenerator(seed: 1)
    for count in 1...5 {
      for _ in 0..<20 {
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for row in 0..<count {
          for column in 0...row {
            let number = Double.random(in: -1000...1000, using: &generator)
            (matrix[row][column], matrix[column][row]) = (number, number)
          }
        }
        check(matrix)
      }
    }
  }

}
