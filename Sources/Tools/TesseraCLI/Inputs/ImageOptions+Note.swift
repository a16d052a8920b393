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
