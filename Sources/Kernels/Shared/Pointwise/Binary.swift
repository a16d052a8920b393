import KernelInterface
import KernelVectors
import Tensors

/// Element-wise arithmetic with broadcasting; the contract is `BinaryDescriptor`'s.
struct Binary {
  private let binary: BinaryDescriptor
  private let rows: StridedRows
  private let left: UnsafeRawPointer
  private let right: UnsafeRawPointer
  private let output: UnsafeMutableRawPointer

  static let kernel = Kernel(BinaryDescriptor.self) { binary, operands in
    let call = Binary(
      binary: binary,
      rows: StridedRows(
        extents: binary.extents, firstStrides: binary.leftStrides,
        secondStrides: binary.rightStrides),
      left: UnsafeRawPointer(operands[0]), right: UnsafeRawPointer(operands[1]),
      output: operands[2])
    let items = ItemsOfRows(call.rows)
    return [
      WorkPhase(itemCount: items.count) { item, _ in
        items.forEachSpan(ofItem: item) { row, first, second, span in
          call.compute(row: row, first, second, span: span)
        }
      }
    ]
  }

  /// - Parameters:
  ///   - first: the element of `left` where the row starts; likewise `second` of `right`.
  private func compute(row: Int, _ first: Int, _ second: Int, span: Range<Int>) {
    let elements = BinaryElements(
      operation: binary.operation, leftStep: rows.firstRowStride, rightStep: rows.secondRowStride,
      span: span)
    let size: Int = binary.elementType.byteCount
    let left = left + first * size
    let right = right + second * size
    let target = output + row * rows.rowLength * size
    switch binary.elementType {
    case .float32:
      elements.computeFloats(
        left.assumingMemoryBound(to: Float.self), right.assumingMemoryBound(to: Float.self),
        target.assumingMemoryBound(to: Float.self))
    case .float64:
      elements.compute(left, right, target, widen: { (x: Double) in x }, narrow: { $0 })
    case .float16:
      elements.compute(
        left, right, target, widen: { (x: Float16) in Float(x) }, narrow: { Float16($0) })
    case .bfloat16:
      elements.compute(
        left, right, target, widen: { (x: UInt16) in Float(bfloat16Bits: x) },
        narrow: { $0.bfloat16Bits })
    default: break
    }
  }
}

/// A span of elements of one row.
private struct BinaryElements {
  let operation: BinaryDescriptor.Operation
  let leftStep: Int
  let rightStep: Int
  let span: Range<Int>

  /// Computes in the wider type and rounds to the stored one. Half as many bits and two more leave
  /// no difference to rounding once.
  @inline(__always)
  func compute<Stored: BitwiseCopyable, Wide: BinaryFloatingPoint>(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    widen: (Stored) -> Wide, narrow: (Wide) -> Stored
  ) {
    let left = left.assumingMemoryBound(to: Stored.self)
    let right = right.assumingMemoryBound(to: Stored.self)
    let target = target.assumingMemoryBound(to: Stored.self)
    for index in span {
      let a = widen(left[index &* leftStep])
      let b = widen(right[index &* rightStep])
      let result =
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        }
      target[index] = narrow(result)
    }
  }

  func computeFloats(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    switch operation {
    case .add: apply(left, right, target, { $0 + $1 }, { $0 + $1 })
    case .subtract: apply(left, right, target, { $0 - $1 }, { $0 - $1 })
    case .multiply: apply(left, right, target, { $0 * $1 }, { $0 * $1 })
    case .divide: apply(left, right, target, { $0 / $1 }, { $0 / $1 })
    }
  }

  @inline(__always)
  private func apply(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ vectors: (Vector, Vector) -> Vector, _ floats: (Float, Float) -> Float
  ) {
    var index = span.lowerBound
    if leftStep == 1 && rightStep == 1 {
      while index + Vector.scalarCount <= span.upperBound {
        target.store(vectors(left.vector(at: index), right.vector(at: index)), at: index)
        index += Vector.scalarCount
      }
    } else if leftStep == 1 && rightStep == 0 {
      let scalar = Vector(repeating: right[0])
      while index + Vector.scalarCount <= span.upperBound {
        target.store(vectors(left.vector(at: index), scalar), at: index)
        index += Vector.scalarCount
      }
    } else if leftStep == 0 && rightStep == 1 {
      let scalar = Vector(repeating: left[0])
      while index + Vector.scalarCount <= span.upperBound {
        target.store(vectors(scalar, right.vector(at: index)), at: index)
        index += Vector.scalarCount
      }
    }
    while index < span.upperBound {
      target[index] = floats(left[index * leftStep], right[index * rightStep])
      index += 1
    }
  }
}
