import KernelInterface
import KernelVectors

/// Rows of the images between two convolutions, a plane a channel block, each as in an image of as many rows as a
/// band reads, their borders included.
struct BandStore {
  private let layout: ImageLayout
  private let rowCount: Int
  private let planeCount: Int
  private let base: UnsafeMutablePointer<Float>
  /// The rows that are stored; those above or below the images are zero.
  private var rows = 0..<0

  /// Stores no rows yet, but their borders at the sides.
  ///
  /// - Parameters:
  ///   - layout: of the images between.
  ///   - rowCount: rows that there is room for.
  init(
    _ layout: ImageLayout, rowCount: Int, planeCount: Int, at base: UnsafeMutablePointer<Float>
  ) {
    self.layout = layout
    self.rowCount = rowCount
    self.planeCount = planeCount
    self.base = base
    let leftCount: Int = layout.borderLeft * Vector.scalarCount
    let rightCount: Int = layout.borderRight * Vector.scalarCount
    for row in 0..<planeCount * rowCount {
      let start = base + row * layout.rowStride
      start.fillZero(count: leftCount)
      (start + layout.rowStride - rightCount).fillZero(count: rightCount)
    }
  }

  /// Elements from one plane to the next.
  var planeStride: Int { rowCount * layout.rowStride }

  /// The first row of a plane.
  func plane(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * planeStride }

  /// Stores the rows `covered`, of which some may lie above or below the image: keeps those that are there, and
  /// computes the others.
  ///
  /// - Parameter produce: stores some rows of the image, in planes of which the first is given.
  mutating func cover(
    _ covered: Range<Int>, produce: (_ rows: Range<Int>, _ planes: ConvDirect.Planes) -> Void
  ) {
    let kept = rows.clamped(to: covered)
    if !kept.isEmpty {
      for index in 0..<planeCount {
        let plane = plane(index)
        plane.update(
          from: plane + (kept.lowerBound - rows.lowerBound) * layout.rowStride,
          count: kept.count * layout.rowStride)
      }
    }
    rows = covered
    let missing = kept.isEmpty ? covered : kept.upperBound..<covered.upperBound
    let top = min(max(missing.lowerBound, 0), missing.upperBound)
    let bottom = max(top, min(missing.upperBound, layout.height))
    func offset(of row: Int) -> Int { (row - covered.lowerBound) * layout.rowStride }
    for index in 0..<planeCount {
      let plane = plane(index)
      (plane + offset(of: missing.lowerBound))
        .fillZero(count: (top - missing.lowerBound) * layout.rowStride)
      (plane + offset(of: bottom))
        .fillZero(count: (missing.upperBound - bottom) * layout.rowStride)
    }
    produce(
      top..<bottom,
      ConvDirect.Planes(
        origin: base + offset(of: top) + layout.borderLeft * Vector.scalarCount,
        rowStride: layout.rowStride, vectorStride: planeStride))
  }
}
