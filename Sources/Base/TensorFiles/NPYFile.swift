import Tensors

/// NumPy's file of one array (`.npy`).
package enum NPYFile {
  /// Reads the array in the file at `path`. Row-major little-endian elements are not copied: they
  /// stay in the mapped file.
  ///
  /// - Throws: `TesseraError` with the byte offset if the file is not an array of one of our element
  ///   types, or if its size is not what the header says.
  package static func read(path: String) throws(TesseraError) -> Tensor {
    let file = try MappedFile(path: path)
    do throws(TesseraError) {
      try ExpectedFile.npy.require(file.bytes)
      return try decode(TensorStorage(borrowing: file.bytes, from: file))
    } catch {
      throw error.inFile(path)
    }
  }

  /// Writes `tensor` to `path` as version 1, row-major and little-endian.
  ///
  /// - Throws: `TesseraError` if the file cannot be written or NPY lacks the type (bfloat16).
  package static func write(_ tensor: Tensor, to path: String) throws(TesseraError) {
    try stage(tensor, for: path).commit()
  }

  /// As `write`, but leaves it to the caller to give the file its name.
  package static func stage(
    _ tensor: Tensor, for path: String
  ) throws(TesseraError) -> AtomicFile {
    do throws(TesseraError) {
      let header = try NPYHeader(elementType: tensor.elementType, shape: tensor.shape).encoded()
      let file = try AtomicFile(path: path)
      try file.write(header)
      try tensor.withUnsafeBytes { (bytes) throws(TesseraError) in try file.write(bytes) }
      try file.flush()
      return file
    } catch {
      throw error.inFile(path)
    }
  }

  /// Decodes the array that `storage` holds. Errors count bytes from the start of the array.
  static func decode(_ storage: TensorStorage) throws(TesseraError) -> Tensor {
    let (header, dataStart) = try NPYHeader.read(storage.bytes)
    try header.requireDataByteCount(storage.byteCount - dataStart, at: dataStart)
    return try tensor(header, storage, byteOffset: dataStart)
  }

  /// The array whose elements lie in `storage` from `byteOffset` on.
  static func tensor(
    _ header: NPYHeader, _ storage: TensorStorage, byteOffset: Int
  ) throws(TesseraError) -> Tensor {
    guard
      let stored = Tensor(
        elementType: header.elementType, shape: header.shape, storage: storage,
        byteOffset: byteOffset)
    else {
      throw TesseraError(.invalidInput, "the array is cut off", at: .byteOffset(byteOffset))
    }
    let ordered = header.isFortranOrder ? try transposed(stored) : stored
    return header.isBigEndian ? try byteSwapped(ordered) : ordered
  }

  /// Copies elements from column-major to row-major order.
  private static func transposed(_ tensor: Tensor) throws(TesseraError) -> Tensor {
    let extents = tensor.shape.dimensions
    guard extents.count > 1, tensor.shape.elementCount > 0 else { return tensor }
    let size = tensor.elementType.byteCount
    var strides = [Int](repeating: size, count: extents.count)
    for axis in 1..<extents.count { strides[axis] = strides[axis - 1] * extents[axis - 1] }
    let rowLength = extents[extents.count - 1]
    let rowStride = strides[extents.count - 1]

    return try tensor.withUnsafeBytes { (source) throws(TesseraError) in
      try Tensor(elementType: tensor.elementType, shape: tensor.shape) { target in
        var position = [Int](repeating: 0, count: extents.count - 1)
        var rowStart = 0
        for row in 0..<tensor.shape.elementCount / rowLength {
          for column in 0..<rowLength {
            let from = rowStart + column * rowStride
            let to = (row * rowLength + column) * size
            for byte in 0..<size { target[to + byte] = source[from + byte] }
          }
          var axis = extents.count - 2
          while axis >= 0 {
            position[axis] += 1
            rowStart += strides[axis]
            if position[axis] < extents[axis] { break }
            rowStart -= strides[axis] * extents[axis]
            position[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }

  private static func byteSwapped(_ tensor: Tensor) throws(TesseraError) -> Tensor {
    let size = tensor.elementType.byteCount
    return try tensor.withUnsafeBytes { (source) throws(TesseraError) in
      try Tensor(elementType: tensor.elementType, shape: tensor.shape) { target in
        for start in stride(from: 0, to: source.count, by: size) {
          for byte in 0..<size { target[start + byte] = source[start + size - 1 - byte] }
        }
      }
    }
  }
}
