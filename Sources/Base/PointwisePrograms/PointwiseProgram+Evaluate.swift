import Platform

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
    case .logarithm: log(x)
    case .logarithmOfOnePlus: log1p(x)
    case .errorFunction: erf(x)
    case .power: pow(x, y)
    case .remainder: fmod(x, y)
    case .sine: sin(x)
    case .cosine: cos(x)
    case .floor: x.rounded(.down)
    case .ceiling: x.rounded(.up)
    case .roundToEven: x.rounded(.toNearestOrEven)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x.isNaN ? x : 0
    case .equal: x == y ? 1 : 0
    case .less: x < y ? 1 : 0
    case .lessOrEqual: x <= y ? 1 : 0
    case .selectWhere: x != 0 ? y : 0
    case .selectUnless: x == 0 ? y : 0
    case .union: Double(bitPattern: x.bitPattern | y.bitPattern)
    }
  }
}
