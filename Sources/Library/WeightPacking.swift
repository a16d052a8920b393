import CPUKernels
import KernelInterface
import Lowering
import Synchronization
import Tensors

/// Packs a weight into its zeroed place, on all threads of `pool`.
func pack(
  _ packing: WeightPool.Packing, into destination: UnsafeMutableRawBufferPointer,
  on pool: ThreadPool
) throws(TesseraError) {
  let pieces = piecesOfPanels(packing.panelCount)
  let failure = Mutex<TesseraError?>(nil)
  let phase = WorkPhase(itemCount: pieces.count) { item, _ in
    do throws(TesseraError) {
      try packing.fill(destination, pieces[item])
    } catch {
      failure.withLock { $0 = error }
    }
  }
  let unused = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
  defer { unused.deallocate() }
  pool.run([phase], workspace: unused, workspaceStrideByteCount: 0)
  if let error = failure.withLock({ $0 }) { throw error }
}

/// Ranges of a few panels each, so that a large weight keeps all threads busy.
private func piecesOfPanels(_ panelCount: Int) -> [Range<Int>] {
  let length = min(max(1, panelCount / 16), 8)
  return stride(from: 0, to: panelCount, by: length).map { $0..<min($0 + length, panelCount) }
}

extension WeightPool {
  /// The packed weights from blob `first` on, as they lie from the offset `start` on, where the first of
  /// them lies.
  func packed(
    from first: Int = 0, at start: Int = 0, threadCount: Int
  ) throws(TesseraError) -> TensorStorage {
    try TensorStorage(byteCount: byteCount - start) { (bytes) throws(TesseraError) in
      try pack(from: first, at: start, into: bytes, threadCount: threadCount)
    }
  }

  /// Packs them into their zeroed place.
  func pack(
    from first: Int = 0, at start: Int = 0, into bytes: UnsafeMutableRawBufferPointer,
    threadCount: Int
  ) throws(TesseraError) {
    let pool = try ThreadPool(threadCount: threadCount)
    for index in first..<blobs.count {
      let range =
        blobs[index].byteOffset - start..<blobs[index].byteOffset - start
        + blobs[index].byteCount
      try Tessera.pack(
        packings[index], into: UnsafeMutableRawBufferPointer(rebasing: bytes[range]), on: pool)
    }
  }
}
