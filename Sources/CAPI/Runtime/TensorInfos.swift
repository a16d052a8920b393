import CTessera
import Tensors
import TesseraRuntime

/// The inputs, or the outputs, of all variants of a plan as C reads them, where they stay while this object lives.
final class TensorInfos: @unchecked Sendable {
  /// How many a variant has.
  let count: Int
  /// Finds them by name.
  let index: NameIndex
  private let variantCount: Int
  private let names: CStrings
  private let extents: ZeroedMemory
  private let infos: ZeroedMemory

  /// - Parameter variants: of each its inputs; they differ in shape alone.
  /// - Throws: `TesseraError` if memory is refused.
  init(_ variants: [[TensorSpecification]]) throws(TesseraError) {
    let tensors = variants.flatMap { $0 }
    variantCount = variants.count
    count = variants.first?.count ?? 0
    names = try CStrings(variants.first?.map(\.name) ?? [])
    index = NameIndex(names.pointers)
    extents = try ZeroedMemory(
      byteCount: tensors.reduce(0) { $0 + $1.shape.rank } * MemoryLayout<Int64>.stride)
    infos = try ZeroedMemory(byteCount: tensors.count * MemoryLayout<tsr_tensor_info>.stride)
    let shapes = extents.bytes.bindMemory(to: Int64.self)
    let values = infos.bytes.bindMemory(to: tsr_tensor_info.self)
    var extentOffset = 0
    for (position, tensor) in tensors.enumerated() {
      for (axis, extent) in tensor.shape.dimensions.enumerated() {
        shapes[extentOffset + axis] = Int64(extent)
      }
      values[position] = tsr_tensor_info(
        struct_size: MemoryLayout<tsr_tensor_info>.size, name: names.pointers[position % count],
        shape: shapes.baseAddress.map { UnsafePointer($0 + extentOffset) },
        rank: tensor.shape.rank, element_count: tensor.shape.elementCount,
        byte_count: tensor.byteCount, element_type: tensor.elementType.code, reserved: 0)
      extentOffset += tensor.shape.rank
    }
  }

  /// The names in order.
  var nameList: [String] { names.pointers.map { String(cString: $0) } }

  func name(_ position: Int) -> String { String(cString: names.pointers[position]) }

  /// Nil if there is none.
  subscript(variant: Int, position: Int) -> UnsafePointer<tsr_tensor_info>? {
    guard (0..<variantCount).contains(variant), (0..<count).contains(position) else { return nil }
    return infos.bytes.baseAddress.map {
      UnsafePointer($0.assumingMemoryBound(to: tsr_tensor_info.self)) + (variant * count + position)
    }
  }
}

extension ElementType {
  /// The number that ONNX has for it.
  fileprivate var code: tsr_element_type {
    let code =
      switch self {
      case .float32: TSR_FLOAT32
      case .float64: TSR_FLOAT64
      case .float16: TSR_FLOAT16
      case .bfloat16: TSR_BFLOAT16
      case .int8: TSR_INT8
      case .int16: TSR_INT16
      case .int32: TSR_INT32
      case .int64: TSR_INT64
      case .uint8: TSR_UINT8
      case .uint16: TSR_UINT16
      case .uint32: TSR_UINT32
      case .uint64: TSR_UINT64
      case .bool: TSR_BOOL
      }
    return tsr_element_type(code)
  }
}
