import TensorFiles
import Tensors
import TesseraImages

/// An `.npz` with the arrays `images`, uint8 `[N, H, W]`, `[N, H, W, 1]` or `[N, H, W, 3]`, and
/// `labels`, integers `[N]`.
enum ImageArchive {
  /// The most images that an archive may hold. Names and labels take far more memory than compressed
  /// images of one color.
  private static let maximumImageCount = 1 << 22

  /// - Throws: `TesseraError` if an array is missing, has another type or shape, or if a label is
  ///   negative.
  static func read(path: String) throws(TesseraError) -> LabelledImages {
    let archive = try NPZFile(path: path)
    let images = try archive.type(ofTensor: "images")
    let labels = try archive.type(ofTensor: "labels")
    let colorModel: Image.ColorModel
    do throws(TesseraError) {
      colorModel = try Pictures.colorModel(images.elementType, images.shape)
      try requireLabels(labels.elementType, labels.shape, count: images.shape[0])
    } catch {
      throw error.inFile(path)
    }
    let pictures = Pictures(
      tensor: try archive.tensor(named: "images"), colorModel: colorModel)
    let values = try archive.tensor(named: "labels")
    do throws(TesseraError) {
      let items = try items(values, path: path)
      return try LabelledImages(path: path, items: items) { (index, _) throws(TesseraError) in
        do throws(TesseraError) {
          return try pictures.image(at: index)
        } catch {
          throw error.inFile(path)
        }
      }
    } catch {
      throw error.inFile(path)
    }
  }

  private static func requireLabels(
    _ elementType: ElementType, _ shape: Shape, count: Int
  ) throws(TesseraError) {
    guard !elementType.isFloatingPoint, elementType != .bool, shape.dimensions == [count] else {
      throw TesseraError(
        .invalidInput,
        "expected integers of shape \(count), one for each image, found "
          + "\(elementType.onnxName) \(shape)", at: .value("labels"))
    }
    guard count <= maximumImageCount else {
      throw TesseraError(
        .invalidInput, "expected at most \(maximumImageCount) images, found \(count)",
        at: .value("images"))
    }
  }

  private static func items(
    _ labels: Tensor, path: String
  ) throws(TesseraError) -> [LabelledImages.Item] {
    // A label beyond Int64 becomes the largest, which no network has.
    let values = try labels.converted(to: .int64).values(as: Int64.self) ?? []
    if let index = values.firstIndex(where: { $0 < 0 }) {
      throw TesseraError(
        .invalidInput, "label \(index) is \(values[index]), expected 0 or more",
        at: .value("labels"))
    }
    let place = Diagnostic("", file: path, at: .value("labels"))
    return values.enumerated().map { index, label in
      LabelledImages.Item(name: String(index), label: Int(label), place: place)
    }
  }
}

/// The images of an array.
private struct Pictures: Sendable {
  let tensor: Tensor
  let colorModel: Image.ColorModel

  /// - Throws: `TesseraError` if an array of this type holds no images.
  static func colorModel(
    _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Image.ColorModel {
    let model: Image.ColorModel? =
      switch shape.rank {
      case 3: .gray
      case 4: shape[3] == 1 ? .gray : shape[3] == 3 ? .rgb : nil
      default: nil
      }
    guard elementType == .uint8, let model else {
      throw TesseraError(
        .invalidInput,
        "expected uint8 NxHxW, NxHxWx1 or NxHxWx3, found \(elementType.onnxName) \(shape)",
        at: .value("images"))
    }
    guard shape[1] > 0, shape[2] > 0 else {
      throw TesseraError(.invalidInput, "the images \(shape) are empty", at: .value("images"))
    }
    return model
  }

  func image(at index: Int) throws(TesseraError) -> Image {
    let (height, width) = (tensor.shape[1], tensor.shape[2])
    let sampleCount = tensor.shape.elementCount / max(1, tensor.shape[0])
    return try tensor.withUnsafeBytes { (bytes) throws(TesseraError) in
      let own = bytes[index * sampleCount..<(index + 1) * sampleCount]
      do throws(TesseraError) {
        return try Image(
          width: width, height: height, colorModel: colorModel,
          copying: UnsafeRawBufferPointer(rebasing: own))
      } catch {
        throw error.at(.value("images"))
      }
    }
  }
}
