#define _GNU_SOURCE
#include "CMachine.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

#define NAMED(name) name##_16
#define TARGET
#define VECTOR_BYTES 16
#include "PeakLoops.h"

#if defined(__x86_64__)
#define NAMED(name) name##_32
#define TARGET __attribute__((target("avx2,fma")))
#define VECTOR_BYTES 32
#include "PeakLoops.h"

#define NAMED(name) name##_64
#define TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma")))
#define VECTOR_BYTES 64
#include "PeakLoops.h"
#endif

// The loops for one width of vectors.
typedef struct {
  double (*multiply_adds)(double seconds, volatile float *sink);
  double (*reads)(const void *memory, size_t byte_count, double seconds, volatile float *sink);
} loops;

static loops loops_of(int vector_byte_count) {
#if defined(__x86_64__)
  if (vector_byte_count == 64 && tessera_cpu_has_avx512())
    return (loops){multiply_adds_64, reads_64};
  if (vector_byte_count == 32 && tessera_cpu_has_avx2_fma_f16c())
    return (loops){multiply_adds_32, reads_32};
#endif
  (void)vector_byte_count;
  return (loops){multiply_adds_16, reads_16};
}

// Where threads wait for one another; nobody waits before `expected` is known.
typedef struct {
  atomic_int expected, arrived[2];
} meeting;

static void meet(meeting *meeting, int place) {
  atomic_fetch_add(&meeting->arrived[place], 1);
  int expected;
  while ((expected = atomic_load(&meeting->expected)) == 0 ||
         atomic_load(&meeting->arrived[place]) < expected)
    sched_yield();
}

typedef struct {
  pthread_t thread;
  meeting *meeting;
  double seconds;
  loops loops;
  void *memory;
  size_t byte_count;
  double gflops, gbytes;
  volatile float sink;
} job;

static void *measure(void *argument) {
  job *job = argument;
  // Pages come from the memory that is nearest to the thread that writes them first.
  if (job->memory) memset(job->memory, 0, job->byte_count);
  meet(job->meeting, 0);
  job->gflops = job->loops.multiply_adds(job->seconds, &job->sink) / 1e9;
  meet(job->meeting, 1);
  if (job->memory)
    job->gbytes = job->loops.reads(job->memory, job->byte_count, job->seconds, &job->sink) / 1e9;
  return NULL;
}

bool tessera_measure_peaks(int thread_count, double seconds, int vector_byte_count,
                           void *memory, size_t part_byte_count, tessera_peaks *peaks) {
  if (thread_count < 1) return false;
  job *jobs = calloc((size_t)thread_count, sizeof *jobs);
  if (!jobs) return false;
  meeting meeting = {0};
  int started = 0;
  for (; started < thread_count; started++) {
    job *job = &jobs[started];
    job->meeting = &meeting;
    job->seconds = seconds;
    job->loops = loops_of(vector_byte_count);
    job->memory = memory ? (char *)memory + (size_t)started * part_byte_count : NULL;
    job->byte_count = part_byte_count;
    if (pthread_create(&job->thread, NULL, measure, job) != 0) break;
  }
  atomic_store(&meeting.expected, started);
  *peaks = (tessera_peaks){0};
  for (int i = 0; i < started; i++) {
    pthread_join(jobs[i].thread, NULL);
    peaks->gflops += jobs[i].gflops;
    peaks->gbytes += jobs[i].gbytes;
  }
  free(jobs);
  return started == thread_count;
}
