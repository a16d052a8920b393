import Tessera

/// What `compile` and `inspect` print.
extension MeasuredError {
  var text: String {
    let direct = direct.map { ", direct convolution \(Figures.scientific($0))" } ?? ""
    return """
      largest error measured: \(Figures.scientific(plan)) of at most \(Figures.scientific(largest))\(direct)
      """
  }

  var json: JSONValue {
    .object([
      "plan": .double(plan), "direct": direct.map(JSONValue.double) ?? .null,
      "largest": .double(largest),
    ])
  }
}
