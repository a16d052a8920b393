// Measures the peaks of the machine: peaks THREADS [SECONDS] prints JSON with
//   gflops  multiply-adds of float32 on registers, two operations each, over all threads
//   gbytes  bytes read from memory that no cache holds, over all threads, in 1e9 bytes per second
// Build with: cc -O3 -march=native -pthread
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
typedef float Vector __attribute__((vector_size(VECTOR_BYTES)));
enum { LANES = VECTOR_BYTES / 4, CHAINS = 12, STREAMS = 4 };
static const size_t bytesPerThread = (size_t)256 << 20;

typedef struct {
  double seconds;
  pthread_barrier_t *barrier;
  double gflops;
  double gbytes;
  float sink;
} Job;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static float sum(Vector vector) {
  float total = 0;
  for (int lane = 0; lane < LANES; lane++) total += vector[lane];
  return total;
}

// As many independent chains as hide the latency of a multiply-add on two units.
__attribute__((noinline)) static void measureMultiplyAdds(Job *job) {
  Vector a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, x, y;
  for (int lane = 0; lane < LANES; lane++) {
    x[lane] = 0.999f + 1e-9f * job->seconds;
    y[lane] = 0.001f;
  }
  // Chains of equal values would be computed once.
  a0 = y, a1 = a0 + y, a2 = a1 + y, a3 = a2 + y, a4 = a3 + y, a5 = a4 + y;
  a6 = a5 + y, a7 = a6 + y, a8 = a7 + y, a9 = a8 + y, a10 = a9 + y, a11 = a10 + y;
  double count = 0, start = now(), elapsed;
  do {
    for (int i = 0; i < 100000; i++) {
      a0 = a0 * x + y, a1 = a1 * x + y, a2 = a2 * x + y, a3 = a3 * x + y;
      a4 = a4 * x + y, a5 = a5 * x + y, a6 = a6 * x + y, a7 = a7 * x + y;
      a8 = a8 * x + y, a9 = a9 * x + y, a10 = a10 * x + y, a11 = a11 * x + y;
    }
    count += 100000.0 * CHAINS * LANES * 2;
    elapsed = now() - start;
  } while (elapsed < job->seconds);
  job->gflops = count / elapsed / 1e9;
  job->sink += sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
}

// Several streams at once, as a kernel reads several rows of weights.
__attribute__((noinline)) static void measureReads(Job *job, const char *memory) {
  const size_t length = bytesPerThread / STREAMS / VECTOR_BYTES;
  const Vector *stream[STREAMS];
  for (int s = 0; s < STREAMS; s++) stream[s] = (const Vector *)memory + s * length;
  Vector total[STREAMS];
  memset(total, 0, sizeof total);
  double bytes = 0, start = now(), elapsed;
  do {
    for (size_t i = 0; i < length; i += 2)
      for (int s = 0; s < STREAMS; s++) total[s] += stream[s][i] + stream[s][i + 1];
    bytes += bytesPerThread;
    elapsed = now() - start;
  } while (elapsed < job->seconds);
  job->gbytes = bytes / elapsed / 1e9;
  for (int s = 0; s < STREAMS; s++) job->sink += sum(total[s]);
}

static void *measure(void *argument) {
  Job *job = argument;
  char *memory =
      mmap(NULL, bytesPerThread, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    perror("peaks: mmap");
    exit(1);
  }
  madvise(memory, bytesPerThread, MADV_HUGEPAGE);
  memset(memory, 0x3f, bytesPerThread);
  pthread_barrier_wait(job->barrier);
  measureMultiplyAdds(job);
  pthread_barrier_wait(job->barrier);
  measureReads(job, memory);
  return NULL;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  double seconds = count > 2 ? atof(arguments[2]) : 0.5;
  if (threads < 1 || threads > 1024 || !(seconds > 0)) {
    fprintf(stderr, "usage: peaks THREADS [SECONDS]\n");
    return 2;
  }
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, threads);
  pthread_t handles[1024];
  Job jobs[1024];
  for (int i = 0; i < threads; i++) {
    jobs[i] = (Job){.seconds = seconds, .barrier = &barrier};
    if (pthread_create(&handles[i], NULL, measure, &jobs[i]) != 0) {
      fprintf(stderr, "peaks: thread %d of %d could not be started\n", i + 1, threads);
      return 1;
    }
  }
  double gflops = 0, gbytes = 0;
  float sink = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(handles[i], NULL);
    gflops += jobs[i].gflops;
    gbytes += jobs[i].gbytes;
    sink += jobs[i].sink;
  }
  printf("{\"gflops\": %.2f, \"gbytes\": %.2f, \"lanes\": %d}\n", gflops, gbytes, LANES);
  return sink == 1;
}
