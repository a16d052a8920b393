/// A nest of loops over several strided operands and a dense result with as few dimensions as it can do
/// with: those of extent 1 are left out, and neighbours through which every operand steps evenly are one.
struct MergedExtents {
  private(set) var extents: [Int] = []
  /// Of each operand, one for each extent.
  private(set) var strides: [[Int]]

  init(_ extents: [Int], strides: [[Int]]) {
    self.strides = strides.map { _ in [] }
    for (dimension, extent) in extents.enumerated() where extent != 1 {
      let inner = strides.map { $0[dimension] }
      if let outer = self.extents.last, !extents.contains(0),
        zip(self.strides, inner).allSatisfy({ $0.last == $1 * extent })
      {
        self.extents[self.extents.count - 1] = outer * extent
        for index in inner.indices {
          self.strides[index][self.extents.count - 1] = inner[index]
        }
      } else {
        self.extents.append(extent)
        for index in inner.indices { self.strides[index].append(inner[index]) }
      }
    }
  }
}
