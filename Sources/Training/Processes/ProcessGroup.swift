import Foundation
import Tensors

/// The processes that train together, or one alone. All of them call `agree`, `announce`, `broadcast` and
/// `requireSame` in the same order, each on one thread. Rank 0 is the root: it alone writes files.
///
/// What fails on one process fails on all: whoever fails calls `fail` instead of the next `agree`.
package final class ProcessGroup: @unchecked Sendable {
  private let communicator: (any Communicator)?
  /// What all have been told.
  private var failure: TesseraError?

  package var rank: Int { communicator?.rank ?? 0 }
  package var size: Int { communicator?.size ?? 1 }
  package var isRoot: Bool { rank == 0 }

  /// - Parameter communicator: nil for a process alone.
  package init(_ communicator: (any Communicator)? = nil) { self.communicator = communicator }

  /// The part of `count` items that this process works on.
  func part(of count: Int) -> Range<Int> {
    GradientSchedule.part(of: count, rank: rank, size: size)
  }

  /// Waits until all are here.
  ///
  /// - Parameters:
  ///   - stage: what comes now, the same for all.
  ///   - numbers: as many on every process.
  /// - Returns: their sums over the processes.
  /// - Throws: `TesseraError` on all, if one has failed or is elsewhere in the program.
  @discardableResult
  package func agree(
    _ stage: String, _ numbers: [Int] = []
  ) throws(TesseraError) -> [Int] {
    if let failure { throw failure }
    return try conclude(ProcessReport(stage: stage, numbers: numbers))
  }

  /// Tells all what this process failed with.
  ///
  /// - Returns: what they all fail with.
  package func fail(_ error: TesseraError) -> TesseraError {
    guard failure == nil else { return error }
    do throws(TesseraError) {
      _ = try conclude(ProcessReport(failure: ProcessFailure(error)))
      return error
    } catch {
      return error
    }
  }

  /// Has the root do something, whose result all get.
  ///
  /// - Throws: `TesseraError` on all, if the root throws one.
  func announce(
    _ body: () throws(TesseraError) -> [Int]
  ) throws(TesseraError) -> [Int] {
    guard size > 1 else { return try body() }
    var report = ProcessReport()
    var own: TesseraError?
    if isRoot {
      do throws(TesseraError) {
        report.numbers = try body()
      } catch {
        own = error
        report.failure = ProcessFailure(error)
      }
    }
    report = try broadcast(report)
    if let failure = report.failure { throw settle(own ?? failure.error) }
    return report.numbers
  }

  /// Waits until all are here and finds out whether they are the same in everything that decides the weights.
  func requireSame(_ facts: [ProcessFact]) throws(TesseraError) {
    if let failure { throw failure }
    _ = try conclude(ProcessReport(stage: "the start", facts: facts))
  }

  /// Gives the root's bytes to all, along a binary tree over the ranks.
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let communicator, bytes.count > 0 else { return }
    if rank > 0 { communicator.receive(bytes, from: rank & (rank - 1)) }
    var distance = rank > 0 ? rank & -rank : 1
    if rank == 0 { while distance < size { distance *= 2 } }
    while distance > 1 {
      distance /= 2
      if rank + distance < size {
        communicator.send(UnsafeRawBufferPointer(bytes), to: rank + distance)
      }
    }
  }

  /// Gives the root's value to all.
  func broadcast<Value: Codable>(_ value: Value) throws(TesseraError) -> Value {
    guard size > 1 else { return value }
    var data = isRoot ? try encoded(value) : Data()
    var count = Int64(data.count)
    withUnsafeMutableBytes(of: &count) { broadcast($0) }
    if !isRoot { data = Data(count: Int(count)) }
    data.withUnsafeMutableBytes { broadcast($0) }
    return try decoded(data)
  }

  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) {
    communicator?.send(bytes, to: rank)
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
    communicator?.receive(bytes, from: rank)
  }

  // MARK: Reports

  /// Collects a report of each process at the root, which tells all what they come to.
  private func conclude(_ own: ProcessReport) throws(TesseraError) -> [Int] {
    var result = own
    if size > 1 {
      if isRoot {
        var reports = [own]
        for rank in 1..<size { reports.append(try receiveReport(from: rank)) }
        result = ProcessReport.conclusion(of: reports)
      } else {
        try sendToRoot(own)
      }
      result = try broadcast(result)
    }
    if let failure = result.failure { throw settle(failure.error) }
    return result.numbers
  }

  private func settle(_ error: TesseraError) -> TesseraError {
    failure = error
    return error
  }

  private func sendToRoot(_ report: ProcessReport) throws(TesseraError) {
    let data = try encoded(report)
    let count = Int64(data.count)
    withUnsafeBytes(of: count) { send($0, to: 0) }
    data.withUnsafeBytes { send($0, to: 0) }
  }

  private func receiveReport(from rank: Int) throws(TesseraError) -> ProcessReport {
    var count = Int64(0)
    withUnsafeMutableBytes(of: &count) { receive($0, from: rank) }
    var data = Data(count: Int(count))
    data.withUnsafeMutableBytes { receive($0, from: rank) }
    return try decoded(data)
  }

  private func encoded<Value: Encodable>(_ value: Value) throws(TesseraError) -> Data {
    do {
      return try JSONEncoder().encode(value)
    } catch {
      throw TesseraError(.invalidInput, "a message to another rank cannot be written: \(error)")
    }
  }

  private func decoded<Value: Decodable>(_ data: Data) throws(TesseraError) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: data)
    } catch {
      throw TesseraError(.invalidInput, "a message of another rank cannot be read: \(error)")
    }
  }
}
