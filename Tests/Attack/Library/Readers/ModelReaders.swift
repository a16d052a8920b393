import Frontend
import GraphIR
import Tensors
import Tessera

/// Models, which are compiled and run where they are accepted and small.
extension AttackedReader {
  /// No compilation takes more.
  private static let memoryByteCount = 1 << 26

  static func onnx() throws -> AttackedReader {
    let file = try ScratchFile("x.onnx")
    let samples = try ModelSamples.onnxTexts.map { text in
      try ModelWriter.encode(try Model(onnxText: text))
    }
    return AttackedReader("onnx", samples: samples) {
      try run(Network(path: try file.holding($0)))
    }
  }

  static func onnxText() throws -> AttackedReader {
    let file = try ScratchFile("x.onnxtxt")
    let samples = ModelSamples.onnxTexts.map { Array($0.utf8) }
    return AttackedReader("onnxtxt", samples: samples, isText: true) {
      try run(Network(path: try file.holding($0)))
    }
  }

  static func prototxt() throws -> AttackedReader {
    let file = try ScratchFile("x.prototxt")
    let samples = ModelSamples.caffeTexts.map { Array($0.utf8) }
    return AttackedReader("prototxt", samples: samples, isText: true) {
      let path = try file.holding($0)
      let network = try Network(path: path)
      let types = network.model.graph.inputs.map { network.model.graph.types[$0] }
      let counts = types.map { $0?.shape?.elementCount ?? 0 }
      guard counts.allSatisfy({ $0 <= 1 << 20 }) else { return }
      try run(Network(path: path, weights: .random(seed: 1)))
    }
  }

  static func caffeModel() throws -> AttackedReader {
    let file = try ScratchFile("x.caffemodel")
    let networks = try ModelSamples.caffeTexts.indices.map { try ScratchFile("x\($0).prototxt") }
    for (network, text) in zip(networks, ModelSamples.caffeTexts) {
      _ = try network.holding(Array(text.utf8))
    }
    return AttackedReader("caffemodel", samples: ProtoSamples.caffeWeights) {
      let path = try file.holding($0)
      // Each sample fits one of the networks.
      var failures: [any Error] = []
      for network in networks {
        do {
          try run(Network(path: network.path, weights: .file(path: path)))
        } catch { failures.append(error) }
      }
      let fault = failures.first { !($0 is TesseraError) }
      if let failure = fault ?? failures.first, fault != nil || failures.count == networks.count {
        throw failure
      }
    }
  }

  private static func run(_ network: Network) throws {
    var options = CompileOptions()
    options.threads = 1
    options.memoryLimitByteCount = memoryByteCount
    try runIfSmall(try network.compile(options))
  }
}
