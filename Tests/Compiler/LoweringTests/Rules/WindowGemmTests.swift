import ExecutionPlan
import KernelInterface
import Testing

@testable import Lowering

@Suite struct WindowGemmTests {
  private func windowGemm(_ inputs: String, kernel: Int) -> String {
    "tessera.WindowGemm<kernel_shape=[\(kernel),\(kernel)], trans_b=1>(\(inputs))"
  }

  @Test(arguments: [
    (
      "one window an image is read as it lies", 4,
      ["conv-direct a", "fully-connected f", "fully-connected y"]
    ),
    (
      "several windows are gathered; results are rows for the next layer", 6,
      ["conv-direct a", "copy f", "fully-connected f", "fully-connected y", "copy y"]
    ),
  ])
  func steps(_ name: String, _ extent: Int, _ expected: [String]) throws {
    let rest = extent - 3
    let text = graphText(
      "float[2,3,\(extent),\(extent)] x, float[16,3,1,1] w1, float[5,256] w2, float[7,5] w3",
      "float[2,7,\(rest),\(rest)] y",
      "a = Conv(x, w1) f = \(windowGemm("a, w2", kernel: 4)) y = \(windowGemm("f, w3", kernel: 1))")
    #expect(stepNames(try lowerText(text)) == expected, "\(name)")
  }

  /// The classifier of the plain network and all sizes of the dense one share their packed weights.
  @Test func weightsArePackedAsForTheFlattenedImage() throws {
    let inputs = "float[1,3,6,6] x, float[16,3,1,1] w1, float[5,256] w2"
    let plain = try makeGraph(
      graphText(
        inputs.replacing("6,6", with: "4,4"), "float[1,5] y",
        "a = Conv(x, w1) f = Flatten(a) y = Gemm<transB=1>(f, w2)"))
    var dense = try makeGraph(
      graphText(inputs, "float[1,5,3,3] y", "a = Conv(x, w1) y = \(windowGemm("a, w2", kernel: 4))")
    )
    for name in ["w1", "w2"] { dense.constants[name] = plain.constants[name] }
    let pool = WeightPool()
    for graph in [plain, dense] {
      _ = try lower(
        graph, opsetVersion: testOpsetVersion, options: .forTests(), weights: pool)
    }
    // Filters, matrix and their biases of zeros.
    #expect(Set(pool.blobs.map(\.name)) == ["w1", "w1.bias", "w2", "w2.bias"])
    #expect(pool.blobs.count == 4)
  }

  @Test func bandsCoverAllWindowsOnce() throws {
    let layout = ImageLayout(batch: 2, channels: 3, height: 9, width: 6)
    let windows = try ImageWindows(image: (layout, .buffer(0)), kernel: [3, 2], name: "w")
    // A row of windows has 5 · 3 · 3 · 2 floats.
    let rowByteCount = 5 * 18 * MemoryLayout<Float>.size
    let all = windows.bands(maximumByteCount: 14 * rowByteCount)
    #expect(all.count == 1 && all[0].images == 0..<2 && all[0].rows == 0..<7)
    for limit in [1, rowByteCount, 3 * rowByteCount, 13 * rowByteCount] {
      let bands = windows.bands(maximumByteCount: limit)
      let rows = bands.flatMap { band in
        band.images.flatMap { image in band.rows.map { [image, $0] } }
      }
      #expect(rows == (0..<2).flatMap { image in (0..<7).map { [image, $0] } })
      #expect(bands.allSatisfy { $0.rows.count * rowByteCount <= max(limit, rowByteCount) })
    }
  }
}
