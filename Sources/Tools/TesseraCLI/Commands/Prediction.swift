import Tessera

/// What a network says about one image: a value a class, or why there is none.
struct Prediction {
  /// How far from 1 the sum of probabilities may lie.
  static let sumTolerance = 1e-3

  let path: String
  let values: Result<[Float], TesseraError>

  var error: TesseraError? {
    if case .failure(let error) = values { error } else { nil }
  }

  func text(topCount: Int, labels: [String]) -> String {
    guard case .success(let values) = values else { return "" }
    let name = path.withoutControlCharacters
    let isProbability = Self.areProbabilities(values)
    let lines = Self.top(topCount, of: values).map { index in
      let value = Double(values[index])
      let figure =
        isProbability
        ? Figures.fixed(value * 100, digits: 2).leftPadded(to: 6) + " %"
        : "score " + Figures.significant(value)
      let label = labels.isEmpty ? "class \(index)" : labels[index].withoutControlCharacters
      return "\(figure)  \(label)\n"
    }
    return topCount == 1
      ? "\(name): \(lines.joined())" : "\(name)\n" + lines.map { "  " + $0 }.joined()
  }

  func json(topCount: Int, labels: [String]) -> JSONValue {
    switch values {
    case .failure(let error):
      return .object(["file": .string(path), "error": .string(error.description)])
    case .success(let values):
      let kind = Self.areProbabilities(values) ? "probability" : "score"
      let predictions = Self.top(topCount, of: values).map { index in
        JSONValue.members([
          ("class", .integer(index)),
          ("label", labels.isEmpty ? .null : .string(labels[index])),
          (kind, .float(values[index])),
        ])
      }
      return .object([
        "file": .string(path), "kind": .string(kind), "predictions": .array(predictions),
      ])
    }
  }

  private static func areProbabilities(_ values: [Float]) -> Bool {
    let sum = values.reduce(0.0) { $0 + Double($1) }
    return abs(sum - 1) <= sumTolerance && values.allSatisfy { $0 >= 0 }
  }

  /// The indices of the largest values, the largest first, equal ones in order; NaN comes last.
  private static func top(_ count: Int, of values: [Float]) -> [Int] {
    func key(_ index: Int) -> (Int, Float, Int) {
      let value = values[index]
      return value.isNaN ? (1, 0, index) : (0, -value, index)
    }
    return Array(values.indices.sorted { key($0) < key($1) }.prefix(count))
  }
}
