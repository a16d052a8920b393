import KernelInterface
import KernelVectors

/// How one operand of a pointwise program lies along runs of elements, loops over `extents` whose results
/// lie at `targetStrides`.
struct PointwiseRunInput {
  enum Form {
    /// As the results lie.
    case streamed
    /// The same 8 elements again and again.
    case repeated
    /// One element.
    case single
    case strided
  }

  let form: Form
  /// The two innermost loops.
  private let outerStride: Int
  private let innerStride: Int
  private let inner: Int

  init(strides: ArraySlice<Int>, extents: ArraySlice<Int>, targetStrides: ArraySlice<Int>) {
    let loops = zip(zip(strides, targetStrides), extents).filter { $0.1 != 1 }.map(\.0)
    if loops.allSatisfy({ $0.0 == $0.1 }) {
      form = .streamed
    } else if loops.allSatisfy({ $0.0 == 0 }) {
      form = .single
    } else if extents.last == kernelLaneCount && strides.last == 1
      && loops.dropLast().allSatisfy({ $0.0 == 0 })
    {
      form = .repeated
    } else {
      form = .strided
    }
    inner = extents.last ?? 1
    innerStride = strides.last ?? 0
    outerStride = strides.dropLast().last ?? 0
  }

  /// Copies elements `range` of the two innermost loops, which start at `start`.
  func copy(
    _ range: Range<Int>, from start: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>
  ) {
    var element = range.lowerBound
    var target = target
    while element < range.upperBound {
      let (outer, first) = element.quotientAndRemainder(dividingBy: inner)
      let count = min(inner - first, range.upperBound - element)
      let source = start + outer * outerStride + first * innerStride
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
