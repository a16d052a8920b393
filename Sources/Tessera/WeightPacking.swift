import CPUKernels
import KernelInterface
import Lowering
import Synchronization
import Tensors

/// Packs weights into their zeroed places, on `threadCount` threads.
func pack(
  _ packings: [WeightPool.Packing], into destinations: [UnsafeMutableRawBufferPointer],
  threadCount: Int
) throws(TesseraError) {
  let pieces = packings.indices.flatMap { blob in
    piecesOfPanels(packings[blob].panelCount).map { (blob: blob, panels: $0) }
  }
  let failure = Mutex<TesseraError?>(nil)
  let pool = try ThreadPool(threadCount: threadCount)
  let packing = WorkPhase(itemCount: pieces.count) { item, _ in
    let piece = pieces[item]
    do throws(TesseraError) {
      try packings[piece.blob].fill(destinations[piece.blob], piece.panels)
    } catch {
      failure.withLock { $0 = error }
    }
  }
  let unused = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
  defer { unused.deallocate() }
  pool.run([packing], workspace: unused, workspaceStrideByteCount: 0)
  if let error = failure.withLock({ $0 }) { throw error }
}

/// Ranges of a few panels each, so that one large weight keeps all threads busy.
private func piecesOfPanels(_ panelCount: Int) -> [Range<Int>] {
  stride(from: 0, to: panelCount, by: 8).map { $0..<min($0 + 8, panelCount) }
}

extension WeightPool {
  /// The packed weights from blob `first` on, as they lie from the offset `start` on, where the first of
  /// them lies.
  func packed(
    from first: Int = 0, at start: Int = 0, threadCount: Int
  ) throws(TesseraError) -> TensorStorage {
    try TensorStorage(byteCount: byteCount - start) { (bytes) throws(TesseraError) in
      let destinations = blobs[first...].map { blob in
        let offset = blob.byteOffset - start
        return UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + blob.byteCount])
      }
      try pack(Array(packings[first...]), into: destinations, threadCount: threadCount)
    }
  }
}
