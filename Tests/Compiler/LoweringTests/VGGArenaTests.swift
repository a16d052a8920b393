import CPUKernels
import ExecutionPlan
import Foundation
import GraphIR
import KernelInterface
import Passes
import Tensors
import TestSupport
import Testing

@testable import Lowering

@Suite struct VGGArenaTests {
  /// On all six networks of the paper, at two batch sizes, the arena is as small as any can be.
  @Test(arguments: ["a", "a-lrn", "b", "c", "d", "e"], [1, 4])
  func arenaEqualsTheLowerBound(_ configuration: String, batch: Int) throws {
    let text = try String(
      contentsOfFile: projectPath("Graphs/vgg-\(configuration).onnxtxt"), encoding: .utf8)
    let model = try Model(onnxText: text)
    var graph = model.graph
    try bindZeroWeights(&graph)
    try graph.bindDimensions(["data": [batch, 3, 224, 224]])
    try graph.inferTypes(opsetVersion: model.opsetVersion)
    var context = PassContext(opsetVersion: model.opsetVersion)
    try PassPipeline.standard.run(on: &graph, context: &context)

    let kernels = try #require(KernelTable.all.first)
    let variant = try lower(
      graph, opsetVersion: model.opsetVersion, options: LoweringOptions(kernels: kernels),
      weights: WeightPool()
    ).plan
    #expect(variant.arenaByteCount == variant.arenaLowerBoundByteCount)
    #expect(variant.arenaByteCount < variant.bufferByteCountSum)
    #expect(variant.outputs.map(\.name) == ["prob"])
  }

  /// Makes every input but the image a constant that refers to the same zeros.
  private func bindZeroWeights(_ graph: inout Graph) throws {
    let weights = graph.inputs.filter { $0 != "data" }
    let shapes = try weights.map { (name: String) in try #require(graph.types[name]?.shape) }
    let largest = shapes.map { $0.elementCount }.max() ?? 0
    let zeros = try TensorStorage(byteCount: largest * MemoryLayout<Float>.size) { _ in }
    for (name, shape) in zip(weights, shapes) {
      graph.constants[name] = Tensor(elementType: .float32, shape: shape, storage: zeros)
      graph.types[name] = nil
    }
    graph.inputs = ["data"]
  }
}
