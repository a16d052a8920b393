import Tensors
import TesseraImages

/// A set of parts of a rescaled image.
enum ViewKind: Sendable {
  case center, grid, whole

  /// Places of the grid on each axis.
  static let gridCount = 5

  /// Parts in the set.
  var count: Int { self == .grid ? Self.gridCount * Self.gridCount : 1 }

  /// The parts of `image`, all of one size, for a network whose input has `height` rows and `width`
  /// columns.
  ///
  /// - Throws: `TesseraError` if the image is smaller than a part.
  func views(
    of image: Image, height: Int, width: Int
  ) throws(TesseraError) -> [Image] {
    switch self {
    case .center: [try image.centerCropped(width: width, height: height)]
    case .grid: try image.gridCrops(width: width, height: height, count: Self.gridCount)
    case .whole: [image]
    }
  }
}
