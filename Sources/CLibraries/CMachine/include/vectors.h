#ifndef TESSERA_VECTORS_H
#define TESSERA_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

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

typedef double tessera_doubles_8 __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) tessera_doubles_8 tessera_doubles_of_8(tessera_vector_8 x) {
  return __builtin_convertvector(x, tessera_doubles_8);
}

#ifdef __AVX512F__
/* 1 / x to about one unit of the last place for normal x with a normal result, and for infinity: an estimate of 14
   bits and a step of Newton's method. */
static inline __attribute__((always_inline)) tessera_vector_16 tessera_reciprocal_16(tessera_vector_16 x) {
  tessera_vector_16 one = 1;
  tessera_vector_16 estimate = __builtin_ia32_rcp14ps512_mask(x, x, (unsigned short)-1);
  tessera_vector_16 error = __builtin_elementwise_fma(-x, estimate, one);
  return x == __builtin_inff() ? (tessera_vector_16)0 : __builtin_elementwise_fma(estimate, error, estimate);
}
#else
static inline __attribute__((always_inline)) tessera_vector_16 tessera_reciprocal_16(tessera_vector_16 x) {
  return 1 / x;
}
#endif

// Vectors of stored weights, at any alignment, as floats.

#define TESSERA_WIDENED(count)                                                                          \
  typedef int8_t tessera_bytes_##count __attribute__((ext_vector_type(count)));                         \
  typedef uint8_t tessera_unsigned_bytes_##count __attribute__((ext_vector_type(count)));               \
  typedef int16_t tessera_shorts_##count __attribute__((ext_vector_type(count)));                       \
  typedef int32_t tessera_integers_##count __attribute__((ext_vector_type(count)));                     \
  static inline __attribute__((always_inline)) tessera_vector_##count tessera_widened_int8_##count(     \
      const void *address) {                                                                            \
    tessera_bytes_##count bytes;                                                                        \
    __builtin_memcpy(&bytes, address, sizeof bytes);                                                    \
    return __builtin_convertvector(                                                                     \
        __builtin_convertvector(bytes, tessera_integers_##count), tessera_vector_##count);              \
  }                                                                                                     \
  /* The upper halves of floats. */                                                                     \
  static inline __attribute__((always_inline)) tessera_vector_##count tessera_widened_bfloat16_##count( \
      const void *address) {                                                                            \
    tessera_shorts_##count halves;                                                                      \
    __builtin_memcpy(&halves, address, sizeof halves);                                                  \
    tessera_integers_##count bits = __builtin_convertvector(halves, tessera_integers_##count) << 16;    \
    tessera_vector_##count widened;                                                                     \
    __builtin_memcpy(&widened, &bits, sizeof widened);                                                  \
    return widened;                                                                                     \
  }                                                                                                     \
  /* Integers of 24 bits: the upper 16 of all, then the lower 8 of all. */                              \
  static inline __attribute__((always_inline)) tessera_vector_##count tessera_widened_int24_##count(    \
      const void *address) {                                                                            \
    tessera_shorts_##count upper;                                                                       \
    tessera_unsigned_bytes_##count lower;                                                               \
    __builtin_memcpy(&upper, address, sizeof upper);                                                    \
    __builtin_memcpy(&lower, (const char *)address + sizeof upper, sizeof lower);                       \
    tessera_integers_##count whole = __builtin_convertvector(upper, tessera_integers_##count) << 8      \
        | __builtin_convertvector(lower, tessera_integers_##count);                                     \
    return __builtin_convertvector(whole, tessera_vector_##count);                                      \
  }

TESSERA_WIDENED(8)
TESSERA_WIDENED(16)

#undef TESSERA_WIDENED

/* Which of 32 floats, at any alignment, are not 0, NaN among them: the first in the lowest bit. */
static inline __attribute__((always_inline)) uint32_t tessera_nonzero_mask_32(const float *x) {
  typedef bool mask __attribute__((ext_vector_type(16)));
  tessera_vector_16 low, high;
  __builtin_memcpy(&low, x, sizeof low);
  __builtin_memcpy(&high, x + 16, sizeof high);
  mask low_mask = __builtin_convertvector(low != 0, mask);
  mask high_mask = __builtin_convertvector(high != 0, mask);
  uint16_t low_bits, high_bits;
  __builtin_memcpy(&low_bits, &low_mask, sizeof low_bits);
  __builtin_memcpy(&high_bits, &high_mask, sizeof high_bits);
  return low_bits | (uint32_t)high_bits << 16;
}

#endif
