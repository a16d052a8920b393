import Platform
import Synchronization

/// What has a name in the file system and must lose it if the process ends before it is complete: temporary
/// files and the folders that were made for outputs.
package enum UnfinishedNames {
  private static let names = Mutex<Set<String>>([])
  private static let commits = Mutex(())

  /// To be called before the name is given.
  package static func insert(_ path: String) {
    names.withLock { _ = $0.insert(path) }
  }

  /// The name is gone, or what has it is complete.
  package static func remove(_ path: String) {
    names.withLock { _ = $0.remove(path) }
  }

  /// Runs `body`, which gives outputs their names, without `removeAll` in between.
  static func committing(_ body: () throws(TesseraError) -> Void) throws(TesseraError) {
    try commits.withLock { (_) throws(TesseraError) in try body() }
  }

  /// Removes files, and folders that are empty; no output gets a name from then on.
  package static func removeAll(then end: () -> Never) -> Never {
    commits.withLock { _ in
      names.withLock { names in
        // What lies in a folder before the folder.
        for path in names.sorted(by: { $0.utf8.count > $1.utf8.count }) {
          _ = Platform.remove(path)
        }
        end()
      }
    }
  }
}
