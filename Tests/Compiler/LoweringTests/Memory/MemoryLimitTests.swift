import GraphIR
import Tensors
import TestSupport
import Testing

@testable import Lowering

/// Plans that must fit in a number of bytes.
struct MemoryLimitTests {
  /// Convolutions of equal sizes with weights of their own, on images of 28 × 28 pixels.
  private static func text(batch: Int = 1) -> String {
    let names = ["a", "b", "c", "d"]
    let weights = names.indices.map { "float[32,32,3,3] w\($0)" }.joined(separator: ", ")
    let nodes = names.enumerated().map { index, name in
      "\(name) = Conv<pads=[1,1,1,1]>(\(index == 0 ? "x" : names[index - 1]), w\(index))"
    }
    return graphText(
      "float[\(batch),32,28,28] x, \(weights)", "float[\(batch),32,28,28] d",
      nodes.joined(separator: " "))
  }

  private let graphs: [Graph]
  private let options: LoweringOptions

  init() throws {
    graphs = [try makeGraph(Self.text())]
    options = try .forTests()
  }

  private func lowered(
    _ graphs: [Graph]? = nil, limit: Int? = nil
  ) throws(TesseraError) -> LoweredNetwork {
    guard let limit else {
      return try lower(graphs ?? self.graphs, opsetVersion: testOpsetVersion, options: options)
    }
    return try lower(
      graphs ?? self.graphs, opsetVersion: testOpsetVersion, options: options, memoryLimit: limit)
  }

  /// The smallest plan, as the error says that a limit of one byte is too small.
  private func smallestByteCount(_ graphs: [Graph]? = nil) throws -> Int {
    let error = #expect(throws: TesseraError.self) { try lowered(graphs, limit: 1) }
    let message = try #require(error?.description)
    #expect(error?.kind == .invalidInput)
    let number = message.split(separator: "expected at least ").last?.prefix { $0.isNumber }
    return try #require(Int(number ?? ""))
  }

  @Test func aLimitThatIsKeptAnywayChangesNothing() throws {
    let free = try lowered()
    let limited = try lowered(limit: free.memory.totalByteCount)
    #expect(limited.variants.map(\.convolutions) == free.variants.map(\.convolutions))
  }

  @Test func theSmallestPossibleIsPossible() throws {
    let smallest = try smallestByteCount()
    #expect(try lowered(limit: smallest).memory.totalByteCount == smallest)
    #expect(throws: TesseraError.self) { try lowered(limit: smallest - 1) }
  }

  @Test func everyLimitIsKeptAndNoneSlowerThanASmallerOne() throws {
    let smallest = try smallestByteCount()
    let free = try lowered()
    #expect(smallest < free.memory.totalByteCount)
    var seconds = Double.infinity
    for step in 0...8 {
      let limit = smallest + (free.memory.totalByteCount - smallest) * step / 8
      let network = try lowered(limit: limit)
      #expect(network.memory.totalByteCount <= limit)
      #expect(network.convolutionSeconds <= seconds)
      seconds = network.convolutionSeconds
    }
    #expect(seconds == free.convolutionSeconds)
  }

  /// One price for all would change equal convolutions at once.
  @Test func equalConvolutionsMayDiffer() throws {
    let smallest = try smallestByteCount()
    let free = try lowered().memory.totalByteCount
    let mixed = try (1..<16).filter { step in
      let limited = try lowered(limit: smallest + (free - smallest) * step / 16)
      return Set(limited.variants[0].convolutions.map(\.method.description)).count > 1
    }
    // Between two methods for all four there are three sizes with some of each.
    #expect(mixed.count >= 3)
  }

  @Test func theSameLimitGivesTheSamePlan() throws {
    let limit = (try smallestByteCount() + lowered().memory.totalByteCount) / 2
    #expect(
      try lowered(limit: limit).variants.map(\.plan) == lowered(limit: limit).variants.map(\.plan))
  }

  @Test func variantsCountTheirWeightsOnceAndTheLargestArena() throws {
    let model = try makeGraph(Self.text())
    var larger = try makeGraph(Self.text(batch: 3))
    for name in model.constants.names { larger.constants[name] = model.constants[name] }
    let alone = [try lowered([model]), try lowered([larger])]
    let free = try lowered([model, larger])
    #expect(free.memory.arenaByteCount == free.variants.map(\.plan.arenaByteCount).max())
    #expect(free.memory.weightByteCount < alone.reduce(0) { $0 + $1.memory.weightByteCount })

    let smallest = try smallestByteCount([model, larger])
    let limited = try lowered([model, larger], limit: (smallest + free.memory.totalByteCount) / 2)
    for (one, other) in zip(limited.variants[0].convolutions, limited.variants[1].convolutions) {
      #expect(one.method.algorithm == other.method.algorithm)
    }
  }

  @Test func workspacesOfAllThreadsCount() throws {
    var many = options
    many.threadCount = 5
    many.convAlgorithm = .winograd4
    var one = many
    one.threadCount = 1
    let memory = try [one, many].map {
      try lower(graphs, opsetVersion: testOpsetVersion, options: $0).memory
    }
    #expect(memory[0].workspaceByteCount > 0)
    #expect(memory[1].workspaceByteCount == 5 * memory[0].workspaceByteCount)
  }
}
