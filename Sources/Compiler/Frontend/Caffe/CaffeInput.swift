import CCaffeProto
import GraphIR
import Tensors

/// A blob that the caller provides, and its extents as the network file states them.
struct CaffeInput {
  let blob: String
  let extents: [Int]

  /// The network's fields `input` with `input_dim`, four numbers each, or `input_shape`.
  ///
  /// - Throws: `TesseraError` if there is not one shape an input.
  static func inputs(of proto: Caffe__NetParameter) throws(TesseraError) -> [CaffeInput] {
    let names = strings(proto.input, proto.n_input)
    let dimensions = scalars(proto.input_dim, proto.n_input_dim).map { Int($0) }
    var shapes = elements(proto.input_shape, proto.n_input_shape).map { extents(of: $0.pointee) }
    if !dimensions.isEmpty {
      guard dimensions.count == 4 * names.count else {
        throw TesseraError(
          .invalidInput,
          "expected 4 numbers 'input_dim' for each of \(names.count) fields 'input', found "
            + "\(dimensions.count)")
      }
      shapes = names.indices.map { Array(dimensions[4 * $0..<4 * $0 + 4]) }
    }
    guard shapes.count == names.count else {
      throw TesseraError(
        .invalidInput,
        "expected 'input_shape' once for each of \(names.count) fields 'input', found "
          + "\(shapes.count)")
    }
    return zip(names, shapes).map { CaffeInput(blob: $0, extents: $1) }
  }

  /// The tops of a layer `Input`, which share one shape or have one each.
  static func inputs(of layer: CaffeLayer) throws(TesseraError) -> [CaffeInput] {
    let proto = layer.parameters.input
    let shapes = elements(proto.shape, proto.n_shape).map { extents(of: $0.pointee) }
    guard !shapes.isEmpty, shapes.count == 1 || shapes.count == layer.tops.count else {
      throw layer.invalid(
        "expected one 'shape' in 'input_param', or one for each of \(layer.tops.count) tops, found "
          + "\(shapes.count)")
    }
    return layer.tops.enumerated().map { index, blob in
      CaffeInput(blob: blob, extents: shapes.count == 1 ? shapes[0] : shapes[index])
    }
  }

  private static func extents(of shape: Caffe__BlobShape) -> [Int] {
    scalars(shape.dim, shape.n_dim).map { Int($0) }
  }

  /// Whether the batch, which is the first of four extents, is left open: where all inputs state the same
  /// one. Caffe reserves memory by it, and callers change it.
  static func haveOpenBatch(_ inputs: [CaffeInput]) -> Bool {
    inputs.allSatisfy { $0.extents.count == 4 && $0.extents[0] == inputs[0].extents[0] }
  }

  /// The type of the graph input.
  func type(hasOpenBatch: Bool) throws(TesseraError) -> TensorType {
    guard let shape = Shape(extents), !extents.contains(0) else {
      throw TesseraError(
        .invalidInput, "expected a shape of positive extents, found \(listDescription(extents))",
        at: .value(blob))
    }
    let type = TensorType(.float32, shape: shape)
    guard hasOpenBatch, let dimensions = type.dimensions else { return type }
    return TensorType(.float32, [.symbol("N")] + dimensions.dropFirst())
  }
}
