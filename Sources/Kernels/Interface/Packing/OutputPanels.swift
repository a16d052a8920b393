/// How the output channels of a convolution or a fully connected layer are cut into panels, each
/// computed by one register tile: 16 channels wide, the last one 8 where at most 8 are left.
package struct OutputPanels: Sendable, Equatable {
  package static let fullWidth = 2 * kernelLaneCount

  package let channelCount: Int

  package init(channelCount: Int) { self.channelCount = channelCount }

  /// Channels with the padding of the last panel.
  package var paddedChannelCount: Int { roundUp(channelCount, toMultipleOf: kernelLaneCount) }
  package var count: Int { ceilingQuotient(channelCount, Self.fullWidth) }

  package func firstChannel(of panel: Int) -> Int { panel * Self.fullWidth }

  /// 8 or 16.
  package func width(of panel: Int) -> Int {
    min(Self.fullWidth, paddedChannelCount - firstChannel(of: panel))
  }
}
