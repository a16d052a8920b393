import Tessera

extension Command {
  static let inspect = Command(
    name: "inspect", summary: "Tell what is in a model or a plan",
    operands: [Common.modelOrPlan],
    options: [
      WeightArguments.weights.declaration, WeightArguments.map.declaration,
      Inspect.verify.declaration, Common.json.declaration,
    ],
    notes: """
      Of a model: inputs, outputs, parameters, operators and which of them are not supported, and all
      values that --outputs of other commands can name. Of a plan: its variants with every step, its memory and its weights. Estimated times are those of
      one thread of the machine that the compiler's cost model is fitted to.
      """
  ) { arguments, output throws(TesseraError) in
    let path = arguments.operands[0]
    let isJSON = arguments[Common.json]
    switch try Program(arguments) {
    case .model(let network, _, _):
      guard !arguments[Inspect.verify] else {
        throw TesseraError(.invalidUsage, "option '--verify' is for plans").inFile(path)
      }
      let inspection = ModelInspection(network)
      if isJSON { try output.write(inspection.json) } else { try output.write(inspection.text) }
    case .plan(let plan):
      let isVerified = arguments[Inspect.verify]
      if isVerified { try verifyWeights(of: plan, path: path) }
      let inspection = try PlanInspection(plan, isVerified: isVerified)
      if isJSON { try output.write(inspection.json) } else { try output.write(inspection.text) }
    }
    return .done
  }
}

private enum Inspect {
  static let verify = Flag("verify", help: "Compare a plan's weights with their checksums")
}
