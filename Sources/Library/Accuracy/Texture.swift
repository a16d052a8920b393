import Tensors

/// A seeded picture: a sum of grids of random numbers, of one variance each, and noise.
struct Texture {
  /// Grids of more points are not made, whatever the size of the image.
  private static let largestGridExtent = 1025

  /// How many points the coarsest grid has in each direction; nil for noise alone.
  var gridExtent: Int?
  /// Further grids, each twice as fine as the one before, until one is as fine as the pixels.
  var hasAllScales = false
  /// The part of the grids' variance that all channels of an image have in common.
  var common: Float = 0
  /// Between the points of a grid lie steps; else it is interpolated, linearly.
  var isStepped = false
  /// The standard deviation of the noise, beside a picture's of 1.
  var noise: Float

  /// Fills tensors of any shape with noise alone, of rank 4 with images `[N, C, H, W]`; all of variance 1.
  func fill(
    _ samples: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ generator: inout SplitMix64
  ) {
    for index in samples.indices { samples[index] = noise * generator.sample() }
    guard let gridExtent, shape.rank == 4, shape.elementCount > 0 else { return }
    var gridExtents = [gridExtent]
    while hasAllScales, let last = gridExtents.last,
      last < min(max(shape[2], shape[3]), Self.largestGridExtent)
    {
      gridExtents.append(2 * last - 1)
    }
    let (channels, planeSize) = (shape[1], shape[2] * shape[3])
    for image in 0..<shape[0] {
      let start = image * channels * planeSize
      for extent in gridExtents {
        // Interpolation leaves two thirds of the deviation in each direction.
        let deviation = (isStepped ? 1 : 1.5) / Float(gridExtents.count).squareRoot()
        let shared = generator.grid(extent, deviation * common.squareRoot())
        for channel in 0..<channels {
          var grid = generator.grid(extent, deviation * (1 - common).squareRoot())
          for index in grid.indices { grid[index] += shared[index] }
          add(
            grid, extent,
            to: samples.extracting(start + channel * planeSize..<start + (channel + 1) * planeSize),
            height: shape[2], width: shape[3])
        }
      }
    }
  }

  private func add(
    _ grid: [Float], _ extent: Int, to plane: UnsafeMutableBufferPointer<Float>, height: Int,
    width: Int
  ) {
    for y in 0..<height {
      let (row, down) = place(y, of: height, extent)
      for x in 0..<width {
        let (column, right) = place(x, of: width, extent)
        let corner = row * extent + column
        let above = grid[corner] + right * (grid[corner + 1] - grid[corner])
        let below =
          grid[corner + extent] + right * (grid[corner + extent + 1] - grid[corner + extent])
        plane[y * width + x] += above + down * (below - above)
      }
    }
  }

  /// The grid point before a pixel, and how far the pixel is on the way to the next.
  private func place(_ pixel: Int, of pixels: Int, _ extent: Int) -> (point: Int, part: Float) {
    let position = (Float(pixel) + 0.5) / Float(pixels) * Float(extent - 1)
    let point = min(Int(position), extent - 2)
    return (point, isStepped ? 0 : position - Float(point))
  }
}

extension SplitMix64 {
  /// Uniform, of mean 0 and variance 1.
  fileprivate mutating func sample() -> Float {
    (Float(next() >> 40) * 0x1p-23 - 1) * Float(3).squareRoot()
  }

  /// Numbers of a standard deviation, `extent` in each direction.
  fileprivate mutating func grid(_ extent: Int, _ deviation: Float) -> [Float] {
    (0..<extent * extent).map { _ in deviation * sample() }
  }
}
