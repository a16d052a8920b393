import Tensors

/// How a camera was held: what must be done to the stored image to see it upright. The numbers are
/// those of TIFF 6.0's tag 274.
enum Orientation: UInt16 {
  case upright = 1
  case mirrored, rotatedHalf, flipped, transposed, rotatedRight, transversed, rotatedLeft

  /// Rows and columns change places.
  var swapsAxes: Bool { rawValue >= 5 }
}

extension Image {
  /// The stored image turned upright.
  ///
  /// - Throws: `TesseraError` if memory is refused.
  func oriented(_ orientation: Orientation) throws(TesseraError) -> Image {
    guard orientation != .upright else { return self }
    let newWidth = orientation.swapsAxes ? height : width
    let newHeight = orientation.swapsAxes ? width : height
    let channels = channelCount
    let source = storage.bytes
    return try Image(
      checkedWidth: newWidth, height: newHeight, colorModel: colorModel
    ) { result in
      for y in 0..<newHeight {
        for x in 0..<newWidth {
          let (column, row) =
            switch orientation {
            case .upright: (x, y)
            case .mirrored: (width - 1 - x, y)
            case .rotatedHalf: (width - 1 - x, height - 1 - y)
            case .flipped: (x, height - 1 - y)
            case .transposed: (y, x)
            case .rotatedRight: (y, height - 1 - x)
            case .transversed: (width - 1 - y, height - 1 - x)
            case .rotatedLeft: (width - 1 - y, x)
            }
          for channel in 0..<channels {
            result[(y * newWidth + x) * channels + channel] =
              source[(row * width + column) * channels + channel]
          }
        }
      }
    }
  }
}
