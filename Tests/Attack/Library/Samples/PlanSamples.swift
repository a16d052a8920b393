import ExecutionPlan
import Tessera
import TesseraRuntime
import TestSupport

/// The sample networks, compiled in all the ways that give other steps.
enum PlanSamples {
  private static func compiled(_ body: (Network, CompileOptions) throws -> Void) throws {
    for text in ModelSamples.onnxTexts { try compiled(text, .automatic, .float32, body) }
    for algorithm in [ConvolutionAlgorithm.direct, .im2col, .winograd4, .winograd6] {
      try compiled(ModelSamples.wide, algorithm, .float32, body)
    }
    try compiled(ModelSamples.bands, .winograd4, .float32, body)
    for precision in [WeightPrecision.float16, .bfloat16, .int8, .int24] {
      for text in [ModelSamples.vgg, ModelSamples.wide] {
        try compiled(text, .winograd2, precision, body)
      }
    }
  }

  private static func compiled(
    _ text: String, _ algorithm: ConvolutionAlgorithm, _ precision: WeightPrecision,
    _ body: (Network, CompileOptions) throws -> Void
  ) throws {
    let file = try ScratchFile("x.onnxtxt")
    var options = CompileOptions()
    options.threads = 1
    options.convAlgorithm = algorithm
    options.weightPrecision = precision
    try body(try Network(path: try file.holding(Array(text.utf8))), options)
  }

  static func plans() throws -> [Plan] {
    var plans: [Plan] = []
    try compiled { plans.append(try $0.compile($1)) }
    return plans
  }

  /// The bytes of plan files.
  static func files() throws -> [[UInt8]] {
    let file = try ScratchFile("x.plan")
    var files: [[UInt8]] = []
    try compiled { network, options in
      _ = try network.compile(options, to: file.path)
      files.append(try fileBytes(file.path))
    }
    return files
  }
}
