import Foundation
import Synchronization

/// The seed that is being tried, in a file that survives a crash of this process.
final class Progress: Sendable {
  /// An input that takes more of the processor's time is a fault.
  private static let limitSeconds = 10.0

  private let path: String
  private nonisolated(unsafe) let page: UnsafeMutablePointer<UInt64>
  private let startedAt = Mutex(0.0)

  init(path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard descriptor >= 0, ftruncate(descriptor, 8) == 0,
      let address = mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      address != MAP_FAILED
    else { throw CocoaError(.fileWriteUnknown) }
    page = address.bindMemory(to: UInt64.self, capacity: 1)
  }

  func begin(_ seed: UInt64) {
    page.pointee = seed
    startedAt.withLock { $0 = Self.processorSeconds() }
  }

  /// Ends the process when an input takes too long.
  func watch() {
    Thread.detachNewThread { [self] in
      while true {
        Thread.sleep(forTimeInterval: 0.5)
        let seconds = Self.processorSeconds() - startedAt.withLock { $0 }
        guard seconds > Self.limitSeconds else { continue }
        print("fault: an input took more than \(Self.limitSeconds) seconds")
        fflush(nil)
        _exit(1)
      }
    }
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
