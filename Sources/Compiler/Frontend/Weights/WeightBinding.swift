import GraphIR
import TensorFiles
import Tensors

/// Makes constants of the model's weight inputs.
///
/// From a file, every graph input with an entry of its name becomes a constant, and the value of one that has
/// a value by default is replaced; floating-point entries are converted to the input's type, which must hold
/// all their finite elements. Where no weight has an entry of its name, the names of `WeightNames` are tried.
/// Blobs of Caffe's layers bind by the layer's name. At random, the inputs that operators use as weights become constants.
///
/// - Parameter fill: draws the weights that a file other than Caffe's lacks.
/// - Returns: Warnings: the entries of the file that no input wants, but for those that equal a constant of their name.
/// - Throws: `TesseraError` with all inputs that operators use as weights and that have no entry, all
///   entries of another shape, element type or range, and all entries that no input wants.
package func bindWeights(
  of model: inout Model, from source: WeightSource, filling fill: WeightFill? = nil
) throws(TesseraError) -> [Diagnostic] {
  switch source {
  case .file(let path, let map) where path.hasSuffix(".caffemodel"):
    guard map == nil else {
      throw TesseraError(
        .invalidUsage, "a weight map is for entries, Caffe's layers bind by their names"
      ).inFile(path)
    }
    return try model.graph.bindWeights(from: try CaffeWeightFile(path: path), path: path)
  case .file(let path, let mapPath):
    let map = try mapPath.map { (path) throws(TesseraError) in try WeightMap(path: path) }
    let file = try WeightFile(path: path)
    if let map, let mapPath {
      do throws(TesseraError) {
        try map.requireNames(in: model.graph, file, path: path)
      } catch { throw error.inFile(mapPath) }
    }
    let warnings = try bindWeights(of: &model.graph, from: file, map, filling: fill, path: path)
    if let fill { try bindRandomWeights(of: &model.graph, seed: fill.seed, fill.distribution) }
    return warnings
  case .random(let seed, let distribution):
    try bindRandomWeights(of: &model.graph, seed: seed, distribution)
    return []
  }
}

private func bindWeights(
  of graph: inout Graph, from file: WeightFile, _ map: WeightMap?, filling fill: WeightFill?,
  path: String
) throws(TesseraError) -> [Diagnostic] {
  var problems = ProblemList()
  let roles = graph.weightInputs()
  let names = WeightEntryNames(file.names)
  let inputs = graph.inputs + graph.defaults
  let map = map ?? WeightMap.fitting(Set(roles.keys), names)
  let rows = Dictionary(map.rows.map { ($0.input, $0) }) { first, _ in first }

  var wanted: Set<String> = []
  var missing: [String] = []
  for input in inputs {
    let row = rows[input] ?? WeightMap.Row(input: input, entry: input, layout: .unchanged)
    guard let entry = names[row.entry] else {
      if roles[input] != nil, fill == nil { missing.append(input) }
      continue
    }
    wanted.insert(entry)
    if let fill, !fill.takes(input) { continue }
    do throws(TesseraError) {
      try graph.bind(input, to: entry, row, of: file)
    } catch { problems.add(error.inFile(path)) }
  }
  graph.inputs.removeAll { graph.constants[$0] != nil }

  var unwanted: [String] = []
  for name in file.names where !wanted.contains(name) {
    if try !graph.hasConstant(name, of: file) { unwanted.append(name) }
  }
  let missed = MissingWeights(
    inputs: missing, unwanted: unwanted, weightCount: roles.count,
    hasBatchNormalization: graph.nodes.contains { $0.operatorName == "BatchNormalization" })
  problems.add(.invalidInput, missed.problems(path: path))
  let warnings = unwanted.map { name in
    let reason =
      graph.constants[name] == nil || rows[name] != nil
      ? "no graph input wants this entry"
      : "no graph input wants this entry: the model holds the value as a constant that is no input"
    return Diagnostic(reason, file: path, at: .value(name))
  }
  if problems.error != nil, !missed.isSummarized { problems.add(.invalidInput, warnings) }
  try problems.throwIfAny()
  return warnings
}

/// Makes constants of inputs, or replaces the values of those that have one by default.
///
/// - Throws: `TesseraError` with all names that are no inputs, of kind `invalidUsage` if there are any,
///   and all tensors of another shape or element type.
package func bindInputs(
  of model: inout Model, to tensors: [String: Tensor]
) throws(TesseraError) {
  let inputs = model.graph.inputs + model.graph.defaults
  var problems = ProblemList()
  let unknown = Set(tensors.keys).subtracting(inputs).sorted().map { name in
    Diagnostic("the model has no such input", at: .value(name))
  }
  if let error = TesseraError(.invalidUsage, diagnostics: unknown) { throw error }
  for input in inputs {
    guard let tensor = tensors[input] else { continue }
    do throws(TesseraError) {
      try model.graph.bind(input, toFitting: tensor)
    } catch { problems.add(error) }
  }
  try problems.throwIfAny()
  model.graph.inputs.removeAll { model.graph.constants[$0] != nil }
}

