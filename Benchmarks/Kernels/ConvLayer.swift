/// A 3×3 convolution of VGG-16 (configuration D) on images of 224 × 224 pixels.
struct ConvLayer {
  let name: String
  let inChannels: Int
  let outChannels: Int
  /// Rows and columns of the image.
  let extent: Int
  var pools = false

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
}
