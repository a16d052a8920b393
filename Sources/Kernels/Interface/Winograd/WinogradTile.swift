/// How large the tiles of a Winograd convolution are: the larger, the fewer multiplications and the larger the
/// error. Named by the outputs of a 3×3 convolution along each axis.
package enum WinogradTile: Int, CaseIterable, Sendable {
  case two
  case four
  case six

  /// Outputs of a tile of a 3×3 convolution along each axis.
  package var outputExtent: Int {
    switch self {
    case .two: 2
    case .four: 4
    case .six: 6
    }
  }

  /// Points of the transform of an axis. An algorithm in one dimension rounds in one transform only and may
  /// have more.
  func pointCount(isOneDimensional: Bool) -> Int {
    switch self {
    case .two: 4
    case .four: 6
    case .six: isOneDimensional ? 10 : 8
    }
  }
}
