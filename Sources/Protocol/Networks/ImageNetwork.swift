import ExecutionPlan
import Tensors
import TesseraRuntime

/// A network with one image input, ready to run on any number of images.
package struct ImageNetwork: Sendable {
  /// float32 `[N, 1 or 3, H, W]` with the network's own H and W, N at least 1.
  package let input: TensorSpecification
  /// No image may have fewer rows or columns; nil if all must have the input's own size.
  package let minimumSize: (height: Int, width: Int)?
  /// What the network gives for images of its own size.
  package let outputs: [TensorSpecification]
  /// The names of outputs that are results of a soft-max.
  let posteriorOutputs: [String]
  /// Runs images as batches.
  let run: BatchedRun

  init(
    _ program: PlanVariant, minimumSize: (height: Int, width: Int)?, posteriorOutputs: [String],
    _ run: BatchedRun
  ) throws(TesseraError) {
    input = try Self.imageInput(of: program)
    outputs = PlanSignature(program).outputs
    self.posteriorOutputs = posteriorOutputs
    self.minimumSize = minimumSize
    self.run = run
  }

  /// The outputs called `names` for any number of images of a size that it takes.
  ///
  /// - Parameter images: float32 `[N, C, H, W]`, N at least 1.
  /// - Throws: `TesseraError` also if an output has other than one row of floats for each image of a batch.
  package func outputs(
    _ names: [String], for images: Tensor
  ) throws(TesseraError) -> [Tensor] {
    try run.outputs(names, for: images)
  }

  /// Whether an output holds floats, a row for each image.
  package func isRowPerImage(_ output: TensorSpecification) -> Bool {
    output.elementType == .float32 && output.shape.rank > 1 && output.shape[0] == input.shape[0]
  }

  /// The image input of a program.
  ///
  /// - Throws: `TesseraError` if it has another number of inputs, or one that is no batch of images.
  static func imageInput(of program: PlanVariant) throws(TesseraError) -> TensorSpecification {
    let inputs = PlanSignature(program).inputs
    guard inputs.count == 1, let input = inputs.first else {
      throw TesseraError(
        .invalidInput, "expected a network with one input, found \(inputs.count) inputs")
    }
    guard input.elementType == .float32, input.shape.rank == 4, [1, 3].contains(input.shape[1]),
      input.shape[0] > 0
    else {
      throw TesseraError(
        .invalidInput,
        "expected an input float Nx1xHxW or Nx3xHxW, found \(input.elementType.onnxName) "
          + "\(input.shape)", at: .value(input.name))
    }
    return input
  }
}

/// Rows and columns of an image.
struct ImageExtents: Hashable, Comparable, CustomStringConvertible {
  let height: Int
  let width: Int

  /// Of images `[N, C, H, W]`.
  init(_ shape: Shape) {
    (height, width) = (shape[2], shape[3])
  }

  static func < (a: Self, b: Self) -> Bool { (a.height, a.width) < (b.height, b.width) }

  var description: String { "\(width)x\(height)" }
}
