import Foundation
import Platform
import Testing

@testable import Tensors

@Suite struct UnfinishedNamesTests {
  @Test func filesAndEmptyFoldersGo() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = FileManager.default.temporaryDirectory.path + "/\(UUID())"
      let (inner, full) = (folder + "/made/inner", folder + "/full")
      try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
      for path in ["/made/inner/file", "/full/kept", "/done"] {
        _ = FileManager.default.createFile(atPath: folder + path, contents: nil)
      }
      for path in [folder + "/made", inner, inner + "/file", full, folder + "/done", "/none"] {
        UnfinishedNames.insert(path)
      }
      UnfinishedNames.remove(folder + "/done")
      UnfinishedNames.removeAll {
        let left = try? FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        try? FileManager.default.removeItem(atPath: folder)
        _exit(left == ["done", "full", "full/kept"] ? 7 : 1)
      }
    }
  }

  /// Waits for files that are being given their names.
  @Test func filesThatBelongTogetherAreNotParted() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = FileManager.default.temporaryDirectory.path + "/\(UUID())"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let files = try [AtomicFile(path: folder + "/a"), AtomicFile(path: folder + "/b")]
      try AtomicFile.commit(files) {
        Thread.detachNewThread {
          UnfinishedNames.removeAll {
            let left = try? FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
            try? FileManager.default.removeItem(atPath: folder)
            _exit(left == ["a", "b", "c"] ? 7 : 1)
          }
        }
        Thread.sleep(forTimeInterval: 0.2)
        _ = FileManager.default.createFile(atPath: folder + "/c", contents: nil)
      }
      while true { pause() }
    }
  }
}
