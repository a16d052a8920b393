import GraphIR
import Tensors

/// The window of a convolution or a pooling whose results are spread back over its input.
struct TransposedWindow {
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  /// Padding before the first row and column, in elements.
  var padsBegin: [Int]
  var group: Int
}

extension NodeEmitter {
  /// Adds the elements of `gradient` `[N, M, OH, OW]`, times weights `[M, C/group, kh, kw]`, to the elements
  /// `[N, C, H, W]` that their windows cover: a `ConvTranspose` with as many rows and columns as the input
  /// had.
  mutating func spread(
    _ gradient: String, _ weights: String, _ window: TransposedWindow, to extents: [Int]
  ) throws(TesseraError) -> String {
    let outputs = try self.extents(of: gradient)
    var padsEnd: [Int] = []
    var outputPadding: [Int] = []
    for axis in 0..<2 {
      let span = (window.kernel[axis] - 1) * window.dilations[axis] + 1
      let covered = (outputs[2 + axis] - 1) * window.strides[axis] + span
      let surplus = covered - window.padsBegin[axis] - extents[2 + axis]
      padsEnd.append(max(0, surplus))
      outputPadding.append(max(0, -surplus))
    }
    var attributes: [String: Attribute] = [
      "kernel_shape": .ints(window.kernel.map(Int64.init)),
      "strides": .ints(window.strides.map(Int64.init)),
      "dilations": .ints(window.dilations.map(Int64.init)),
      "pads": .ints((window.padsBegin + padsEnd).map(Int64.init)),
      "group": .int(Int64(window.group)),
    ]
    if outputPadding != [0, 0] {
      attributes["output_padding"] = .ints(outputPadding.map(Int64.init))
    }
    return try emit("ConvTranspose", [gradient, weights], attributes)
  }
}
