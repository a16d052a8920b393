import GraphIR
import TesseraImages

extension Model {
  /// How images become inputs as far as the model says: the order of the channels, which is ONNX's
  /// metadata property `Image.BitmapPixelFormat`. Nil if it says nothing that we know.
  var imageOptions: ImageOptions? {
    let colors: [String: Preprocessing.ColorOrder] = ["Rgb8": .rgb, "Bgr8": .bgr, "Gray8": .gray]
    guard let format = metadata.first(where: { $0.key == "Image.BitmapPixelFormat" })?.value,
      let color = colors[format]
    else { return nil }
    var options = ImageOptions()
    options.color = color
    return options
  }
}
