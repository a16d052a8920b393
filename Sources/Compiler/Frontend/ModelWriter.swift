import GraphIR
import Tensors

/// Writes model files: ONNX's binary format and its textual syntax.
package enum ModelWriter {
  /// Constants of fewer bytes stay in the model file when the others go to a file of their own.
  private static let minimumExternalByteCount = 1024
  /// Where in the data file a tensor may start, so that it can be used where it is mapped.
  private static let alignment = 64

  /// Writes the model to `path`: as text if the name ends in `.onnxtxt` or is `-`, else in the binary format.
  /// The file gets its name when it is complete.
  ///
  /// - Parameter externalData: Puts the constants into the file `path` + `.data`. Models of 2 GB and
  ///   more, which ONNX does not allow in one file, are written so in any case.
  package static func write(
    _ model: Model, to path: String, externalData: Bool = false
  ) throws(TesseraError) {
    let isExternal =
      externalData || path != "-" && byteCount(of: model.graph.constants) >= 2_000_000_000
    let (data, references) = isExternal ? try stageData(of: model.graph, beside: path) : (nil, [:])
    let file = try AtomicFile(path: path)
    if path == "-" || path.hasSuffix(".onnxtxt") {
      try file.write(model.onnxText(TextOptions(externalData: references)))
    } else {
      do throws(TesseraError) {
        let encoded = try ONNXEncoder.encode(model, externalData: references)
        try file.write(encoded.bytes)
        withExtendedLifetime(encoded) {}
      } catch {
        throw error.inFile(path)
      }
    }
    try AtomicFile.commit([data, file].compactMap { $0 })
  }

  /// The model in ONNX's binary format.
  ///
  /// - Throws: `TesseraError` if it takes 2 GB or more, or if memory is refused.
  package static func encode(_ model: Model) throws(TesseraError) -> [UInt8] {
    let encoded = try ONNXEncoder.encode(model)
    return withExtendedLifetime(encoded) { Array(encoded.bytes) }
  }

  private static func byteCount(of constants: ConstantTable) -> Int {
    constants.names.reduce(0) { $0 + (constants[$1]?.byteCount ?? 0) }
  }

  /// The file that `write` puts the constants into.
  package static func dataPath(_ path: String) -> String { path + ".data" }

  /// The data file, complete but for its name, or nil if there is nothing to put into it.
  private static func stageData(
    of graph: Graph, beside path: String
  ) throws(TesseraError) -> (AtomicFile?, [String: ExternalDataReference]) {
    let file = try AtomicFile(path: dataPath(path))
    let location = file.path.split(separator: "/").last.map(String.init) ?? file.path
    var references: [String: ExternalDataReference] = [:]
    for name in graph.constants.names {
      guard let tensor = graph.constants[name], tensor.byteCount >= minimumExternalByteCount else {
        continue
      }
      try file.pad(toMultipleOf: alignment)
      references[name] = ExternalDataReference(
        location: location, byteOffset: file.byteCount, byteCount: tensor.byteCount)
      try tensor.withUnsafeBytes { (bytes) throws(TesseraError) in try file.write(bytes) }
    }
    guard !references.isEmpty else { return (nil, [:]) }
    try file.flush()
    return (file, references)
  }
}
