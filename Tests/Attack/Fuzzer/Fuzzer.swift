import Attack
import Platform

/// The reader that `ATTACK_READER` names.
private nonisolated(unsafe) let reader: AttackedReader = {
  do {
    return try AttackedReader.named(getenv("ATTACK_READER").map { String(cString: $0) } ?? "")
  } catch {
    print("set ATTACK_READER: \(error)")
    exit(2)
  }
}()

/// What libFuzzer calls with every input that it makes.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: bytes, count: count))
  do {
    _ = try reader.attack(reader.repair(input))
  } catch {
    print("fault: \(error)")
    fflush(nil)
    abort()
  }
  return 0
}
