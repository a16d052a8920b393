import GraphIR
import Tessera

/// What a command runs: a plan, or a model that is compiled on the way.
enum Program {
  case plan(Plan)
  /// With the types of the inputs as they will be compiled.
  case model(Network, path: String, inputTypes: [String: TensorType])

  /// The names of its outputs, as far as the command line asks for them, and the program that gives them.
  func selecting(
    _ names: [String]?
  ) throws(TesseraError) -> (program: Program, outputs: [String]) {
    switch self {
    case .plan(let plan): return (self, try plan.outputNames(names))
    case .model(let network, let path, let types):
      let network = try network.selecting(names)
      return (.model(network, path: path, inputTypes: types), network.model.graph.outputs)
    }
  }

  /// Opens the plan or the model that a command's first operand names; the first bytes of the file tell
  /// which.
  ///
  /// - Throws: `TesseraError` also if options are given for a plan that only a model has a use for.
  init(_ arguments: ParsedArguments) throws(TesseraError) {
    try self.init(
      path: arguments.operands[0], weights: try WeightArguments.source(arguments),
      arguments: arguments)
  }

  /// Opens the plan or the model at `path`; see `init(_:)`.
  ///
  /// - Parameter weights: binds the inputs of a model.
  init(
    path: String, weights: WeightSource?, arguments: ParsedArguments
  ) throws(TesseraError) {
    guard try Self.isPlan(path: path) else {
      let network = try ProgressBar.during { (bar) throws(TesseraError) in
        bar.update("reading the model", 0)
        return try Network(path: path, weights: weights)
      }
      StandardError.warn(network.warnings)
      do throws(TesseraError) {
        let types = try network.inputTypes(isDense: arguments[ModelArguments.dense])
        self = .model(network, path: path, inputTypes: types)
      } catch {
        throw error.inFile(path)
      }
      return
    }
    if let option = ModelArguments.firstGiven(in: arguments) {
      throw TesseraError(
        .invalidUsage, "option '--\(option.name)' is for models, this is a plan"
      ).inFile(path)
    }
    self = .plan(try Plan(path: path))
  }

  /// Whether the file at `path` starts as plan files do.
  static func isPlan(path: String) throws(TesseraError) -> Bool {
    let file = try MappedFile(path: path)
    return file.bytes.prefix(8).elementsEqual("TSRAPLAN".utf8)
  }

  /// What the program takes, in order. The extents in which a plan's variants differ are unknown.
  var inputs: [ProgramInput] {
    switch self {
    case .plan(let plan):
      (plan.variants.first?.inputs ?? []).enumerated().map { index, input in
        let shapes = plan.variants.map { $0.inputs[index].shape }
        return ProgramInput(
          name: input.name, type: TensorType(input.elementType, commonDimensions(of: shapes)),
          firstShape: input.shape)
      }
    case .model(let network, _, let types):
      network.model.graph.inputs.map { name in
        ProgramInput(
          name: name, type: types[name] ?? TensorType(.float32, nil), firstShape: nil)
      }
    }
  }

  /// The inputs of a model that have a value by default, which is fixed when it is compiled.
  var defaults: [String] {
    switch self {
    case .plan: []
    case .model(let network, _, _): network.model.graph.defaults
    }
  }

  /// How images become inputs, where the plan or the model knows it.
  func imageOptions() throws(TesseraError) -> ImageOptions? {
    switch self {
    case .plan(let plan): try plan.imageOptions()
    case .model(let network, _, _): network.imageOptions
    }
  }

  /// Reads a plan's weights and compares them with their checksums. A model's weights have none.
  func verifyWeights(path: String) throws(TesseraError) {
    if case .plan(let plan) = self { try TesseraCLI.verifyWeights(of: plan, path: path) }
  }

  /// The plan itself, or the model compiled into memory for these shapes.
  func compiled(_ options: CompileOptions) throws(TesseraError) -> Plan {
    switch self {
    case .plan(let plan): return plan
    case .model(let network, let path, _):
      return try ProgressBar.during { (bar) throws(TesseraError) in
        var options = options
        options.onProgress = { bar.update($0.stage, $0.fraction) }
        options.onWarning = { warning in bar.warn(warning.inFile(path)) }
        do throws(TesseraError) {
          return try network.compile(options)
        } catch {
          throw error.inFile(path)
        }
      }
    }
  }
}

/// One input of a program.
struct ProgramInput {
  let name: String
  /// The shape may hold symbols that the input's own shape binds.
  let type: TensorType
  /// The shape in a plan's first variant; nil for a model.
  let firstShape: Shape?
}

/// The extents that all `shapes` share; nil if they differ in rank.
private func commonDimensions(of shapes: [Shape]) -> [Dimension]? {
  guard let first = shapes.first, shapes.allSatisfy({ $0.rank == first.rank }) else { return nil }
  return first.dimensions.indices.map { index in
    shapes.allSatisfy { $0[index] == first[index] } ? .fixed(first[index]) : .unknown
  }
}
