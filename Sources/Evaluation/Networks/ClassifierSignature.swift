import ExecutionPlan
import KernelInterface
import Tensors
import TesseraRuntime

/// What one program of an image classifier takes and gives.
struct ClassifierSignature: Sendable {
  /// float32 `[N, 1 or 3, H, W]`, N at least 1.
  let input: TensorSpecification
  /// float32 `[N, classes]` or `[N, classes, H', W']`.
  let output: TensorSpecification
  let values: ClassScorer.Values

  /// - Throws: `TesseraError` if the program is none of an image classifier.
  init(_ variant: PlanVariant) throws(TesseraError) {
    let signature = PlanSignature(variant)
    guard signature.inputs.count == 1, let input = signature.inputs.first,
      let output = signature.outputs.first
    else {
      throw TesseraError(
        .invalidInput,
        "expected a network with one input and an output, found "
          + "\(signature.inputs.count) inputs")
    }
    guard input.elementType == .float32, input.shape.rank == 4, [1, 3].contains(input.shape[1]),
      input.shape[0] > 0
    else {
      throw TesseraError(
        .invalidInput,
        "expected an input float Nx1xHxW or Nx3xHxW, found \(input.elementType.onnxName) "
          + "\(input.shape)", at: .value(input.name))
    }
    guard output.elementType == .float32, [2, 4].contains(output.shape.rank),
      output.shape[0] == input.shape[0], output.shape[1] > 0
    else {
      throw TesseraError(
        .invalidInput,
        "expected an output float NxCLASSES or NxCLASSESxHxW, found "
          + "\(output.elementType.onnxName) \(output.shape)", at: .value(output.name))
    }
    self.input = input
    self.output = output
    values = try variant.valuesOfOutput()
  }

  var batch: Int { input.shape[0] }
  /// Rows and columns of the image.
  var extents: ImageExtents { ImageExtents(height: input.shape[2], width: input.shape[3]) }
}

/// Rows and columns of an image.
struct ImageExtents: Hashable, Comparable, CustomStringConvertible {
  let height: Int
  let width: Int

  static func < (a: Self, b: Self) -> Bool { (a.height, a.width) < (b.height, b.width) }

  var description: String { "\(width)x\(height)" }
}

extension PlanVariant {
  /// Whether the first output is a soft-max over the classes.
  fileprivate func valuesOfOutput() throws(TesseraError) -> ClassScorer.Values {
    let output = outputs[0]
    let writer = steps.last { $0.operands.contains(Operand(.arena, output)) }
    guard let writer, writer.kernel == SoftmaxDescriptor.kernelName else { return .scores }
    let softmax = try SoftmaxDescriptor(decoding: writer.descriptor)
    return softmax.isLogarithmic || softmax.axisCount != output.shape[1] ? .scores : .posteriors
  }
}

extension Operand {
  fileprivate init(_ region: Region, _ tensor: PlanTensor) {
    self.init(region, byteOffset: tensor.byteOffset, byteCount: tensor.byteCount)
  }
}
