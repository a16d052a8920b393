/// How the output channels of a convolution or a fully connected layer are cut into panels, each
/// computed by one register tile: 16 channels wide, the last one 8 where at most 8 are left.
package struct OutputPanels: Sendable, Equatable {
  package static let fullWidth = 2 * kernelLaneCount
  /// Channels of a pair: two neighbouring panels.
  package static let pairWidth = 2 * fullWidth

  package let channelCount: Int

  package init(channelCount: Int) { self.channelCount = channelCount }

  /// Channels with the padding of the last panel.
  package var paddedChannelCount: Int { roundUp(channelCount, toMultipleOf: kernelLaneCount) }
  package var count: Int { ceilingQuotient(channelCount, Self.fullWidth) }

  /// The last pair may be a panel alone.
  package var pairCount: Int { ceilingQuotient(count, 2) }

  package func panels(ofPair pair: Int) -> Range<Int> { 2 * pair..<min(2 * pair + 2, count) }

  package func firstChannel(of panel: Int) -> Int { panel * Self.fullWidth }

  /// 8 or 16.
  package func width(of panel: Int) -> Int {
    min(Self.fullWidth, paddedChannelCount - firstChannel(of: panel))
  }

  /// True of two full panels.
  package func isFullPair(_ panels: Range<Int>) -> Bool {
    panels.count == 2 && width(of: panels.lowerBound + 1) == Self.fullWidth
  }
}
