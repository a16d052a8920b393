import KernelInterface

/// The layout in which a step wants to read a float32 image batch.
struct ImageDemand: Equatable {
  /// The value, of four dimensions NCHW.
  var value: String
  /// Channels in a block: 1 for planes, the lane count for blocks.
  var channelBlock: Int
  /// The zero border that the step reads.
  var border = Border()
  /// True if a larger border would not do, nor a slice of larger images.
  var needsExactBorder = false
}

/// Rows and columns of zeros around each plane.
struct Border: Equatable {
  var top = 0
  var left = 0
  var bottom = 0
  var right = 0

  func union(_ other: Border) -> Border {
    Border(
      top: max(top, other.top), left: max(left, other.left), bottom: max(bottom, other.bottom),
      right: max(right, other.right))
  }

  mutating func formUnion(_ other: Border) { self = union(other) }

  func covers(_ other: Border) -> Bool { union(other) == self }
}

extension ImageLayout {
  var border: Border {
    get { Border(top: borderTop, left: borderLeft, bottom: borderBottom, right: borderRight) }
    set {
      borderTop = newValue.top
      borderLeft = newValue.left
      borderBottom = newValue.bottom
      borderRight = newValue.right
    }
  }

  /// True if the elements lie as in a dense row-major NCHW tensor.
  var isDense: Bool {
    !hasBorder && !isSlice
      && (channelBlock == 1 || (height * width == 1 && channels % channelBlock == 0))
  }

  func satisfies(_ demand: ImageDemand) -> Bool {
    channelBlock == demand.channelBlock
      && (demand.needsExactBorder
        ? border == demand.border && !isSlice : border.covers(demand.border))
  }
}
