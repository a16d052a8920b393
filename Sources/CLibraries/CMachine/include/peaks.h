#ifndef TESSERA_PEAKS_H
#define TESSERA_PEAKS_H

#include <stdbool.h>
#include <stddef.h>

/// What several threads reach together.
typedef struct {
  /// Multiply-adds of float32 on registers, two operations each, in 1e9 a second.
  double gflops;
  /// Bytes read from memory, in 1e9 a second; 0 if there was no memory to read.
  double gbytes;
} tessera_peaks;

/// Measures multiply-adds, then reads, for at least `seconds` each, on `thread_count` threads at once.
///
/// @param vector_byte_count 64 takes AVX-512, 32 AVX2 and FMA, if this CPU has them; any other takes vectors of
///   16 bytes.
/// @param memory `thread_count` parts of `part_byte_count` bytes, 64-byte aligned, which are overwritten; may be
///   NULL.
/// @param part_byte_count a multiple of 512; more than the caches hold.
/// @return false if the system refuses the threads.
bool tessera_measure_peaks(int thread_count, double seconds, int vector_byte_count,
                           void *memory, size_t part_byte_count, tessera_peaks *peaks);

#endif
