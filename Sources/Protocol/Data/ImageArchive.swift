import TensorFiles
import Tensors
import Vision

/// An `.npz` with the arrays `images`, uint8 `[N, H, W]`, `[N, H, W, 1]` or `[N, H, W, 3]`, and
/// `labels`, integers `[N]`.
enum ImageArchive {
  /// - Throws: `TesseraError` if an array is missing, has another type or shape, or if a label is
  ///   negative.
  static func read(path: String) throws(TesseraError) -> LabelledImages {
    let archive = try NPZFile(path: path)
    let images = try archive.tensor(named: "images")
    let labels = try archive.tensor(named: "labels")
    do throws(TesseraError) {
      let pictures = try Pictures(images)
      let items = try items(labels, count: pictures.count, path: path)
      return try LabelledImages(path: path, items: items) { (index) throws(TesseraError) in
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

  private static func items(
    _ labels: Tensor, count: Int, path: String
  ) throws(TesseraError) -> [LabelledImages.Item] {
    guard !labels.elementType.isFloatingPoint, labels.elementType != .bool,
      labels.shape.dimensions == [count]
    else {
      throw TesseraError(
        .invalidInput,
        "expected integers of shape \(count), one for each image, found "
          + "\(labels.elementType.onnxName) \(labels.shape)", at: .value("labels"))
    }
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
  private let tensor: Tensor
  private let colorModel: Image.ColorModel

  var count: Int { tensor.shape[0] }

  init(_ tensor: Tensor) throws(TesseraError) {
    let shape = tensor.shape
    let model: Image.ColorModel? =
      switch shape.rank {
      case 3: .gray
      case 4: shape[3] == 1 ? .gray : shape[3] == 3 ? .rgb : nil
      default: nil
      }
    guard tensor.elementType == .uint8, let model else {
      throw TesseraError(
        .invalidInput,
        "expected uint8 NxHxW, NxHxWx1 or NxHxWx3, found \(tensor.elementType.onnxName) \(shape)",
        at: .value("images"))
    }
    guard shape[1] > 0, shape[2] > 0 else {
      throw TesseraError(.invalidInput, "the images \(shape) are empty", at: .value("images"))
    }
    self.tensor = tensor
    colorModel = model
  }

  func image(at index: Int) throws(TesseraError) -> Image {
    let (height, width) = (tensor.shape[1], tensor.shape[2])
    let sampleCount = tensor.shape.elementCount / max(1, count)
    let samples = tensor.withUnsafeBytes { bytes in
      Array(bytes[index * sampleCount..<(index + 1) * sampleCount])
    }
    guard
      let image = Image(width: width, height: height, colorModel: colorModel, samples: samples)
    else {
      throw TesseraError(
        .invalidInput, "image \(index) of \(width)x\(height) pixels is empty or too large",
        at: .value("images"))
    }
    return image
  }
}
