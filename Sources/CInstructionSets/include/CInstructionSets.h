#ifndef TESSERA_INSTRUCTION_SETS_H
#define TESSERA_INSTRUCTION_SETS_H

#include <stdbool.h>

/// True if this CPU and its operating system run AVX2, FMA and F16C instructions.
bool tessera_cpu_has_avx2_fma_f16c(void);

#endif
