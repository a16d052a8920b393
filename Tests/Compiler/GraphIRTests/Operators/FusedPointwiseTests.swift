import Testing

@testable import GraphIR

/// Programs in attributes: what is read back, what is refused.
@Suite struct FusedPointwiseTests {
  private func pointwise(
    _ program: String, inputs: String = "x, z"
  ) -> TextGraph {
    TextGraph(
      "y = tessera.Pointwise <program: strings = [\(program)]> (\(inputs))",
      inputs: "float[N, 2, 3] x, float[2, 1] z, float[4] u")
  }

  @Test func readsWhatItPrints() throws {
    let graph = try pointwise(
      #""multiply 0 1", "constant 1e-45", "maximum 2 3", "constant -inf", "subtract 4 5""#
    ).parsed()
    let node = graph.nodes[0]
    let program = try #require(try node.programAttribute("program", inputCount: 2))
    var copy = node
    copy.attributes["program"] = Attribute(program)
    #expect(try copy.programAttribute("program", inputCount: 2) == program)
    #expect(program.evaluate([3, 4]) == .infinity)
    #expect(program.instructions[1].constant == .leastNonzeroMagnitude)
  }

  @Test func broadcasts() throws {
    #expect(try pointwise(#""add 0 1""#).type() == "float[N, 2, 3]")
    #expect(
      try pointwise(#""add 0 1""#, inputs: "x, u").errors()[0].hasSuffix(
        "its operands float[N, 2, 3] and float[4] do not broadcast"))
  }

  @Test(arguments: [
    "add 0", "add 0 2", "add 0 -1", "add 0 1 0", "sigmoid 0 1", "secant 0", "constant",
    "constant x",
    "",
    "constant 1 2", "add 0 99999999999999999999",
  ])
  func refuses(instruction: String) throws {
    let message = try pointwise("\"\(instruction)\"").errors()[0]
    #expect(message.contains("the attribute 'program' has the instruction '\(instruction)'"))
  }

  @Test func refusesProgramsThatAreEmptyOrTooLong() throws {
    let long = Array(repeating: #""sigmoid 0""#, count: 33).joined(separator: ", ")
    for program in ["", long] {
      #expect(
        try pointwise(program).errors()[0].contains(
          "the attribute 'program' must be a list of 1 to 32 instructions on at most 16 inputs"))
    }
  }

  @Test(arguments: [
    (
      "epilogue = [\"add 0 1\"]", "x, w, , z",
      "it has an epilogue and pools; only one of the two is supported", 1
    ),
    ("", "x, w, , z", "it has operands of an epilogue, but none of the attribute 'epilogue'", 0),
    (
      "epilogue = [\"add 0 1\"]", "x, w, , u",
      "its operand float[5] does not broadcast to its result float[1, 2, 4, 4]", 0
    ),
  ])
  func convolutionsRefuse(attribute: String, inputs: String, message: String, pools: Int) throws {
    let list = ["kernel_shape = [1, 1]", "max_pool_2x2 = \(pools)", attribute].filter {
      !$0.isEmpty
    }
    let errors = try TextGraph(
      "y = tessera.Conv <\(list.joined(separator: ", "))> (\(inputs))",
      inputs: "float[1, 3, 4, 4] x, float[2, 3, 1, 1] w, float[1, 2, 4, 4] z, float[5] u"
    ).errors()
    #expect(errors[0].hasSuffix(message))
  }
}
