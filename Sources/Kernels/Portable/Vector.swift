import KernelVectors

/// What the shared kernels compute with; the compiler splits it into the registers that there are.
typealias Vector = SIMD8<Float>
typealias Arithmetic = SeparateArithmetic

let instructionSetName = "portable"
