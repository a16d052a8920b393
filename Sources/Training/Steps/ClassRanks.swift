import Tensors

/// Where classes stand among the scores of each image.
struct ClassRanks {
  private let scores: [Float]
  private let classCount: Int

  /// - Parameter scores: float32 `[N, classes]`.
  init(_ scores: Tensor) {
    self.scores = scores.values(as: Float.self) ?? []
    classCount = scores.shape.dimensions.last ?? 1
  }

  /// For each image the number of classes before its label's: of larger score, or of the same and a smaller
  /// index. An image that has a score that is no number has its label last.
  func ranks(of labels: [Int]) -> [Int] {
    labels.enumerated().map { row, label in
      let own = scores[row * classCount..<(row + 1) * classCount]
      let score = own[own.startIndex + label]
      guard !own.contains(where: \.isNaN) else { return classCount }
      return own.enumerated().count { $1 > score || $1 == score && $0 < label }
    }
  }
}
