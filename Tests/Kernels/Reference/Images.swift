import KernelInterface
import TestSupport

/// A batch of images in plain order, in any number type.
struct Images<Element> {
  let batch: Int
  let channels: Int
  let height: Int
  let width: Int
  var elements: [Element]

  init(
    batch: Int, channels: Int, height: Int, width: Int,
    _ element: (_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Element
  ) {
    (self.batch, self.channels, self.height, self.width) = (batch, channels, height, width)
    elements = []
    elements.reserveCapacity(batch * channels * height * width)
    for n in 0..<batch {
      for c in 0..<channels {
        for y in 0..<height { for x in 0..<width { elements.append(element(n, c, y, x)) } }
      }
    }
  }

  subscript(n: Int, c: Int, y: Int, x: Int) -> Element {
    elements[((n * channels + c) * height + y) * width + x]
  }

  /// The element, or nil outside the image.
  func inside(_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Element? {
    y >= 0 && y < height && x >= 0 && x < width ? self[n, c, y, x] : nil
  }

  /// The elements as `layout` places them, by its definition, with `filler` in the border and in the
  /// channels that pad the last block.
  func placed(in layout: ImageLayout, filler: Element) -> [Element] {
    let block = layout.channelBlock
    let blocks = (channels + block - 1) / block
    let rows = layout.borderTop + height + layout.borderBottom
    let columns = layout.borderLeft + width + layout.borderRight
    var result = [Element](repeating: filler, count: batch * blocks * rows * columns * block)
    for n in 0..<batch {
      for c in 0..<channels {
        for y in 0..<height {
          for x in 0..<width {
            let row = (n * blocks + c / block) * rows + layout.borderTop + y
            result[(row * columns + layout.borderLeft + x) * block + c % block] = self[n, c, y, x]
          }
        }
      }
    }
    return result
  }
}

extension Images where Element == Float {
  static func random(_ layout: ImageLayout, _ generator: inout SeededGenerator) -> Images {
    var local = generator
    defer { generator = local }
    return Images(
      batch: layout.batch, channels: layout.channels, height: layout.height, width: layout.width
    ) { _, _, _, _ in Float.random(in: -1...1, using: &local) }
  }
}

func randomFloats(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
  (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
}

extension ImageLayout {
  func with(border: (top: Int, left: Int, bottom: Int, right: Int)) -> ImageLayout {
    var copy = self
    (copy.borderTop, copy.borderLeft) = (border.top, border.left)
    (copy.borderBottom, copy.borderRight) = (border.bottom, border.right)
    return copy
  }
}
