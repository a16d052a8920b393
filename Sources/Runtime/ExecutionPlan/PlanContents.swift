import Tensors

/// A compiled network: for each supported input shape the steps to run, and one set of packed
/// weights that they share. Pure data; every offset is in bytes.
package struct PlanContents: Sendable, Equatable {
  /// The graph's name, for reports.
  package var name = ""
  /// The instruction set whose kernels the compiler chose for.
  package var instructionSet = ""
  /// Floats in a vector: the channel block that layouts and packed weights are made for.
  package var laneCount = 1
  /// What the compiler was told about the model (preprocessing, labels), by key.
  package var metadata: [MetadataEntry] = []
  /// The blobs of the weights region, in ascending offset.
  package var weights: [WeightBlob] = []
  /// One for each combination of input shapes.
  package var variants: [PlanVariant] = []

  package init() {}

  /// The metadata value of `key`.
  package func metadataValue(_ key: String) -> String? {
    metadata.first { $0.key == key }?.value
  }
}

/// A key and a value that the compiler stored.
package struct MetadataEntry: Sendable, Equatable {
  package var key: String
  package var value: String

  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// One packed weight in the weights region.
package struct WeightBlob: Sendable, Equatable {
  package var name: String
  /// From the start of the weights region; a multiple of `planAlignment`.
  package var byteOffset: Int
  package var byteCount: Int
  /// XXH3 (64 bits, seed 0) of the bytes.
  package var hash: UInt64

  package init(name: String, byteOffset: Int, byteCount: Int, hash: UInt64 = 0) {
    self.name = name
    self.byteOffset = byteOffset
    self.byteCount = byteCount
    self.hash = hash
  }
}

/// Alignment in bytes of arena slices and weight blobs.
package let planAlignment = 64
/// Alignment in bytes of operands: an operand may start at any channel block of an arena slice.
package let operandAlignment = 32

/// The program for one combination of input shapes.
package struct PlanVariant: Sendable, Equatable {
  package var inputs: [PlanTensor] = []
  package var outputs: [PlanTensor] = []
  package var steps: [Step] = []
  /// Bytes of the arena that holds every buffer.
  package var arenaByteCount = 0
  /// What the buffers would take if none shared memory.
  package var bufferByteCountSum = 0
  /// The largest sum of live bytes at any step: no arena can be smaller.
  package var arenaLowerBoundByteCount = 0

  package init() {}
}

/// A named input or output, dense and row-major in the arena.
package struct PlanTensor: Sendable, Equatable {
  package var name: String
  package var elementType: ElementType
  package var shape: Shape
  /// From the start of the arena.
  package var byteOffset: Int

  package init(name: String, elementType: ElementType, shape: Shape, byteOffset: Int) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.byteOffset = byteOffset
  }

  package var byteCount: Int { shape.elementCount * elementType.byteCount }
}

/// One kernel call.
package struct Step: Sendable, Equatable {
  /// The graph node that the step comes from.
  package var name: String
  package var kernel: String
  /// The kernel's encoded descriptor.
  package var descriptor: [Int64]
  package var operands: [Operand]

  package init(name: String, kernel: String, descriptor: [Int64], operands: [Operand]) {
    self.name = name
    self.kernel = kernel
    self.descriptor = descriptor
    self.operands = operands
  }
}

/// Where one operand of a step lies.
package struct Operand: Sendable, Equatable {
  /// Plan files know the first two. The others are memory that training keeps between runs: what a step reads of
  /// `parameters`, and where it leaves its `gradients`.
  package enum Region: UInt8, Sendable { case arena, weights, parameters, gradients }
  package var region: Region
  /// From the start of the region; a multiple of `operandAlignment`.
  package var byteOffset: Int
  package var byteCount: Int

  package init(_ region: Region, byteOffset: Int, byteCount: Int) {
    self.region = region
    self.byteOffset = byteOffset
    self.byteCount = byteCount
  }
}
