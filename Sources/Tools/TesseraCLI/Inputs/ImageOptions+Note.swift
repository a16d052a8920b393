import Tessera
import TesseraImages

extension ImageOptions {
  /// The preprocessing for an input of a program. A note on standard error says so where colour images go in
  /// as they are because nobody said what the network expects.
  ///
  /// - Parameter path: the program's file.
  func notedPreprocessing(
    for input: TensorSpecification, path: String
  ) throws(TesseraError) -> Preprocessing {
    let preprocessing = try preprocessing(for: input)
    if preprocessing.color != .gray, !statesNormalization {
      StandardError.note([
        "\(path): images go in as samples from 0 to 255, channels in the order \(preprocessing.color), as "
          + "nothing says what the network was trained with: give --preset, or --preset none if this is right"
      ])
    }
    return preprocessing
  }
}

extension Network {
  /// Says on standard error what a training stored of how images become inputs, where it changes samples.
  ///
  /// - Parameters:
  ///   - path: the model's file.
  ///   - images: what the network's images become.
  func noteStoredImages(path: String, _ images: ImageOptions?) {
    guard let stored = storedImageOptions, stored.statesNormalization, stored == images else {
      return
    }
    let numbers = [("mean", stored.mean), ("scale", stored.scale)].compactMap { name, values in
      values.map { "\(name) \($0.map { "\($0)" }.joined(separator: ","))" }
    }
    StandardError.note([
      "\(path): images become inputs as its training stored it: \(stored.color), \(numbers.joined(separator: ", "))"
    ])
  }
}

extension Program {
  /// As `Network.noteStoredImages`, of a model.
  func noteStoredImages(path: String, _ images: ImageOptions?) {
    if case .model(let network, _, _) = self { network.noteStoredImages(path: path, images) }
  }
}
