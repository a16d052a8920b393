import CMachine
import KernelVectors

/// One channel block: a 256-bit register, of which AVX-512 VL has 32. The sums of full
/// panels take one of 512 bits each.
typealias Vector = SIMD8<Float>
/// Two neighbouring pixels of a channel block, and what pointwise programs compute with: a register of 512
/// bits.
typealias WideVector = SIMD16<Float>
typealias Arithmetic = FusedArithmetic

let instructionSetName = "avx512"

/// Rows of a register tile at most: 14 of the 32 registers of 512 bits hold sums, enough to keep the
/// multiply-adds under way, and rows of 7 · 2ⁿ pixels are cut into equal tiles. To tune it, time
/// `tessera bench` on VGG-D and on a network with 1×1 convolutions.
var maximumTileRowCount: Int { 14 }

/// The same for two panels, 0 where there are none: 24 registers hold sums, 2 weights and the others inputs. Tiles of 14 rows
/// take longer.
var maximumPairTileRowCount: Int { 12 }

/// `1 / x` for normal x with a normal result and for infinity, by an estimate, since a division takes as long as the rest of a sigmoid.
@inline(__always)
func reciprocal(_ x: WideVector) -> WideVector { tessera_reciprocal_16(x) }
