import Tensors

extension Tensor {
  /// The same values as elements of another type; `self` if it has that type.
  ///
  /// Floats round to the nearest, ties to even, and overflow to infinity. To integers, floats are cut
  /// towards zero and out-of-range values become the nearest integer of the type; NaN becomes 0. To
  /// bool, everything but zero is true. Integers beyond 2⁵³ reach bfloat16 by way of float64.
  ///
  /// - Throws: `TesseraError` if memory is refused.
  package func converted(to target: ElementType) throws(TesseraError) -> Tensor {
    guard target != elementType else { return self }
    return try withUnsafeBytes { (source) throws(TesseraError) in
      try Tensor(elementType: target, shape: shape) { output in
        // Weights take these ways: concrete types let the compiler make tight loops of them.
        switch (elementType, target) {
        case (.float16, .float32): convert(source, from: Float16.self, into: output, of: Float.self)
        case (.bfloat16, .float32):
          convert(source, from: BFloat16.self, into: output, of: Float.self)
        case (.float64, .float32): convert(source, from: Double.self, into: output, of: Float.self)
        default: convert(source, from: elementType.storedType, into: output, of: target.storedType)
        }
      }
    }
  }
}

private func convert<Source: StoredElement, Target: StoredElement>(
  _ source: UnsafeRawBufferPointer, from: Source.Type,
  into target: UnsafeMutableRawBufferPointer, of: Target.Type
) {
  let chunkCount = 1024
  withUnsafeTemporaryAllocation(of: Source.Wide.self, capacity: chunkCount) { wide in
    let count = source.count / MemoryLayout<Source>.size
    for start in stride(from: 0, to: count, by: chunkCount) {
      let chunk = UnsafeMutableBufferPointer(rebasing: wide[0..<min(chunkCount, count - start)])
      Source.widen(source, from: start, into: chunk)
      Target.narrow(UnsafeBufferPointer(chunk), into: target, from: start)
    }
  }
}

extension StoredElement {
  fileprivate static func widen(
    _ source: UnsafeRawBufferPointer, from start: Int,
    into wide: UnsafeMutableBufferPointer<Wide>
  ) {
    let size = MemoryLayout<Self>.size
    for index in 0..<wide.count {
      let element = source.loadUnaligned(fromByteOffset: (start + index) * size, as: Self.self)
      wide.initializeElement(at: index, to: element.wide)
    }
  }

  fileprivate static func narrow<Source: WideElement>(
    _ wide: UnsafeBufferPointer<Source>, into target: UnsafeMutableRawBufferPointer,
    from start: Int
  ) {
    let size = MemoryLayout<Self>.size
    for index in 0..<wide.count {
      let element = wide[index].stored(as: Self.self)
      target.storeBytes(of: element, toByteOffset: (start + index) * size, as: Self.self)
    }
  }
}
