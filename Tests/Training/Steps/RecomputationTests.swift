import Tensors
import Tessera
import Testing

@testable import TesseraTraining

/// Trainings within arenas in which not all results of the forward pass have room.
struct RecomputationTests {
  private static func text(_ inputs: String, features: Int, _ body: String) -> String {
    """
    <ir_version: 10, opset_import: ["" : 21]>
    network (float[N, 3, 24, 24] image, \(inputs), float[5, \(features)] fc_weight, float[5] fc_bias)
      => (float[N, 5] probabilities)
    <float ratio = {0.5}>
    {
      \(body)
      f = Flatten (last)
      d = Dropout (f, ratio)
      s = Gemm <transB = 1> (d, fc_weight, fc_bias)
      probabilities = Softmax (s)
    }
    """
  }

  private static let vgg: String = {
    var extents = (2...6).map { ("\($0)", 16, 16) }
    extents = [("1", 3, 16)] + extents + [("7", 16, 32)]
    let inputs = extents.map { "float[\($2), \($1), 3, 3] w\($0), float[\($2)] b\($0)" }
    var body: [String] = []
    var value = "image"
    for (name, _, _) in extents {
      body += [
        "c\(name) = Conv <pads = [1, 1, 1, 1]> (\(value), w\(name), b\(name))",
        "r\(name) = Relu (c\(name))",
      ]
      value = "r\(name)"
      guard name == "6" || name == "7" else { continue }
      let pool = name == "6" ? "p6" : "last"
      body.append("\(pool) = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (\(value))")
      value = pool
    }
    return text(
      inputs.joined(separator: ", "), features: 32 * 36, body.joined(separator: "\n"))
  }()

  private static let resNet: String = {
    var inputs = ["float[16, 3, 3, 3] w0"]
    var body = ["v0 = Conv <pads = [1, 1, 1, 1]> (image, w0)"]
    for block in 1...3 {
      for part in ["\(block)a", "\(block)b"] {
        inputs += [
          "float[16, 16, 3, 3] w\(part)", "float[16] scale\(part)", "float[16] bias\(part)",
          "float[16] mean\(part)", "float[16] var\(part)",
        ]
        let input = part.hasSuffix("a") ? "v\(block - 1)" : "r\(block)"
        body += [
          "c\(part) = Conv <pads = [1, 1, 1, 1]> (\(input), w\(part))",
          "n\(part) = BatchNormalization (c\(part), scale\(part), bias\(part), mean\(part), var\(part))",
        ]
        if part.hasSuffix("a") { body.append("r\(block) = Relu (n\(part))") }
      }
      body += ["s\(block) = Add (n\(block)b, v\(block - 1))", "v\(block) = Relu (s\(block))"]
    }
    body.append("last = GlobalAveragePool (v3)")
    return text(inputs.joined(separator: ", "), features: 16, body.joined(separator: "\n"))
  }()

  private static let googLeNet: String = {
    var inputs = ["float[32, 3, 3, 3] w0"]
    var body = ["v0 = Conv <pads = [1, 1, 1, 1]> (image, w0)"]
    for block in 1...3 {
      inputs += [
        "float[8, 32, 1, 1] wa\(block)", "float[16, 8, 3, 3] wb\(block)",
        "float[8, 32, 1, 1] wc\(block)", "float[8, 32, 1, 1] wd\(block)",
      ]
      let input = "v\(block - 1)"
      body += [
        "a\(block) = Conv (\(input), wa\(block))", "ra\(block) = Relu (a\(block))",
        "b\(block) = Conv <pads = [1, 1, 1, 1]> (ra\(block), wb\(block))",
        "c\(block) = Conv (\(input), wc\(block))",
        "p\(block) = MaxPool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (\(input))",
        "d\(block) = Conv (p\(block), wd\(block))",
        "j\(block) = Concat <axis = 1> (b\(block), c\(block), d\(block))",
        "v\(block) = Relu (j\(block))",
      ]
    }
    body.append("last = GlobalAveragePool (v3)")
    return text(inputs.joined(separator: ", "), features: 32, body.joined(separator: "\n"))
  }()

  /// The weights after two steps on four images, and the losses.
  private func trained(
    _ network: Network, arenaLimit: Int?
  ) throws -> (trainer: Trainer, bits: [String: [UInt32]], losses: [Double]) {
    let trainer = try Trainer(network, shardSize: 2, threads: 2, arenaLimit: arenaLimit)
    let losses = try (0..<2).map { step in
      try trainer.step(
        randomImages([4, 3, 24, 24], seed: step), labels: [0, 3, 4, 1], learningRate: 0.05
      ).loss
    }
    return (trainer, try trainer.network.weightBits, losses)
  }

  @Test(arguments: [vgg, resNet, googLeNet])
  func lessMemoryChangesNoBit(text: String) throws {
    let network = try makeNetwork(text)
    let free = try trained(network, arenaLimit: nil)
    #expect(free.trainer.recomputedWork == 0)
    #expect(free.bits != network.weightBits)
    let all = free.trainer.shard.program.variant.arenaByteCount
    let smallest = try ShardProgram.training(
      free.trainer.trained, imageCount: 2, threadCount: 2, arenaLimit: 0
    ).program.variant.arenaByteCount
    #expect(Double(smallest) < 0.9 * Double(all))
    var work = 0.0
    for part in 0..<4 {
      let limit = all - (all - smallest) * (part + 1) / 4
      let limited = try trained(network, arenaLimit: limit)
      #expect(limited.trainer.shard.program.variant.arenaByteCount <= limit)
      #expect(
        limited.trainer.memoryByteCount(shardCount: 2)
          <= free.trainer.memoryByteCount(shardCount: 2) - (all - limit))
      #expect(limited.trainer.recomputedWork > 0)
      work = max(work, limited.trainer.recomputedWork)
      #expect(limited.losses == free.losses)
      #expect(limited.bits == free.bits)
    }
    // The forward pass is a third of the work.
    #expect(work < 0.6)
    let roomy = try trained(network, arenaLimit: all)
    #expect(roomy.trainer.recomputedWork == 0 && roomy.bits == free.bits)
    #expect(throws: TesseraError.self) {
      try Trainer(network, shardSize: 2, arenaLimit: smallest - 1)
    }
  }

  /// Of frozen layers the backward pass reads nothing.
  @Test func frozenLayersAreNotComputedAgain() throws {
    let trained = try TrainedNetwork(makeNetwork(Self.vgg)) { $0 != "fc_weight" }
    let program = try ShardProgram.training(
      trained, imageCount: 2, threadCount: 2, arenaLimit: 0
    ).program
    #expect(program.recomputation?.stepNames.contains { $0.hasPrefix("c") } != true)
  }
}
