import PointwisePrograms
import Testing

@Suite struct StepTests {
  @Test func whatComparisonsReadDecides() {
    var program = PointwiseProgram(inputCount: 3)
    let sum = program.append(.add, 0, program.append(constant: 1))
    let isLess = program.append(.less, sum, 2)
    _ = program.append(.selectWhere, isLess, 1)
    #expect(program.decidingInputs == [0, 2])
  }

  @Test func signsAndRoundingsDecide() {
    for operation in [PointwiseOperation.sign, .floor, .ceiling, .roundToEven] {
      var program = PointwiseProgram(inputCount: 2)
      _ = program.append(.multiply, 0, program.append(operation, 1))
      #expect(program.decidingInputs == [1])
    }
  }

  @Test func smoothProgramsDecideNothing() {
    var program = PointwiseProgram(inputCount: 2)
    _ = program.append(.multiply, 1, program.append(.absolute, program.append(.sigmoid, 0)))
    #expect(program.decidingInputs.isEmpty)
  }
}
