#ifndef TESSERA_MACHINE_H
#define TESSERA_MACHINE_H

#include <stdbool.h>

#include "peaks.h"
#include "vectors.h"

/// True if this CPU and its operating system run AVX2, FMA and F16C instructions.
bool tessera_cpu_has_avx2_fma_f16c(void);

/// True if they run, besides, AVX-512 F, VL, BW and DQ instructions.
bool tessera_cpu_has_avx512(void);

/// CPUs in the affinity mask of the calling thread; 0 if the system does not say.
int tessera_affinity_cpu_count(void);

/// Tells the CPU that the calling thread spins.
static inline void tessera_cpu_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Asks the CPU to bring the cache line at an address, which need not exist, into its caches.
static inline void tessera_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

#endif
