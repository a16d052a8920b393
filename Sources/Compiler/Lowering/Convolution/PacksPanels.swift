import KernelInterface
import Tensors

/// A convolution kernel's descriptor that packs its weights panel by panel.
protocol PacksPanels: KernelDescriptor {
  var panelCount: Int { get }
  /// The step that packs weights that are values of the run.
  var packingStep: PackWeightsDescriptor { get }
  func packedWeightsByteCount() throws(TesseraError) -> Int
  /// Bytes from the start of the packed weights to those of a panel.
  func packedByteOffset(ofPanel panel: Int) -> Int
  /// Packs panels of the weights at `source`, dense floats of any alignment, one after the other.
  func packWeights(
    from source: UnsafeRawPointer, into destination: UnsafeMutableRawPointer,
    panels: Range<Int>?
  ) throws(TesseraError)
}

extension ConvDirectDescriptor: PacksPanels {
  var packingStep: PackWeightsDescriptor { PackWeightsDescriptor(self) }
}

extension ConvDepthwiseDescriptor: PacksPanels {
  var packingStep: PackWeightsDescriptor { PackWeightsDescriptor(self) }
}

extension ConvWinogradDescriptor: PacksPanels {
  var packingStep: PackWeightsDescriptor { PackWeightsDescriptor(self) }
}

extension PlanBuilder {
  /// The constant weights of a convolution as its kernel reads them.
  ///
  /// - Parameters:
  ///   - merged: the weights of merged groups, made of `source`; nil where they are the same.
  ///   - packing: names everything that decides the bytes.
  func packedWeight(
    _ source: Tensor, merged: Tensor? = nil, name: String, for descriptor: some PacksPanels,
    packing: String
  ) throws(TesseraError) -> OperandDraft {
    weight(
      name: name, sources: [source], packing: packing,
      byteCount: try descriptor.packedWeightsByteCount(), panelCount: descriptor.panelCount
    ) { (destination, panels) throws(TesseraError) in
      try (merged ?? source).withUnsafeBytes { (bytes) throws(TesseraError) in
        guard let values = bytes.baseAddress, let start = destination.baseAddress else { return }
        do throws(TesseraError) {
          try descriptor.packWeights(
            from: values, into: start + descriptor.packedByteOffset(ofPanel: panels.lowerBound),
            panels: panels)
        } catch {
          throw error.at(.value(name))
        }
      }
    }
  }
}
