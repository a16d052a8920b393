import Tessera

extension ArgumentValue {
  /// Bytes of each unit: powers of 1000, and of 1024 with an i.
  private static let byteUnits: KeyValuePairs = [
    "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "K": 1_000, "M": 1_000_000,
    "G": 1_000_000_000,
  ]

  /// A number of bytes, at least 1, such as `500000`, `500K` or `512MiB`.
  static func byteCount(_ text: String) throws(TesseraError) -> Int {
    let unit = byteUnits.first { text.hasSuffix($0.key) }
    let digits = text.dropLast(unit?.key.count ?? 0)
    guard let count = Int(digits), count > 0, digits.first != "+" else {
      throw unexpected(text, "a number of bytes from 1 on, such as 500000, 500K, 500M or 2GiB")
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: unit?.value ?? 1)
    guard !overflow else { throw unexpected(text, "at most \(Int.max) bytes") }
    return byteCount
  }
}
