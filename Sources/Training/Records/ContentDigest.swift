import Evaluation
import ExecutionPlan
import Platform
import Tensors

/// Numbers by which a training knows again what it is made of, wherever that lies: XXH3 (64 bits), in hexadecimal.
package enum ContentDigest {
  /// Of all bytes of files, one after the other.
  package static func of(files paths: [String]) throws(TesseraError) -> String {
    var lines = ""
    for path in paths {
      let file = try MappedFile(path: path)
      lines += withExtendedLifetime(file) { hexadecimal(hashOfBytes(file.bytes)) } + "\n"
    }
    return paths.count == 1 ? String(lines.dropLast()) : hexadecimal(hash(lines))
  }

  /// Of labelled images: of an archive all bytes; of files the names in the list or the folder, the labels and the
  /// sizes in bytes, in their order. What is in the files is not read: a million of them take hours.
  package static func of(_ data: LabelledImages) throws(TesseraError) -> String {
    guard !data.imagePaths.isEmpty else { return try of(files: [data.path]) }
    var lines = ""
    for (item, path) in zip(data.items, data.imagePaths) {
      lines += "\(item.name)\t\(item.label)\t\(byteCount(of: path))\n"
      if lines.utf8.count > 1 << 20 { lines = hexadecimal(hash(lines)) + "\n" }
    }
    return hexadecimal(hash(lines))
  }

  private static func hash(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { hashOfBytes(UnsafeRawBufferPointer($0)) }
  }

  private static func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// −1 of a file that cannot be looked at, which reading it says better.
  private static func byteCount(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : -1
  }
}
