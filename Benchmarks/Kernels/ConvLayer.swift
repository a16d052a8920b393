import KernelInterface

/// A convolution as it occurs in networks for images of 224 × 224 pixels.
struct ConvLayer {
  let name: String
  let inChannels: Int
  let outChannels: Int
  /// Rows and columns of the input.
  let extent: Int
  var kernel = 3
  /// The window has one row, and the stride is 1.
  var isRow = false
  var stride = 1
  var groups = 1
  /// 2×2 max-pooling of stride 2 follows.
  var pools = false

  var pad: Int { kernel / 2 }
  var kernelHeight: Int { isRow ? 1 : kernel }
  var padTop: Int { isRow ? 0 : pad }
  /// Rows and columns of the convolution, before pooling.
  var convExtent: Int { (extent + 2 * pad - kernel) / stride + 1 }
  var isDepthwise: Bool { groups > 1 && groups == inChannels && groups == outChannels }

  /// The tiles of a Winograd convolution, if there are such for it.
  func winogradShape(_ tile: WinogradTile) -> WinogradShape? {
    guard stride == 1 && groups == 1 && inChannels >= kernelLaneCount else { return nil }
    return WinogradShape(tile, kernelHeight: kernelHeight, kernelWidth: kernel)
  }

  /// Multiplications and additions for one image.
  var operationCount: Int {
    2 * convExtent * convExtent * outChannels * (inChannels / groups) * kernelHeight * kernel
  }

  /// Of configuration D.
  static let vgg16 = [
    ConvLayer(name: "conv1_1", inChannels: 3, outChannels: 64, extent: 224),
    ConvLayer(name: "conv1_2", inChannels: 64, outChannels: 64, extent: 224, pools: true),
    ConvLayer(name: "conv2_1", inChannels: 64, outChannels: 128, extent: 112),
    ConvLayer(name: "conv2_2", inChannels: 128, outChannels: 128, extent: 112, pools: true),
    ConvLayer(name: "conv3_1", inChannels: 128, outChannels: 256, extent: 56),
    ConvLayer(name: "conv3_2", inChannels: 256, outChannels: 256, extent: 56),
    ConvLayer(name: "conv4_1", inChannels: 256, outChannels: 512, extent: 28),
    ConvLayer(name: "conv4_2", inChannels: 512, outChannels: 512, extent: 28),
    ConvLayer(name: "conv5_1", inChannels: 512, outChannels: 512, extent: 14),
  ]

  /// Of ResNet-50 and ResNeXt-50, by stage: the stem, 1×1 of more and of fewer channels, the step to the
  /// next stage, and 3×3.
  static let resnet50 = [
    ConvLayer(name: "stem", inChannels: 3, outChannels: 64, extent: 224, kernel: 7, stride: 2),
    ConvLayer(name: "1x1_56a", inChannels: 64, outChannels: 256, extent: 56, kernel: 1),
    ConvLayer(name: "1x1_56b", inChannels: 256, outChannels: 64, extent: 56, kernel: 1),
    ConvLayer(name: "3x3_56", inChannels: 64, outChannels: 64, extent: 56),
    ConvLayer(name: "1x1_28a", inChannels: 128, outChannels: 512, extent: 28, kernel: 1),
    ConvLayer(name: "1x1_28b", inChannels: 512, outChannels: 128, extent: 28, kernel: 1),
    ConvLayer(
      name: "1x1s_28", inChannels: 512, outChannels: 1024, extent: 28, kernel: 1, stride: 2),
    ConvLayer(name: "3x3s_28", inChannels: 256, outChannels: 256, extent: 28, stride: 2),
    ConvLayer(name: "3x3_28", inChannels: 128, outChannels: 128, extent: 28),
    ConvLayer(name: "1x1_14a", inChannels: 256, outChannels: 1024, extent: 14, kernel: 1),
    ConvLayer(name: "1x1_14b", inChannels: 1024, outChannels: 256, extent: 14, kernel: 1),
    ConvLayer(name: "3x3_14", inChannels: 256, outChannels: 256, extent: 14),
    ConvLayer(name: "1x1_7a", inChannels: 512, outChannels: 2048, extent: 7, kernel: 1),
    ConvLayer(name: "1x1_7b", inChannels: 2048, outChannels: 512, extent: 7, kernel: 1),
    ConvLayer(name: "3x3_7", inChannels: 512, outChannels: 512, extent: 7),
    ConvLayer(name: "group_28", inChannels: 256, outChannels: 256, extent: 28, groups: 32),
    ConvLayer(name: "group_14", inChannels: 512, outChannels: 512, extent: 14, groups: 32),
  ]

  /// Of MobileNets and EfficientNets.
  static let depthwise = [
    ConvLayer(name: "dw3_112", inChannels: 32, outChannels: 32, extent: 112, groups: 32),
    ConvLayer(
      name: "dw3s_112", inChannels: 96, outChannels: 96, extent: 112, stride: 2, groups: 96),
    ConvLayer(name: "dw3_28", inChannels: 192, outChannels: 192, extent: 28, groups: 192),
    ConvLayer(
      name: "dw5_28", inChannels: 240, outChannels: 240, extent: 28, kernel: 5, groups: 240),
    ConvLayer(
      name: "dw5_14", inChannels: 480, outChannels: 480, extent: 14, kernel: 5, groups: 480),
    ConvLayer(name: "dw3_7", inChannels: 960, outChannels: 960, extent: 7, groups: 960),
  ]

  /// Of Inception v3, for images of 299 × 299 pixels.
  static let inception = [
    ConvLayer(name: "5x5_35", inChannels: 48, outChannels: 64, extent: 35, kernel: 5),
    ConvLayer(
      name: "1x7_17", inChannels: 192, outChannels: 192, extent: 17, kernel: 7, isRow: true),
    ConvLayer(name: "1x3_8", inChannels: 384, outChannels: 384, extent: 8, isRow: true),
  ]

  static let networks = [
    (name: "vgg16", layers: vgg16), (name: "resnet50", layers: resnet50),
    (name: "depthwise", layers: depthwise), (name: "inception", layers: inception),
  ]
}
