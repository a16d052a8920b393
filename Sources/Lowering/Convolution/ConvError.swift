import KernelInterface

/// The largest error of a logit over the largest logit, against Float64, that a network is stated to
/// have: the errors measured on the six networks of `Graphs`, with room for other weights and inputs
/// (`Docs/kernels.md`).
enum ConvError {
  /// What the compiler promises by default.
  static let defaultPromise = 5e-6

  /// With every convolution direct.
  static let direct = 2e-6

  /// With this tile in every convolution that it can compute.
  static func winograd(_ tile: WinogradTile) -> Double {
    switch tile {
    case .two: 2e-6
    case .four: 2.5e-6
    case .six: 5e-6
    }
  }
}
