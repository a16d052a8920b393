import Frontend
import Tensors

/// Where the weights of a graph whose weights are inputs come from.
public enum WeightSource: Sendable, Equatable {
  /// A `.safetensors`, `.npz` or `.onnx` file whose entries bind to inputs by name.
  case file(path: String)
  /// He-normal numbers, the same on every machine; see `Docs/random-weights.md`.
  case random(seed: UInt64)

  /// `random:SEED` or the path of a file.
  ///
  /// - Throws: `TesseraError` if what follows `random:` is not a number from 0 to 2⁶⁴ − 1.
  public init(argument: String) throws(TesseraError) {
    guard argument.hasPrefix("random:") else {
      self = .file(path: argument)
      return
    }
    guard let seed = UInt64(argument.dropFirst("random:".count)) else {
      throw TesseraError(
        .invalidUsage, "expected random:SEED with a whole number, found '\(argument)'")
    }
    self = .random(seed: seed)
  }
}
