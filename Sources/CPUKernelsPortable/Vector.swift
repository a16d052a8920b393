/// What the shared kernels compute with; the compiler splits it into the registers that there are.
typealias Vector = SIMD8<Float>

let instructionSetName = "portable"

/// `a · b + c`, rounded twice, since a fused operation would be a library call a lane without FMA
/// instructions.
@inline(__always)
func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector { a * b + c }
