import TensorFiles
import Differentiation
import Frontend
import Tensors
import TesseraImages

extension Network {
  /// Writes all floating-point constants to a `.safetensors` file by their names, which `weights` of another
  /// `Network` binds again.
  ///
  /// - Parameter images: how pixels become inputs, for the file's metadata.
  package func writeWeights(to path: String, images: ImageOptions) throws(TesseraError) {
    var tensors: [(name: String, tensor: Tensor)] = []
    for name in model.graph.weights {
      guard let tensor = model.graph.constants[name] else { continue }
      tensors.append((name, tensor))
    }
    let metadata = images.metadata.map { ($0.key, $0.value) }
    try SafetensorsFile.write(
      tensors, metadata: Dictionary(metadata) { first, _ in first }, to: path)
  }
}

extension Network {
  /// Writes the network as it is at inference, without `Dropout`, to an ONNX file.
  ///
  /// - Parameter images: how pixels become inputs, for the model's metadata.
  package func writeModel(to path: String, images: ImageOptions) throws(TesseraError) {
    var model = storing(images).model
    model.graph.removeDropout()
    try ModelWriter.write(model, to: path)
  }
}
