import KernelVectors

/// What the shared kernels compute with: one AVX register.
typealias Vector = SIMD8<Float>
typealias Arithmetic = FusedArithmetic

let instructionSetName = "avx2"
