import CPUKernels
import KernelInterface
import TestSupport
import Tensors
import Testing

/// Descriptors as a plan file stores them, whole and damaged.
struct DescriptorTests {
  @Test func theListIsComplete() throws {
    let table = try #require(KernelTable.all.first)
    let names = ValidDescriptors.all.map { type(of: $0).kernelName }
    #expect(Set(names) == Set(table.kernels.keys))
  }

  @Test(arguments: ValidDescriptors.all.indices)
  func decodesWhatItEncodes(index: Int) throws {
    func check<Descriptor: KernelDescriptor>(_ descriptor: Descriptor) throws {
      #expect(try Descriptor(decoding: descriptor.encoded()) == descriptor)
      _ = try descriptor.requirements()
    }
    try check(ValidDescriptors.all[index])
  }

  @Test(arguments: ValidDescriptors.all.indices)
  func rejectsMissingAndSurplusWords(index: Int) throws {
    let descriptor = ValidDescriptors.all[index]
    let words = try descriptor.encoded()
    let table = try #require(KernelTable.all.first)
    let kernel = try #require(table.kernels[type(of: descriptor).kernelName])
    #expect(throws: TesseraError.self) { try kernel.requirements(Array(words.dropLast())) }
    #expect(throws: TesseraError.self) { try kernel.requirements(words + [0]) }
    #expect(throws: TesseraError.self) { try kernel.bind(words, []) }
  }

  /// No column is computed, but offsets of rows are.
  @Test func imagesWithoutElementsBoundTheirOffsets() {
    var conv = ConvDirectDescriptor()
    conv.input = ImageLayout(batch: 1, channels: 1, height: 0, width: 1 << 31)
    conv.output = ImageLayout(batch: 1, channels: 1, height: 1 << 20, width: 0, channelBlock: 8)
    conv.output.borderLeft = 1
    conv.window.strideHeight = 1 << 24
    (conv.convHeight, conv.convWidth) = (1 << 20, 0)
    #expect(throws: TesseraError.self) { try conv.requirements() }
  }

  /// Every field takes every suspicious value, alone and in pairs. What is accepted and small enough
  /// to run stays inside its operands.
  @Test(arguments: ValidDescriptors.all.indices)
  func damagedWordsStayInsideTheirOperands(index: Int) throws {
    let descriptor = ValidDescriptors.all[index]
    let words = try descriptor.encoded()
    let suspicious: [Int64] = [
      0, 1, 2, 3, 7, 8, 9, 16, 64, -1, 1 << 24, 1 << 31, 1 << 47, 1 << 48, .max, .min,
    ]
    let pool = try ThreadPool(threadCount: 1)
    for position in words.indices {
      for value in suspicious {
        var damaged = words
        damaged[position] = value
        try runIfAccepted(damaged, name: type(of: descriptor).kernelName, pool: pool)
      }
    }
    var generator = SeededGenerator(seed: UInt64(index))
    for _ in 0..<3000 {
      var damaged = words
      for _ in 0..<Int.random(in: 2...4, using: &generator) {
        damaged[Int.random(in: damaged.indices, using: &generator)] =
          suspicious.randomElement(using: &generator) ?? 0
      }
      try runIfAccepted(damaged, name: type(of: descriptor).kernelName, pool: pool)
    }
  }

  private func runIfAccepted(_ words: [Int64], name: String, pool: ThreadPool) throws {
    for table in KernelTable.all {
      let kernel = try #require(table.kernels[name])
      guard let requirements = try? kernel.requirements(words) else { continue }
      let limit = 1 << 20
      guard requirements.workspaceByteCount <= limit,
        requirements.operands.allSatisfy({ $0.byteCount <= limit }),
        requirements.floatOperationCount <= 1 << 22
      else { continue }
      let operands = requirements.operands.map { GuardedBuffer(byteCount: $0.byteCount) }
      let workspace = GuardedBuffer(byteCount: requirements.workspaceByteCount)
      let phases = try kernel.bind(words, operands.map(\.base))
      pool.run(phases, workspace: workspace.base, workspaceStrideByteCount: 0)
      let isIntact = (operands + [workspace]).allSatisfy { $0.guardsAreIntact }
      #expect(
        isIntact,
        "\(table.instructionSet) \(name) wrote outside its operands: \(words)")
    }
  }

  @Test func rejectsAWindowBeyondTheStoredBorder() {
    var conv = ValidDescriptors.convDirect
    conv.input.borderBottom = 0
    #expect(throws: TesseraError.self) { try conv.requirements() }
    conv = ValidDescriptors.convDirect
    conv.window.padLeft = 2
    #expect(throws: TesseraError.self) { try conv.requirements() }
  }

  @Test func rejectsTilesBeyondTheStoredBorder() {
    var conv = ValidDescriptors.convWinogradFused
    conv.input.borderBottom = 3
    #expect(throws: TesseraError.self) { try conv.requirements() }
    conv = ValidDescriptors.convWinogradFused
    conv.padLeft = 5
    #expect(throws: TesseraError.self) { try conv.requirements() }
    conv = ValidDescriptors.convWinogradFused
    conv.input.channelBlock = 1
    #expect(throws: TesseraError.self) { try conv.requirements() }
  }

  @Test func rejectsPooledTilesOfOneRow() throws {
    var conv = ValidDescriptors.convWinogradFused
    conv.shape = try #require(WinogradShape(.four, kernelHeight: 1, kernelWidth: 3))
    _ = try conv.requirements()
    conv.poolsMax2x2 = true
    (conv.output.height, conv.output.width) = (2, 3)
    #expect(throws: TesseraError.self) { try conv.requirements() }
  }

  /// A window for which there are no tiles of the size.
  @Test func rejectsWindowsWithoutTiles() throws {
    var call = try KernelCall(ValidDescriptors.convWinogradFused)
    let square = call.descriptor
    var line = ValidDescriptors.convWinogradFused
    line.shape = try #require(WinogradShape(.four, kernelHeight: 1, kernelWidth: 3))
    let row = try KernelCall(line).descriptor
    for index in square.indices where square[index] != row[index] {
      for words: Int64 in [0, 2, 4, 9] {
        call.descriptor[index] = .init(words)
        #expect(throws: TesseraError.self) {
          try ConvWinogradDescriptor(decoding: call.descriptor)
        }
      }
    }
  }

  @Test func rejectsPartialChannelGroups() {
    var conv = ValidDescriptors.convDirect
    conv.input.channels = 18
    conv.output.channels = 16
    conv.groups = 2
    #expect(throws: TesseraError.self) { try conv.requirements() }
  }

  @Test func rejectsACopyThatWritesAnElementTwice() {
    var copy = ValidDescriptors.copy
    copy.outputStrides = [1, 1]
    #expect(throws: TesseraError.self) { try copy.requirements() }
    copy.outputStrides = [0, 1]
    #expect(throws: TesseraError.self) { try copy.requirements() }
  }

  @Test func rejectsACopyOutsideItsOperands() {
    var copy = ValidDescriptors.copy
    copy.inputStrides = [-2, 3]
    #expect(throws: TesseraError.self) { try copy.requirements() }
    copy = ValidDescriptors.copy
    copy.outputElementCount = 13
    #expect(throws: TesseraError.self) { try copy.requirements() }
  }

  @Test func sizesThatOverflowAreErrors() {
    #expect(throws: TesseraError.self) { try checkedProduct(1 << 40, 1 << 40) }
    #expect(throws: TesseraError.self) { try checkedProduct(0, 1 << 40, 1 << 40) }
    #expect((try? checkedProduct(0, 1 << 40)) == 0)
  }
}
