#include "CAllocationCounter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

extern void *__libc_malloc(size_t byte_count);
extern void *__libc_calloc(size_t count, size_t byte_count);
extern void *__libc_realloc(void *memory, size_t byte_count);
extern void *__libc_memalign(size_t alignment, size_t byte_count);

static atomic_long allocation_count;

static void count_one(void) {
  atomic_fetch_add_explicit(&allocation_count, 1, memory_order_relaxed);
}

long tessera_allocation_count(void) { return atomic_load(&allocation_count); }

void *malloc(size_t byte_count) {
  count_one();
  return __libc_malloc(byte_count);
}

void *calloc(size_t count, size_t byte_count) {
  count_one();
  return __libc_calloc(count, byte_count);
}

void *realloc(void *memory, size_t byte_count) {
  count_one();
  return __libc_realloc(memory, byte_count);
}

void *memalign(size_t alignment, size_t byte_count) {
  count_one();
  return __libc_memalign(alignment, byte_count);
}

void *aligned_alloc(size_t alignment, size_t byte_count) {
  count_one();
  return __libc_memalign(alignment, byte_count);
}

int posix_memalign(void **memory, size_t alignment, size_t byte_count) {
  count_one();
  *memory = __libc_memalign(alignment, byte_count);
  return *memory ? 0 : ENOMEM;
}
