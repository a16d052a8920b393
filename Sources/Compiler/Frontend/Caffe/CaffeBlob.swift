import CCaffeProto
import GraphIR
import Tensors

/// An array of a weight file.
struct CaffeBlob {
  /// float32, or float64 where the file stores doubles. It refers to the file where the elements lie there
  /// in one piece.
  let tensor: Tensor
  /// The shape is given in the older form, which has four extents whatever the rank.
  let hasLegacyShape: Bool

  /// - Parameter file: The file's bytes, which the message refers to.
  /// - Throws: `TesseraError` if the elements do not fill the shape.
  init(_ proto: Caffe__BlobProto, in file: TensorStorage) throws(TesseraError) {
    hasLegacyShape =
      proto.has_num != 0 || proto.has_channels != 0 || proto.has_height != 0 || proto.has_width != 0
    let extents =
      if hasLegacyShape {
        [proto.num, proto.channels, proto.height, proto.width].map { Int($0) }
      } else {
        proto.shape.map { scalars($0.pointee.dim, $0.pointee.n_dim).map { Int($0) } } ?? []
      }
    guard let shape = Shape(extents) else {
      throw TesseraError(
        .invalidInput,
        "the shape \(listDescription(extents)) is negative or has too many elements")
    }
    let floats = try StoredElements(
      single: UnsafeRawBufferPointer(scalars(proto.data, proto.n_data)),
      offsets: scalars(proto.data_offset, proto.n_data_offset),
      lengths: scalars(proto.data_length, proto.n_data_length))
    let doubles = try StoredElements(
      single: UnsafeRawBufferPointer(scalars(proto.double_data, proto.n_double_data)),
      offsets: scalars(proto.double_data_offset, proto.n_double_data_offset),
      lengths: scalars(proto.double_data_length, proto.n_double_data_length))
    let isDouble = doubles.byteCount > 0
    let (elements, type) = isDouble ? (doubles, ElementType.float64) : (floats, .float32)
    guard shape.elementCount == elements.byteCount / type.byteCount,
      let tensor = try elements.tensor(type, shape, in: file)
    else {
      throw TesseraError(
        .invalidInput,
        "the shape \(shape) has \(shape.elementCount) elements, found "
          + "\(elements.byteCount / type.byteCount)")
    }
    self.tensor = tensor
  }

  /// The tensor in the shape of an input; nil if it has another one. Of four extents in the older form,
  /// ones in front count for nothing.
  func tensor(fitting dimensions: [Dimension]) -> Tensor? {
    var extents = tensor.shape.dimensions
    if hasLegacyShape, dimensions.count < extents.count {
      let surplus = extents.count - dimensions.count
      guard extents.prefix(surplus).allSatisfy({ $0 == 1 }) else { return nil }
      extents.removeFirst(surplus)
    }
    guard extents.count == dimensions.count,
      zip(extents, dimensions).allSatisfy({ $1.value == nil || $1.value == $0 })
    else { return nil }
    return Shape(extents).flatMap(tensor.reshaped)
  }
}

/// Elements as a message stores them: one by one, or packed in pieces that were left in the file.
private struct StoredElements {
  private let single: UnsafeRawBufferPointer
  private let pieces: [Range<Int>]
  let byteCount: Int

  /// - Throws: `TesseraError` if there are both, whose order is not known.
  init(
    single: UnsafeRawBufferPointer, offsets: UnsafeBufferPointer<UInt64>,
    lengths: UnsafeBufferPointer<UInt64>
  ) throws(TesseraError) {
    self.single = single
    pieces = zip(offsets, lengths).map { Int($0)..<Int($0) + Int($1) }.filter { !$0.isEmpty }
    byteCount = single.count + pieces.reduce(0) { $0 + $1.count }
    guard single.isEmpty || pieces.isEmpty else {
      throw TesseraError(.unsupported, "elements both packed and one by one are not supported")
    }
  }

  /// All elements; nil if they do not lie in the file.
  func tensor(
    _ elementType: ElementType, _ shape: Shape, in file: TensorStorage
  ) throws(TesseraError) -> Tensor? {
    if pieces.count == 1 {
      return Tensor(
        elementType: elementType, shape: shape, storage: file, byteOffset: pieces[0].lowerBound)
    }
    return try Tensor(elementType: elementType, shape: shape) { bytes in
      var sources = pieces.map { UnsafeRawBufferPointer(rebasing: file.bytes[$0]) }
      if !single.isEmpty { sources.append(single) }
      var position = 0
      for source in sources {
        UnsafeMutableRawBufferPointer(rebasing: bytes[position...]).copyMemory(from: source)
        position += source.count
      }
    }
  }
}
