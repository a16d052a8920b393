import GraphIR
import Tensors

/// The scores of a classifier's classes: its output, or what goes into the soft-max that makes it.
struct ClassScores {
  let value: String
  let imageCount: Int
  let classCount: Int

  /// - Throws: `invalidInput` if the graph has not one output `[N, classes]`; `unsupported` if that is a
  ///   soft-max over anything but the classes.
  init(_ graph: Graph, opsetVersion: Int) throws(TesseraError) {
    guard graph.outputs.count == 1, let output = graph.outputs.first,
      let type = graph.type(of: output), type.elementType.isFloatingPoint,
      let extents = type.shape?.dimensions, extents.count == 2
    else {
      let outputs = graph.outputs.map { name in
        "'\(name)' \(graph.type(of: name).map(\.description) ?? "")"
      }
      throw TesseraError(
        .invalidInput,
        "training needs a classifier with one output [images, classes] of a fixed shape, but the outputs "
          + "are \(outputs.joined(separator: ", "))")
    }
    (imageCount, classCount) = (extents[0], extents[1])

    let producers = ValueProducers(graph)
    var value = output
    while let node = producers[value], node.isView { value = node.inputs[0] }
    guard let node = producers[value], node.isStandard,
      ["Softmax", "LogSoftmax"].contains(node.operatorName)
    else {
      self.value = output
      return
    }
    let softmax = try SoftmaxParameters(node, in: graph, opsetVersion: opsetVersion)
    guard let shape = graph.type(of: node.inputs[0])?.shape,
      softmax.extents(of: shape) == (imageCount, classCount, 1)
    else { throw node.unsupported("training needs a soft-max over the classes of each image") }
    self.value = node.inputs[0]
  }
}

extension Node {
  /// Whether the node gives its first input another name or shape only.
  fileprivate var isView: Bool {
    isStandard
      && ["Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze"].contains(operatorName)
  }
}
