import Tensors
import Tessera
import Testing

/// Runs in which the steps are timed.
@Suite struct StepSecondsTests {
  @Test(arguments: [1, 2]) func theResultIsThatOfARunAndTheTimesAreWithinIt(threads: Int) throws {
    let plan = try makeSmallPlan(batches: [1, 3])
    let session = try Session(plan: plan, threads: threads)
    for (variant, batch) in [1, 3].enumerated() {
      let images = try makeImages(batch: batch)
      let expected = try session.run(["image": images])["probabilities"]?.values(as: Float.self)
      var result = [Float](repeating: 0, count: 10 * batch)
      let clock = ContinuousClock()
      let start = clock.now
      let seconds = try images.withUnsafeBytes { input in
        try result.withUnsafeMutableBytes { output in
          try session.stepSeconds(variant: variant, inputs: [input], into: [output])
        }
      }
      let elapsed = (clock.now - start) / .seconds(1)
      #expect(result == expected)
      #expect(seconds.count == plan.image.contents.variants[variant].steps.count)
      #expect(seconds.allSatisfy { $0 > 0 })
      #expect(seconds.reduce(0, +) <= elapsed)
    }
  }

  @Test func wrongCallsAreRefusedAsThoseOfARun() throws {
    let session = try Session(plan: try makeSmallPlan(), threads: 1)
    #expect(throws: TesseraError.self) { try session.stepSeconds(inputs: [], into: []) }
    #expect(throws: TesseraError.self) {
      try session.stepSeconds(variant: 9, inputs: [], into: [])
    }
  }
}
