import Tessera

/// The steps of a variant with the times that a benchmark found.
struct StepTimes {
  private let steps: [(step: StepInspection, times: RunTimes)]

  /// - Parameter seconds: of each run the times of the steps, in their order.
  init(_ plan: Plan, variant: Int, seconds: [[Double]]) throws(TesseraError) {
    var steps: [(StepInspection, RunTimes)] = []
    for (index, step) in plan.image.contents.variants[variant].steps.enumerated() {
      steps.append(
        (
          try StepInspection(step, kernels: plan.kernels),
          RunTimes(seconds: seconds.map { $0[index] })
        ))
    }
    self.steps = steps
  }

  private var sumOfMedians: Double { steps.reduce(0) { $0 + $1.times.median } }

  var text: String {
    var table = TextTable([
      .number(""), .text("step"), .text("algorithm"), .number("median ms"), .number("min ms"),
      .number("share"), .number("GFLOP/s"), .number("weights GB/s"),
    ])
    let sum = sumOfMedians
    for (index, (step, times)) in steps.enumerated() {
      let share = sum > 0 ? times.median / sum : 0
      table.append([
        "\(index)", step.name, step.method, milliseconds(times.median),
        milliseconds(times.minimum), "\(Figures.fixed(100 * share, digits: 1)) %",
        billionsPerSecond(step.floatOperationCount, times.median),
        billionsPerSecond(step.weightByteCount, times.median),
      ])
    }
    table.append([
      "", "sum", "", milliseconds(sum),
      milliseconds(steps.reduce(0) { $0 + $1.times.minimum }), "",
      billionsPerSecond(steps.reduce(0) { $0 + $1.step.floatOperationCount }, sum),
      billionsPerSecond(steps.reduce(0) { $0 + $1.step.weightByteCount }, sum),
    ])
    return table.text
  }

  var json: JSONValue {
    .array(
      steps.map { step, times in
        .object([
          "name": .string(step.name),
          "kernel": .string(step.kernel),
          "algorithm": step.algorithm.map(JSONValue.string) ?? .null,
          "median_ms": .double(times.median),
          "min_ms": .double(times.minimum),
          "gflop": .double(Double(step.floatOperationCount) / 1e9),
          "weight_bytes": .integer(step.weightByteCount),
        ])
      })
  }

  private func milliseconds(_ value: Double) -> String { Figures.fixed(value, digits: 3) }

  /// Nothing for steps that do none of it.
  private func billionsPerSecond(_ count: Int, _ milliseconds: Double) -> String {
    guard count > 0, milliseconds > 0 else { return "" }
    return Figures.fixed(Double(count) / milliseconds / 1e6, digits: 2)
  }
}
