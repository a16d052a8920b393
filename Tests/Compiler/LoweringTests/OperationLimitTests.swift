import Tensors
import Testing

/// Nobody waits for days: a network of too many operations is refused.
struct OperationLimitTests {
  @Test func aProductBeyondTheLimitIsRefused() throws {
    let rows = 1 << 17
    let product = { (columns: Int) in
      try lowerText(
        graphText(
          "float[\(rows), \(rows)] a, float[\(rows), \(columns)] b", "float[\(rows), \(columns)] y",
          "y = MatMul (a, b)"))
    }
    #expect(try product(1 << 14).steps.count == 1)
    let error = #expect(throws: TesseraError.self) { try product(1 << 17) }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains("a run takes 4503599627370496 operations") == true)
  }
}
