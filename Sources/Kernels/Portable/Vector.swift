import KernelVectors

/// What the shared kernels compute with; the compiler splits it into the registers that there are.
typealias Vector = SIMD8<Float>
/// Neighbouring pixels of a channel block, and what pointwise programs compute with.
typealias WideVector = SIMD8<Float>
typealias Arithmetic = SeparateArithmetic

let instructionSetName = "portable"

/// Rows of a register tile at most, as for AVX2.
var maximumTileRowCount: Int { 6 }

/// The same for two panels: there are none.
var maximumPairTileRowCount: Int { 0 }

/// `1 / x`.
@inline(__always)
func reciprocal(_ x: WideVector) -> WideVector { 1 / x }
