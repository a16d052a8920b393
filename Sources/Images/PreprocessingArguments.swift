import Tensors

extension Preprocessing {
  /// Reads the value of an option such as `--mean`: numbers with commas between them.
  ///
  /// - Throws: `TesseraError` (invalid usage) that names the option and the part that is no number.
  public static func numbers(_ text: String, option: String) throws(TesseraError) -> [Float] {
    var values: [Float] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Float(part), value.isFinite else {
        throw TesseraError(
          .invalidUsage, "\(option): expected numbers with commas between, found '\(part)'")
      }
      values.append(value)
    }
    return values
  }
}

extension Preprocessing.ColorOrder {
  /// Reads the value of `--color`.
  public init(argument: String) throws(TesseraError) {
    self = try choice(argument, option: "--color")
  }
}

extension Preprocessing.ResizeMode {
  /// Reads the value of `--resize`: `crop` or `stretch`.
  public init(argument: String) throws(TesseraError) {
    self = try choice(argument, option: "--resize")
  }
}

extension Interpolation {
  /// Reads the value of `--interpolation`.
  public init(argument: String) throws(TesseraError) {
    self = try choice(argument, option: "--interpolation")
  }
}

private func choice<Value: CaseIterable>(
  _ argument: String, option: String
) throws(TesseraError) -> Value {
  guard let value = Value.allCases.first(where: { "\($0)" == argument }) else {
    let known = Value.allCases.map { "\($0)" }.joined(separator: ", ")
    throw TesseraError(.invalidUsage, "\(option): expected one of \(known), found '\(argument)'")
  }
  return value
}
