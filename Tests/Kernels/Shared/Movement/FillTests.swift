import CPUKernels
import KernelInterface
import Testing

struct FillTests {
  @Test(arguments: [1, 2, 4, 8], [0, 1, 5, 40000])
  func setsAllElements(size: Int, count: Int) throws {
    var fill = FillDescriptor()
    fill.elementByteCount = size
    fill.elementCount = count
    fill.bits = Int(bitPattern: 0xFEDC_BA98_7654_3210)
    let pattern: [UInt8] = [0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE]
    try KernelHarness.runEverywhere(fill, reading: []) { output, _ in
      #expect(output.bytes == (0..<count).flatMap { _ in pattern.prefix(size) })
    }
  }
}
