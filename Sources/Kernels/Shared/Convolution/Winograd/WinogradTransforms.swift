import KernelInterface
import KernelVectors

/// The transforms of inputs and products: of 8 channels of as many tiles as a `WideVector` has pixels, and
/// of as many channel blocks of a tile. A pair of points ±p shares the even and the odd part of its
/// polynomials (`WinogradCoefficients`).
struct WinogradTransforms {
  private let shape: WinogradShape
  /// Of the dimensions that are transformed.
  private let coefficients: WinogradCoefficients

  init(_ shape: WinogradShape) {
    self.shape = shape
    coefficients = WinogradCoefficients(shape.transformedAxis)
  }

  /// `Bᵀ·d·B`, or `Bᵀ·d` in one dimension, of the patches of `count` tiles, of one channel block.
  ///
  /// - Parameters:
  ///   - reader: finds the patches of the channel block.
  ///   - position: the first tile.
  ///   - target: receives a vector a tile and point; those of a point lie one after the other.
  ///   - pointStride: elements from one point of the result to the next.
  ///   - patch: room for a `WideVector` a point.
  func transformInputs(
    _ reader: WinogradTileReader, from position: TilePosition, count: Int,
    into target: UnsafeMutablePointer<Float>, pointStride: Int, patch: UnsafeMutablePointer<Float>
  ) {
    let call = TileInputs(
      reader: reader, position: position, count: count, target: target, pointStride: pointStride,
      patch: patch, coefficients: coefficients)
    let axis = shape.transformedAxis
    if shape.isOneDimensional {
      let stride = shape.rows.isTransformed ? reader.rowStride : Vector.scalarCount
      switch axis.inputExtent {
      case 4: call.transformLines(InputTransform<4>.self, stride: stride)
      case 6: call.transformLines(InputTransform<6>.self, stride: stride)
      default: call.transformLines(InputTransform<10>.self, stride: stride)
      }
    } else {
      switch axis.inputExtent {
      case 4: call.transformSquares(InputTransform<4>.self)
      case 6: call.transformSquares(InputTransform<6>.self)
      default: call.transformSquares(InputTransform<8>.self)
      }
    }
  }

  /// `activation(Aᵀ·M·A + bias)`, or `activation(Aᵀ·M + bias)` in one dimension, of `count` tiles, of one
  /// vector of products a point.
  ///
  /// - Parameters:
  ///   - position: the first tile.
  ///   - source: the first tile's products at the first point.
  ///   - tileStride: elements from one tile of the products to the next.
  ///   - pointStride: elements from one point of the products to the next.
  ///   - writer: takes the results, of as many channel blocks as the vector has.
  ///   - patch: room for two vectors a point.
  func transformOutputs<V: PixelVector>(
    _ source: UnsafePointer<Float>, tileStride: Int, pointStride: Int,
    from position: TilePosition, count: Int, bias: V, bounds: ActivationBounds,
    to writer: WinogradTileWriter, patch: UnsafeMutablePointer<Float>
  ) {
    let call = TileOutputs(
      source: source, tileStride: tileStride, pointStride: pointStride, position: position,
      count: count, bias: bias, bounds: bounds, writer: writer, patch: patch,
      coefficients: coefficients)
    let axis = shape.transformedAxis
    if shape.isOneDimensional {
      let isColumn = shape.rows.isTransformed
      switch (axis.inputExtent, axis.outputExtent) {
      case (4, _): call.transformLines(OutputTransform<4, 2>.self, isColumn: isColumn)
      case (6, 2): call.transformLines(OutputTransform<6, 2>.self, isColumn: isColumn)
      case (6, _): call.transformLines(OutputTransform<6, 4>.self, isColumn: isColumn)
      case (_, 4): call.transformLines(OutputTransform<10, 4>.self, isColumn: isColumn)
      case (_, 6): call.transformLines(OutputTransform<10, 6>.self, isColumn: isColumn)
      default: call.transformLines(OutputTransform<10, 8>.self, isColumn: isColumn)
      }
    } else {
      switch (axis.inputExtent, axis.outputExtent) {
      case (4, _): call.transformSquares(OutputTransform<4, 2>.self)
      case (6, 2): call.transformSquares(OutputTransform<6, 2>.self)
      case (6, _): call.transformSquares(OutputTransform<6, 4>.self)
      case (_, 2): call.transformSquares(OutputTransform<8, 2>.self)
      case (_, 4): call.transformSquares(OutputTransform<8, 4>.self)
      default: call.transformSquares(OutputTransform<8, 6>.self)
      }
    }
  }
}
