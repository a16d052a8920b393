/// Memory of an exact size between two guards. All of it, guards included, starts as bytes 0xFF, which
/// are NaN as floats: what a kernel reads outside its operand, or leaves unwritten, shows up in results.
final class GuardedBuffer {
  private static let guardByteCount = 256

  let byteCount: Int
  let base: UnsafeMutableRawPointer
  private let allocation: UnsafeMutableRawPointer

  init(byteCount: Int) {
    self.byteCount = byteCount
    let total = byteCount + 2 * Self.guardByteCount
    allocation = .allocate(byteCount: total, alignment: 64)
    allocation.initializeMemory(as: UInt8.self, repeating: 0xFF, count: total)
    base = allocation + Self.guardByteCount
  }

  convenience init<Element: BitwiseCopyable>(_ elements: [Element]) {
    self.init(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress {
        base.copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  deinit { allocation.deallocate() }

  var guardsAreIntact: Bool {
    [allocation, base + byteCount].allSatisfy { guardBase in
      UnsafeRawBufferPointer(start: UnsafeRawPointer(guardBase), count: Self.guardByteCount)
        .allSatisfy { $0 == 0xFF }
    }
  }

  var bytes: [UInt8] { elements(UInt8.self) }
  var floats: [Float] { elements(Float.self) }

  func elements<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
    let count = byteCount / MemoryLayout<Element>.stride
    return Array(
      UnsafeBufferPointer(start: base.assumingMemoryBound(to: Element.self), count: count))
  }
}
