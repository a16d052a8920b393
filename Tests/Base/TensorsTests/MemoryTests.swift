import Synchronization
import Testing

@testable import Tensors

struct ZeroedMemoryTests {
  @Test(arguments: [0, 1, 64, 1 << 20])
  func isAlignedAndZero(byteCount: Int) throws {
    let memory = try ZeroedMemory(byteCount: byteCount)
    #expect(memory.bytes.count == byteCount)
    #expect(UInt(bitPattern: memory.bytes.baseAddress) % UInt(ZeroedMemory.alignment) == 0)
    #expect(memory.bytes.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [Int.max, Int.max - 63, 1 << 60])
  func refusesWhatNoMachineHas(byteCount: Int) {
    let error = #expect(throws: TesseraError.self) { try ZeroedMemory(byteCount: byteCount) }
    #expect(error?.kind == .systemFailure)
    #expect(error?.description.contains("\(byteCount) bytes of memory") == true)
  }

  @Test func tensorsOfAnySizeAreRefusedWithASentence() throws {
    let shape = try #require(Shape([1 << 20, 1 << 20, 1 << 10]))
    let error = #expect(throws: TesseraError.self) {
      try Tensor(elementType: .float32, shape: shape) { _ in }
    }
    #expect(error?.kind == .systemFailure)
  }
}

struct ProcessMemoryTests {
  @Test func takesTheSmallestLimitOfTheControlGroups() {
    func limit(_ files: [String: String]) -> Int? {
      ProcessMemory.limit(ControlGroups { files[$0] })
    }
    let version2 = [
      "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/memory.max": "max\n",
      "/sys/fs/cgroup/a/memory.max": "2147483648\n", "/sys/fs/cgroup/memory.max": "4294967296\n",
    ]
    #expect(limit(version2) == 2_147_483_648)
    #expect(limit(["/proc/self/cgroup": "0::/a/b\n"]) == nil)
    let version1 = [
      "/proc/self/cgroup": "5:memory:/x\n4:cpu:/y\n",
      "/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "1048576\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ]
    #expect(limit(version1) == 1_048_576)
  }

  @Test func addsMemoryAndSwapSpace() {
    #expect(ProcessMemory.total("MemTotal:  100 kB\nMemFree: 7 kB\nSwapTotal: 20 kB\n") == 122_880)
    #expect(ProcessMemory.total("nonsense") == nil)
  }

  @Test func hasALimit() {
    #expect(ProcessMemory.limitByteCount > 1 << 20)
    #expect(ProcessMemory.limitByteCount < Int.max)
  }
}

struct TensorStorageTests {
  @Test func bytesAreMadeWhenTheyAreFirstRead() throws {
    let count = Mutex(0)
    let storage = try TensorStorage.filledOnFirstRead(byteCount: 2) { bytes in
      count.withLock { $0 += 1 }
      bytes.copyBytes(from: [7, 8])
    }
    let tensor = Tensor(elementType: .uint8, shape: .vector(2), storage: storage)
    #expect(storage.byteCount == 2)
    #expect(count.withLock { $0 } == 0)
    #expect(tensor?.values(as: UInt8.self) == [7, 8])
    #expect(Array(storage.bytes) == [7, 8])
    #expect(count.withLock { $0 } == 1)
  }
}

struct ByteBufferTests {
  @Test func growsAtItsEnd() throws {
    let buffer = ByteBuffer()
    for value in 0..<1000 { try buffer.append(element: UInt16(value)) }
    try [UInt8]([1, 2, 3]).withUnsafeBytes { try buffer.append($0) }
    buffer.replace(9, at: 2000)
    #expect(buffer.count == 2003)
    #expect(buffer.bytes.loadUnaligned(fromByteOffset: 1998, as: UInt16.self) == 999)
    #expect(Array(buffer.bytes.suffix(3)) == [9, 2, 3])
  }
}
