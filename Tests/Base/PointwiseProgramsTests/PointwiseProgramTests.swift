import PointwisePrograms
import Testing

@Suite struct PointwiseProgramTests {
  /// `max(x₀ − x₁, x₂ · x₂)`.
  private static var program: PointwiseProgram {
    var program = PointwiseProgram(inputCount: 3)
    let difference = program.append(.subtract, 0, 1)
    _ = program.append(.maximum, difference, program.append(.multiply, 2, 2))
    return program
  }

  @Test func evaluates() {
    #expect(Self.program.evaluate([7, 3, 1]) == 4)
    #expect(Self.program.evaluate([7, 3, -3]) == 9)
    #expect(Self.program.evaluate([7, .nan, 1]).isNaN)
    #expect(Self.program.evaluate([7, 3, .nan]).isNaN)
  }

  @Test func anInputBecomesAConstant() {
    #expect(Self.program.settingInput(0, to: 7).evaluate([3, 1]) == 4)
    #expect(Self.program.settingInput(1, to: 3).evaluate([7, 1]) == 4)
    #expect(Self.program.settingInput(2, to: -3).evaluate([7, 3]) == 9)
    let constant = Self.program.settingInput(2, to: 1).settingInput(1, to: 3).settingInput(0, to: 7)
    #expect(constant.inputCount == 0)
    #expect(constant.evaluate([]) == 4)
  }
}
