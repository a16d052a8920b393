import Tensors

/// The file that holds fused posteriors until an evaluation is complete: rows of `classCount` float32
/// without a header.
final class PartialPosteriors {
  private let file: AppendedFile
  private let classCount: Int

  private var rowByteCount: Int { classCount * ElementType.float32.byteCount }
  /// Complete rows in the file.
  var rowCount: Int { file.byteCount / rowByteCount }

  /// - Parameter isResumed: takes a file that is there; otherwise starts with none of its bytes.
  init(path: String, classCount: Int, isResumed: Bool) throws(TesseraError) {
    self.classCount = classCount
    file = try AppendedFile(path: path, isResumed ? .existing : .emptied)
  }

  func append(_ row: [Float]) throws(TesseraError) { try file.append(row) }

  /// Drops all but the first `count` rows.
  func keep(first count: Int) throws(TesseraError) {
    try file.truncate(toByteCount: count * rowByteCount)
  }

  /// All complete rows, float32 `[N, classCount]`, read where they lie.
  func tensor() throws(TesseraError) -> Tensor {
    guard let shape = Shape([rowCount, classCount]), rowCount > 0 else {
      return try Tensor([Float](), shape: [0, classCount])
    }
    let mapped = try MappedFile(path: file.path, forUpdate: true)
    let storage = TensorStorage(borrowing: mapped.bytes, from: mapped)
    guard let tensor = Tensor(elementType: .float32, shape: shape, storage: storage) else {
      throw TesseraError(.invalidInput, "the partial posteriors are cut off").inFile(file.path)
    }
    return tensor
  }

  func remove() throws(TesseraError) { try file.remove() }
}
