import Tensors

extension GradientRule {
  static let matMul = GradientRule(
    "MatMul", "a: g · bᵀ; b: aᵀ · g; added where an operand was broadcast"
  ) { (step, emitter) throws(TesseraError) in
    let (a, b) = (step.node.inputs[0], step.node.inputs[1])
    let (extentsA, extentsB) = (try emitter.extents(of: a), try emitter.extents(of: b))
    // A vector is a row on the left and a column on the right.
    let matricesA = extentsA.count == 1 ? [1] + extentsA : extentsA
    let matricesB = extentsB.count == 1 ? extentsB + [1] : extentsB
    var matrices = try emitter.extents(of: step.output)
    if extentsA.count == 1 {
      matrices.insert(1, at: matrices.count - (extentsB.count == 1 ? 0 : 1))
    }
    if extentsB.count == 1 { matrices.append(1) }
    let gradient = try emitter.reshaped(step.gradient, to: matrices)

    var results: [Int: String] = [:]
    if step.wants(0) {
      let right = try emitter.reshaped(b, to: matricesB)
      let full =
        matrices.count == 2 && matricesB.count == 2
        ? try emitter.product(gradient, right, transB: true)
        : try emitter.emit("MatMul", [gradient, try emitter.transposedMatrices(right)])
      results[0] = try emitter.reshaped(
        try emitter.sum(full, to: matricesA), to: extentsA)
    }
    if step.wants(1) {
      let left = try emitter.reshaped(a, to: matricesA)
      let product: String
      if matricesB.count == 2 {
        // The rows of all matrices on the left are those of one.
        product = try emitter.product(
          try emitter.rows(left), try emitter.rows(gradient), transA: true)
      } else {
        let full = try emitter.emit("MatMul", [try emitter.transposedMatrices(left), gradient])
        product = try emitter.sum(full, to: matricesB)
      }
      results[1] = try emitter.reshaped(product, to: extentsB)
    }
    return results
  }
}

extension NodeEmitter {
  fileprivate mutating func transposedMatrices(_ value: String) throws(TesseraError) -> String {
    var axes = Array(try extents(of: value).indices)
    axes.swapAt(axes.count - 2, axes.count - 1)
    return try transposed(value, axes)
  }

  fileprivate mutating func rows(_ value: String) throws(TesseraError) -> String {
    let extents = try extents(of: value)
    return try reshaped(
      value, to: [extents.dropLast().reduce(1, *), extents[extents.count - 1]])
  }
}
