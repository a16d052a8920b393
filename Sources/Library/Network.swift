import Foundation
import Frontend
import GraphIR
import Tensors
import TesseraImages

/// A network as a model file describes it, its weights bound, ready to compile.
///
/// ```swift
/// let network = try Network(path: "vgg-d.onnxtxt", weights: .random(seed: 1))
/// var options = CompileOptions()
/// options.shapes = [["data": [2, 3, 224, 224]]]
/// let plan = try network.compile(options)
/// let images = try Tensor([Float](repeating: 0, count: 2 * 3 * 224 * 224), shape: [2, 3, 224, 224])
/// let outputs = try Session(plan: plan).run(["data": images])
/// ```
public struct Network: Sendable {
  package internal(set) var model: Model
  /// What was odd about the files without being wrong, such as weights that nothing wants.
  public let warnings: [Diagnostic]

  /// Reads a model file: ONNX binary, ONNX text (`.onnxtxt`) or a Caffe network (`.prototxt`).
  ///
  /// - Parameters:
  ///   - weights: binds graph inputs by name, also those that have a value by default; nil if the model holds
  ///     all its weights.
  ///   - fill: draws the weights that a file does not give; nil refuses such a file.
  /// - Throws: `TesseraError` that lists everything that is wrong or not supported.
  public init(
    path: String, weights: WeightSource? = nil, filling fill: WeightFill? = nil
  ) throws(TesseraError) {
    let model = try ModelReader.read(path: path)
    do throws(TesseraError) { _ = try model.storedImageOptions() } catch {
      throw error.inFile(path)
    }
    try self.init(model: model, weights: weights, filling: fill)
  }

  /// Reads the model file at a file URL; see `init(path:weights:)`.
  public init(contentsOf url: URL, weights: WeightSource? = nil) throws(TesseraError) {
    try self.init(path: url.path(percentEncoded: false), weights: weights)
  }

  /// Reads a model from the bytes of a binary ONNX file. External data is refused.
  public init(data: Data, weights: WeightSource? = nil) throws(TesseraError) {
    try self.init(model: try ModelReader.read(onnx: [UInt8](data)), weights: weights)
  }

  /// Reads a model from the bytes of an ONNX file. External data is refused.
  package init(
    onnx bytes: UnsafeRawBufferPointer, weights: WeightSource? = nil
  ) throws(TesseraError) {
    try self.init(model: try ModelReader.read(onnx: bytes), weights: weights)
  }

  /// A network as another, with other values in the place of some of its constants.
  package init(_ model: Model, replacing values: [String: Tensor]) {
    var model = model
    for (name, value) in values { model.graph.constants[name] = value }
    self.model = model
    warnings = []
  }

  private init(
    model: Model, weights: WeightSource?, filling fill: WeightFill? = nil
  ) throws(TesseraError) {
    var model = model
    _ = try model.storedImageOptions()
    do throws(TesseraError) {
      var unwanted: [Diagnostic] = []
      if let weights { unwanted = try bindWeights(of: &model, from: weights, filling: fill) }
      if let images = try weights?.imageOptions() { model.store(images) }
      warnings = DiagnosticList(unwanted).diagnostics
    } catch {
      // What the model needs and we do not have is told at once, whatever the weights are.
      let operators = model.graph.unsupportedOperators()
      guard !operators.isEmpty else { throw error }
      throw TesseraError(.unsupported, diagnostics: operators + error.diagnostics) ?? error
    }
    self.model = model
  }

  /// How images become inputs as far as the model says, or the weights that a training wrote; models of Caffe with
  /// one input of three channels take BGR. Nil if they say nothing.
  public var imageOptions: ImageOptions? { model.imageOptions }

  /// How many numbers the weights hold: the elements of all floating-point constants.
  public var parameterCount: Int {
    model.graph.constants.names.reduce(0) { sum, name in
      guard let tensor = model.graph.constants[name], tensor.elementType.isFloatingPoint else {
        return sum
      }
      return sum + tensor.shape.elementCount
    }
  }
}

extension WeightSource {
  /// How images become inputs as the file of the weights says; nil if it does not.
  fileprivate func imageOptions() throws(TesseraError) -> ImageOptions? {
    guard case .file(let path, _) = self else { return nil }
    do throws(TesseraError) {
      let metadata = try metadata()
      return try ImageOptions(metadataOf: "file") { metadata[$0] }
    } catch {
      throw error.inFile(path)
    }
  }
}
