import Tessera

/// The options that decide how a model is compiled, of every command that compiles one.
enum ModelArguments {
  private static let algorithm = Option<ConvolutionAlgorithm>(
    "algorithm", "ALGORITHM",
    help: "Compute convolutions by auto, direct, im2col, winograd2, winograd4 or winograd6",
    parse: ArgumentValue.choice())
  private static let maxError = Option<Double>(
    "max-error", "E",
    help: "Keep the error, over the largest value, to at most E as measured (default: 5e-6)",
    parse: ArgumentValue.number(in: 0...1))
  private static let local = Flag(
    "local", help: "Compute every output of a convolution from its own window alone: no Winograd")
  private static let weightsPrecision = Option<WeightPrecision>(
    "weights-precision", "PRECISION",
    help:
      "Store fully connected and Winograd weights as f32, f24, f16, bf16 or int8 (default: auto, f24 for large fully connected layers, else f32)",
    parse: ArgumentValue.choice())

  private static let poolRounding = Option<PoolRounding>(
    "pool-rounding", "floor|ceil",
    help: "Round the extents of poolings down or up (default: as the model says)",
    parse: ArgumentValue.choice())

  static let dense = Flag(
    "dense", help: "Evaluate the classifier at every position of images of any larger size")

  static let declarations = [
    algorithm.declaration, maxError.declaration, local.declaration,
    weightsPrecision.declaration, poolRounding.declaration,
  ]

  /// What the arguments say, also of threads, checked before a file is read.
  ///
  /// - Throws: `invalidUsage` if they contradict one another.
  static func options(_ arguments: ParsedArguments) throws(TesseraError) -> CompileOptions {
    var options = CompileOptions()
    options.threads = arguments[Common.threads]
    options.convAlgorithm = arguments[algorithm] ?? .automatic
    options.maxError = arguments[maxError]
    options.isLocal = arguments[local]
    options.weightPrecision = arguments[weightsPrecision] ?? .automatic
    options.isDense = arguments[dense]
    options.poolRounding = arguments[poolRounding]
    try options.validate()
    return options
  }

  /// The first option that was given and has no meaning for a plan.
  static func firstGiven(in arguments: ParsedArguments) -> OptionDeclaration? {
    (WeightArguments.declarations + [dense.declaration] + declarations).first(
      where: arguments.isGiven)
  }
}
