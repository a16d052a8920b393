import KernelVectors

/// What the shared kernels compute with: one 256-bit register, of which AVX-512 VL has 32.
typealias Vector = SIMD8<Float>
typealias Arithmetic = FusedArithmetic

let instructionSetName = "avx512"
