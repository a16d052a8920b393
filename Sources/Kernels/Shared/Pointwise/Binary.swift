import KernelInterface
import KernelVectors

/// Element-wise arithmetic with broadcasting; the contract is `BinaryDescriptor`'s.
struct Binary {
  private let operation: BinaryDescriptor.Operation
  private let rows: StridedRows
  private let left: UnsafePointer<Float>
  private let right: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(BinaryDescriptor.self) { binary, operands in
    let call = Binary(
      operation: binary.operation,
      rows: StridedRows(
        extents: binary.extents, firstStrides: binary.leftStrides,
        secondStrides: binary.rightStrides),
      left: operands.constantFloats(0), right: operands.constantFloats(1),
      output: operands.floats(2))
    let items = ItemsOfRows(call.rows)
    return [
      WorkPhase(itemCount: items.count) { item, _ in
        items.forEachSpan(ofItem: item) { row, first, second, span in
          call.compute(row: row, call.left + first, call.right + second, span: span)
        }
      }
    ]
  }

  private func compute(
    row: Int, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, span: Range<Int>
  ) {
    let target = output + row * rows.rowLength
    switch operation {
    case .add: apply(left, right, target, span, { $0 + $1 }, { $0 + $1 })
    case .subtract: apply(left, right, target, span, { $0 - $1 }, { $0 - $1 })
    case .multiply: apply(left, right, target, span, { $0 * $1 }, { $0 * $1 })
    case .divide: apply(left, right, target, span, { $0 / $1 }, { $0 / $1 })
    }
  }

  @inline(__always)
  private func apply(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, _ span: Range<Int>,
    _ vectors: (Vector, Vector) -> Vector, _ floats: (Float, Float) -> Float
  ) {
    let leftStep = rows.firstRowStride
    let rightStep = rows.secondRowStride
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
