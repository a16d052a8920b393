/// What the shared kernels compute with: one AVX register.
typealias Vector = SIMD8<Float>

let instructionSetName = "avx2"

/// `a · b + c`, rounded once by an FMA instruction.
@inline(__always)
func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { c.addingProduct(a, b) }
