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
    return try Plan(image: try writer.makeImage(fillBlob: compilation.fillBlob()))
  }

  /// Compiles into a plan file; on failure nothing is left behind and an older file stays as it was. If
  /// weights are to be rounded, the error that this makes is measured first.
  ///
  /// - Parameter path: none of the files that the network was read from, which would be replaced.
  public func compile(
    _ options: CompileOptions = CompileOptions(), to path: String
  ) throws(TesseraError) -> CompileReport {
    let isExact = [.automatic, .float32].contains(options.weightPrecision)
    let errors = isExact ? [] : try measuredErrors(options.part(0, of: 2))
    let compilation = try Compilation(model, isExact ? options : options.part(1, of: 2))
    var writer = PlanWriter(compilation.contents)
    try writer.writeFile(to: path, fillBlob: compilation.fillBlob())
    return CompileReport(compilation, fileByteCount: writer.byteCount, weightErrors: errors)
  }

  /// Compiles into a plan file at a file URL.
  public func compile(
    _ options: CompileOptions = CompileOptions(), to url: URL
  ) throws(TesseraError) -> CompileReport {
    try compile(options, to: url.path(percentEncoded: false))
  }
}
