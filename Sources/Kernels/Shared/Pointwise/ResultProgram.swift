import KernelInterface
import KernelVectors

/// An epilogue of results alone that is run over them as they lie, as soon as some of them are stored:
/// hard-swish, hard sigmoid, SiLU and their like.
struct ResultProgram {
  private enum Form { case linear, gatedLinear, gatedSigmoid }

  private let form: Form
  private let factor: Float
  private let addend: Float
  private let bounds: ActivationBounds

  /// Nil if the program is another one. Every operation rounds as in a pointwise run.
  init?(_ program: JoinedProgram) {
    guard program.isResultFunction, let instruction = program.instructions.first else {
      return nil
    }
    switch instruction.operation {
    case .linear: form = .linear
    case .gatedLinear: form = .gatedLinear
    case .gatedSigmoid: form = .gatedSigmoid
    case .single: return nil
    }
    if case .number(let factor) = instruction.operands[1],
      case .number(let addend) = instruction.operands[2]
    {
      (self.factor, self.addend) = (program.numbers[factor], program.numbers[addend])
    } else {
      (factor, addend) = (1, 0)
    }
    bounds = ActivationBounds(
      Activation(.clamp, low: instruction.low, high: instruction.high))
  }

  /// Replaces results: `runCount` times `count` that lie one after the other, a multiple of 8.
  @inline(never)
  func apply(
    to results: UnsafeMutablePointer<Float>, runCount: Int, runStride: Int, count: Int
  ) {
    for run in 0..<runCount {
      let results = results + run &* runStride
      switch form {
      case .linear: replaceByLinear(results, count, isGate: false)
      case .gatedLinear: replaceByLinear(results, count, isGate: true)
      case .gatedSigmoid: replaceBySigmoidGate(results, count)
      }
    }
  }

  @inline(__always)
  private func replaceByLinear(
    _ results: UnsafeMutablePointer<Float>, _ count: Int, isGate: Bool
  ) {
    let factor = WideVector(repeating: factor)
    let addend = WideVector(repeating: addend)
    var offset = 0
    while offset < count {
      let x = Self.load(results + offset, count &- offset)
      let line = x.multiplied(by: factor).adding(addend).clamped(to: bounds)
      Self.store(isGate ? line.multiplied(by: x) : line, to: results + offset, count &- offset)
      offset &+= WideVector.scalarCount
    }
  }

  @inline(__always)
  private func replaceBySigmoidGate(_ results: UnsafeMutablePointer<Float>, _ count: Int) {
    var offset = 0
    while offset < count {
      let x = Self.load(results + offset, count &- offset)
      Self.store(Transcendentals.sigmoid(x) * x, to: results + offset, count &- offset)
      offset &+= WideVector.scalarCount
    }
  }

  /// Of fewer results than a vector has 8, twice.
  @inline(__always)
  private static func load(_ results: UnsafeMutablePointer<Float>, _ count: Int) -> WideVector {
    count >= WideVector.scalarCount ? .load(results) : .init(blocks: results, stride: 0)
  }

  @inline(__always)
  private static func store(
    _ x: WideVector, to results: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    if count >= WideVector.scalarCount {
      x.store(to: results)
    } else {
      x.storeBlocks(at: results, stride: 0)
    }
  }
}
