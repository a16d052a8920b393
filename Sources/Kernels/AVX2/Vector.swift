import KernelVectors

/// What the shared kernels compute with: one AVX register.
typealias Vector = SIMD8<Float>
/// Neighbouring pixels of a channel block, and what pointwise programs compute with: one register.
typealias WideVector = SIMD8<Float>
typealias Arithmetic = FusedArithmetic

let instructionSetName = "avx2"

/// Rows of a register tile at most: with full panels 12 of the 16 registers hold sums, 2 weights, 1 an
/// input.
var maximumTileRowCount: Int { 6 }

/// The same for two panels: there are none.
var maximumPairTileRowCount: Int { 0 }

/// `1 / x`.
@inline(__always)
func reciprocal(_ x: WideVector) -> WideVector { 1 / x }
