/// Messages between processes that run the same program, each known by its rank. Those from one rank to another
/// arrive in the order in which they were sent. A failure ends all processes.
package protocol Communicator: AnyObject {
  /// This process, from 0 on.
  var rank: Int { get }
  /// How many processes there are.
  var size: Int { get }

  /// Returns when `bytes` may change; that can be only when `rank` receives them.
  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int)
  /// Waits for as many bytes as `rank` sends.
  func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int)
}
