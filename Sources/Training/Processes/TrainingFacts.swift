import CPUKernels
import Evaluation
import ExecutionPlan
import KernelInterface
import Tensors
import TesseraImages

extension ProcessGroup {
  /// Waits until all are here, and refuses processes that would compute something else: another version of
  /// Tessera or instruction set, another network or weights, other lists of images or options.
  ///
  /// - Parameter path: the network's file.
  package func requireSame(
    _ network: Network, path: String, _ data: LabelledImages, _ validation: LabelledImages?,
    _ images: ImageOptions, _ request: TrainingRequest
  ) throws(TesseraError) {
    guard size > 1 else { return }
    var facts = [
      ProcessFact(name: "the version of Tessera", value: tesseraVersion),
      ProcessFact(
        name: "the instruction set", value: try KernelTable.forThisMachine().instructionSet),
    ]
    // Other facts say better what of the contents differs.
    let contents = ["network", "weights", "data", "validation"]
    facts += request.fields.filter { !contents.contains($0.name) }.map {
      ProcessFact(name: "the setting '\($0)'", value: $1)
    }
    facts += images.metadata.map { ProcessFact(name: "the setting '\($0.key)'", value: $0.value) }
    facts.append(ProcessFact(name: "the file \(path)", value: request.network, isShown: false))
    facts.append(.hidden("what the network's weights are", network.hashOfConstants))
    facts.append(.hidden("the list of images \(data.path)", data.hash))
    if let validation {
      facts.append(.hidden("the list of images \(validation.path)", validation.hash))
    }
    try requireSame(facts)
  }
}

extension ProcessFact {
  fileprivate static func hidden(_ name: String, _ hash: UInt64) -> ProcessFact {
    ProcessFact(name: name, value: String(hash, radix: 16), isShown: false)
  }
}

extension Network {
  fileprivate var hashOfConstants: UInt64 {
    let constants = model.graph.constants
    return hashOfText(
      constants.names.compactMap { name in
        guard let tensor = constants[name] else { return nil }
        let hash = tensor.withUnsafeBytes { hashOfBytes($0) }
        return "\(name) \(tensor.elementType.onnxName) \(tensor.shape) \(hash)"
      })
  }
}

extension LabelledImages {
  /// Of the images' names and classes.
  fileprivate var hash: UInt64 { hashOfText(items.map { "\($0.label) \($0.name)" }) }
}

private func hashOfText(_ lines: [String]) -> UInt64 {
  let text = Array(lines.joined(separator: "\n").utf8)
  return text.withUnsafeBytes { hashOfBytes($0) }
}
