import KernelInterface

/// How one convolution is computed.
enum ConvMethod: Equatable {
  /// `conv-direct`.
  case direct
  /// `conv-im2col`.
  case im2col
  /// `conv-winograd`.
  case winograd(WinogradSchedule)
}

extension ConvMethod {
  /// The algorithm that names this method, whatever the schedule.
  var algorithm: ConvAlgorithm {
    switch self {
    case .direct: .direct
    case .im2col: .im2col
    case .winograd(let choice):
      switch choice.tile {
      case .two: .winograd2
      case .four: .winograd4
      case .six: .winograd6
      }
    }
  }
}

/// The free choices of a Winograd convolution.
struct WinogradSchedule: Equatable {
  var tile: WinogradTile
  var schedule: ConvWinogradDescriptor.Schedule
  var tilesPerBlock: Int
}

/// The sizes of a convolution on which the choice of its method depends.
struct ConvSizes {
  var batch: Int
  var inChannels: Int
  var outChannels: Int
  /// Rows and columns of the convolution, before pooling.
  var height: Int
  var width: Int
  var kernel: (height: Int, width: Int)
  var stride: (height: Int, width: Int)
  var dilation: (height: Int, width: Int)
  var groups: Int

  var groupsAreWholeBlocks: Bool {
    groups == 1
      || (inChannels / groups % kernelLaneCount == 0 && outChannels / groups % kernelLaneCount == 0)
  }

  /// Images of fewer channels than a block stay planes, which only the direct convolution reads.
  var allowsWinograd: Bool {
    kernel == (3, 3) && stride == (1, 1) && dilation == (1, 1) && groups == 1
      && inChannels >= kernelLaneCount
  }
}

extension ConvAlgorithm {
  /// The method for one convolution: that which the algorithm names where it can be used, else the
  /// direct convolution. Nil if the algorithm is `direct` and cannot be used.
  func method(for conv: ConvSizes) -> ConvMethod? {
    guard self != .im2col else { return .im2col }
    guard conv.groupsAreWholeBlocks else { return self == .direct ? nil : .im2col }
    guard conv.allowsWinograd else { return .direct }
    switch self {
    case .im2col, .direct: return .direct
    case .winograd2: return .winograd(ConvCost.best(conv, tiles: [.two]).schedule)
    case .winograd4: return .winograd(ConvCost.best(conv, tiles: [.four]).schedule)
    case .winograd6: return .winograd(ConvCost.best(conv, tiles: [.six]).schedule)
    case .automatic:
      let tiles = WinogradTile.allCases.filter {
        ConvError.winograd($0) <= ConvError.defaultPromise
      }
      let best = ConvCost.best(conv, tiles: tiles)
      return best.cost < ConvCost.direct(conv) ? .winograd(best.schedule) : .direct
    }
  }
}
