extension [UnsafeMutableRawPointer] {
  /// Operand `index` as floats to write.
  func floats(_ index: Int) -> UnsafeMutablePointer<Float> {
    self[index].assumingMemoryBound(to: Float.self)
  }

  /// Operand `index` as floats to read.
  func constantFloats(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(floats(index)) }
}
