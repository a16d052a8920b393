import GraphIR
import Tensors

/// Weight inputs that have no entry in a file, told so that their names need not be guessed.
struct MissingWeights {
  /// As many are told one by one; of more, the first of them in one sentence.
  static let largestCount = 3

  let inputs: [String]
  /// The names in the file that no input takes.
  let unwanted: [String]
  /// The weight inputs of the graph.
  let weightCount: Int
  /// Whether the graph normalizes batches.
  let hasBatchNormalization: Bool

  /// Whether the problems name what they found in the file.
  var isSummarized: Bool { inputs.count > Self.largestCount }

  func problems(path: String) -> [Diagnostic] {
    guard isSummarized else {
      return inputs.map { input in
        let hint = nearest(to: input).map { "; did you mean the entry '\($0)'?" } ?? ""
        return Diagnostic(
          "the graph input has no entry among the weights\(hint)", at: .value(input))
      }
    }
    let count =
      inputs.count == weightCount
      ? "none of the \(weightCount) weights" : "\(inputs.count) of \(weightCount) weights do not"
    var sentence =
      "\(count) \(inputs.count == weightCount ? "has" : "have") an entry: expected "
      + "\(Self.first(of: inputs)), found \(unwanted.isEmpty ? "no other entries" : Self.first(of: unwanted))"
    if Self.normalizes(unwanted), !hasBatchNormalization {
      sentence +=
        "; they are of a network with batch normalization, which this graph is not: export that network as ONNX"
    } else if let input = inputs.first, let near = nearest(to: input) {
      sentence += "; nearest to '\(input)' is '\(near)'"
    }
    return [
      Diagnostic(
        "\(sentence); --weights-map FILE says which entry an input takes", file: path)
    ]
  }

  private func nearest(to input: String) -> String? {
    unwanted.count <= 10_000 ? closest(to: input, in: unwanted) : nil
  }

  /// The first names, in quotes.
  static func first(of names: [String]) -> String {
    names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      + (names.count > 3 ? ", …" : "")
  }

  /// Whether entries are statistics of batch normalization, as PyTorch and Keras name them.
  private static func normalizes(_ names: [String]) -> Bool {
    names.contains { name in
      ["running_mean", "moving_mean", "moving_mean:0"].contains(where: name.hasSuffix)
    }
  }
}
