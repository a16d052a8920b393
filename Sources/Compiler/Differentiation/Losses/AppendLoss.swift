import GraphIR
import Tensors

extension Graph {
  /// Appends nodes that compute the sum of some terms, `loss`, and the graph inputs that they need.
  ///
  /// The types are inferred and the shapes fixed. The one sum of a value's elements, with a factor of 1, is left
  /// to the value itself. Terms of the same kind and value become one.
  ///
  /// - Throws: `invalidUsage` for no terms, factors that are not finite and names that no floating-point value
  ///   has; `unsupported` where a Gram matrix is asked for of fewer than three dimensions.
  package mutating func appendLoss(
    _ terms: [LossTerm], opsetVersion: Int
  ) throws(TesseraError) -> AppendedLoss {
    let terms = terms.merged
    guard let first = terms.first else {
      throw TesseraError(.invalidUsage, "a loss needs at least one term, found none")
    }
    if let term = terms.first(where: { !$0.factor.isFinite }) {
      throw TesseraError(
        .invalidUsage, "the factor of a term must be finite, found \(term.factor)",
        at: .value(term.value))
    }
    try requireGradients(of: terms.map(\.value))
    if terms == [LossTerm(.sum, of: first.value)] { return AppendedLoss(loss: first.value) }
    var emitter = NodeEmitter(self, opsetVersion: opsetVersion)
    let loss = emitter.newName("loss")
    var result = AppendedLoss(loss: loss)
    var sum: String?
    for term in terms {
      (emitter.stem, emitter.origin) = ("\(term.value).loss", .value(term.value))
      let (number, compared) = try emitter.number(term)
      if let compared { result.compared.append(compared) }
      let scaled = try emitter.scaled(number, by: term.factor)
      sum = if let sum { try emitter.emit("Add", [sum, scaled]) } else { scaled }
    }
    _ = try emitter.emit("Identity", [sum ?? first.value], as: loss)
    self = emitter.graph
    return result
  }
}

extension [LossTerm] {
  /// The same sum with one term of each kind and value.
  fileprivate var merged: [LossTerm] {
    var places: [String: [LossTerm.Kind: Int]] = [:]
    var merged: [LossTerm] = []
    for term in self {
      if let place = places[term.value]?[term.kind] {
        merged[place].factor += term.factor
      } else {
        places[term.value, default: [:]][term.kind] = merged.count
        merged.append(term)
      }
    }
    return merged
  }
}

extension NodeEmitter {
  /// What a term computes before it is multiplied by its factor, and of what.
  fileprivate mutating func number(
    _ term: LossTerm
  ) throws(TesseraError) -> (number: String, compared: String?) {
    let value = term.value
    switch term.kind {
    case .sum:
      return (try total(value), nil)
    case .weightedSum:
      let weights = input("\(value).weights", try type(of: value))
      return (try total(try emit("Mul", [value, weights])), value)
    case .squaredDistance:
      let target = input("\(value).target", try type(of: value))
      let count = try extents(of: value).reduce(1, *)
      let squares = try total(try squaredDifference(value, target))
      return (try scaled(squares, by: 1 / Double(max(1, count))), value)
    case .gramDistance:
      let gram = try gramMatrices(of: value)
      let target = input("\(gram).target", try type(of: gram))
      let imageCount = try extents(of: gram)[0]
      let squares = try total(try squaredDifference(gram, target))
      return (try scaled(squares, by: 1 / Double(max(1, imageCount))), gram)
    }
  }

  private mutating func total(_ value: String) throws(TesseraError) -> String {
    let axes = Array(try extents(of: value).indices)
    return try reduced("ReduceSum", value, axes: axes, keepsDimensions: false)
  }

  private mutating func squaredDifference(
    _ a: String, _ b: String
  ) throws(TesseraError) -> String {
    let difference = try emit("Sub", [a, b])
    return try emit("Mul", [difference, difference])
  }

  private mutating func gramMatrices(of value: String) throws(TesseraError) -> String {
    let extents = try extents(of: value)
    guard extents.count >= 3 else {
      throw TesseraError(
        .unsupported,
        "a Gram matrix needs a value [images, channels, positions…], found \(try type(of: value))",
        at: .value(value))
    }
    let positionCount = extents[2...].reduce(1, *)
    let rows = try reshaped(value, to: [extents[0], extents[1], positionCount])
    let factor = 1 / Double(max(1, extents[1] * positionCount))
    let columns = try transposed(try scaled(rows, by: factor), [0, 2, 1])
    return try emit("MatMul", [rows, columns], as: newName("\(value).gram"))
  }
}
