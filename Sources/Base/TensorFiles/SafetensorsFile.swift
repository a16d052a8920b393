import Foundation
import Tensors

/// A `.safetensors` file: a JSON header that names tensors, then their bytes, row-major and
/// little-endian.
///
/// Format: <https://huggingface.co/docs/safetensors>. The bytes are not copied: tensors refer to the
/// mapped file. A tensor that nobody asks for may have an element type that we do not know.
package struct SafetensorsFile: Sendable {
  /// The path as it was given.
  package let path: String
  /// The tensors' names, in the order of their bytes.
  package let names: [String]
  /// What the file says of itself.
  package let metadata: [String: String]

  private let tensors: [String: Result<Tensor, TesseraError>]

  /// The longest header that the format allows, in bytes.
  private static let maximumHeaderByteCount = 100_000_000

  static let types: [String: ElementType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16,
    "I64": .int64, "I32": .int32, "I16": .int16, "I8": .int8,
    "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
  ]

  /// Opens the file at `path` and checks that its tensors cover its bytes exactly.
  ///
  /// - Parameter forUpdate: as of `MappedFile`.
  /// - Throws: `TesseraError` with the tensor's name or the byte offset of what is wrong.
  package init(path: String, forUpdate: Bool = false) throws(TesseraError) {
    let file = try MappedFile(path: path, forUpdate: forUpdate)
    do throws(TesseraError) {
      try ExpectedFile.safetensors.require(file.bytes)
      let (header, dataStart) = try Self.readHeader(file.bytes)
      let storage = TensorStorage(borrowing: file.bytes, from: file)
      var tensors: [String: Result<Tensor, TesseraError>] = [:]
      var names: [String] = []
      var nextByteOffset = dataStart
      for (name, entry) in header.entries.sorted(by: { $0.value.range < $1.value.range }) {
        let tensor = try Self.tensor(entry, storage, dataStart, name)
        guard dataStart + entry.start == nextByteOffset else {
          throw TesseraError(
            .invalidInput,
            "expected the bytes of tensor '\(name.escaped)' to start at byte \(nextByteOffset), "
              + "where the previous one ends, found \(dataStart + entry.start)", at: .byteOffset(8))
        }
        nextByteOffset = dataStart + entry.end
        tensors[name] = tensor
        names.append(name)
      }
      guard nextByteOffset == file.bytes.count else {
        throw TesseraError(
          .invalidInput,
          "expected the tensors to end with the file at byte \(file.bytes.count), found byte \(nextByteOffset)",
          at: .byteOffset(8))
      }
      self.path = path
      self.names = names
      metadata = header.metadata
      self.tensors = tensors
    } catch {
      throw error.inFile(path)
    }
  }

  /// The tensor called `name`; nil if there is none.
  ///
  /// - Throws: `TesseraError` if we do not know its element type.
  package func tensor(named name: String) throws(TesseraError) -> Tensor? {
    do throws(TesseraError) {
      return try tensors[name]?.get()
    } catch {
      throw error.inFile(path)
    }
  }

  private static func readHeader(
    _ bytes: UnsafeRawBufferPointer
  ) throws(TesseraError) -> (SafetensorsHeader, dataByteOffset: Int) {
    let reader = ByteReader(bytes)
    let length = try reader.uint64(0)
    guard length <= UInt64(maximumHeaderByteCount) else {
      throw TesseraError(
        .invalidInput,
        "expected a safetensors header of at most \(maximumHeaderByteCount) bytes, found \(length)",
        at: .byteOffset(0))
    }
    let text = try reader.bytes(8, count: Int(length))
    guard text.first == UInt8(ascii: "{") else {
      throw TesseraError(.invalidInput, "expected a JSON object", at: .byteOffset(8))
    }
    do {
      let header = try JSONDecoder().decode(SafetensorsHeader.self, from: Data(text))
      return (header, 8 + text.count)
    } catch let error as DecodingError {
      throw TesseraError(
        .invalidInput, "the JSON header is malformed: \(error.sentence)", at: .byteOffset(8))
    } catch {
      throw TesseraError(.invalidInput, "the JSON header is malformed", at: .byteOffset(8))
    }
  }

  /// - Returns: The tensor, or that its element type is unknown.
  /// - Throws: `TesseraError` if the entry is damaged.
  private static func tensor(
    _ entry: SafetensorsHeader.Entry, _ storage: TensorStorage, _ dataStart: Int, _ name: String
  ) throws(TesseraError) -> Result<Tensor, TesseraError> {
    func failure(_ message: String) -> TesseraError {
      TesseraError(.invalidInput, "tensor '\(name.escaped)': \(message)", at: .byteOffset(8))
    }
    let available = storage.bytes.count - dataStart
    guard 0 <= entry.start, entry.start <= entry.end, entry.end <= available else {
      throw failure(
        "the offsets \(entry.start) and \(entry.end) do not lie in the \(available) bytes of data")
    }
    guard let elementType = types[entry.dtype] else {
      let known = types.keys.sorted().joined(separator: ", ")
      return .failure(failure("element type '\(entry.dtype.escaped)' is not one of \(known)"))
    }
    guard let shape = Shape(entry.shape) else {
      throw failure("the shape \(entry.shape) is negative or has too many elements")
    }
    let size = shape.elementCount.multipliedReportingOverflow(by: elementType.byteCount)
    guard !size.overflow, size.partialValue == entry.end - entry.start,
      let tensor = Tensor(
        elementType: elementType, shape: shape, storage: storage,
        byteOffset: dataStart + entry.start)
    else {
      throw failure(
        "\(entry.dtype) elements of shape \(shape) do not take the \(entry.end - entry.start) bytes "
          + "between its offsets")
    }
    return .success(tensor)
  }
}
