import Tensors

/// Element strides with which a dense tensor of `shape` is read as `output`, right-aligned; 0 where
/// it is repeated.
func broadcastStrides(of shape: Shape, to output: Shape) -> [Int] {
  let strides = denseStrides(shape.dimensions)
  let missing = output.rank - shape.rank
  return output.dimensions.indices.map { index in
    index < missing || shape[index - missing] == 1 ? 0 : strides[index - missing]
  }
}

/// Element strides of a dense row-major tensor.
func denseStrides(_ dimensions: [Int]) -> [Int] {
  var strides = Array(repeating: 1, count: dimensions.count)
  for index in dimensions.indices.dropLast().reversed() {
    strides[index] = strides[index + 1] * dimensions[index + 1]
  }
  return strides
}
