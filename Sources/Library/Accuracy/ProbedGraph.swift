import GraphIR
import KernelInterface
import Tensors

/// The part of a graph that its error is measured on.
struct ProbedGraph {
  let graph: Graph
  /// The outputs that are no outputs of the network: what large fully connected layers at its end read.
  let classifierInputs: Set<String>
  /// The inputs that are weights, by name, with the number of products in each result that is made with them.
  let productCounts: [String: Int]
}

extension Graph {
  /// The graph without the fully connected layers after its last convolution that tiles may compute, from the
  /// first on that has more than `packedWeightCount` weights: what it reads is made an output in place of what it leads to. They
  /// have most weights of a VGG, and one algorithm. Of a soft-max that makes an output, what it reads is.
  /// In place of outputs that jump the values are made outputs by which is decided.
  func forErrorProbe(
    _ steps: GradientSteps? = nil, packedWeightCount: Int = 1 << 22
  ) -> ProbedGraph {
    guard let steps, !steps.outputs.isEmpty else {
      return withoutClassifier(packedWeightCount: packedWeightCount)
    }
    let made = Set(nodes.flatMap(\.outputs))
    var graph = self
    graph.outputs =
      (outputs.filter { !steps.outputs.contains($0) } + steps.deciding.filter(made.contains))
      .uniqued
    _ = graph.removeUnused()
    return graph.withoutClassifier(packedWeightCount: packedWeightCount)
  }

  private func withoutClassifier(packedWeightCount: Int) -> ProbedGraph {
    var beforeConvolution: Set<String> = []
    for node in nodes.reversed()
    where mayTakeTiles(node) || node.outputs.contains(where: beforeConvolution.contains) {
      beforeConvolution.formUnion(node.inputs)
    }
    let inputs = Set(inputs)
    var behindClassifier: Set<String> = []
    var probes: [String] = []
    for node in nodes {
      let isBehind = node.inputs.contains(where: behindClassifier.contains)
      if !isBehind {
        guard ["Gemm", "MatMul", "WindowGemm"].contains(node.operatorName),
          !node.outputs.contains(where: beforeConvolution.contains),
          let weights = node.input(1), constants[weights] != nil || inputs.contains(weights),
          (type(of: weights)?.shape?.elementCount ?? 0) > packedWeightCount
        else { continue }
        probes.append(node.inputs[0])
      }
      behindClassifier.formUnion(node.outputs)
    }
    let classifierInputs = Set(probes)
    let scores = scoresOfOutputs()
    for output in outputs where !behindClassifier.contains(output) {
      probes.append(scores[output] ?? output)
    }
    var graph = self
    graph.outputs = probes.uniqued
    _ = graph.removeUnused()
    let used = Set(graph.nodes.flatMap(\.inputs) + graph.outputs)
    graph.inputs.removeAll { !used.contains($0) }
    return ProbedGraph(
      graph: graph, classifierInputs: classifierInputs,
      productCounts: graph.weightInputs.productCounts)
  }

  /// True if Winograd's algorithms have tiles for the window of a convolution.
  private func mayTakeTiles(_ node: Node) -> Bool {
    guard node.operatorName == "Conv", let weights = node.input(1).flatMap({ type(of: $0)?.shape }),
      weights.rank == 4
    else { return false }
    let window = weights.dimensions.suffix(2)
    return WinogradTile.allCases.contains {
      WinogradShape($0, kernelHeight: window[2], kernelWidth: window[3]) != nil
    }
  }

  /// True if the shapes of all inputs are known.
  var hasFixedInputs: Bool { inputs.allSatisfy { types[$0]?.shape != nil } }
}
