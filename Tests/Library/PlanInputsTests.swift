import Tessera
import Testing

/// Images as a plan takes them.
@Suite struct PlanInputsTests {
  private func image(_ level: UInt8) throws -> Image {
    try #require(
      Image(
        width: 20, height: 20, colorModel: .rgb, samples: [UInt8](repeating: level, count: 1200)))
  }

  private func makePlan(_ images: ImageOptions?) throws -> Plan {
    var options = CompileOptions()
    options.shapes = [1, 2].map { ["image": [$0, 3, 20, 20]] }
    options.images = images
    return try makeSmallNetwork().compile(options)
  }

  @Test func theStoredOptionsAreApplied() throws {
    var options = ImageOptions()
    options.mean = [10]
    options.scale = [0.5]
    let input = try #require(
      try makePlan(options).inputs(from: [try image(20), try image(30)])["image"])
    #expect(input.shape.dimensions == [2, 3, 20, 20])
    #expect(
      input.values(as: Float.self)
        == [Float](repeating: 5, count: 1200) + [Float](repeating: 10, count: 1200))
  }

  @Test func withoutOptionsSamplesStayAsTheyAre() throws {
    let inputs = try makePlan(nil).inputs(from: [try image(20)])
    #expect(inputs["image"]?.values(as: Float.self) == [Float](repeating: 20, count: 1200))
  }

  @Test func batchesThatThePlanLacksAreTold() throws {
    let plan = try makePlan(nil)
    let images = [try image(1), try image(2), try image(3)]
    let error = #expect(throws: TesseraError.self) {
      try Session(plan: plan, threads: 1).run(try plan.inputs(from: images))
    }
    #expect(
      error?.description
        == "the plan was compiled for image:1x3x20x20 or image:2x3x20x20, found image:3x3x20x20")
    #expect(throws: TesseraError.self) { try plan.inputs(from: []) }
  }
}
