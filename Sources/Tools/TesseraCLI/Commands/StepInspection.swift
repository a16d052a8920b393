import ExecutionPlan
import KernelInterface
import Lowering
import Tessera

/// What `inspect` tells about one step of a plan.
struct StepInspection {
  let name: String
  let kernel: String
  /// How a convolution is computed, as in `winograd F(4x4) fused/24`; nil for other steps.
  let algorithm: String?
  /// False for a convolution whose outputs depend on more than their windows.
  let isLocal: Bool
  /// Multiplications and additions of one run.
  let floatOperationCount: Int
  /// Bytes of packed weights that the step reads.
  let weightByteCount: Int
  /// Bytes of the arena that the step uses for itself.
  let scratchByteCount: Int
  /// Bytes of workspace that the step needs of each thread.
  let workspaceByteCount: Int
  /// Of one run on one thread, as the compiler estimates it.
  let estimatedSeconds: Double
  private let fields: [(name: String, value: String)]
  private let operands: [Operand]

  init(_ step: Step, kernels: KernelTable) throws(TesseraError) {
    name = step.name
    kernel = step.kernel
    operands = step.operands
    weightByteCount = step.operands.lazy.filter { $0.region == .weights }
      .reduce(0) { $0 + $1.byteCount }
    let call = step.call
    let requirements = try kernels.requirements(of: call)
    floatOperationCount = requirements.floatOperationCount
    scratchByteCount = requirements.operands.first { $0.name == "scratch" }?.byteCount ?? 0
    workspaceByteCount = requirements.workspaceByteCount
    let method = try ConvMethod(call)
    algorithm = method?.description
    isLocal = method?.isLocal ?? true
    estimatedSeconds = try CostModel(for: kernels).seconds(call, kernels: kernels)
    fields = try kernels.kernels[step.kernel]?.describe(step.descriptor) ?? []
  }

  /// The algorithm, or the kernel where there is only one way.
  var method: String { algorithm ?? kernel }

  /// The images that the step reads and writes, as `1x3x224x224 → 1x64x224x224`; for steps on other
  /// tensors their extents and counts.
  var shapes: String {
    let layouts = fields.compactMap { field -> String? in
      guard field.name.hasSuffix(".batch") else { return nil }
      return layout(String(field.name.dropLast(".batch".count)))
    }
    if !layouts.isEmpty { return layouts.joined(separator: " → ") }
    return extents.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
  }

  /// The fields of a descriptor that say how much it works on; the elements of a list as one entry.
  private var extents: [(name: String, value: String)] {
    var extents: [(name: String, value: String)] = []
    for (name, value) in fields {
      let listName = name.prefix { $0 != "[" }
      let isPlace = ["strides", "offset", ".count"].contains(where: listName.hasSuffix)
      if isPlace || name.hasPrefix("activation") { continue }
      if name.hasSuffix("]"), extents.last?.name == String(listName) {
        extents[extents.count - 1].value += "x\(value)"
      } else {
        extents.append((String(listName), value))
      }
    }
    return extents
  }

  private func layout(_ operand: String) -> String {
    ["batch", "channels", "height", "width"].compactMap { extent in
      fields.first { $0.name == "\(operand).\(extent)" }?.value
    }.joined(separator: "x")
  }

  var json: JSONValue {
    .object([
      "name": .string(name),
      "kernel": .string(kernel),
      "algorithm": algorithm.map(JSONValue.string) ?? .null,
      "flop": .integer(floatOperationCount),
      "weight_bytes": .integer(weightByteCount),
      "scratch_bytes": .integer(scratchByteCount),
      "workspace_bytes": .integer(workspaceByteCount),
      "estimated_ms": .double(estimatedSeconds * 1e3),
      "fields": .members(fields.map { ($0.name, .string($0.value)) }),
      "operands": .array(
        operands.map { operand in
          .object([
            "region": .string("\(operand.region)"), "offset": .integer(operand.byteOffset),
            "bytes": .integer(operand.byteCount),
          ])
        }),
    ])
  }
}
