import KernelInterface
import Tensors

/// How long kernel calls take: as measured, or else as estimated.
package struct StepTimes: Sendable {
  /// Seconds of one call, on the machine, the kernels and the number of threads at hand.
  package var measuredSeconds: [KernelCall: Double]
  package var model: CostModel

  package init(measuredSeconds: [KernelCall: Double] = [:], model: CostModel) {
    self.measuredSeconds = measuredSeconds
    self.model = model
  }

  /// - Throws: `TesseraError` if there is no such kernel or the descriptor is not valid.
  func seconds(_ call: KernelCall, kernels: KernelTable) throws(TesseraError) -> Double {
    if let seconds = measuredSeconds[call] { return seconds }
    return try model.seconds(call, kernels: kernels)
  }
}
