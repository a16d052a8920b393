import KernelInterface

/// The largest Winograd tiles that the compiler may choose. The larger the tile, the larger the error.
package struct TileLimits: Sendable, Equatable {
  /// Of weights that are not listed.
  package var others = WinogradTile.six
  /// By the name of the constant.
  package var byWeights: [String: WinogradTile] = [:]

  package init(others: WinogradTile = .six, byWeights: [String: WinogradTile] = [:]) {
    self.others = others
    self.byWeights = byWeights
  }

  func largestTile(forWeights name: String) -> WinogradTile { byWeights[name] ?? others }
}
