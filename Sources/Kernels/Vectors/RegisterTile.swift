import KernelInterface

/// What becomes of the sums of a register tile.
@usableFromInline
package protocol TileEpilogue {
  associatedtype V: PanelVector
  /// Is called once for each row of the tile.
  func take(_ sum: V, row: Int)
}

/// The sums of `rows` rows of one or two panels of outputs, 1 to 14, in registers: `sum(r) += input(r) · weights`.
///
/// They are named one by one, since an `InlineArray` of them would be written to memory at every step; the
/// conditions on `rows` are known to the compiler.
@usableFromInline
package struct RegisterTile<let rows: Int, V: PanelVector, Arithmetic: VectorArithmetic> {
  @usableFromInline var sum0 = V.zero
  @usableFromInline var sum1 = V.zero
  @usableFromInline var sum2 = V.zero
  @usableFromInline var sum3 = V.zero
  @usableFromInline var sum4 = V.zero
  @usableFromInline var sum5 = V.zero
  @usableFromInline var sum6 = V.zero
  @usableFromInline var sum7 = V.zero
  @usableFromInline var sum8 = V.zero
  @usableFromInline var sum9 = V.zero
  @usableFromInline var sum10 = V.zero
  @usableFromInline var sum11 = V.zero
  @usableFromInline var sum12 = V.zero
  @usableFromInline var sum13 = V.zero

  @inlinable @inline(__always)
  package init() {}

  /// Adds the products of one input of each row.
  ///
  /// - Parameters:
  ///   - input: that of the first row.
  ///   - stride: elements from one row's input to the next row's.
  ///   - panelStride: elements from the weights of one panel to those of the other, if there are two.
  @inlinable @inline(__always)
  package mutating func add(
    _ input: UnsafePointer<Float>, stride: Int, _ weights: UnsafePointer<Float>,
    panelStride: Int = 0
  ) {
    let w = V.load(weights, panelStride: panelStride)
    sum0.addProduct(input[0], w, Arithmetic.self)
    if rows > 1 { sum1.addProduct(input[stride], w, Arithmetic.self) }
    if rows > 2 { sum2.addProduct(input[2 &* stride], w, Arithmetic.self) }
    if rows > 3 { sum3.addProduct(input[3 &* stride], w, Arithmetic.self) }
    if rows > 4 { sum4.addProduct(input[4 &* stride], w, Arithmetic.self) }
    if rows > 5 { sum5.addProduct(input[5 &* stride], w, Arithmetic.self) }
    if rows > 6 { sum6.addProduct(input[6 &* stride], w, Arithmetic.self) }
    if rows > 7 { sum7.addProduct(input[7 &* stride], w, Arithmetic.self) }
    if rows > 8 { sum8.addProduct(input[8 &* stride], w, Arithmetic.self) }
    if rows > 9 { sum9.addProduct(input[9 &* stride], w, Arithmetic.self) }
    if rows > 10 { sum10.addProduct(input[10 &* stride], w, Arithmetic.self) }
    if rows > 11 { sum11.addProduct(input[11 &* stride], w, Arithmetic.self) }
    if rows > 12 { sum12.addProduct(input[12 &* stride], w, Arithmetic.self) }
    if rows > 13 { sum13.addProduct(input[13 &* stride], w, Arithmetic.self) }
  }

  /// Adds the products of the 8 inputs of a channel block of each row; their weights follow each other.
  @inlinable @inline(__always)
  package mutating func addBlock(
    _ block: UnsafePointer<Float>, stride: Int, _ weights: UnsafePointer<Float>,
    panelStride: Int = 0
  ) {
    let step: Int = V.width / V.panelCount
    add(block, stride: stride, weights, panelStride: panelStride)
    add(block + 1, stride: stride, weights + step, panelStride: panelStride)
    add(block + 2, stride: stride, weights + 2 &* step, panelStride: panelStride)
    add(block + 3, stride: stride, weights + 3 &* step, panelStride: panelStride)
    add(block + 4, stride: stride, weights + 4 &* step, panelStride: panelStride)
    add(block + 5, stride: stride, weights + 5 &* step, panelStride: panelStride)
    add(block + 6, stride: stride, weights + 6 &* step, panelStride: panelStride)
    add(block + 7, stride: stride, weights + 7 &* step, panelStride: panelStride)
  }

  /// Hands every row's sum to the epilogue, in the order of the rows.
  @inlinable @inline(__always)
  package func finish<Epilogue: TileEpilogue>(_ epilogue: Epilogue) where Epilogue.V == V {
    epilogue.take(sum0, row: 0)
    if rows > 1 { epilogue.take(sum1, row: 1) }
    if rows > 2 { epilogue.take(sum2, row: 2) }
    if rows > 3 { epilogue.take(sum3, row: 3) }
    if rows > 4 { epilogue.take(sum4, row: 4) }
    if rows > 5 { epilogue.take(sum5, row: 5) }
    if rows > 6 { epilogue.take(sum6, row: 6) }
    if rows > 7 { epilogue.take(sum7, row: 7) }
    if rows > 8 { epilogue.take(sum8, row: 8) }
    if rows > 9 { epilogue.take(sum9, row: 9) }
    if rows > 10 { epilogue.take(sum10, row: 10) }
    if rows > 11 { epilogue.take(sum11, row: 11) }
    if rows > 12 { epilogue.take(sum12, row: 12) }
    if rows > 13 { epilogue.take(sum13, row: 13) }
  }
}
