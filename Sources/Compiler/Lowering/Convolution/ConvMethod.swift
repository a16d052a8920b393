import KernelInterface
import Tensors

/// How one convolution is computed.
package enum ConvMethod: Equatable, Sendable {
  /// `conv-direct`.
  case direct
  /// `conv-depthwise`.
  case depthwise
  /// `conv-im2col`.
  case im2col
  /// `conv-winograd`.
  case winograd(WinogradSchedule)
}

/// The free choices of a Winograd convolution.
package struct WinogradSchedule: Equatable, Sendable {
  var shape: WinogradShape
  var schedule: ConvWinogradDescriptor.Schedule
  var tilesPerBlock: Int

  /// Tiles of a block to choose from, in the fused schedule. Multiples of the register tile's 6 rows,
  /// with transformed inputs around the size of the L2 cache for 64 to 256 channels. In phases, blocks
  /// of many tiles read the weights seldom.
  private static let fusedBlockSizes = [12, 18, 24, 36]
  private static let phasedBlockSizes = [54]

  /// All schedules with tiles of a shape.
  static func all(_ shape: WinogradShape) -> [WinogradSchedule] {
    ConvWinogradDescriptor.Schedule.allCases.flatMap { schedule in
      (schedule == .fused ? fusedBlockSizes : phasedBlockSizes).map { size in
        WinogradSchedule(shape: shape, schedule: schedule, tilesPerBlock: size)
      }
    }
  }
}

extension ConvMethod {
  /// True if every output depends on its own window alone.
  package var isLocal: Bool {
    if case .winograd = self { false } else { true }
  }

  /// The algorithm that names this method, whatever the schedule.
  package var algorithm: ConvAlgorithm {
    switch self {
    case .direct, .depthwise: .direct
    case .im2col: .im2col
    case .winograd(let choice):
      switch choice.shape.tile {
      case .two: .winograd2
      case .four: .winograd4
      case .six: .winograd6
      }
    }
  }

  /// How a call computes its convolution, the second of `winograd-bands`; nil if it is none.
  ///
  /// - Throws: `TesseraError` if the descriptor is not valid.
  package init?(_ call: KernelCall) throws(TesseraError) {
    switch call.kernel {
    case ConvDirectDescriptor.kernelName: self = .direct
    case ConvDepthwiseDescriptor.kernelName: self = .depthwise
    case ConvIm2colDescriptor.kernelName: self = .im2col
    case ConvWinogradDescriptor.kernelName:
      self.init(try ConvWinogradDescriptor(decoding: call.descriptor))
    case WinogradBandsDescriptor.kernelName:
      self.init(try WinogradBandsDescriptor(decoding: call.descriptor).consumer)
    default: return nil
    }
  }

  private init(_ conv: ConvWinogradDescriptor) {
    self = .winograd(
      WinogradSchedule(
        shape: conv.shape, schedule: conv.schedule, tilesPerBlock: conv.tilesPerBlock))
  }
}

extension ConvMethod: CustomStringConvertible {
  /// As in `direct`, `winograd F(4x4) fused/24` with the tiles of a block.
  package var description: String {
    switch self {
    case .direct: return "direct"
    case .depthwise: return "depthwise"
    case .im2col: return "im2col"
    case .winograd(let choice):
      let (rows, columns) = (choice.shape.rows.outputExtent, choice.shape.columns.outputExtent)
      return "winograd F(\(rows)x\(columns)) \(choice.schedule)/\(choice.tilesPerBlock)"
    }
  }
}
