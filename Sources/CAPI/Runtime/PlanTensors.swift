import CTessera

@c @implementation
package func tsr_plan_variant_count(_ plan: OpaquePointer?) -> Int {
  PlanHandle.of(plan)?.plan.variantCount ?? 0
}

@c @implementation
package func tsr_plan_input_count(_ plan: OpaquePointer?) -> Int {
  PlanHandle.of(plan)?.inputs.count ?? 0
}

@c @implementation
package func tsr_plan_output_count(_ plan: OpaquePointer?) -> Int {
  PlanHandle.of(plan)?.outputs.count ?? 0
}

@c @implementation
package func tsr_plan_input(
  _ plan: OpaquePointer?, _ variant: Int, _ index: Int
) -> UnsafePointer<tsr_tensor_info>? {
  PlanHandle.of(plan)?.inputs[variant, index]
}

@c @implementation
package func tsr_plan_output(
  _ plan: OpaquePointer?, _ variant: Int, _ index: Int
) -> UnsafePointer<tsr_tensor_info>? {
  PlanHandle.of(plan)?.outputs[variant, index]
}

@c @implementation
package func tsr_plan_input_index(_ plan: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> Int {
  find(name, PlanHandle.of(plan)?.inputs)
}

@c @implementation
package func tsr_plan_output_index(_ plan: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> Int {
  find(name, PlanHandle.of(plan)?.outputs)
}

/// The index of a tensor by name, or `TSR_NONE`.
private func find(_ name: UnsafePointer<CChar>?, _ tensors: TensorInfos?) -> Int {
  let none = Int(bitPattern: .max)
  guard let name, let tensors else { return none }
  return tensors.index(name) ?? none
}
