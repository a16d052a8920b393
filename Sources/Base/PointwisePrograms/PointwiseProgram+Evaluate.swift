import Glibc

extension PointwiseProgram {
  /// The result for one element of each input, computed in Float64.
  package func evaluate(_ inputs: [Double]) -> Double {
    var values = inputs
    for instruction in instructions {
      let operation = instruction.operation
      values.append(
        operation == .constant
          ? Double(instruction.constant)
          : operation.evaluate(values[instruction.left], values[instruction.right]))
    }
    return values.last ?? .nan
  }
}

extension PointwiseOperation {
  /// The result for numbers, of which an operation on one reads the first.
  fileprivate func evaluate(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .constant: .nan
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .minimum: y < x || y.isNaN ? y : x
    case .maximum: y > x || y.isNaN ? y : x
    case .negate: -x
    case .absolute: abs(x)
    case .squareRoot: x.squareRoot()
    case .exponential: exp(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .hyperbolicTangent: tanh(x)
    }
  }
}
