/// What networks expect of images, by the name under which it is known.
public enum ImagePreset: String, Sendable, CaseIterable {
  /// RGB, `(sample / 255 − mean) / deviation` with ImageNet's means 0.485, 0.456, 0.406 and standard
  /// deviations 0.229, 0.224, 0.225, as torchvision and most of PyTorch's models are trained.
  case imagenet
  /// `imagenet` after scaling the shorter side to 256 pixels, bilinear, and cutting out the middle: the
  /// defaults of torchvision's `transforms._presets.ImageClassification`.
  case torchvision
  /// BGR less 103.939, 116.779, 123.68: the mean pixel published with the networks of Simonyan and
  /// Zisserman (2014), and Keras' `preprocess_input` of mode "caffe".
  case caffe
  /// RGB, `sample / 127.5 − 1`: Keras' `preprocess_input` of mode "tf".
  case kerasTF = "keras-tf"
  /// Samples from 0 to 255 as they are: the network does the rest itself.
  case unchanged = "none"
}

extension ImageOptions {
  /// Takes over all that a preset says, and leaves alone what it says nothing of: how images are fitted in
  /// all but `torchvision`, the order of the channels in `unchanged`.
  public mutating func apply(_ preset: ImagePreset) {
    switch preset {
    case .imagenet, .torchvision:
      color = .rgb
      mean = [123.675, 116.28, 103.53]
      scale = [1 / 58.395, 1 / 57.12, 1 / 57.375]
    case .caffe:
      color = .bgr
      mean = [103.939, 116.779, 123.68]
      scale = [1]
    case .kerasTF:
      color = .rgb
      mean = [127.5]
      scale = [1 / 127.5]
    case .unchanged:
      mean = [0]
      scale = [1]
    }
    guard preset == .torchvision else { return }
    resizeMode = .crop
    shortestSide = 256
    interpolation = .bilinear
  }
}
