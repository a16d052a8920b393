import ExecutionPlan
import Platform
import Tensors
import TesseraRuntime

/// What a `tsr_plan` points to: a plan, and what it says as C reads it.
package final class PlanHandle: Sendable {
  package let plan: Plan
  let inputs: TensorInfos
  let outputs: TensorInfos
  /// The graph's name, then key and value of all metadata.
  private let texts: CStrings
  private let labels: CStrings

  /// - Throws: `TesseraError` if memory is refused.
  package init(_ plan: Plan) throws(TesseraError) {
    self.plan = plan
    let variants = plan.variants
    inputs = try TensorInfos(variants.map(\.inputs))
    outputs = try TensorInfos(variants.map(\.outputs))
    let metadata = plan.image.contents.metadata
    texts = try CStrings([plan.name] + metadata.flatMap { [$0.key, $0.value] })
    labels = try CStrings(plan.labels)
  }

  /// The object of a handle; nil for NULL.
  package static func of(_ handle: OpaquePointer?) -> PlanHandle? {
    handle.map { Unmanaged.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  var name: UnsafePointer<CChar> { texts.pointers[0] }
  var labelCount: Int { labels.pointers.count }

  /// Nil if there is none.
  func label(_ index: Int) -> UnsafePointer<CChar>? {
    labels.pointers.indices.contains(index) ? labels.pointers[index] : nil
  }

  /// The value under `key`; nil if there is none.
  func metadata(_ key: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    stride(from: 1, to: texts.pointers.count, by: 2).first { strcmp(texts.pointers[$0], key) == 0 }
      .map { texts.pointers[$0 + 1] }
  }
}
