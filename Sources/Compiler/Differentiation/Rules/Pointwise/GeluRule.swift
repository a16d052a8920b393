import GraphIR
import PointwisePrograms
import Tensors

extension GradientRule {
  static let gelu = GradientRule(
    "Gelu",
    "g · (Φ + x · φ), φ = e^(−x² / 2) / √(2π) and Φ = (1 + erf(x / √2)) / 2, or of approximate = \"tanh\" that of its formula"
  ) { (step, emitter) throws(TesseraError) in
    let isTanh = try step.node.stringAttribute("approximate") == "tanh"
    return [
      0: try emitter.pointwise([step.node.inputs[0], step.gradient]) { program in
        let slope =
          isTanh ? program.appendSlopeOfGeluByTanh() : program.appendSlopeOfGelu()
        _ = program.append(.multiply, 1, slope)
      }
    ]
  }
}

extension PointwiseProgram {
  fileprivate mutating func appendSlopeOfGelu() -> Int {
    let scaled = append(.multiply, 0, append(constant: 0.707_106_77))
    let half = append(constant: 0.5)
    let spread = append(.multiply, append(.errorFunction, scaled), half)
    let square = append(.multiply, scaled, scaled)
    let power = append(.exponential, append(.negate, square))
    let density = append(.multiply, power, append(constant: 0.398_942_3))
    let bend = append(.multiply, 0, density)
    return append(.add, append(.add, spread, half), bend)
  }

  /// With `u = √(2/π) · (x + 0.044715 x³)` and `t = tanh u`: `(1 + t) / 2 + x / 2 · (1 − t²) · u′`.
  fileprivate mutating func appendSlopeOfGeluByTanh() -> Int {
    let square = append(.multiply, 0, 0)
    let (one, half) = (append(constant: 1), append(constant: 0.5))
    let cubic = append(.multiply, square, append(constant: 0.044_715))
    let scaled = append(.multiply, 0, append(constant: 0.797_884_56))
    let tanh = append(
      .hyperbolicTangent, append(.multiply, scaled, append(.add, cubic, one)))
    let tripled = append(.multiply, cubic, append(constant: 3))
    let inner = append(.multiply, scaled, append(.add, tripled, one))
    let rest = append(.subtract, one, append(.multiply, tanh, tanh))
    let sum = append(.add, append(.add, tanh, one), append(.multiply, inner, rest))
    return append(.multiply, sum, half)
  }
}
