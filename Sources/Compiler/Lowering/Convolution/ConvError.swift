import KernelInterface
import Tensors

/// The largest error of a logit over the largest logit, against Float64, that a network is stated to
/// have: the errors measured on the six networks of `Graphs`, with room for other weights and inputs
/// (`Docs/kernels.md`).
package enum ConvError {
  /// What the compiler promises by default.
  package static let defaultPromise = 5e-6

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

extension ConvAlgorithm {
  /// The error that a network is stated to have with this algorithm wherever it can be used; of
  /// `automatic` the smallest that it can be held to. Nil where none is stated.
  var statedError: Double? {
    switch self {
    case .automatic, .direct: ConvError.direct
    case .im2col: nil
    case .winograd2, .winograd4, .winograd6: tile.map(ConvError.winograd)
    }
  }

  /// Checks that the algorithm can be held to an error.
  ///
  /// - Throws: `invalidUsage` with the smallest error that is possible.
  package func requireError(atMost maxError: Double) throws(TesseraError) {
    guard let statedError else {
      throw TesseraError(
        .invalidUsage,
        "no error is stated for the algorithm \(rawValue), so none can be its largest: found \(maxError)"
      )
    }
    guard statedError <= maxError else {
      let who = self == .automatic ? "any algorithm" : "the algorithm \(rawValue)"
      throw TesseraError(
        .invalidUsage,
        "the smallest error stated for \(who) is \(statedError), found \(maxError) as the largest that is allowed"
      )
    }
  }
}
