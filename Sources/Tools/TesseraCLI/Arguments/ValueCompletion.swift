/// What a shell offers where a value stands.
struct ValueCompletion: Sendable {
  /// Words, whole or the beginnings of values.
  var words: [String] = []
  var files = Files.none
  /// The value is `NAME=VALUE`; what is said here is of VALUE.
  var followsName = false

  enum Files: Sendable {
    case none
    /// Files with one of these extensions; all files if none is given.
    case endings([String])
    case folders
  }

  /// Nothing that a shell knows.
  static let nothing = ValueCompletion()
  static let anyFile = ValueCompletion(files: .endings([]))
  static let folder = ValueCompletion(files: .folders)
  static let model = files("onnx", "onnxtxt", "prototxt")
  static let modelOrPlan = files("plan", "onnx", "onnxtxt", "prototxt")
  static let writtenModel = files("onnx", "onnxtxt")
  static let weights = ValueCompletion(
    words: ["random:"], files: .endings(["safetensors", "npz", "onnx", "onnxtxt", "caffemodel"]))

  static func words(_ words: [String]) -> ValueCompletion { ValueCompletion(words: words) }
  static func files(_ endings: String...) -> ValueCompletion {
    ValueCompletion(files: .endings(endings))
  }
}
