import ExecutionPlan
import Platform
import Synchronization
import Tensors
import Tessera
import TesseraRuntime

/// Sessions of one plan in threads of their own.
package enum SharedPlan {
  /// Runs `sessions` sessions, of two threads each, `runs` times at once.
  ///
  /// - Returns: How many runs gave the outputs of a session that was alone.
  package static func run(sessions: Int, runs: Int) throws -> Int {
    let plan = try PlanSamples.plans()[0]
    let inputs = try zeroInputs(of: plan)
    let expected = try bits(try Session(plan: plan, threads: 1).run(inputs))
    let work = Work(plan: plan, inputs: inputs, expected: expected, runs: runs)
    let threads = (0..<sessions).map { _ in work.start() }
    for thread in threads { pthread_join(thread, nil) }
    return work.equalCount.load(ordering: .sequentiallyConsistent)
  }

  fileprivate static func bits(_ outputs: [String: Tensor]) throws -> [String: [UInt8]] {
    outputs.mapValues { $0.withUnsafeBytes(Array.init) }
  }
}

private final class Work: Sendable {
  let plan: Plan
  let inputs: [String: Tensor]
  let expected: [String: [UInt8]]
  let runs: Int
  let equalCount = Atomic(0)

  init(plan: Plan, inputs: [String: Tensor], expected: [String: [UInt8]], runs: Int) {
    self.plan = plan
    self.inputs = inputs
    self.expected = expected
    self.runs = runs
  }

  func start() -> pthread_t {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    return thread
  }

  private func run() {
    guard let session = try? Session(plan: plan, threads: 2) else { return }
    for _ in 0..<runs {
      guard let outputs = try? session.run(inputs), let found = try? SharedPlan.bits(outputs),
        found == expected
      else { continue }
      equalCount.add(1, ordering: .sequentiallyConsistent)
    }
  }
}

/// Zeros for every input of a plan's first variant.
func zeroInputs(of plan: Plan) throws -> [String: Tensor] {
  var inputs: [String: Tensor] = [:]
  for input in plan.variants[0].inputs {
    inputs[input.name] = try Tensor(elementType: input.elementType, shape: input.shape) {
      (_) throws(TesseraError) in
    }
  }
  return inputs
}
