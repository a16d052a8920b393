import KernelInterface
import KernelVectors

/// How one operand of a pointwise program lies along a row of `outer` × `inner` elements.
struct PointwiseRowInput {
  private enum Form {
    /// One element after the other.
    case contiguous
    /// The same in every block of the row: one element, or one vector, again and again.
    case repeated
    case strided
  }

  private let form: Form
  private let outerStride: Int
  private let innerStride: Int
  private let inner: Int

  init(outerStride: Int, innerStride: Int, extents: (outer: Int, inner: Int)) {
    self.outerStride = extents.outer == 1 ? 0 : outerStride
    self.innerStride = extents.inner == 1 ? 0 : innerStride
    inner = extents.inner
    let isDense =
      extents.inner == 1
      ? outerStride == 1
      : innerStride == 1 && (extents.outer == 1 || outerStride == extents.inner)
    if isDense {
      form = .contiguous
    } else if self.outerStride == 0
      && (self.innerStride == 0 || extents.inner == Vector.scalarCount)
    {
      form = .repeated
    } else {
      form = .strided
    }
  }

  /// True if a block of the row can be read where it lies.
  var isContiguous: Bool { form == .contiguous }
  /// True if every block of a row, whose elements come in whole vectors, is the same.
  var isRepeated: Bool { form == .repeated }

  /// Copies elements `range` of the row that starts at `row`.
  func copy(
    _ range: Range<Int>, ofRowAt row: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    var element = range.lowerBound
    var target = target
    while element < range.upperBound {
      let (outer, start) = element.quotientAndRemainder(dividingBy: inner)
      let count = min(inner - start, range.upperBound - element)
      let source = row + outer * outerStride + start * innerStride
      if innerStride == 1 {
        target.update(from: source, count: count)
      } else if innerStride == 0 {
        target.update(repeating: source[0], count: count)
      } else {
        for index in 0..<count { target[index] = source[index * innerStride] }
      }
      target += count
      element += count
    }
  }
}
