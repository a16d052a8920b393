import GraphIR
import Tensors

extension Pass {
  /// Evaluates the classifier at every position of the feature map: dense evaluation (Simonyan and
  /// Zisserman, 2014, section 3.2; Sermanet et al., 2014).
  ///
  /// ```
  /// f = Flatten (x)                            x is float[N, 512, 7, 7] at the network's own size
  /// a = tessera.Gemm <trans_b, activation> (f, W1, b1)
  /// s = tessera.Gemm <trans_b, activation> (a, W2, b2)
  /// y = Softmax <axis = -1> (s)
  ///   →
  /// a = tessera.WindowGemm <kernel_shape = [7, 7], trans_b, activation> (x, W1, b1)
  /// s = tessera.WindowGemm <kernel_shape = [1, 1], trans_b, activation> (a, W2, b2)
  /// y = Softmax <axis = 1> (s)
  /// ```
  ///
  /// Legal because flattening lists a map in the order channel, row, column, which is that of a window:
  /// the first layer becomes an h×w convolution without padding, those after it 1×1 convolutions. What
  /// was `[N, K]` becomes `[N, K, H', W']`, and is the same for an image of the network's own size, where
  /// H' = W' = 1. The weights stay the tensors that they are, whether `trans_b` is 0 or 1. Between and
  /// after the layers there may be operators that treat every position alone: activations, soft-max over
  /// the classes, `BatchNormalization`, arithmetic with constants or among such values, `Concat` of
  /// classes. Before operator set 13 soft-max sums over all dimensions from its axis on; there it is put
  /// between two `Transpose`.
  ///
  /// Any other use of the flattened map or of what follows it is an error that names the node, and so is
  /// a map whose size does not depend on the image's. Runs once, after all others have left nothing but
  /// `tessera.Gemm` of the fully connected layers, their biases and activations; the others follow once
  /// more.
  static let convolveClassifier = Pass("convolve-classifier", refinesTypes: true) {
    graph, context throws(TesseraError) in
    guard let image = context.nominalImage, image.hasClassifier else { return false }
    var classifier = try ClassifierConvolution(graph, image, opsetVersion: context.opsetVersion)
    graph = try classifier.run()
    return true
  }
}
