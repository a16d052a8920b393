import ExecutionPlan
import TesseraRuntime

/// How far a network's plan may be from exact arithmetic, as the compiler measured it.
///
/// Four inputs of a seed are run, white noise, a smooth picture, one like a photograph and one of edges, with the
/// convolutions as the plan has them and with F(2×2), or direct ones. The error of an output, or of what a
/// soft-max reads that makes it, is the larger of `max |e| / max |y|` and `‖e‖₂ / ‖y‖₂`. Large fully connected
/// layers at the end are not run: `‖e‖₂ / ‖y‖₂` of what they read stands for the error of what they give. The figures are those of the input on which
/// the plan comes closest to the largest error allowed.
public struct MeasuredError: Sendable, Equatable {
  /// Of the plan. Where `direct` is nil the difference from F(2×2), which is larger.
  public let plan: Double
  /// Of direct convolution in float32, from how far it differs from another algorithm that rounds alike;
  /// nil if the plan keeps the largest error whatever it is.
  public let direct: Double?
  /// The largest that is allowed.
  public let largest: Double
  /// The outputs that the figures do not speak of: gradients that jump where a value changes its sign, as those
  /// behind a ReLU do, or where another element of a window is the largest. The values that decide, which nothing
  /// such is before, are measured in their place.
  public internal(set) var unmeasured: [String] = []

  init(plan: Double, direct: Double?, largest: Double) {
    self.plan = plan
    self.direct = direct
    self.largest = largest
  }
}

extension MeasuredError {
  private static let keyPrefix = "error."

  /// What a plan stores of it.
  var metadata: [MetadataEntry] {
    var entries = [("plan", plan), ("direct", direct), ("largest", largest)].compactMap {
      name, value in
      value.map { MetadataEntry(key: Self.keyPrefix + name, value: "\($0)") }
    }
    if !unmeasured.isEmpty {
      let names = unmeasured.joined(separator: "\n")
      entries.append(MetadataEntry(key: Self.keyPrefix + "unmeasured", value: names))
    }
    return entries
  }
}

extension Plan {
  /// The error that the compiler measured; nil if it had nothing to choose by it.
  ///
  /// - Throws: `TesseraError` if what the plan stores is damaged.
  public func measuredError() throws(TesseraError) -> MeasuredError? {
    func field(_ name: String) throws(TesseraError) -> Double? {
      guard let text = metadata("error.\(name)") else { return nil }
      guard let value = Double(text), value >= 0 else {
        throw TesseraError(.invalidInput, "the plan's measured error '\(name)' is '\(text)'")
      }
      return value
    }
    guard let plan = try field("plan"), let largest = try field("largest") else { return nil }
    var error = MeasuredError(plan: plan, direct: try field("direct"), largest: largest)
    let names = metadata("error.unmeasured")?.split(separator: "\n") ?? []
    error.unmeasured = names.map(String.init)
    return error
  }
}
