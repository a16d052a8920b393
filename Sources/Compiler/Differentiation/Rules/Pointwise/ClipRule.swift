import GraphIR
import PointwisePrograms
import Tensors

extension GradientRule {
  static let clip = GradientRule("Clip", "g where min < y < max, else 0") {
    (step, emitter) throws(TesseraError) in
    let bounds = try ClipParameters(
      step.node, in: emitter.graph, opsetVersion: emitter.opsetVersion)
    guard bounds.min != nil || bounds.max != nil else { return [0: step.gradient] }
    return [
      0: try emitter.pointwise([step.output, step.gradient]) { program in
        var gradient = 1
        if let low = bounds.min {
          let isInside = program.append(.less, program.append(constant: low), 0)
          gradient = program.append(.selectWhere, isInside, gradient)
        }
        if let high = bounds.max {
          let isInside = program.append(.less, 0, program.append(constant: high))
          gradient = program.append(.selectWhere, isInside, gradient)
        }
      }
    ]
  }
}
