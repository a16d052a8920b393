import CPUKernels
import KernelInterface
import Platform
import Tensors

// Times the kernels for convolutions and fully connected layers on layers of VGG-16 and of other networks,
// candidate by candidate, round by round.

let usage = """
  Usage: swift run -c release KernelBenchmark [--threads N] [--rounds N] [--batch N] [--isa NAME]
           [--network NAME]… [--layer NAME]… [--tiles 2,4,6] [--schedules fused,phased] [--blocks 12,24,36,54]
           [--weights float32,float16,bfloat16,int8,int24] [--sweep]
           [--zeros SHARE]

  Networks are vgg16 (the default), resnet50, depthwise and inception. --sweep empties the caches before each run,
  as the other layers of a network do. --zeros makes a share of the inputs of fully connected layers 0, and
  times each of them with and without skipping their weights.
  Prints for each layer and candidate the minimum and the median of the rounds in ms, the GFLOP/s of
  the definition's multiply-adds, the GFLOP/s of those that are performed, and the GB/s of the packed
  weights, from the minimum. By default Winograd convolutions are timed with float32 weights and fully
  connected layers with weights of every type.
  """

/// The values of `--name a,b --name c`.
func values(of name: String) -> [String] {
  let arguments = CommandLine.arguments
  return arguments.indices.dropLast().filter { arguments[$0] == "--\(name)" }
    .flatMap { arguments[$0 + 1].split(separator: ",").map(String.init) }
}

func integers(of name: String, default fallback: [Int]) -> [Int] {
  let given = values(of: name).compactMap(Int.init).filter { (1...1 << 16).contains($0) }
  return given.isEmpty ? fallback : given
}

func weightTypes(default fallback: [WeightType]) -> [WeightType] {
  let given = values(of: "weights")
  return given.isEmpty ? fallback : WeightType.allCases.filter { given.contains("\($0)") }
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

func fixed(_ value: Double, _ digits: Int, width: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = Int((value * scale).rounded())
  let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(scale))
  let fraction = String(repeating: "0", count: digits - String(rest).count) + String(rest)
  let text = "\(whole).\(fraction)"
  return String(repeating: " ", count: max(0, width - text.count)) + text
}

func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

func candidates(_ layer: ConvLayer, batch: Int, table: KernelTable, threadCount: Int)
  throws(TesseraError) -> [Candidate]
{
  if layer.isDepthwise {
    return [
      try Candidate.depthwise(layer, batch: batch, table: table, threadCount: threadCount)
    ]
  }
  var result = [
    try Candidate.direct(layer, batch: batch, table: table, threadCount: threadCount)
  ]
  let tiles = integers(of: "tiles", default: [2, 4, 6])
  let schedules = values(of: "schedules")
  let blocks = integers(of: "blocks", default: [12, 24, 36, 54])
  for tile in WinogradTile.allCases where tiles.contains(tile.outputExtent) {
    guard let shape = layer.winogradShape(tile) else { continue }
    for schedule in ConvWinogradDescriptor.Schedule.allCases
    where schedules.isEmpty || schedules.contains("\(schedule)") {
      for block in blocks {
        for type in weightTypes(default: [.float32]) {
          result.append(
            try Candidate.winograd(
              layer, shape, schedule, tilesPerBlock: block, type, batch: batch, table: table,
              threadCount: threadCount))
        }
      }
    }
  }
  return result
}

/// Times candidates for one layer round by round and prints a line for each. `work` is the number of
/// multiplications and additions of the definition.
func compare(_ all: [Candidate], layer: String, work: Double, rounds: Int, on pool: ThreadPool) {
  let sweep =
    CommandLine.arguments.contains("--sweep")
    ? UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 27, alignment: 64) : nil
  defer { sweep?.deallocate() }
  var times = [[Double]](repeating: [], count: all.count)
  for round in 0...rounds {
    for (index, candidate) in all.enumerated() {
      sweep?.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: round))
      let start = now()
      candidate.run(on: pool)
      if round > 0 { times[index].append(now() - start) }
    }
  }
  for (candidate, times) in zip(all, times) {
    let sorted = times.sorted()
    let rate = work / sorted[0] / 1e6
    print(
      padded(layer, 8), padded(candidate.name, 24), fixed(sorted[0], 3, width: 8),
      fixed(sorted[sorted.count / 2], 3, width: 7), fixed(rate, 1, width: 8),
      fixed(rate * candidate.workRatio, 1, width: 10),
      fixed(Double(candidate.weightByteCount) / sorted[0] / 1e6, 1, width: 13))
  }
}

func benchmark() throws(TesseraError) {
  let threadCount = integers(of: "threads", default: [1])[0]
  let rounds = integers(of: "rounds", default: [7])[0]
  let batch = integers(of: "batch", default: [1])[0]
  let table = try KernelTable.forThisMachine {
    $0 == "TESSERA_ISA" ? values(of: "isa").first : nil
  }
  let pool = try ThreadPool(threadCount: threadCount)
  let names = values(of: "layer")
  print("layer    candidate                  min ms  median  GFLOP/s  performed  weights GB/s")
  let networks = values(of: "network")
  let layers = ConvLayer.networks.filter {
    networks.isEmpty ? names.isEmpty ? $0.name == "vgg16" : true : networks.contains($0.name)
  }
  for layer in layers.flatMap(\.layers) where names.isEmpty || names.contains(layer.name) {
    compare(
      try candidates(layer, batch: batch, table: table, threadCount: threadCount),
      layer: layer.name, work: Double(batch * layer.operationCount), rounds: rounds, on: pool)
  }
  let vggLayers = networks.isEmpty || networks.contains("vgg16") ? FullyConnectedLayer.vgg16 : []
  for layer in names.isEmpty ? vggLayers : FullyConnectedLayer.vgg16 + FullyConnectedLayer.others
  where names.isEmpty || names.contains(layer.name) {
    let zeroShare = values(of: "zeros").first.flatMap(Double.init)
    var all: [Candidate] = []
    for type in weightTypes(default: WeightType.allCases) {
      for skipsZeros in zeroShare == nil ? [true] : [true, false] {
        all.append(
          try Candidate.fullyConnected(
            layer, type, zeroShare: zeroShare ?? 0, skipsZeros: skipsZeros, batch: batch,
            table: table, threadCount: threadCount))
      }
    }
    compare(
      all, layer: layer.name, work: Double(2 * batch * layer.inputs * layer.outputs),
      rounds: rounds,
      on: pool)
  }
}

if CommandLine.arguments.contains("--help") {
  print(usage)
} else {
  do {
    try benchmark()
  } catch {
    print("error: \(error)")
    exit(1)
  }
}
