@testable import ExecutionPlan
import Tensors

/// A small plan with two variants over one set of weights.
func makeContents() -> PlanContents {
  var contents = PlanContents()
  contents.name = "tiny"
  contents.instructionSet = "portable"
  contents.laneCount = 8
  contents.metadata = [MetadataEntry(key: "labels", value: "zéro\none")]
  contents.weights = [
    WeightBlob(name: "w", byteOffset: 0, byteCount: 100),
    WeightBlob(name: "b", byteOffset: 128, byteCount: 32),
  ]
  contents.variants = [1, 2].map { batch in
    var variant = PlanVariant()
    let shape = Shape([batch, 4]) ?? .scalar
    variant.inputs = [PlanTensor(name: "x", elementType: .float32, shape: shape, byteOffset: 0)]
    variant.outputs = [PlanTensor(name: "y", elementType: .float32, shape: shape, byteOffset: 64)]
    variant.steps = [
      Step(
        name: "fc", kernel: "fully-connected", descriptor: [1, -2, Int64.max],
        operands: [
          Operand(.arena, byteOffset: 0, byteCount: 16 * batch),
          Operand(.weights, byteOffset: 128, byteCount: 32),
          Operand(.arena, byteOffset: 64, byteCount: 16 * batch),
        ])
    ]
    variant.arenaByteCount = 128
    variant.bufferByteCountSum = 128
    variant.arenaLowerBoundByteCount = 128
    return variant
  }
  return contents
}

/// The bytes of a plan file whose weights are filled with their index plus one.
func makeImageBytes(_ contents: PlanContents = makeContents()) throws -> [UInt8] {
  var writer = PlanWriter(contents)
  var bytes = [UInt8](repeating: 0, count: writer.byteCount)
  try bytes.withUnsafeMutableBytes { image in
    try writer.write(into: image) { index, destination in
      destination.initializeMemory(as: UInt8.self, repeating: UInt8(index + 1))
    }
  }
  return bytes
}

/// Decodes a copy of `bytes`.
func decode(_ bytes: [UInt8]) throws(TesseraError) -> PlanImage {
  try PlanImage(TensorStorage(byteCount: bytes.count) { $0.copyBytes(from: bytes) })
}
