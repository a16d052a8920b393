import GraphIR
import Tessera
import TesseraImages

/// The tensors for all inputs of a program, read from the files that the command line names.
struct ProgramInputs {
  private(set) var tensors: [String: Tensor] = [:]

  /// Reads and checks everything.
  ///
  /// - Parameters:
  ///   - path: the program's file, for notes.
  ///   - shapes: what `--shapes` fixes.
  ///   - imageOptions: how images become tensors.
  /// - Throws: `TesseraError` that lists every missing, unknown and mistyped input.
  init(
    _ sources: [TensorSource], for program: Program, path: String, shapes: [String: [Int]],
    imageOptions: ImageOptions
  ) throws(TesseraError) {
    let inputs = program.inputs
    var imagePaths: [String: [String]] = [:]
    for source in sources {
      guard let paths = try source.imagePaths() else { continue }
      imagePaths[source.name, default: []] += paths
    }
    try Self.checkNames(sources, inputs, defaults: program.defaults)
    var problems: [Diagnostic] = []
    var empty: [Diagnostic] = []
    for source in sources where tensors[source.name] == nil {
      guard let input = inputs.first(where: { $0.name == source.name }) else { continue }
      if let type = try source.archivedType() {
        let found = input.problems(with: type.elementType, type.shape, shape: shapes[input.name])
        problems += found.map { Diagnostic($0, file: source.path, at: .value(source.name)) }
        guard found.isEmpty else { continue }
      }
      let tensor: Tensor
      if let stored = try source.readTensor() {
        tensor = stored
      } else {
        tensor = try Self.readImages(
          imagePaths[source.name] ?? [], for: input, of: path, shape: shapes[input.name],
          imageOptions)
      }
      tensors[source.name] = tensor
      if tensor.byteCount == 0 {
        empty.append(
          Diagnostic(
            "a tensor without elements, \(tensor.shape), is not supported", file: source.path,
            at: .value(source.name)))
      }
      let found = input.problems(
        with: tensor.elementType, tensor.shape, shape: shapes[input.name])
      problems += found.map { Diagnostic($0, file: source.path, at: .value(source.name)) }
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
    if let error = TesseraError(.unsupported, diagnostics: empty) { throw error }
  }

  private static func checkNames(
    _ sources: [TensorSource], _ inputs: [ProgramInput], defaults: [String]
  ) throws(TesseraError) {
    let names = inputs.map { "'\($0.name)'" }.joined(separator: ", ")
    var problems: [Diagnostic] = []
    var seen: Set<String> = []
    for source in sources {
      if !inputs.contains(where: { $0.name == source.name }) {
        problems.append(
          Diagnostic(
            defaults.contains(source.name)
              ? "the model gives this input a value, in whose place --weights can bind another"
              : "there is no such input; the inputs are \(names)", at: .value(source.name)))
      }
      if !seen.insert(source.name).inserted,
        !sources.allSatisfy({ $0.name != source.name || $0.isImage })
      {
        problems.append(Diagnostic("the input is given twice", at: .value(source.name)))
      }
    }
    for input in inputs where !seen.contains(input.name) {
      problems.append(
        Diagnostic(
          "the input \(input.type) is missing: --input \(input.name)=FILE",
          at: .value(input.name)))
    }
    if let error = TesseraError(.invalidUsage, diagnostics: problems) { throw error }
  }

  /// The images as a batch.
  private static func readImages(
    _ paths: [String], for input: ProgramInput, of path: String, shape: [Int]?,
    _ options: ImageOptions
  ) throws(TesseraError) -> Tensor {
    let specification = try input.specification(shape: shape)
    let preprocessing: Preprocessing
    do throws(TesseraError) {
      preprocessing = try options.notedPreprocessing(for: specification, path: path)
    } catch {
      throw error.inFile(paths.first ?? path)
    }
    let own = Array(specification.shape.dimensions.dropFirst())
    guard let batch = Shape([paths.count] + own) else {
      throw TesseraError(.invalidInput, "a batch of \(paths.count) images is too large")
    }
    return try Tensor(elementType: .float32, shape: batch) { (bytes) throws(TesseraError) in
      let byteCount = bytes.count / max(1, paths.count)
      for (index, path) in paths.enumerated() {
        let image = try Image(path: path, orientation: options.orientation)
        do throws(TesseraError) {
          let place = bytes[index * byteCount..<(index + 1) * byteCount]
          try preprocessing.tensor(from: [image]).withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: place).copyMemory(from: $0)
          }
        } catch {
          throw error.inFile(path)
        }
      }
    }
  }
}

extension ProgramInput {
  /// The input with every extent known: those of `shape`, else of a plan's first variant, else of the
  /// model with 1 for an open batch.
  func specification(shape: [Int]? = nil) throws(TesseraError) -> TensorSpecification {
    var extents = shape ?? firstShape?.dimensions
    if extents == nil, let dimensions = type.dimensions {
      let known = dimensions.enumerated().compactMap { $1.value ?? ($0 == 0 ? 1 : nil) }
      if known.count == dimensions.count { extents = known }
    }
    guard let extents, let shape = Shape(extents) else {
      throw TesseraError(
        .invalidUsage, "the input's size is open, \(type): fix it with --shapes", at: .value(name))
    }
    return TensorSpecification(name: name, elementType: type.elementType, shape: shape)
  }

  /// What keeps a tensor of this type from being this input. Symbols fit every extent.
  ///
  /// - Parameter shape: what `--shapes` says of this input.
  func problems(with elementType: ElementType, _ found: Shape, shape: [Int]?) -> [String] {
    var problems: [String] = []
    if elementType != type.elementType {
      problems.append(
        "expected elements of type \(type.elementType.onnxName), "
          + "found \(elementType.onnxName)")
    }
    let extents = found.dimensions
    if let dimensions = type.dimensions,
      dimensions.count != extents.count
        || zip(dimensions, extents).contains(where: { $0.value != nil && $0.value != $1 })
    {
      problems.append("expected a shape that fits \(type), found \(found)")
    } else if let shape, shape != extents {
      problems.append("expected the shape of --shapes, \(shape), found \(found)")
    }
    return problems
  }
}
