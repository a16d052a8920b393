import ExecutionPlan
import KernelInterface

/// Calls of every kernel, as the compiler makes them, or training where no plan has them.
enum KernelSamples {
  static func calls() throws -> [KernelCall] {
    var calls: Set<KernelCall> = [try momentumUpdate(), try productUpdate()]
    for plan in try PlanSamples.plans() {
      for step in plan.image.contents.variants.flatMap(\.steps) {
        calls.insert(KernelCall(kernel: step.kernel, descriptor: step.descriptor))
      }
    }
    return calls.sorted {
      ($0.kernel, $0.descriptor.description) < ($1.kernel, $1.descriptor.description)
    }
  }

  private static func momentumUpdate() throws -> KernelCall {
    var update = MomentumUpdateDescriptor()
    update.elementCount = 1000
    return try KernelCall(update)
  }

  private static func productUpdate() throws -> KernelCall {
    var update = ProductUpdateDescriptor()
    (update.count, update.rows, update.columns) = (3, 17, 45)
    return try KernelCall(update)
  }
}
