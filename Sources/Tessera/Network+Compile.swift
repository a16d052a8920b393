import CPUKernels
import ExecutionPlan
import Foundation
import GraphIR
import KernelInterface
import Lowering
import Passes
import TesseraRuntime

extension Network {
  /// Compiles into memory.
  ///
  /// - Throws: `TesseraError` that lists every unsupported operator, every type error, or every input
  ///   whose shape is still open; or if the options ask for what is not possible.
  public func compile(_ options: CompileOptions = CompileOptions()) throws(TesseraError) -> Plan {
    let compilation = try Compilation(model, options)
    var writer = PlanWriter(compilation.contents)
    return try Plan(image: try writer.makeImage(fillBlobs: compilation.fill))
  }

  /// Compiles into a plan file; on failure nothing is left behind and an older file stays as it was.
  public func compile(
    _ options: CompileOptions = CompileOptions(), to path: String
  ) throws(TesseraError) -> CompileReport {
    let compilation = try Compilation(model, options)
    var writer = PlanWriter(compilation.contents)
    try writer.writeFile(to: path, fillBlobs: compilation.fill)
    return CompileReport(compilation, fileByteCount: writer.byteCount)
  }

  /// Compiles into a plan file at a file URL.
  public func compile(
    _ options: CompileOptions = CompileOptions(), to url: URL
  ) throws(TesseraError) -> CompileReport {
    try compile(options, to: url.path(percentEncoded: false))
  }
}
