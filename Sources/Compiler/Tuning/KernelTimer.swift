import CPUKernels
import KernelInterface
import Tensors
import TesseraRuntime

/// Times single kernel calls as a session would run them: on its threads, with operands that come from
/// memory, since the other steps of a network replace them in the caches from one run to the next.
struct KernelTimer {
  /// Timed runs of a call, after one that is not timed; the shortest counts.
  private static let runCount = 5
  /// More than the last-level caches of common CPUs hold.
  private static let sweptByteCount = 64 << 20
  private static let sweptPieceByteCount = 1 << 20
  private static let cacheLineByteCount = 64
  private static let alignment = 64

  private let kernels: KernelTable
  private let pool: ThreadPool
  private let swept: Arena
  private let sweep: WorkPhase

  /// - Throws: `TesseraError` if the system refuses threads or memory.
  init(kernels: KernelTable, threadCount: Int) throws(TesseraError) {
    self.kernels = kernels
    pool = try ThreadPool(threadCount: threadCount)
    swept = try Arena(byteCount: Self.sweptByteCount)
    let bytes = swept.bytes
    sweep = WorkPhase(itemCount: Self.sweptByteCount / Self.sweptPieceByteCount) { piece, _ in
      let start = piece * Self.sweptPieceByteCount
      for offset in stride(
        from: start, to: start + Self.sweptPieceByteCount, by: Self.cacheLineByteCount)
      {
        bytes[offset] &+= 1
      }
    }
  }

  /// Seconds of one call.
  ///
  /// - Throws: `TesseraError` if there is no such kernel, the descriptor is not valid, or the system
  ///   refuses the memory that the call needs.
  func seconds(_ call: KernelCall) throws(TesseraError) -> Double {
    let requirements = try kernels.requirements(of: call)
    let workspaceStride = try kernels.workspaceStrideByteCount(for: [call])
    let workspace = try Arena(byteCount: try checkedProduct(pool.threadCount, workspaceStride))
    var arenas: [Arena] = []
    var operands: [UnsafeMutableRawPointer] = []
    for operand in requirements.operands {
      // Arithmetic on zeros may take another time than that on numbers.
      let arena = try Arena(byteCount: roundUp(operand.byteCount, toMultipleOf: Self.alignment))
      arena.bytes.initializeMemory(as: Float.self, repeating: 0.001)
      arenas.append(arena)
      operands.append(contentsOf: arena.bytes.baseAddress.map { [$0] } ?? [])
    }
    guard let workspaces = workspace.bytes.baseAddress,
      let phases = try kernels.kernels[call.kernel]?.bind(call.descriptor, operands)
    else { throw TesseraError(.systemFailure, "cannot run the kernel '\(call.kernel)'") }

    func run(_ phases: [WorkPhase]) {
      pool.run(phases, workspace: workspaces, workspaceStrideByteCount: workspaceStride)
    }
    let clock = ContinuousClock()
    return withExtendedLifetime(arenas) {
      run(phases)
      var shortest = Duration.seconds(Int64.max)
      for _ in 0..<Self.runCount {
        run([sweep])
        shortest = min(shortest, clock.measure { run(phases) })
      }
      return shortest / .seconds(1)
    }
  }
}
