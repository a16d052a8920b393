import Tessera

/// Operands and options that several commands share.
enum Common {
  static let threadCountRange = 1...1024

  static let model = Positional(
    name: "MODEL", help: "An ONNX model (.onnx, .onnxtxt) or a Caffe network (.prototxt)",
    completion: .model)
  static let modelOrPlan = Positional(
    name: "MODEL|PLAN", help: "A model (.onnx, .onnxtxt, .prototxt) or a plan compiled from one",
    completion: .modelOrPlan)

  static let planOrModel = Positional(
    name: "PLAN|MODEL", help: "A plan, or a model (.onnx, .onnxtxt, .prototxt)",
    completion: .modelOrPlan)

  static let trust = Flag("trust", help: "Do not read a plan's weights to verify their checksums")

  static let shapes = Option<[String: [Int]]>(
    "shapes", "NAME:1x3x224x224[,…]", help: "The shapes of a model's inputs",
    parse: ArgumentValue.shapes)

  static let threads = Option<Int>(
    "threads", "N",
    help: "Use N threads (default: TESSERA_NUM_THREADS, OMP_NUM_THREADS, else the CPUs it may use)",
    parse: ArgumentValue.integer(in: threadCountRange))

  static let json = Flag("json", help: "Print JSON")
}
