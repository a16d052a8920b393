import class Foundation.ProcessInfo
import GraphIR
import TensorFiles
import Tensors

/// Makes constants of the model's weight inputs.
///
/// From a file, every graph input with an entry of its name becomes a constant; floating-point
/// entries are converted to the input's type, which must hold all their finite elements. Blobs of Caffe's layers bind by the layer's name. At random,
/// the inputs that operators use as weights become constants.
///
/// - Returns: Warnings: the entries of the file that no input wants.
/// - Throws: `TesseraError` with all inputs that operators use as weights and that have no entry, all
///   entries of another shape, element type or range, and all entries that no input wants.
package func bindWeights(
  of model: inout Model, from source: WeightSource
) throws(TesseraError) -> [Diagnostic] {
  switch source {
  case .file(let path) where path.hasSuffix(".caffemodel"):
    return try model.graph.bindWeights(from: try CaffeWeightFile(path: path), path: path)
  case .file(let path):
    return try bindWeights(of: &model.graph, from: try WeightFile(path: path), path: path)
  case .random(let seed):
    try bindRandomWeights(of: &model.graph, seed: seed)
    return []
  }
}

private func bindWeights(
  of graph: inout Graph, from file: WeightFile, path: String
) throws(TesseraError) -> [Diagnostic] {
  var problems: [Diagnostic] = []
  let roles = graph.weightInputs()
  let names = Set(file.names)
  let inputs = Set(graph.inputs)

  for input in graph.inputs {
    guard names.contains(input), let tensor = try file.tensor(named: input) else {
      if roles[input] != nil {
        problems.append(
          Diagnostic("the graph input has no entry among the weights", at: .value(input)))
      }
      continue
    }
    guard let type = graph.types[input] else { continue }
    guard type.dimensions.map({ matches(tensor.shape, $0) }) ?? true else {
      problems.append(
        Diagnostic("expected \(type), found shape \(tensor.shape)", file: path, at: .value(input)))
      continue
    }
    let isConvertible = type.elementType.isFloatingPoint && tensor.elementType.isFloatingPoint
    guard type.elementType == tensor.elementType || isConvertible else {
      problems.append(
        Diagnostic(
          "expected elements of '\(type.elementType.onnxName)', found "
            + "'\(tensor.elementType.onnxName)'", file: path, at: .value(input)))
      continue
    }
    let converted = tensor.converted(to: type.elementType)
    if let problem = tensor.overflow(in: converted) {
      problems.append(Diagnostic(problem, file: path, at: .value(input)))
    }
    graph.bind(input, to: converted)
  }
  graph.inputs.removeAll { graph.constants[$0] != nil }

  let unwanted = file.names.filter { !inputs.contains($0) }.map {
    Diagnostic("no graph input wants this entry", file: path, at: .value($0))
  }
  if !problems.isEmpty,
    let error = TesseraError(.invalidInput, diagnostics: problems + unwanted)
  {
    throw error
  }
  return unwanted
}

private func bindRandomWeights(of graph: inout Graph, seed: UInt64) throws(TesseraError) {
  let roles = graph.weightInputs()
  var problems: [Diagnostic] = []
  var remainingByteCount = Int(clamping: ProcessInfo.processInfo.physicalMemory)
  for input in graph.inputs {
    guard let role = roles[input], let type = graph.types[input], let shape = type.shape else {
      continue
    }
    guard type.elementType.isFloatingPoint else {
      problems.append(
        Diagnostic("expected a floating-point tensor, found \(type)", at: .value(input)))
      continue
    }
    guard shape.elementCount <= remainingByteCount / MemoryLayout<Float>.size else {
      problems.append(
        Diagnostic("random weights \(type) do not fit this machine's memory", at: .value(input)))
      continue
    }
    remainingByteCount -= shape.elementCount * MemoryLayout<Float>.size
    let tensor = RandomWeights(seed: seed, name: input).tensor(role, shape)
    graph.bind(input, to: tensor.converted(to: type.elementType))
  }
  graph.inputs.removeAll { graph.constants[$0] != nil }
  if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
}

extension Graph {
  /// Gives `input` a value. It stays among the inputs.
  mutating func bind(_ input: String, to tensor: Tensor) {
    constants[input] = tensor
    types[input] = nil
  }
}

/// True if the extents that are known are those of `shape`.
private func matches(_ shape: Shape, _ dimensions: [Dimension]) -> Bool {
  shape.rank == dimensions.count
    && zip(shape.dimensions, dimensions).allSatisfy { extent, dimension in
      dimension.value.map { $0 == extent } ?? true
    }
}
