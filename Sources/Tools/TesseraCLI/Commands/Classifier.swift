import Tessera
import TesseraImages

/// Runs a plan with one image input on image files, as many at a time as the plan's batch.
struct Classifier {
  /// The names of the classes; empty if they are not known.
  let labels: [String]
  private let session: Session
  private let input: TensorSpecification
  private let output: TensorSpecification
  private let preprocessing: Preprocessing

  private var batch: Int { input.shape[0] }
  private var classCount: Int { output.shape.elementCount / batch }

  /// - Parameter path: the plan's or its model's file, for notes.
  /// - Throws: `TesseraError` if the plan's first variant is not an image classifier, or if there
  ///   is not one label a class.
  init(
    _ plan: Plan, path: String, imageOptions: ImageOptions, labels: [String], threads: Int?
  ) throws(TesseraError) {
    guard let variant = plan.variants.first, variant.inputs.count == 1,
      let output = variant.outputs.first
    else {
      throw TesseraError(
        .invalidInput,
        "expected a network with one input and an output, found "
          + (plan.variants.first.map { "inputs \($0.shapesText)" } ?? "none"))
    }
    let input = variant.inputs[0]
    preprocessing = try imageOptions.notedPreprocessing(for: input, path: path)
    guard output.elementType == .float32, input.shape[0] > 0, output.shape.rank >= 2,
      output.shape[0] == input.shape[0],
      output.shape.dimensions.dropFirst(2).allSatisfy({ $0 == 1 })
    else {
      throw TesseraError(
        .invalidInput, "expected an output float \(input.shape[0])xCLASSES, found \(output)")
    }
    let classCount = output.shape.elementCount / input.shape[0]
    guard labels.isEmpty || labels.count == classCount else {
      throw TesseraError(
        .invalidInput, "expected \(classCount) labels, one a class, found \(labels.count)")
    }
    self.input = input
    self.output = output
    self.labels = labels
    session = try Session(plan: plan, threads: threads)
  }

  /// The predictions for each image file, in order, or what is wrong with it.
  func classify(
    _ paths: [String], progress: (Double) -> Void
  ) throws(TesseraError) -> [Prediction] {
    var predictions: [Prediction] = []
    for start in stride(from: 0, to: paths.count, by: batch) {
      progress(Double(start) / Double(paths.count))
      predictions += try classify(batchOf: Array(paths[start..<min(start + batch, paths.count)]))
    }
    return predictions
  }

  private func classify(batchOf paths: [String]) throws(TesseraError) -> [Prediction] {
    let tensors = paths.map { path in readImage(path) }
    let values = try run(tensors)
    return zip(paths, tensors).enumerated().map { index, image in
      Prediction(
        path: image.0,
        values: image.1.map { _ in
          Array(values[index * classCount..<(index + 1) * classCount])
        })
    }
  }

  private func readImage(_ path: String) -> Result<Tensor, TesseraError> {
    Result { () throws(TesseraError) in
      let image = try Image(path: path, orientation: preprocessing.orientation)
      do throws(TesseraError) {
        return try preprocessing.tensor(from: [image])
      } catch {
        throw error.inFile(path)
      }
    }
  }

  /// The output for a batch; places without an image stay zero.
  private func run(_ images: [Result<Tensor, TesseraError>]) throws(TesseraError) -> [Float] {
    let imageByteCount = input.byteCount / batch
    let batchTensor = try Tensor(elementType: input.elementType, shape: input.shape) { bytes in
      for (index, image) in images.enumerated() {
        guard case .success(let tensor) = image else { continue }
        let start = index * imageByteCount
        let place = UnsafeMutableRawBufferPointer(
          rebasing: bytes[start..<start + imageByteCount])
        tensor.withUnsafeBytes { place.copyMemory(from: $0) }
      }
    }
    let outputs = try session.run([input.name: batchTensor])
    return outputs[output.name]?.values(as: Float.self) ?? []
  }
}
