import Tensors

extension GradientRule {
  static let maxPool = GradientRule(
    "MaxPool", "g of each window at the first of its largest elements, row by row"
  ) { (step, emitter) throws(TesseraError) in
    var attributes = step.node.attributes
    attributes["storage_order"] = nil
    return [
      0: try emitter.emit(
        "MaxPoolGradient", domain: "tessera",
        [step.node.inputs[0], step.output, step.gradient], attributes)
    ]
  }
}
