/// The elements of an array in memory of their own, without the counts of references that several threads
/// would change in turns. Whoever allocates it frees it.
struct UncountedArray<Element> {
  private let start: UnsafeMutablePointer<Element>
  let count: Int

  static func allocate(copying elements: [Element]) -> UncountedArray {
    let start = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
    for (index, element) in elements.enumerated() { (start + index).initialize(to: element) }
    return UncountedArray(start: start, count: elements.count)
  }

  func deallocate() {
    start.deinitialize(count: count)
    start.deallocate()
  }

  var indices: Range<Int> { 0..<count }

  @inline(__always)
  func address(of index: Int) -> UnsafePointer<Element> { UnsafePointer(start + index) }

  @inline(__always)
  subscript(index: Int) -> Element { start[index] }
}
