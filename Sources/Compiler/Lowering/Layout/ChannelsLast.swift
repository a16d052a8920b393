import KernelInterface

/// Images whose channels lie together, `[N][H][W][C]`: one channel block, which no kernel reads as an
/// image and a fully connected layer reads and writes as rows.
extension ImageLayout {
  /// True for the layouts that kernels take: planes and blocks of a vector.
  var isKernelLayout: Bool { channelBlock == 1 || channelBlock == kernelLaneCount }

  /// True if a conversion step makes `target` from this layout: `convert-layout` among the kernels'
  /// layouts, else a copy, which writes neither a border nor channels that pad a block.
  func converts(to target: ImageLayout) -> Bool {
    if isKernelLayout && target.isKernelLayout { return true }
    return !target.hasBorder && target.channels % target.channelBlock == 0
      && channels % min(channelBlock, target.channelBlock) == 0
  }

  /// The copy between images whose channels lie together and another layout that `converts(to:)` allows.
  func transposition(to target: ImageLayout) -> CopyDescriptor {
    // Of the two blocks one holds all channels.
    let block = min(channelBlock, target.channelBlock)
    func strides(_ layout: ImageLayout) -> [Int] {
      let blockStride = layout.channelBlock == block ? layout.channelBlockStride : block
      return [layout.imageStride, blockStride, layout.rowStride, layout.channelBlock, 1]
    }
    var copy = CopyDescriptor()
    copy.extents = [batch, channels / block, height, width, block]
    copy.inputElementCount = storedElementCount
    copy.inputOffset = originOffset
    copy.inputStrides = strides(self)
    copy.outputElementCount = target.storedElementCount
    copy.outputStrides = strides(target)
    return copy
  }
}
