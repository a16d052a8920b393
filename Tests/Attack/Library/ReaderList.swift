extension AttackedReader {
  /// Every reader by name. Each call makes samples and a folder of its own.
  package static let all: [(name: String, make: @Sendable () throws -> AttackedReader)] = [
    ("onnx", onnx), ("onnxtxt", onnxText), ("prototxt", prototxt), ("caffemodel", caffeModel),
    ("plan", plan), ("npy", npy), ("npz", npz), ("safetensors", safetensors),
    ("tensor-proto", tensorProto), ("png", png), ("jpeg", jpeg), ("evaluation-record", record),
    ("timing-cache", timingCache), ("kernel-descriptor", kernelDescriptor),
  ]

  /// The reader called `name`.
  package static func named(_ name: String) throws -> AttackedReader {
    guard let entry = all.first(where: { $0.name == name }) else {
      throw AttackFault("there is no reader '\(name)'")
    }
    return try entry.make()
  }
}
