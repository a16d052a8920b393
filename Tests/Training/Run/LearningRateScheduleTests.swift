import Testing

@testable import TesseraTraining

struct LearningRateScheduleTests {
  /// The divisors of epochs 1, 2, …, one more than there are errors.
  private func divisors(_ schedule: LearningRateSchedule, _ errors: [Double]) -> [Float] {
    (0...errors.count).map { schedule.divisor(after: Array(errors.prefix($0))) }
  }

  @Test func dropsBeforeGivenEpochs() {
    let errors = [0.5, 0.4, 0.3, 0.2]
    #expect(divisors(.epochs([2, 4]), errors) == [1, 10, 10, 100, 100])
    #expect(divisors(.epochs([]), errors) == [1, 1, 1, 1, 1])
  }

  @Test func dropsWhereTheErrorStalls() {
    let schedule = LearningRateSchedule.stalls(patience: 2, drops: 3)
    #expect(divisors(schedule, [0.5, 0.4, 0.3, 0.2]) == [1, 1, 1, 1, 1])
    #expect(divisors(schedule, [0.5, 0.5, 0.5, 0.4]) == [1, 1, 1, 10, 10])
    // Patience begins anew after a drop.
    #expect(divisors(schedule, [0.5, 0.6, 0.6, 0.6, 0.6]) == [1, 1, 1, 10, 10, 100])
    // An error above the best is no progress.
    #expect(divisors(schedule, [0.5, 0.7, 0.6]) == [1, 1, 1, 10])
  }

  @Test func dropsNoMoreThanItMay() {
    let stalled = [Double](repeating: 0.5, count: 20)
    #expect(LearningRateSchedule.stalls(patience: 1, drops: 3).divisor(after: stalled) == 1000)
    #expect(LearningRateSchedule.stalls(patience: 1, drops: 0).divisor(after: stalled) == 1)
  }
}
