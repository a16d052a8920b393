import GraphIR
import Tensors

/// A type of layer: what it is called and which operators compute it.
struct CaffeLayerType: Sendable {
  /// The name in `layer { type: "…" }`.
  let name: String
  /// The name in `layers { type: … }`; nil if the type is younger.
  let legacyName: String?
  let bottomCounts: ClosedRange<Int>
  let topCounts: ClosedRange<Int>
  /// Adds the operators that make the layer's outputs of its inputs, whose types the builder knows.
  let convert: @Sendable (CaffeLayer, inout CaffeGraphBuilder) throws(TesseraError) -> Void

  init(
    _ name: String, legacyName: String?, bottoms: ClosedRange<Int> = 1...1,
    tops: ClosedRange<Int> = 1...1,
    convert: @escaping @Sendable (CaffeLayer, inout CaffeGraphBuilder) throws(TesseraError) -> Void
  ) {
    self.name = name
    self.legacyName = legacyName
    self.bottomCounts = bottoms
    self.topCounts = tops
    self.convert = convert
  }

  /// All types that we support, besides `Input`, which makes inputs of the graph.
  static let all: [CaffeLayerType] = [
    .concat,
    .convolution,
    .dropout,
    .eltwise,
    .flatten,
    .innerProduct,
    .lrn,
    .pooling,
    .relu,
    .softmax,
    .split,
  ]

  /// The type of a layer; nil if we do not support it.
  static func find(_ layer: CaffeLayer) -> CaffeLayerType? {
    all.first { layer.isLegacy ? $0.legacyName == layer.type : $0.name == layer.type }
  }

  /// - Throws: `TesseraError` if the layer has another number of bottoms or tops.
  func checkCounts(of layer: CaffeLayer) throws(TesseraError) {
    for (what, count, counts) in [
      ("bottoms", layer.bottoms.count, bottomCounts), ("tops", layer.tops.count, topCounts),
    ] where !counts.contains(count) {
      let expected =
        counts.upperBound == .max ? "at least \(counts.lowerBound)" : "\(counts.lowerBound)"
      throw layer.unsupported("it has \(count) \(what), expected \(expected)")
    }
  }
}
