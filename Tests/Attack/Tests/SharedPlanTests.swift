import Attack
import Testing

@Suite struct SharedPlanTests {
  @Test func sessionsAtOnceGiveWhatOneGives() throws {
    #expect(try SharedPlan.run(sessions: 8, runs: 25) == 200)
  }
}
