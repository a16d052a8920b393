import Platform
import Tensors

/// Arithmetic on posteriors: one number a class, in double precision.
package enum Posteriors {
  /// The element-wise arithmetic mean; `rows` is not empty and all have the same count.
  package static func mean(of rows: [[Double]]) -> [Double] {
    guard var sum = rows.first else { return [] }
    for row in rows.dropFirst() {
      for index in sum.indices { sum[index] += row[index] }
    }
    return sum.map { $0 / Double(rows.count) }
  }

  /// exp(score) / Σ exp(score).
  package static func softmax(_ scores: [Double]) -> [Double] {
    let largest = scores.max() ?? 0
    let powers = scores.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// One posterior for each image of a batch, from what a network gives for it.
  ///
  /// - Parameter values: float32 `[N, classCount]` or `[N, classCount, H, W]`.
  /// - Throws: `TesseraError` if `values` has another shape or type.
  static func ofBatch(
    _ values: Tensor, _ kind: ClassScorer.Values, classCount: Int, order: ScoreOrder
  ) throws(TesseraError) -> [[Double]] {
    let shape = values.shape
    guard let elements = values.values(as: Float.self), [2, 4].contains(shape.rank),
      shape[1] == classCount, shape.elementCount > 0
    else {
      throw TesseraError(
        .invalidInput,
        "expected scores float Nx\(classCount) or Nx\(classCount)xHxW, found "
          + "\(values.elementType.onnxName) \(shape)")
    }
    let positionCount = shape.elementCount / (shape[0] * classCount)
    return (0..<shape[0]).map { image in
      /// The values of all classes at one position.
      func column(_ position: Int) -> [Double] {
        (0..<classCount).map {
          Double(elements[(image * classCount + $0) * positionCount + position])
        }
      }
      let columns = (0..<positionCount).map(column)
      switch (kind, order) {
      case (.posteriors, _): return mean(of: columns)
      case (.scores, .scores): return softmax(mean(of: columns))
      case (.scores, .posteriors): return mean(of: columns.map(softmax))
      }
    }
  }
}
