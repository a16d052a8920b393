import Foundation
import Synchronization
import Tensors

@testable import TesseraTraining

/// Ranks that are threads of this process.
final class ThreadCommunicator: Communicator {
  /// Messages by sender and receiver.
  final class Mailbox: @unchecked Sendable {
    private let condition = NSCondition()
    private var messages: [[Int]: [[UInt8]]] = [:]

    func put(_ message: [UInt8], from sender: Int, to receiver: Int) {
      condition.withLock {
        messages[[sender, receiver], default: []].append(message)
        condition.broadcast()
      }
    }

    func take(from sender: Int, to receiver: Int) -> [UInt8] {
      condition.withLock {
        while messages[[sender, receiver], default: []].isEmpty { condition.wait() }
        return messages[[sender, receiver], default: []].removeFirst()
      }
    }
  }

  let rank: Int
  let size: Int
  private let mailbox: Mailbox

  private init(rank: Int, size: Int, _ mailbox: Mailbox) {
    (self.rank, self.size, self.mailbox) = (rank, size, mailbox)
  }

  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) {
    mailbox.put(Array(bytes), from: self.rank, to: rank)
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
    let message = mailbox.take(from: rank, to: self.rank)
    precondition(message.count == bytes.count, "\(message.count) bytes were sent")
    bytes.copyBytes(from: message)
  }

  /// Runs `body` on `size` ranks at once.
  ///
  /// - Returns: what it gives or throws, by rank.
  static func run<Value: Sendable>(
    _ size: Int, _ body: @escaping @Sendable (ProcessGroup) throws(TesseraError) -> Value
  ) throws -> [Result<Value, TesseraError>] {
    let mailbox = Mailbox()
    let results = Results<Value>()
    let threads = try (0..<size).map { rank in
      try SystemThread {
        let group = ProcessGroup(ThreadCommunicator(rank: rank, size: size, mailbox))
        let result = Result { () throws(TesseraError) in try body(group) }
        results.values.withLock { $0[rank] = result }
      }
    }
    for thread in threads { thread.join() }
    return results.values.withLock { values in (0..<size).compactMap { values[$0] } }
  }

  private final class Results<Value: Sendable>: Sendable {
    let values = Mutex<[Int: Result<Value, TesseraError>]>([:])
  }
}
