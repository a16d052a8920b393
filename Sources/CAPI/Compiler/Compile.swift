import CTessera
import Tensors
import Tessera
import TesseraRuntimeC

@c @implementation
package func tsr_compile_file(
  _ model_path: UnsafePointer<CChar>?, _ plan_path: UnsafePointer<CChar>?,
  _ options: UnsafePointer<tsr_compile_options>?, _ message: UnsafeMutablePointer<CChar>?,
  _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    let planPath = try requireText(plan_path, "plan_path")
    try compile(modelAt: model_path, options) { (network, options) throws(TesseraError) in
      _ = try network.compile(options, to: planPath)
    }
  }
}

@c @implementation
package func tsr_compile_plan(
  _ model_path: UnsafePointer<CChar>?, _ options: UnsafePointer<tsr_compile_options>?,
  _ plan: UnsafeMutablePointer<OpaquePointer?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try giveOut(to: plan, named: "plan") { () throws(TesseraError) in
      try compile(modelAt: model_path, options) { (network, options) throws(TesseraError) in
        try PlanHandle(network.compile(options))
      }
    }
  }
}

@c @implementation
package func tsr_compile_memory(
  _ model: UnsafeRawPointer?, _ byte_count: Int, _ options: UnsafePointer<tsr_compile_options>?,
  _ plan: UnsafeMutablePointer<OpaquePointer?>?, _ message: UnsafeMutablePointer<CChar>?,
  _ message_byte_count: Int
) -> tsr_status {
  reporting(in: message, message_byte_count) { () throws(TesseraError) in
    try giveOut(to: plan, named: "plan") { () throws(TesseraError) in
      let bytes = try requireBytes(model, byte_count, "model")
      return try compile(options) { (weights) throws(TesseraError) in
        try Network(onnx: bytes, weights: weights)
      } into: { (network, options) throws(TesseraError) in
        try PlanHandle(network.compile(options))
      }
    }
  }
}

private func compile<Result>(
  modelAt path: UnsafePointer<CChar>?, _ options: UnsafePointer<tsr_compile_options>?,
  into make: (Network, CompileOptions) throws(TesseraError) -> Result
) throws(TesseraError) -> Result {
  let path = try requireText(path, "model_path")
  return try compile(options) { (weights) throws(TesseraError) in
    try Network(path: path, weights: weights)
  } into: { (network, options) throws(TesseraError) in
    do throws(TesseraError) { return try make(network, options) } catch { throw error.inFile(path) }
  }
}

/// Reads a network, with the weights that C asks for, and hands it on with the options.
private func compile<Result>(
  _ pointer: UnsafePointer<tsr_compile_options>?,
  _ readNetwork: (WeightSource?) throws(TesseraError) -> Network,
  into make: (Network, CompileOptions) throws(TesseraError) -> Result
) throws(TesseraError) -> Result {
  var asked = tsr_compile_options()
  try read(pointer, into: &asked)
  var options = try CompileOptions(asked)
  let network = try readNetwork(asked.weightSource()).selectingOutputs(asked)
  if let onWarning = options.onWarning { network.warnings.forEach(onWarning) }
  options.images = try asked.images(of: network)
  return try make(network, options)
}
