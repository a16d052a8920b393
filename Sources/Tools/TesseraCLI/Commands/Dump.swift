import GraphIR
import Passes
import Tessera

extension Command {
  static let dump = Command(
    name: "dump", summary: "Print a model's graph as ONNX text, as read or after passes",
    operands: [Common.model],
    options: [
      Dump.printAfter.declaration, WeightArguments.weights.declaration,
      WeightArguments.map.declaration, Common.shapes.declaration,
      ModelArguments.dense.declaration, Dump.full.declaration,
    ],
    notes: """
      The passes are, in this order: \(PassPipeline.standard.passes.map(\.name).joined(separator: ", ")).
      They run again until nothing changes; a graph is printed for every run of the pass in the first
      round, and later wherever it changed something. With --dense open-image-size runs before them,
      convolve-classifier after them, and then they run again. Constants of more than \
      \(Dump.largestPrintedCount) elements are left out unless --full is given.
      """
  ) { arguments, output throws(TesseraError) in
    let path = arguments.operands[0]
    do throws(TesseraError) {
      try Dump.run(path, arguments, output)
    } catch {
      throw error.kind == .invalidUsage ? error : error.inFile(path)
    }
    return .done
  }
}

private enum Dump {
  static let largestPrintedCount = 16
  static let printAfter = Option(
    "print-after", "PASS|all",
    completion: .words(
      ["all"] + (PassPipeline.dense.passes + PassPipeline.standard.passes).map(\.name).uniqued),
    help: "Run the passes and print the graph after this one or after each")
  static let full = Flag("full", help: "Print all elements of all constants")

  static func run(
    _ path: String, _ arguments: ParsedArguments, _ output: StandardOutput
  ) throws(TesseraError) {
    let passName = arguments[printAfter]
    let isDense = arguments[ModelArguments.dense]
    let pipeline = isDense ? PassPipeline.dense : .standard
    // Shapes that are bound after dense evaluation is arranged take the standard passes too.
    let isStandard = PassPipeline.standard.passes.contains { $0.name == passName }
    if let passName, passName != "all", !isStandard { _ = try pipeline.pass(named: passName) }
    guard passName != nil || !isDense else {
      throw TesseraError(.invalidUsage, "option '--dense' needs '--print-after'")
    }

    let network = try Network(path: path, weights: try WeightArguments.source(arguments))
    StandardError.warn(network.warnings)
    let read = network.model
    var model = read
    let shapes = arguments[Common.shapes] ?? [:]
    if !isDense { try model.graph.bindDimensions(shapes) }
    _ = model.graph.removeUnused()
    let warnings = try model.graph.inferModelTypes(opsetVersion: model.opsetVersion)
    StandardError.warn(warnings.map { $0.inFile(path) })

    let options = TextOptions(
      elidesTensorsAbove: arguments[full] ? nil : largestPrintedCount)
    guard let passName else {
      // With the parts that nothing uses, whose types are not known.
      let types = model.graph.types
      model.graph = read.graph
      model.graph.types.merge(types) { $1 }
      try output.write(model.onnxText(options))
      return
    }
    var texts: [String] = []
    let opsetVersion = model.opsetVersion
    var context = PassContext(opsetVersion: opsetVersion)
    func print(after pass: Pass, _ graph: Graph) {
      guard passName == "all" || passName == pass.name else { return }
      let text = graph.onnxText(opsetVersion: opsetVersion, options)
      texts.append("# after \(pass.name)\n\(text)")
    }
    try pipeline.run(on: &model.graph, context: &context, after: print)
    if isDense, !shapes.isEmpty {
      try model.graph.bindDimensions(shapes)
      try model.graph.inferTypes(opsetVersion: opsetVersion)
      try PassPipeline.standard.run(on: &model.graph, context: &context, after: print)
    }
    try output.write(texts.joined(separator: "\n"))
    StandardError.note(context.notes)
  }
}
