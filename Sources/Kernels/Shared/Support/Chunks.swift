import KernelInterface

/// Work items over a dense row of elements: chunks of equal size, the last one shorter.
struct Chunks {
  private let elementCount: Int
  private let chunkElementCount: Int

  init(elementCount: Int, chunkElementCount: Int = 1 << 14) {
    self.elementCount = elementCount
    self.chunkElementCount = max(1, chunkElementCount)
  }

  var count: Int { ceilingQuotient(elementCount, chunkElementCount) }

  func elements(ofChunk chunk: Int) -> Range<Int> {
    let start = chunk * chunkElementCount
    return start..<min(elementCount, start + chunkElementCount)
  }
}
