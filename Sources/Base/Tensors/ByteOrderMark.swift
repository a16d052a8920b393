extension UnsafeRawBufferPointer {
  /// The bytes of a text file without the UTF-8 byte order mark that some editors put first.
  package var withoutByteOrderMark: UnsafeRawBufferPointer {
    starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: dropFirst(3)) : self
  }
}
