/// What a file was given as; in words, what was expected.
package enum ExpectedFile: String, Sendable {
  case model = "a model"
  case plan = "a plan"
  case weights = "weights in a .safetensors, .npz, .onnx or .caffemodel file"
  case safetensors = "a .safetensors file"
  case npy = "an array in a .npy file"
  case npz = "arrays in an .npz file"
  case caffeWeights = "Caffe's weights"
  case tensorProto = "an ONNX TensorProto"
  case image = "a PNG or JPEG image"
  case imageList = "a list of lines PATH LABEL"
  case labels = "the names of classes, one a line"
  case weightMap = "a text of lines INPUT ENTRY [LAYOUT]"

  /// - Throws: `TesseraError` if the bytes start as those of a file of another kind do.
  package func require(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) {
    guard let kind = FileKind.all.first(where: { $0.matches(bytes) }), !kind.home.contains(self)
    else { return }
    throw TesseraError(
      .invalidInput, "expected \(rawValue), found \(kind.name): \(kind.wayOut(self))")
  }
}
