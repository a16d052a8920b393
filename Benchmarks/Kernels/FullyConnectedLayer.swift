/// A fully connected layer of VGG-16.
struct FullyConnectedLayer {
  let name: String
  let inputs: Int
  let outputs: Int

  static let vgg16 = [
    FullyConnectedLayer(name: "fc6", inputs: 25088, outputs: 4096),
    FullyConnectedLayer(name: "fc7", inputs: 4096, outputs: 4096),
    FullyConnectedLayer(name: "fc8", inputs: 4096, outputs: 1000),
  ]
}
