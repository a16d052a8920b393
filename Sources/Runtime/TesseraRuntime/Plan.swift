import CPUKernels
import ExecutionPlan
import KernelInterface
import Tensors

/// A compiled network, ready to run: its steps for each input shape and its packed weights.
///
/// Loading maps the file and verifies everything that could make a step touch memory outside its
/// buffers, without reading a weight. A plan is immutable; any number of sessions can share it.
///
/// The file must not be changed while the plan lives: weights are read where they are mapped, and a file
/// that shrinks raises SIGBUS in a run. A new session finds a change by size and time stamp. Replacing the
/// file by another of its name, as the compiler does, is no change.
///
/// ```swift
/// let plan = try Plan(path: "digits.plan")
/// let session = try Session(plan: plan)
/// let image = try Tensor([Float](repeating: 0, count: 28 * 28), shape: [1, 1, 28, 28])
/// let outputs = try session.run(["image": image])
/// ```
public final class Plan: Sendable {
  package let image: PlanImage
  package let kernels: KernelTable

  /// Maps the plan file at `path`.
  ///
  /// - Throws: `TesseraError` with the file and the place if the file cannot be read, is damaged, was
  ///   made by another version, or needs kernels that this machine does not have.
  public convenience init(path: String) throws(TesseraError) {
    do {
      try self.init(image: PlanImage(path: path))
    } catch {
      throw error.inFile(path)
    }
  }

  /// Takes over a plan that lies in memory.
  package init(image: PlanImage) throws(TesseraError) {
    kernels = try KernelTable.forThisMachine()
    try image.contents.verifyKernels(kernels)
    self.image = image
  }

  /// The graph's name.
  public var name: String { image.contents.name }

  /// The programs in this plan, one for each combination of input shapes.
  public var variants: [PlanSignature] { image.contents.variants.map(PlanSignature.init) }

  /// How many programs there are, at least one.
  package var variantCount: Int { image.contents.variants.count }

  /// The value that the compiler stored under `key`; nil if there is none.
  public func metadata(_ key: String) -> String? { image.contents.metadataValue(key) }

  /// The names of the classes; empty if the plan does not know them.
  public var labels: [String] {
    metadata("labels").map {
      $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    } ?? []
  }

  /// Reads all weights and compares them with their checksums.
  ///
  /// - Throws: `TesseraError` that names the first damaged weight.
  public func verifyWeights() throws(TesseraError) {
    for index in image.contents.weights.indices { try image.verifyWeights(blob: index) }
  }
}

/// The names, element types and shapes of the tensors that one program of a plan takes and gives.
public struct PlanSignature: Sendable, Equatable {
  /// What the caller provides.
  public let inputs: [TensorSpecification]
  /// What the caller receives.
  public let outputs: [TensorSpecification]

  package init(_ variant: PlanVariant) {
    inputs = variant.inputs.map(TensorSpecification.init)
    outputs = variant.outputs.map(TensorSpecification.init)
  }
}

/// The name, the element type and the shape of an input or an output.
public struct TensorSpecification: Sendable, Equatable, CustomStringConvertible {
  /// The name in the graph.
  public let name: String
  /// The type of each element.
  public let elementType: ElementType
  /// The extents, outermost first.
  public let shape: Shape

  package init(name: String, elementType: ElementType, shape: Shape) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
  }

  init(_ tensor: PlanTensor) {
    self.init(name: tensor.name, elementType: tensor.elementType, shape: tensor.shape)
  }

  /// Bytes of the dense tensor.
  public var byteCount: Int { shape.elementCount * elementType.byteCount }

  /// As in `data: float 1x3x224x224`.
  public var description: String { "\(name): \(elementType.onnxName) \(shape)" }
}
