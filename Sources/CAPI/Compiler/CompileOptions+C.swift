import CTessera
import Tensors
import Tessera
import TesseraRuntimeC

extension CompileOptions {
  /// What C asks for.
  ///
  /// - Throws: `invalidUsage` if a flag or a choice is unknown, or something that is needed is NULL.
  init(_ c: tsr_compile_options) throws(TesseraError) {
    self.init()
    let flags = UInt64(TSR_COMPILE_DENSE | TSR_COMPILE_LOCAL)
    guard c.flags & ~flags == 0 else {
      throw TesseraError(
        .invalidUsage,
        "'flags' has a bit that this version of the library does not know: \(c.flags)")
    }
    isDense = c.flags & UInt64(TSR_COMPILE_DENSE) != 0
    isLocal = c.flags & UInt64(TSR_COMPILE_LOCAL) != 0
    shapes = try c.shapesByVariant()
    labels = try requireTexts(c.labels, c.label_count, "labels")
    weightPrecision = try choice(c.weights_precision, "weights_precision") ?? .automatic
    maxError = c.max_error == 0 ? nil : c.max_error
    memoryLimitByteCount =
      c.memory_limit_byte_count == 0 ? nil : Int(clamping: c.memory_limit_byte_count)
    threads = c.thread_count == 0 ? nil : c.thread_count
    if let warn = c.on_warning {
      let context = CContext(pointer: c.warning_context)
      onWarning = { warn(context.pointer, $0.description) }
    }
  }
}

extension Network {
  /// The network with the outputs that C asks for.
  func selectingOutputs(_ c: tsr_compile_options) throws(TesseraError) -> Network {
    let names = try requireTexts(c.outputs, c.output_count, "outputs")
    return names.isEmpty ? self : try selectingOutputs(names)
  }
}

extension tsr_compile_options {
  /// - Throws: `invalidUsage` if something that is needed is NULL, or the seed is none.
  func weightSource() throws(TesseraError) -> WeightSource? {
    guard let weights else {
      guard weights_map == nil else {
        throw TesseraError(.invalidUsage, "'weights_map' is given without 'weights'")
      }
      return nil
    }
    let source = try WeightSource(argument: requireText(weights, "weights"))
    guard let weights_map else { return source }
    guard case .file(let path, _) = source else {
      throw TesseraError(.invalidUsage, "'weights_map' is given with random 'weights'")
    }
    return .file(path: path, map: try requireText(weights_map, "weights_map"))
  }

  /// How images become inputs: what the model says, and over that the preset.
  func images(of network: Network) throws(TesseraError) -> ImageOptions? {
    guard let preset: ImagePreset = try choice(preset, "preset") else {
      return network.imageOptions
    }
    var images = network.imageOptions ?? ImageOptions()
    images.apply(preset)
    return images
  }

  fileprivate func shapesByVariant() throws(TesseraError) -> [[String: [Int]]] {
    var variants: [Int: [String: [Int]]] = [:]
    for index in 0..<(try requireCount(shape_count, "shape_count")) {
      let given = try require(shapes, "shapes")[index]
      let input = try requireText(given.input, "shapes[\(index)].input")
      var extents: [Int] = []
      for axis in 0..<(try requireCount(given.rank, "shapes[\(index)].rank")) {
        extents.append(Int(try require(given.shape, "shapes[\(index)].shape")[axis]))
      }
      guard variants[given.variant, default: [:]].updateValue(extents, forKey: input) == nil else {
        throw TesseraError(
          .invalidUsage, "the shape is given twice in variant \(given.variant)", at: .value(input))
      }
    }
    return try (0..<variants.count).map { (index) throws(TesseraError) in
      guard let shapes = variants[index] else {
        throw TesseraError(
          .invalidUsage, "'shapes' has \(variants.count) variants, none of them is \(index)")
      }
      return shapes
    }
  }
}

/// A pointer that is the caller's business.
private struct CContext: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer?
}

private func requireTexts(
  _ texts: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ name: String
) throws(TesseraError) -> [String] {
  try (0..<requireCount(count, "the count of '\(name)'")).map { (index) throws(TesseraError) in
    try requireText(try require(texts, name)[index], "\(name)[\(index)]")
  }
}

/// The choice of this name; nil for NULL.
private func choice<Choice: RawRepresentable<String> & CaseIterable>(
  _ text: UnsafePointer<CChar>?, _ name: String
) throws(TesseraError) -> Choice? {
  guard text != nil else { return nil }
  let text = try requireText(text, name)
  guard let choice = Choice(rawValue: text) else {
    throw TesseraError(
      .invalidUsage,
      "expected \(quotedList(Choice.allCases.map(\.rawValue))) for '\(name)', found '\(text)'")
  }
  return choice
}
