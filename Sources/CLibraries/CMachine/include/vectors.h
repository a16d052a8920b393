#ifndef TESSERA_VECTORS_H
#define TESSERA_VECTORS_H

// Arithmetic of vectors of floats, which Swift imports as SIMD8<Float> and SIMD16<Float>. Swift's own operators
// of such vectors reach LLVM as one operation a lane, which takes minutes to optimise in register tiles and is
// not always joined again.

#define TESSERA_VECTORS(count)                                                                          \
  typedef float tessera_vector_##count __attribute__((ext_vector_type(count)));                         \
  /* a · b + c, rounded once. */                                                                        \
  static inline __attribute__((always_inline)) tessera_vector_##count tessera_multiply_add_##count(     \
      tessera_vector_##count a, tessera_vector_##count b, tessera_vector_##count c) {                   \
    return __builtin_elementwise_fma(a, b, c);                                                          \
  }                                                                                                     \
  static inline __attribute__((always_inline)) tessera_vector_##count tessera_product_##count(          \
      tessera_vector_##count a, tessera_vector_##count b) {                                             \
    return a * b;                                                                                       \
  }                                                                                                     \
  static inline __attribute__((always_inline)) tessera_vector_##count tessera_sum_##count(              \
      tessera_vector_##count a, tessera_vector_##count b) {                                             \
    return a + b;                                                                                       \
  }                                                                                                     \
  /* NaN stays NaN. */                                                                                  \
  static inline __attribute__((always_inline)) tessera_vector_##count tessera_clamp_##count(            \
      tessera_vector_##count x, tessera_vector_##count low, tessera_vector_##count high) {              \
    x = x < low ? low : x;                                                                              \
    return x > high ? high : x;                                                                         \
  }

TESSERA_VECTORS(8)
TESSERA_VECTORS(16)

#undef TESSERA_VECTORS

#endif
