import KernelInterface
import PointwisePrograms
import Testing

struct JoinedProgramTests {
  private static func join(
    inputs: Int = 1, _ build: (inout PointwiseProgram) -> Void
  ) -> JoinedProgram {
    var program = PointwiseProgram(inputCount: inputs)
    build(&program)
    return JoinedProgram(program)
  }

  private static func hardSigmoid(_ program: inout PointwiseProgram) -> Int {
    let scaled = program.append(.multiply, 0, program.append(constant: 0.25))
    let shifted = program.append(.add, program.append(constant: 0.5), scaled)
    let raised = program.append(.maximum, shifted, program.append(constant: 0))
    return program.append(.minimum, program.append(constant: 1), raised)
  }

  @Test func activations() {
    let hardSwish = Self.join {
      let gate = Self.hardSigmoid(&$0)
      _ = $0.append(.multiply, 0, gate)
    }
    #expect(hardSwish.instructions.map(\.operation) == [.gatedLinear])
    #expect(hardSwish.numbers == [0.25, 0.5])
    #expect(hardSwish.instructions[0].low == 0 && hardSwish.instructions[0].high == 1)
    #expect(hardSwish.instructions[0].operands[3] == .input(0))
    let swish = Self.join { _ = $0.append(.multiply, 0, $0.append(.sigmoid, 0)) }
    #expect(swish.instructions.map(\.operation) == [.gatedSigmoid])
    let normalized = Self.join(inputs: 3) {
      let sum = $0.append(.add, 2, $0.append(.multiply, 0, 1))
      _ = $0.append(.maximum, sum, $0.append(constant: 0))
    }
    #expect(normalized.instructions.map(\.operation) == [.linear])
    #expect(normalized.instructions[0].operands[2] == .input(2))
    #expect(normalized.blockCount == 0)
  }

  @Test func residualSums() {
    let sum = Self.join(inputs: 2) { _ = $0.append(.add, 1, 0) }
    #expect(sum.boundedSum?.low == -.infinity && sum.boundedSum?.high == .infinity)
    let bounded = Self.join(inputs: 2) {
      let raised = $0.append(.maximum, $0.append(.add, 0, 1), $0.append(constant: 0))
      _ = $0.append(.minimum, raised, $0.append(constant: 6))
    }
    #expect(bounded.boundedSum?.low == 0 && bounded.boundedSum?.high == 6)
    #expect(Self.join { _ = $0.append(.add, 0, 0) }.boundedSum == nil)
    #expect(Self.join(inputs: 2) { _ = $0.append(.multiply, 0, 1) }.boundedSum == nil)
    let scaled = Self.join(inputs: 2) {
      _ = $0.append(.add, $0.append(.multiply, 0, $0.append(constant: 2)), 1)
    }
    #expect(scaled.boundedSum == nil)
  }

  /// Of a value that is read twice both readers need the bits.
  @Test func valuesThatAreReadTwice() {
    let program = Self.join(inputs: 2) {
      let product = $0.append(.multiply, 0, 1)
      _ = $0.append(.subtract, $0.append(.add, product, 1), product)
    }
    #expect(
      program.instructions.map(\.operation) == [
        .single(.multiply), .single(.add), .single(.subtract),
      ])
  }

  /// Of zeros of both signs the left one is the maximum; of bounds that cross the last one counts.
  @Test func boundsThatAreNone() {
    let zero = Self.join { _ = $0.append(.maximum, $0.append(constant: 0), 0) }
    #expect(zero.instructions.map(\.operation) == [.single(.maximum)])
    let notANumber = Self.join { _ = $0.append(.minimum, 0, $0.append(constant: .nan)) }
    #expect(notANumber.instructions.map(\.operation) == [.single(.minimum)])
    let crossing = Self.join {
      let lowered = $0.append(.minimum, 0, $0.append(constant: -1))
      _ = $0.append(.maximum, lowered, $0.append(constant: 1))
    }
    #expect(crossing.instructions.map(\.operation) == [.linear, .linear])
  }

  /// A chain takes one block; what the result does not need takes nothing.
  @Test func blocks() {
    let program = Self.join {
      _ = $0.append(.exponential, 0)
      var value = 0
      for operation in [PointwiseOperation.sine, .absolute, .squareRoot] {
        value = $0.append(operation, value)
      }
    }
    #expect(program.instructions.map(\.block) == [0, 0, nil])
    #expect(program.blockCount == 1)
    let two = Self.join {
      let sine = $0.append(.sine, 0)
      _ = $0.append(.divide, $0.append(.cosine, 0), sine)
    }
    #expect(two.blockCount == 2)
  }
}
