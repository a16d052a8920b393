import Platform

extension TesseraError {
  /// What the operating system answered: `cannot ACTION: REASON`, placed in the file at `path`.
  package static func system(
    cannot action: String, path: String, code: Int32 = errno
  ) -> TesseraError {
    let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    return TesseraError(.systemFailure, "cannot \(action): \(reason)").inFile(path)
  }
}