private func bindRandomWeights(
  of graph: inout Graph, seed: UInt64, _ distribution: WeightDistribution
) throws(TesseraError) {
  let roles = graph.weightInputs()
  var problems: [Diagnostic] = []
  var remainingByteCount = ProcessMemory.limitByteCount / 4 * 3
  for input in graph.inputs {
    guard let role = roles[input], let type = graph.types[input], let shape = type.shape else {
      continue
    }
    guard type.elementType.isFloatingPoint else {
      problems.append(
        Diagnostic("expected a floating-point tensor, found \(type)", at: .value(input)))
      continue
    }
    let byteCount = shape.elementCount * type.elementType.byteCount
    guard byteCount <= remainingByteCount else {
      problems.append(
        Diagnostic(
          "random weights \(type) do not fit: all of them may take three quarters of the "
            + "\(ProcessMemory.limitByteCount) bytes of memory that this process may have",
          at: .value(input)))
      continue
    }
    remainingByteCount -= byteCount
    let weights = RandomWeights(seed: seed, name: input, distribution)
    if let tensor = try weights.tensor(role, type.elementType, shape) {
      graph.bind(input, to: tensor)
    }
  }
  graph.inputs.removeAll { graph.constants[$0] != nil }
  if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
}

extension Graph {
  /// Gives `input` the value of a tensor, converted to its type if both are floating-point. It stays among
  /// the inputs.
  ///
  /// - Throws: `TesseraError` if the tensor has another shape, element type or range.
  fileprivate mutating func bind(_ input: String, toFitting tensor: Tensor) throws(TesseraError) {
    guard let type = inputType(of: input) else { return }
    try requireFit(input, tensor.elementType, tensor.shape)
    let converted = try tensor.converted(to: type.elementType)
    if let problem = tensor.overflow(in: converted) {
      throw TesseraError(.invalidInput, problem, at: .value(input))
    }
    bind(input, to: converted)
  }

  /// Gives `input` the value of the entry of a file. It stays among the inputs.
  ///
  /// - Throws: `TesseraError` if the entry has another shape, element type or range.
  fileprivate mutating func bind(
    _ input: String, to entry: String, _ row: WeightMap.Row, of file: WeightFile
  ) throws(TesseraError) {
    guard let found = try file.type(ofTensor: entry) else { return }
    guard let shape = row.layout.shape(ofStored: found.shape) else {
      throw TesseraError(
        .invalidInput, "an entry '\(entry)' of shape \(found.shape) cannot be \(row.layout)",
        at: .value(input))
    }
    do throws(TesseraError) {
      try requireFit(input, found.elementType, shape)
      if let tensor = try file.tensor(named: entry) {
        try bind(input, toFitting: row.layout.arranged(tensor))
      }
    } catch {
      guard entry != input else { throw error }
      let problems = error.diagnostics.map { problem in
        var problem = problem
        problem.message += " in the entry '\(entry)'"
        return problem
      }
      throw TesseraError(error.kind, diagnostics: problems) ?? error
    }
  }

  /// Whether a constant of the entry's name has its type and its bytes.
  fileprivate func hasConstant(_ name: String, of file: WeightFile) throws(TesseraError) -> Bool {
    guard let constant = constants[name], let found = try file.type(ofTensor: name),
      found.elementType == constant.elementType, found.shape == constant.shape,
      let tensor = try file.tensor(named: name)
    else { return false }
    return constant.withUnsafeBytes { bytes in tensor.withUnsafeBytes { bytes.elementsEqual($0) } }
  }

  /// Checks what is to be bound by its type alone.
  fileprivate func requireFit(
    _ input: String, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) {
    guard let type = inputType(of: input) else { return }
    guard type.dimensions.map({ matches(shape, $0) }) ?? true else {
      throw TesseraError(
        .invalidInput, "expected \(type), found shape \(shape)", at: .value(input))
    }
    let isConvertible = type.elementType.isFloatingPoint && elementType.isFloatingPoint
    guard type.elementType == elementType || isConvertible else {
      throw TesseraError(
        .invalidInput,
        "expected elements of '\(type.elementType.onnxName)', found '\(elementType.onnxName)'",
        at: .value(input))
    }
  }

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
