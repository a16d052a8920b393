import Tessera

/// What `compile` and `inspect` print.
extension MeasuredError {
  var text: String {
    let direct = direct.map { ", direct convolution \(Figures.scientific($0))" } ?? ""
    return """
      largest error measured: \(Figures.scientific(plan)) of at most \(Figures.scientific(largest))\(direct)\(exception)
      """
  }

  private var exception: String {
    guard !unmeasured.isEmpty else { return "" }
    let names = unmeasured.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    let others = unmeasured.count > 3 ? " and \(unmeasured.count - 3) more" : ""
    return "\nnot measured, since they jump where a value changes its sign: \(names)\(others)"
  }

  var json: JSONValue {
    .object([
      "plan": .double(plan), "direct": direct.map(JSONValue.double) ?? .null,
      "largest": .double(largest), "unmeasured": .array(unmeasured.map(JSONValue.string)),
    ])
  }
}
