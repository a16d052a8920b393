import TensorFiles
import Tessera

/// What a tensor's elements look like: range, mean and the first few.
struct TensorSummary {
  static let firstCount = 8

  let name: String
  private let tensor: Tensor
  /// Over the finite elements; nil if there are none.
  private let range: (minimum: Double, maximum: Double, mean: Double)?
  /// Elements that are NaN or infinite.
  private let nonFiniteCount: Int
  private let first: [Double]

  init(_ tensor: Tensor, name: String) throws(TesseraError) {
    self.name = name
    self.tensor = tensor
    let wide = try tensor.converted(to: .float64)
    var first: [Double] = []
    var nonFiniteCount = 0
    var sum = 0.0
    var count = 0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    if let values = wide.elements(as: Double.self) {
      first = Array(values.prefix(Self.firstCount))
      for value in values {
        guard value.isFinite else {
          nonFiniteCount += 1
          continue
        }
        sum += value
        count += 1
        minimum = min(minimum, value)
        maximum = max(maximum, value)
      }
    }
    self.first = first
    self.nonFiniteCount = nonFiniteCount
    range = count > 0 ? (minimum, maximum, sum / Double(count)) : nil
  }

  var text: String {
    var text = "\(name.withoutControlCharacters): \(tensor.elementType.onnxName) \(tensor.shape)\n"
    if let range {
      text += "  min \(Figures.significant(range.minimum))"
      text += "  max \(Figures.significant(range.maximum))"
      text += "  mean \(Figures.significant(range.mean))\n"
    }
    if nonFiniteCount > 0 { text += "  \(nonFiniteCount) elements are not finite\n" }
    let more = tensor.shape.elementCount > first.count ? " …" : ""
    return text + "  " + first.map { Figures.significant($0) }.joined(separator: " ") + more + "\n"
  }

  /// Members of a JSON object.
  var json: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)),
      ("type", .string(tensor.elementType.onnxName)),
      ("shape", .integers(tensor.shape.dimensions)),
      ("min", range.map { .double($0.minimum) } ?? .null),
      ("max", range.map { .double($0.maximum) } ?? .null),
      ("mean", range.map { .double($0.mean) } ?? .null),
      ("non_finite", .integer(nonFiniteCount)),
      ("first", .array(first.map(JSONValue.double))),
    ]
  }
}
