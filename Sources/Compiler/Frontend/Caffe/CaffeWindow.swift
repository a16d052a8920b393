import CCaffeProto
import GraphIR
import Tensors

/// The windows of a convolution or a pooling: rows, then columns.
struct CaffeWindow {
  let kernel: [Int]
  let strides: [Int]
  /// Padding before the first and after the last row and column.
  let pads: [Int]
  let dilations: [Int]

  init(
    _ proto: Caffe__ConvolutionParameter, of layer: CaffeLayer
  ) throws(TesseraError) {
    kernel = try WindowField(
      "kernel_size", Array(scalars(proto.kernel_size, proto.n_kernel_size)),
      proto.has_kernel_h != 0 ? proto.kernel_h : nil, proto.has_kernel_w != 0 ? proto.kernel_w : nil
    ).extents(of: layer)
    strides = try WindowField(
      "stride", Array(scalars(proto.stride, proto.n_stride)),
      proto.has_stride_h != 0 ? proto.stride_h : nil, proto.has_stride_w != 0 ? proto.stride_w : nil
    ).extents(of: layer, absent: 1)
    pads = try WindowField(
      "pad", Array(scalars(proto.pad, proto.n_pad)),
      proto.has_pad_h != 0 ? proto.pad_h : nil, proto.has_pad_w != 0 ? proto.pad_w : nil
    ).extents(of: layer, absent: 0, from: 0)
    dilations = try WindowField("dilation", Array(scalars(proto.dilation, proto.n_dilation)))
      .extents(of: layer, absent: 1)
  }

  /// Nil where the layer pools the whole image.
  init?(
    _ proto: Caffe__PoolingParameter, of layer: CaffeLayer
  ) throws(TesseraError) {
    let kernelField = WindowField(
      "kernel_size", proto.has_kernel_size != 0 ? [proto.kernel_size] : [],
      proto.has_kernel_h != 0 ? proto.kernel_h : nil, proto.has_kernel_w != 0 ? proto.kernel_w : nil
    )
    let isGlobal = proto.global_pooling != 0
    guard !isGlobal || kernelField.isAbsent else {
      throw layer.invalid("it has both 'global_pooling' and 'kernel_size'")
    }
    kernel = isGlobal ? [] : try kernelField.extents(of: layer)
    strides = try WindowField(
      "stride", proto.has_stride != 0 ? [proto.stride] : [],
      proto.has_stride_h != 0 ? proto.stride_h : nil, proto.has_stride_w != 0 ? proto.stride_w : nil
    ).extents(of: layer, absent: 1)
    pads = try WindowField(
      "pad", proto.has_pad != 0 ? [proto.pad] : [],
      proto.has_pad_h != 0 ? proto.pad_h : nil, proto.has_pad_w != 0 ? proto.pad_w : nil
    ).extents(of: layer, absent: 0, from: 0)
    dilations = [1, 1]
    guard isGlobal else { return }
    guard pads == [0, 0], strides == [1, 1] else {
      throw layer.invalid("with 'global_pooling' the pad must be 0 and the stride 1")
    }
    return nil
  }

  /// The attributes of ONNX's operators; those that hold their defaults are left out, `pads` included.
  func attributes(padsEnd: [Int]) -> [String: Attribute] {
    var attributes = ["kernel_shape": intsAttribute(kernel)]
    if strides != [1, 1] { attributes["strides"] = intsAttribute(strides) }
    if pads + padsEnd != [0, 0, 0, 0] { attributes["pads"] = intsAttribute(pads + padsEnd) }
    return attributes
  }
}

/// A field of one number for both dimensions or of one each, or two fields `…_h` and `…_w`.
private struct WindowField {
  let name: String
  let both: [UInt32]
  let rows: UInt32?
  let columns: UInt32?

  init(_ name: String, _ both: [UInt32], _ rows: UInt32? = nil, _ columns: UInt32? = nil) {
    self.name = name
    self.both = both
    self.rows = rows
    self.columns = columns
  }

  var isAbsent: Bool { both.isEmpty && rows == nil && columns == nil }

  /// Rows and columns.
  ///
  /// - Parameters:
  ///   - absent: What holds without the field; nil if it is required.
  ///   - least: The smallest number that is allowed.
  func extents(
    of layer: CaffeLayer, absent: Int? = nil, from least: Int = 1
  ) throws(TesseraError) -> [Int] {
    var values = both.map { Int($0) }
    if rows != nil || columns != nil {
      let base = name.split(separator: "_").first ?? ""
      guard values.isEmpty else {
        throw layer.invalid("it has both '\(name)' and '\(base)_h' or '\(base)_w'")
      }
      guard let rows = rows.map(Int.init) ?? absent, let columns = columns.map(Int.init) ?? absent
      else { throw layer.invalid("expected both '\(base)_h' and '\(base)_w', found one of them") }
      values = [rows, columns]
    } else if values.isEmpty {
      guard let absent else { throw layer.invalid("it has no '\(name)'") }
      values = [absent]
    }
    if values.count == 1 { values.append(values[0]) }
    guard values.count == 2 else {
      throw layer.unsupported(
        "'\(name)' has \(values.count) numbers; only 2-D images are supported")
    }
    guard values.allSatisfy({ (least...WindowAttributes.limit).contains($0) }) else {
      throw layer.invalid(
        "'\(name)' is \(listDescription(values)), expected \(least) to \(WindowAttributes.limit)")
    }
    return values
  }
}
