import GraphIR
import Tensors

extension GradientRule {
  static let cast = GradientRule("Cast", "g in the type of x") {
    (step, emitter) throws(TesseraError) in
    let type = try emitter.type(of: step.node.inputs[0]).elementType
    return [
      0: try emitter.emit("Cast", [step.gradient], ["to": .int(Int64(type.onnxCode))])
    ]
  }
}
