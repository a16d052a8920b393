import CPUKernels
import ExecutionPlan
import GraphIR
import KernelInterface
import Passes
import Tensors
import TestSupport
import Testing

@testable import Lowering

/// Lowers ONNX text to a variant. Inputs whose names start with `w` become constants of ones.
func lowerText(
  _ text: String, runsPasses: Bool = true, algorithm: ConvAlgorithm = .automatic
) throws -> PlanVariant {
  try lower(
    try makeGraph(text, runsPasses: runsPasses), opsetVersion: testOpsetVersion,
    options: .forTests(algorithm), weights: WeightPool()
  ).plan
}

let testOpsetVersion = 21

/// The graph of ONNX text, ready to be lowered. Inputs whose names start with `w` become constants of
/// ones.
func makeGraph(_ text: String, runsPasses: Bool = true) throws -> Graph {
  let model = try Model(onnxText: text)
  var graph = model.graph
  for input in graph.inputs where input.hasPrefix("w") {
    let shape = try #require(graph.types[input]?.shape)
    graph.constants[input] = try Tensor(
      [Float](repeating: 1, count: shape.elementCount), shape: shape.dimensions)
    graph.types[input] = nil
  }
  graph.inputs.removeAll { $0.hasPrefix("w") }
  try graph.inferTypes(opsetVersion: model.opsetVersion)
  if runsPasses {
    var context = PassContext(opsetVersion: model.opsetVersion)
    try PassPipeline.standard.run(on: &graph, context: &context)
  }
  return graph
}

/// The steps as lines `kernel name`.
func stepNames(_ variant: PlanVariant) -> [String] {
  variant.steps.map { "\($0.kernel) \($0.name)" }
}

/// A graph text around `body`.
func graphText(_ inputs: String, _ outputs: String, _ body: String) -> String {
  "<ir_version: 10, opset_import: [\"\" : \(testOpsetVersion)]> g (\(inputs)) => (\(outputs)) { \(body) }"
}

extension LoweringOptions {
  /// For the fastest kernels of this machine.
  static func forTests(_ algorithm: ConvAlgorithm = .automatic) throws -> LoweringOptions {
    LoweringOptions(kernels: try #require(KernelTable.all.first), convAlgorithm: algorithm)
  }
}

extension ConvProblem {
  /// A 3×3 convolution that keeps a square image's size and number of channels.
  static func square(channels: Int, extent: Int, batch: Int = 1) -> ConvProblem {
    ConvProblem(
      batch: batch, inChannels: channels, outChannels: channels, inHeight: extent,
      inWidth: extent, convHeight: extent, convWidth: extent,
      window: SlidingWindow(kernel: (3, 3), pad: (1, 1)))
  }
}
