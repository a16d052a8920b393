import Tensors

/// What the test protocol needs of a network: a score for every class, of a batch of images.
package struct ClassScorer: Sendable {
  /// What the elements of the result are.
  package enum Values: Sendable {
    /// Class scores: a soft-max makes posteriors of them.
    case scores
    /// Posteriors: the network ends in a soft-max.
    case posteriors
  }

  /// Rows of the network's own input, in pixels.
  package let inputHeight: Int
  /// Columns of the network's own input, in pixels.
  package let inputWidth: Int
  package let classCount: Int
  package let values: Values
  /// The smallest rows and columns that images of any size may have; nil if all images must have the
  /// input's own size.
  package let minimumSize: (height: Int, width: Int)?
  /// Takes float32 `[N, C, H, W]` for any N from 1 on. Gives float32 `[N, classCount]`, or
  /// `[N, classCount, H', W']` with the values at every position of the image.
  package let scores: @Sendable (Tensor) throws(TesseraError) -> Tensor

  package init(
    inputHeight: Int, inputWidth: Int, classCount: Int, values: Values,
    minimumSize: (height: Int, width: Int)? = nil,
    scores: @escaping @Sendable (Tensor) throws(TesseraError) -> Tensor
  ) {
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.classCount = classCount
    self.values = values
    self.minimumSize = minimumSize
    self.scores = scores
  }

  /// The longer side of the input, in pixels: the smallest scale that it can be cut out of.
  package var longerSide: Int { max(inputHeight, inputWidth) }
}
