import Foundation
import Tessera

/// How numbers are written for people.
enum Figures {
  /// A number with a fixed number of digits after the point.
  static func fixed(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// A number in scientific notation with two digits.
  static func scientific(_ value: Double) -> String {
    String(format: "%.1e", value)
  }

  /// A number with `digits` digits, by default as many as a float carries for sure; NaN without a sign.
  static func significant(_ value: Double, digits: Int = 6) -> String {
    value.isNaN ? "nan" : String(format: "%.\(digits)g", value)
  }
}

extension PlanSignature {
  /// As in `data:1x3x224x224`, in the form that `--shapes` takes.
  var shapesText: String {
    inputs.map { "\($0.name):\($0.shape)" }.joined(separator: ",")
  }

  /// Members `inputs` and `outputs` of a JSON object.
  var json: [(name: String, value: JSONValue)] {
    [("inputs", .array(inputs.map(\.json))), ("outputs", .array(outputs.map(\.json)))]
  }
}

extension TensorSpecification {
  /// Name, element type and shape.
  var json: JSONValue {
    .object([
      "name": .string(name), "type": .string(elementType.onnxName),
      "shape": .integers(shape.dimensions),
    ])
  }
}
