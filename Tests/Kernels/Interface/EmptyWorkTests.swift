import CPUKernels
import KernelInterface
import TestSupport
import Tensors
import Testing

/// Where there is nothing to compute a call takes no time, however large its other extents are.
struct EmptyWorkTests {
  /// Items of all phases, of which each takes microseconds here.
  private static let maximumItemCount = 1 << 12
  /// Bytes of operands that fit a small plan.
  private static let maximumByteCount = 1 << 18

  @Test(arguments: ValidDescriptors.all.indices)
  func emptyExtentsBesideAHugeOne(index: Int) throws {
    let descriptor = ValidDescriptors.all[index]
    let table = try #require(KernelTable.all.first)
    let kernel = try #require(table.kernels[type(of: descriptor).kernelName])
    let words = try descriptor.encoded()
    let fields = try kernel.describe(words).map { Self.extent(of: $0.name) }
    let extents = Set(fields.compactMap { $0 })
    var acceptedCount = 0
    for (first, second) in extents.flatMap({ first in extents.map { (first, $0) } }) {
      for huge in extents where huge != first && huge != second {
        for size: Int64 in [1 << 20, 1 << 31] {
          var changed = words
          for (position, extent) in fields.enumerated() {
            if extent == first || extent == second { changed[position] = 0 }
            if extent == huge { changed[position] = size }
          }
          if try finishesAtOnce(changed, kernel) { acceptedCount += 1 }
        }
      }
    }
    #expect(acceptedCount > 0 || extents.count <= 1)
  }

  /// An image without columns whose border is all it has.
  @Test(arguments: KernelTable.all.indices)
  func borderOfAnEmptyImageIsCleared(index: Int) throws {
    var conversion = ConvertLayoutDescriptor()
    conversion.input = ImageLayout(batch: 2, channels: 3, height: 4, width: 0)
    conversion.output = ImageLayout(batch: 2, channels: 3, height: 4, width: 0, channelBlock: 8)
    conversion.output.borderRight = 1
    let output = try KernelHarness.run(
      conversion, reading: [GuardedBuffer(byteCount: 0)], table: KernelTable.all[index],
      pool: ThreadPool(threadCount: 2))
    #expect(try #require(output.first).floats == Array(repeating: 0, count: 2 * 4 * 8))
  }

  /// False if the words are refused or describe large operands.
  private func finishesAtOnce(_ words: [Int64], _ kernel: Kernel) throws -> Bool {
    guard let requirements = try? kernel.requirements(words),
      requirements.operands.allSatisfy({ $0.byteCount <= Self.maximumByteCount })
    else { return false }
    #expect(requirements.workspaceByteCount <= Self.maximumByteCount, "\(kernel.name): \(words)")
    let operands = requirements.operands.map { GuardedBuffer(byteCount: $0.byteCount) }
    let workspace = GuardedBuffer(byteCount: requirements.workspaceByteCount)
    let phases = try kernel.bind(words, operands.map(\.base))
    let itemCount = phases.reduce(0) { $0 + $1.itemCount }
    guard itemCount <= Self.maximumItemCount else {
      Issue.record("\(kernel.name) takes \(itemCount) items: \(words)")
      return true
    }
    let seconds = threadSeconds {
      for phase in phases {
        for item in 0..<phase.itemCount { phase.body(item, workspace.base) }
      }
    }
    #expect(seconds < 1, "\(kernel.name): \(words)")
    return true
  }

  /// The extent that a field holds: the same for both images of a step; nil for other fields.
  private static func extent(of field: String) -> String? {
    let name = field.split(separator: ".").last.map(String.init) ?? field
    switch name {
    case "conv-height": return "height"
    case "conv-width": return "width"
    case "batch", "channels", "height", "width", "m", "n", "k", "element-count": return name
    default:
      return name.hasPrefix("extents[") || name.hasSuffix("-count") && name != "element-byte-count"
        ? name : nil
    }
  }
}
