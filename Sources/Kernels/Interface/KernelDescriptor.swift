import Tensors

/// Everything that one step of a plan fixes about one kernel call, except where its operands lie.
///
/// A descriptor comes out of an untrusted file: `visitFields` bounds every field, and
/// `requirements` rejects every combination for which the kernel could touch a byte outside the
/// operand sizes that it states.
package protocol KernelDescriptor: Sendable, Equatable {
  /// The kernel's name in plan files and reports, such as `conv-direct`.
  static var kernelName: String { get }
  /// Some descriptor, whose fields a decoder then overwrites.
  init()
  mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(TesseraError)
  /// Checks the fields against one another and says what the kernel needs to run.
  func requirements() throws(TesseraError) -> KernelRequirements
  /// False if the output has no element to compute. What it has then, such as the border of an image
  /// without rows, becomes zero.
  var hasResults: Bool { get }
}

/// A descriptor whose operand `output` is images.
package protocol ImageKernelDescriptor: KernelDescriptor {
  /// The layout of the operand `output`.
  var output: ImageLayout { get }
}

extension ImageKernelDescriptor {
  package var hasResults: Bool { output.hasPixels }
}

extension ImageLayout {
  /// False if the images are no more than a border.
  var hasPixels: Bool { batch > 0 && channels > 0 && height > 0 && width > 0 }
}

extension KernelDescriptor {
  package var hasResults: Bool { true }

  /// The words that a plan file stores.
  ///
  /// - Throws: `TesseraError` if a field is out of its range.
  package func encoded() throws(TesseraError) -> [Int64] {
    var copy = self
    var encoder = FieldEncoder()
    try copy.visitFields(&encoder)
    return encoder.words
  }

  package init(decoding words: [Int64]) throws(TesseraError) {
    self.init()
    var decoder = FieldDecoder(words)
    try visitFields(&decoder)
    guard decoder.isAtEnd else {
      throw TesseraError(.invalidInput, "\(Self.kernelName) has more fields than expected")
    }
  }
}

/// What a kernel call touches and costs.
package struct KernelRequirements: Sendable, Equatable {
  /// The operands in the order in which the kernel takes them.
  package var operands: [OperandRequirement]
  /// Scratch bytes that each thread needs, 64-byte aligned.
  package var workspaceByteCount: Int
  /// Multiplications and additions of the mathematical operation, for reports (2 a multiply-add).
  package var floatOperationCount: Int

  package init(
    operands: [OperandRequirement], workspaceByteCount: Int = 0, floatOperationCount: Int = 0
  ) {
    self.operands = operands
    self.workspaceByteCount = workspaceByteCount
    self.floatOperationCount = floatOperationCount
  }
}

extension KernelRequirements {
  /// Which operand the results go to.
  var outputIndex: Int? { operands.firstIndex { $0.name == "output" } }
  var outputByteCount: Int { outputIndex.map { operands[$0].byteCount } ?? 0 }
}

/// One operand: the bytes `0..<byteCount` from its address are all that the kernel may touch.
package struct OperandRequirement: Sendable, Equatable {
  package enum Access: Sendable { case read, write }
  package var name: String
  package var access: Access
  package var byteCount: Int

  package init(_ name: String, _ access: Access, byteCount: Int) {
    self.name = name
    self.access = access
    self.byteCount = byteCount
  }
}

/// How many multiplications and additions a variant of a plan may take: a quadrillion, hours of a large
/// machine. All other work of a step is within a constant of the bytes of its operands.
package let maximumOperationCount = 1 << 50

/// The largest extent, stride or count that a descriptor may hold; products of a few of them are
/// still checked for overflow.
package let maximumExtent = 1 << 31

/// The product of `factors`, none negative. The product of the factors other than 0 must fit too, so
/// that after a success no partial product overflows, whichever factors are 0.
///
/// - Throws: `TesseraError` where it does not fit in 62 bits.
package func checkedProduct(_ factors: Int...) throws(TesseraError) -> Int {
  var product = 1
  for factor in factors where factor != 0 {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    guard !overflow, next > 0, next < 1 << 62 else {
      let extents = factors.map(String.init).joined(separator: " x ")
      throw TesseraError(.invalidInput, "a buffer of \(extents) is too large")
    }
    product = next
  }
  return factors.contains(0) ? 0 : product
}

/// `count` rounded up to a multiple of `multiple`.
@inlinable
package func roundUp(_ count: Int, toMultipleOf multiple: Int) -> Int {
  (count + multiple - 1) / multiple * multiple
}

/// `dividend / divisor`, rounded up; neither negative.
@inlinable
package func ceilingQuotient(_ dividend: Int, _ divisor: Int) -> Int {
  (dividend + divisor - 1) / divisor
}

/// Throws `message` unless `condition` holds.
package func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(TesseraError) {
  guard condition else { throw TesseraError(.invalidInput, message()) }
}
