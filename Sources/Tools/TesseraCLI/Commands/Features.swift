import Evaluation
import Tessera

extension Command {
  static let features = Command(
    name: "features", summary: "Write values of a network for images as descriptors",
    operands: [Common.planOrModel],
    options: [
      Features.output.declaration, OutputArguments.outputs.declaration,
      Features.spatial.declaration,
      Features.normalize.declaration,
    ] + DataArguments.declarations + EvaluationArguments.viewDeclarations
      + ImageArguments.pixelDeclarations + [
        WeightArguments.weights.declaration, WeightArguments.map.declaration,
        Common.shapes.declaration,
      ] + ModelArguments.declarations + [
        Common.threads.declaration, Common.trust.declaration, Common.json.declaration,
      ],
    notes: """
      The data is a folder of images, a folder with one folder of images for each class, a text file with
      lines PATH LABEL, or an .npz with images and labels. A value is averaged over the views and the
      scales. With --spatial keep views are not mirrored unless --flips true is given. An image that cannot be read is reported and left out.
      """
  ) { arguments, output throws(TesseraError) in
    try Features(arguments).run(output)
  }
}

/// `tessera features`.
private struct Features {
  /// What becomes of a value at several positions.
  enum Spatial: String, CaseIterable { case keep, mean }

  static let output = Option(
    "output", short: "o", "FILE", isRequired: true, completion: .files("npz", "npy"),
    help: "Write to this .npz; or, of one value, to this .npy")
  static let spatial = Option<Spatial>(
    "spatial", "keep|mean",
    help: "Keep the positions of a value or average over them (default: keep; whole images: mean)",
    parse: ArgumentValue.choice())
  static let normalize = Flag("l2", help: "Divide what is written by its Euclidean norm")

  private let arguments: ParsedArguments
  private let settings: EvaluationArguments
  private let images: ImageArguments
  private let path: String
  private let outputPath: String

  init(_ arguments: ParsedArguments) throws(TesseraError) {
    self.arguments = arguments
    settings = EvaluationArguments(
      arguments, mirrors: arguments[Self.spatial] == .keep ? false : nil)
    images = try ImageArguments(arguments)
    path = arguments.operands[0]
    outputPath = arguments[Self.output] ?? ""
    guard outputPath == "-" || [".npy", ".npz"].contains(where: outputPath.lowercased().hasSuffix)
    else {
      throw TesseraError(.invalidUsage, "expected an output .npy or .npz, found '\(outputPath)'")
    }
    guard arguments[Self.spatial] != .keep || settings.mode != .denseAndCrop else {
      throw TesseraError(
        .invalidUsage, "mode dense+crop averages over positions, which its views have not in common"
      )
    }
    _ = try ModelArguments.options(arguments)
  }

  func run(_ output: StandardOutput) throws(TesseraError) -> ExitStatus {
    let extraction = try prepared()
    let data = extraction.data
    var table = FeatureTable(values: extraction.values)
    var failures: [(name: String, error: TesseraError)] = []
    let clock = ContinuousClock()
    let start = clock.now
    try ProgressBar.during { (bar) throws(TesseraError) in
      var progress = EvaluationProgress(imageCount: data.items.count, doneCount: 0)
      bar.update(progress.text, progress.fraction)
      do throws(TesseraError) {
        try extraction.run { (index, result) throws(TesseraError) in
          switch result {
          case .success(let features): try table.append(features, of: index)
          case .failure(let error):
            if arguments[DataArguments.strict] { throw error }
            bar.interrupted(by: { StandardError.report(error) })
            failures.append((data.items[index].name, error))
          }
          progress.advance()
          bar.update(progress.text, progress.fraction)
        }
      } catch {
        throw error.inFile(path)
      }
    }
    guard !table.indices.isEmpty else {
      throw TesseraError(.invalidInput, "no image could be read").inFile(data.path)
    }
    try table.write(to: outputPath, of: data)
    let seconds = (clock.now - start) / .seconds(1)
    if arguments[Common.json] {
      try output.write(json(table, data, failures, seconds))
    } else {
      for (name, shape) in zip(table.values, table.shapes) {
        try output.writeLine("\(name)  \(shape.map(String.init).joined(separator: "x"))")
      }
      try output.writeLine(
        "\(table.indices.count.grouped) images, \(failures.count.grouped) skipped, "
          + "\(Figures.fixed(seconds, digits: 1)) s")
    }
    return .done
  }

  private func prepared() throws(TesseraError) -> FeatureExtraction {
    try CommandOutputs.enter([outputPath])
    let data = try DataArguments.read(arguments) { (path, root) throws(TesseraError) in
      try LabelledImages.readAny(path: path, imagesRoot: root)
    }
    let program = try Program(arguments)
    if !arguments[Common.trust] { try program.verifyWeights(path: path) }
    let wanted = OutputArguments.names(arguments)
    do throws(TesseraError) {
      let (selected, names) = try program.selecting(wanted)
      let network = try selected.imageNetwork(arguments, settings) { $0 }
      let values =
        OutputArguments.areAll(wanted)
        ? network.outputs.filter(network.isRowPerImage).map(\.name).uniqued
        : wanted == nil ? names.uniqued : names
      if let name = FeatureTable.reservedName(among: values) {
        throw TesseraError(
          .invalidUsage, "the value is named twice, or as one of the arrays indices and labels",
          at: .value(name))
      }
      guard values.count == 1 || !outputPath.lowercased().hasSuffix(".npy") else {
        throw TesseraError(
          .invalidUsage, "an .npy holds one value, there are \(values.count): write an .npz")
      }
      let input = network.input.shape
      return try FeatureExtraction(
        data: data, network: network, values: values,
        preprocessing: try program.preprocessing(of: network, path: path, images),
        settings: try settings.testProtocol(inputSides: [max(input[2], input[3])]),
        meansPositions: arguments[Self.spatial].map { $0 == .mean } ?? settings.mode.isDense,
        normalizes: arguments[Self.normalize])
    } catch {
      throw error.inFile(path)
    }
  }

  private func json(
    _ table: FeatureTable, _ data: LabelledImages,
    _ failures: [(name: String, error: TesseraError)], _ seconds: Double
  ) -> JSONValue {
    .object([
      "output": .string(outputPath),
      "values": .array(
        zip(table.values, table.shapes).map { name, shape in
          .object(["name": .string(name), "shape": .integers(shape)])
        }),
      "images": .array(table.indices.map { .string(data.items[$0].name) }),
      "errors": .array(
        failures.map { failure in
          .object([
            "image": .string(failure.name), "error": .string(failure.error.description),
          ])
        }),
      "seconds": .double(seconds),
    ])
  }
}
