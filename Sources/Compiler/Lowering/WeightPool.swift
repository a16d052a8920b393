import ExecutionPlan
import Tensors

/// The packed weights of a plan. Weights that come from the same constants and are packed in the
/// same way are stored once, whichever variants use them.
package final class WeightPool {
  /// What makes two packed weights the same bytes.
  struct Key: Hashable {
    /// Where the source constants lie in memory, and as what they are read.
    var sources: [Source]
    /// The packing and all its parameters.
    var packing: String

    struct Source: Hashable {
      var storage: ObjectIdentifier
      var byteOffset: Int
      var elementType: ElementType
      var shape: Shape
    }

    init(_ tensors: [Tensor], packing: String) {
      sources = tensors.map {
        Source(
          storage: ObjectIdentifier($0.storage), byteOffset: $0.byteOffset,
          elementType: $0.elementType, shape: $0.shape)
      }
      self.packing = packing
    }
  }

  /// Writes some of the panels of a packed weight into its zeroed place.
  package typealias Fill =
    @Sendable (UnsafeMutableRawBufferPointer, _ panels: Range<Int>) throws(TesseraError) -> Void

  /// How to make one blob: its panels can be packed independently of one another.
  package struct Packing: Sendable {
    package let panelCount: Int
    package let fill: Fill
  }

  package private(set) var blobs: [WeightBlob] = []
  /// One for each of `blobs`.
  package private(set) var packings: [Packing] = []
  private var indices: [Key: Int] = [:]
  /// Keeps the identities in the keys from being reused.
  private var sources: [Tensor] = []
  /// Bytes of all blobs in their places.
  package private(set) var byteCount = 0

  private var convAlgorithms: [Key: [ConvAlgorithm]] = [:]

  package init() {}

  /// A pool that starts with all that `base` holds and leaves `base` as it is.
  package init(extending base: WeightPool) {
    blobs = base.blobs
    packings = base.packings
    indices = base.indices
    sources = base.sources
    byteCount = base.byteCount
    convAlgorithms = base.convAlgorithms
  }

  /// A pool without weights that gives convolutions the algorithms that they were given in `base`.
  package init(algorithmsOf base: WeightPool) {
    sources = base.sources
    convAlgorithms = base.convAlgorithms
  }

  /// The algorithms that earlier convolutions with these weights were given, in this or another variant,
  /// in that order. Those that may use the same one do, so that the weights are stored once; they are
  /// stored once more for each algorithm that others need.
  func convAlgorithms(for weights: Tensor) -> [ConvAlgorithm] {
    convAlgorithms[Key([weights], packing: "")] ?? []
  }

  func settle(_ algorithm: ConvAlgorithm, for weights: Tensor) {
    let settled = convAlgorithms(for: weights)
    guard !settled.contains(algorithm) else { return }
    convAlgorithms[Key([weights], packing: "")] = settled + [algorithm]
    sources.append(weights)
  }

  /// The operand for a packed weight, stored now if it is new.
  func operand(
    name: String, sources: [Tensor], packing: String, byteCount: Int, panelCount: Int,
    fill: @escaping Fill
  ) -> Operand {
    let key = Key(sources, packing: packing)
    let index =
      indices[key]
      ?? append(
        name: name, byteCount: byteCount, Packing(panelCount: panelCount, fill: fill))
    if indices.updateValue(index, forKey: key) == nil { self.sources += sources }
    return Operand(
      .weights, byteOffset: blobs[index].byteOffset, byteCount: blobs[index].byteCount)
  }

  private func append(name: String, byteCount: Int, _ packing: Packing) -> Int {
    blobs.append(WeightBlob(name: name, byteOffset: self.byteCount, byteCount: byteCount))
    packings.append(packing)
    self.byteCount = aligned(self.byteCount + byteCount, to: planAlignment)
    return blobs.count - 1
  }
}
