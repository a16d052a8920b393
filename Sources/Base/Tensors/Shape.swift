/// The extents of a tensor, outermost first; empty for a scalar. Every extent is at least 0.
public struct Shape: Sendable, Hashable {
  /// Extents in elements, outermost first.
  public let dimensions: [Int]

  /// How many elements a tensor of this shape has.
  public let elementCount: Int

  /// Makes a shape; nil if an extent is negative or if elements of 8 bytes would take more bytes than
  /// `Int` holds, extents of 0 left out of account.
  public init?(_ dimensions: [Int]) {
    var count = 1
    var isEmpty = false
    for extent in dimensions {
      guard extent >= 0 else { return nil }
      if extent == 0 {
        isEmpty = true
        continue
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Self.maximumElementCount else { return nil }
      count = product
    }
    self.dimensions = dimensions
    self.elementCount = isEmpty ? 0 : count
  }

  /// The shape of a scalar: no dimensions, one element.
  public static let scalar = Shape(vector: 1, rank: 0)

  /// The shape `[count]`; a `count` that no shape can have is clamped.
  public static func vector(_ count: Int) -> Shape {
    Shape(vector: min(max(0, count), maximumElementCount), rank: 1)
  }

  private static let maximumElementCount = Int.max / 8

  private init(vector count: Int, rank: Int) {
    dimensions = rank == 0 ? [] : [count]
    elementCount = count
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The extent of dimension `index`.
  public subscript(index: Int) -> Int { dimensions[index] }
}

extension Shape: CustomStringConvertible {
  /// The extents joined by `x`, as in `1x3x224x224`; `scalar` without dimensions.
  public var description: String {
    dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: "x")
  }
}
