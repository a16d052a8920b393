import Tensors

extension GradientRule {
  static let maxPool = GradientRule(
    "MaxPool", "g of each window at the first of its largest elements, row by row"
  ) { (step, emitter) throws(TesseraError) in
    [
      0: try emitter.emit(
        "MaxPoolGradient", domain: "tessera",
        [step.node.inputs[0], step.output, step.gradient], step.node.attributes)
    ]
  }
}
