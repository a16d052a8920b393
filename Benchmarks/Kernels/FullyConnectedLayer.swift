/// A fully connected layer of VGG-16, or the last one of another network.
struct FullyConnectedLayer {
  let name: String
  let inputs: Int
  let outputs: Int

  static let vgg16 = [
    FullyConnectedLayer(name: "fc6", inputs: 25088, outputs: 4096),
    FullyConnectedLayer(name: "fc7", inputs: 4096, outputs: 4096),
    FullyConnectedLayer(name: "fc8", inputs: 4096, outputs: 1000),
  ]

  /// Of ResNet-50, MobileNetV2, ResNet-18 and DigitNet.
  static let others = [
    FullyConnectedLayer(name: "fc2048", inputs: 2048, outputs: 1000),
    FullyConnectedLayer(name: "fc1280", inputs: 1280, outputs: 1000),
    FullyConnectedLayer(name: "fc512", inputs: 512, outputs: 1000),
    FullyConnectedLayer(name: "fc256", inputs: 256, outputs: 10),
  ]
}
