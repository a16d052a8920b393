import CMPI
import Platform
import Tensors
import TesseraTraining

/// Messages over MPI. One thread uses it. MPI ends all processes where a message fails.
///
/// Waiting takes next to no time of the CPU, which other processes may need: first both sides of a long message say
/// that they are here, by messages that need no other side, and look for them ever more seldom.
final class MPICommunicator: Communicator {
  let rank: Int
  let size: Int

  /// The longest message that does not wait for the other side, below what MPI's transports send at once.
  private static let shortByteCount = 1024
  /// MPI counts bytes by 32 bits.
  private static let longestPiece = 1 << 30
  /// Microseconds.
  private static let longestPause = 1000
  private static let presence: Int32 = 1
  private static let content: Int32 = 2

  /// Initializes MPI.
  ///
  /// - Throws: `TesseraError` if MPI refuses it.
  static func connect() throws(TesseraError) -> any Communicator {
    let funneled = Int32(MPI_THREAD_FUNNELED)
    var provided: Int32 = 0
    guard MPI_Init_thread(nil, nil, funneled, &provided) == MPI_SUCCESS else {
      throw TesseraError(.systemFailure, "MPI cannot be initialized")
    }
    guard provided >= funneled else {
      throw TesseraError(.systemFailure, "this MPI takes no program of several threads")
    }
    return MPICommunicator()
  }

  /// To be called once the processes have agreed on their end.
  static func disconnect() {
    var isInitialized: Int32 = 0
    MPI_Initialized(&isInitialized)
    if isInitialized != 0 { MPI_Finalize() }
  }

  private init() {
    var (rank, size): (Int32, Int32) = (0, 1)
    MPI_Comm_rank(tessera_mpi_world(), &rank)
    MPI_Comm_size(tessera_mpi_world(), &size)
    (self.rank, self.size) = (Int(rank), Int(size))
  }

  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) {
    if bytes.count > Self.shortByteCount { meet(rank) }
    for piece in pieces(of: bytes.count) {
      MPI_Send(
        bytes.baseAddress?.advanced(by: piece.lowerBound), Int32(piece.count), tessera_mpi_byte(),
        Int32(rank), Self.content, tessera_mpi_world())
    }
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
    if bytes.count > Self.shortByteCount { meet(rank) } else { waitFor(Self.content, from: rank) }
    for piece in pieces(of: bytes.count) {
      MPI_Recv(
        bytes.baseAddress?.advanced(by: piece.lowerBound), Int32(piece.count), tessera_mpi_byte(),
        Int32(rank), Self.content, tessera_mpi_world(), tessera_mpi_no_status())
    }
  }

  private func pieces(of byteCount: Int) -> [Range<Int>] {
    stride(from: 0, to: byteCount, by: Self.longestPiece).map {
      $0..<min($0 + Self.longestPiece, byteCount)
    }
  }

  /// Waits until `rank` calls this for this process.
  private func meet(_ rank: Int) {
    var token: UInt8 = 0
    MPI_Send(&token, 1, tessera_mpi_byte(), Int32(rank), Self.presence, tessera_mpi_world())
    waitFor(Self.presence, from: rank)
    MPI_Recv(
      &token, 1, tessera_mpi_byte(), Int32(rank), Self.presence, tessera_mpi_world(),
      tessera_mpi_no_status())
  }

  private func waitFor(_ tag: Int32, from rank: Int) {
    var isThere: Int32 = 0
    var waited = 0
    while true {
      MPI_Iprobe(Int32(rank), tag, tessera_mpi_world(), &isThere, tessera_mpi_no_status())
      if isThere != 0 { return }
      let pause = min(waited / 8, Self.longestPause)
      if pause > 0 { usleep(useconds_t(pause)) } else { sched_yield() }
      waited += max(pause, 1)
    }
  }
}
