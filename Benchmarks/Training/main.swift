import Foundation
import Tensors
import Tessera
import TesseraTraining

// Times steps of training on random images: forward and backward pass of a batch and the update.

let usage = """
  Usage: swift run -c release TrainingBenchmark MODEL [--batch N] [--shard N] [--threads N] [--rounds N] [--steps]

  MODEL's weights are random. Prints a line of JSON: the seconds of each step after the first. --steps adds those
  of the kernels of one shard, the slowest first.
  """

func integer(of name: String, default fallback: Int) -> Int {
  let arguments = CommandLine.arguments
  guard let place = arguments.firstIndex(of: "--\(name)"), place + 1 < arguments.count,
    let value = Int(arguments[place + 1]), (1...1 << 16).contains(value)
  else { return fallback }
  return value
}

func benchmark(_ path: String) throws {
  let batch = integer(of: "batch", default: 32)
  let trainer = try Trainer(
    Network(path: path, weights: .random(seed: 1)),
    shardSize: integer(of: "shard", default: min(batch, 32)),
    threads: integer(of: "threads", default: 2))
  var generator = SystemRandomNumberGenerator()
  let extents = [batch] + trainer.imageExtents
  let pixels = (0..<extents.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) }
  let images = try Tensor(pixels, shape: extents)
  let labels = (0..<batch).map { _ in Int.random(in: 0..<trainer.classCount, using: &generator) }
  let clock = ContinuousClock()
  var seconds: [Double] = []
  for _ in 0...integer(of: "rounds", default: 3) {
    let start = clock.now
    try trainer.step(images, labels: labels, learningRate: 1e-5)
    seconds.append((clock.now - start) / .seconds(1))
  }
  let result: [String: Any] = [
    "seconds": Array(seconds.dropFirst()),
    "memory_bytes": trainer.memoryByteCount(shardCount: batch / trainer.shardSize),
  ]
  print(String(decoding: try JSONSerialization.data(withJSONObject: result), as: UTF8.self))
  if CommandLine.arguments.contains("--steps") {
    for step in try trainer.stepSeconds().sorted(by: { $0.seconds > $1.seconds }) {
      print(String(format: "%8.2f ms", 1000 * step.seconds), step.kernel, step.name)
    }
  }
}

let arguments = CommandLine.arguments
if arguments.count < 2 || arguments.contains("--help") {
  print(usage)
} else {
  do {
    try benchmark(arguments[1])
  } catch {
    print("error: \(error)")
    exit(1)
  }
}
