import PointwisePrograms
import Tensors

extension PointwiseProgram {
  mutating func visitFields<Visitor: FieldVisitor>(
    _ prefix: String, _ visitor: inout Visitor
  ) throws(TesseraError) {
    try visitor.visit("\(prefix)inputs.count", &inputCount, in: 0...Self.maximumInputCount)
    var count = instructions.count
    try visitor.visit("\(prefix)instructions.count", &count, in: 0...Self.maximumInstructionCount)
    if instructions.count != count {
      instructions = Array(repeating: Instruction(.constant), count: count)
    }
    for index in instructions.indices {
      let name = "\(prefix)instructions[\(index)]"
      let earlier = 0...max(0, inputCount + index - 1)
      try visitor.visit("\(name).operation", &instructions[index].operation)
      try visitor.visit("\(name).left", &instructions[index].left, in: earlier)
      try visitor.visit("\(name).right", &instructions[index].right, in: earlier)
      try visitor.visit("\(name).constant", &instructions[index].constant)
    }
  }
}
