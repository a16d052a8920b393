import Tessera

/// Operands and options that several commands share.
enum Common {
  static let threadCountRange = 1...1024

  static let model = Positional(name: "MODEL", help: "An ONNX model: .onnx, or text: .onnxtxt")
  static let modelOrPlan = Positional(
    name: "MODEL|PLAN", help: "An ONNX model (.onnx, .onnxtxt) or a plan that was compiled from one"
  )

  static let planOrModel = Positional(
    name: "PLAN|MODEL", help: "A plan, or an ONNX model (.onnx, .onnxtxt)")

  static let trust = Flag("trust", help: "Do not read a plan's weights to verify their checksums")

  static let weights = Option<WeightSource>(
    "weights", "W",
    help: "Bind a model's weights by name from a .safetensors, .npz or .onnx file, or random:SEED"
  ) { (text) throws(TesseraError) in try WeightSource(argument: text) }

  static let shapes = Option<[String: [Int]]>(
    "shapes", "NAME:1x3x224x224[,…]", help: "The shapes of a model's inputs",
    parse: ArgumentValue.shapes)

  static let threads = Option<Int>(
    "threads", "N",
    help: "Use N threads (default: TESSERA_NUM_THREADS, OMP_NUM_THREADS, else the CPUs it may use)",
    parse: ArgumentValue.integer(in: threadCountRange))

  static let algorithm = Option<ConvolutionAlgorithm>(
    "algorithm", "ALGORITHM",
    help: "Compute convolutions by auto, direct, im2col, winograd2, winograd4 or winograd6",
    parse: ArgumentValue.choice())

  static let weightsPrecision = Option<WeightPrecision>(
    "weights-precision", "PRECISION",
    help: "Store the weights of fully connected layers as f32, f16, bf16 or int8",
    parse: ArgumentValue.choice())

  static let json = Flag("json", help: "Print JSON")
}
