import KernelInterface
import Tensors

/// How convolutions are computed.
package enum ConvAlgorithm: String, CaseIterable, Sendable {
  /// The cheapest of direct and Winograd, within the limits of tiles; im2col for groups that
  /// `MergedGroups` does not take.
  case automatic = "auto"
  /// Blocked direct convolution, or its depthwise form; im2col for groups that `MergedGroups` does not
  /// take.
  case direct
  /// Gather into columns, then a GEMM.
  case im2col
  /// F(2×2, 3×3) for 3×3 convolutions of stride 1, dilation 1 and one group on whole channel blocks, and
  /// the algorithms of other windows whose tiles are as large (`WinogradTile`); as `direct` for others.
  case winograd2
  /// The same with F(4×4, 3×3).
  case winograd4
  /// The same with F(6×6, 3×3).
  case winograd6

  /// The tile that a Winograd algorithm names.
  package var tile: WinogradTile? {
    switch self {
    case .automatic, .direct, .im2col: nil
    case .winograd2: .two
    case .winograd4: .four
    case .winograd6: .six
    }
  }

  /// Checks that the algorithm can compute every output from its own window alone.
  ///
  /// - Throws: `invalidUsage` for Winograd's.
  package func requireLocality() throws(TesseraError) {
    guard tile != nil else { return }
    throw TesseraError(
      .invalidUsage,
      "the algorithm \(rawValue) is not local: an output depends on all inputs of its tile"
    )
  }

  /// The methods for one convolution from which the cheapest is taken: those that the algorithm names
  /// where they can be used, else the direct convolution, else im2col.
  ///
  /// - Parameters:
  ///   - largestTile: that `automatic` may take.
  ///   - isLocal: leaves Winograd out.
  func methods(
    for conv: ConvProblem, largestTile: WinogradTile, isLocal: Bool = false
  ) -> [ConvMethod] {
    guard self != .im2col else { return [.im2col] }
    guard !conv.isDepthwise else { return [.depthwise] }
    guard conv.mergedGroups != nil else { return [.im2col] }
    guard self != .direct, !isLocal else { return [.direct] }
    if let tile {
      guard let shape = conv.winogradShape(tile) else { return [.direct] }
      return WinogradSchedule.all(shape).map(ConvMethod.winograd)
    }
    let shapes = WinogradTile.allCases.filter { $0.outputExtent <= largestTile.outputExtent }
      .compactMap(conv.winogradShape)
    return [.direct] + shapes.flatMap(WinogradSchedule.all).map(ConvMethod.winograd)
  }
}
