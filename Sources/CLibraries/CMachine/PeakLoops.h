// The loops of Peaks.c for vectors of VECTOR_BYTES bytes, in functions compiled for TARGET and called
// NAMED(multiply_adds) and NAMED(reads).

typedef float NAMED(vector) __attribute__((vector_size(VECTOR_BYTES)));

// As many independent chains as hide the latency of a multiply-add on two units.
TARGET static double NAMED(multiply_adds)(double seconds, volatile float *sink) {
  typedef NAMED(vector) Vector;
  const int lane_count = VECTOR_BYTES / sizeof(float), chain_count = 12, step_count = 100000;
  Vector a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, x, y;
  for (int lane = 0; lane < lane_count; lane++) {
    x[lane] = 0.999f + 1e-9f * (float)seconds;
    y[lane] = 0.001f;
  }
  // Chains of equal values would be computed once.
  a0 = y, a1 = a0 + y, a2 = a1 + y, a3 = a2 + y, a4 = a3 + y, a5 = a4 + y;
  a6 = a5 + y, a7 = a6 + y, a8 = a7 + y, a9 = a8 + y, a10 = a9 + y, a11 = a10 + y;
  double count = 0, start = now(), elapsed;
  do {
    for (int i = 0; i < step_count; i++) {
      a0 = a0 * x + y, a1 = a1 * x + y, a2 = a2 * x + y, a3 = a3 * x + y;
      a4 = a4 * x + y, a5 = a5 * x + y, a6 = a6 * x + y, a7 = a7 * x + y;
      a8 = a8 * x + y, a9 = a9 * x + y, a10 = a10 * x + y, a11 = a11 * x + y;
    }
    count += 2.0 * step_count * chain_count * lane_count;
    elapsed = now() - start;
  } while (elapsed < seconds);
  Vector total = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11;
  for (int lane = 0; lane < lane_count; lane++) *sink += total[lane];
  return count / elapsed;
}

// Several streams at once, as a kernel reads several rows of weights.
TARGET static double NAMED(reads)(
    const void *memory, size_t byte_count, double seconds, volatile float *sink) {
  typedef NAMED(vector) Vector;
  const size_t length = byte_count / 4 / VECTOR_BYTES;
  const Vector *s0 = memory, *s1 = s0 + length, *s2 = s1 + length, *s3 = s2 + length;
  Vector t0 = {0}, t1 = {0}, t2 = {0}, t3 = {0};
  double count = 0, start = now(), elapsed;
  do {
    for (size_t i = 0; i + 1 < length; i += 2) {
      t0 += s0[i] + s0[i + 1], t1 += s1[i] + s1[i + 1];
      t2 += s2[i] + s2[i + 1], t3 += s3[i] + s3[i + 1];
    }
    count += (double)byte_count;
    elapsed = now() - start;
  } while (elapsed < seconds);
  Vector total = t0 + t1 + t2 + t3;
  for (size_t lane = 0; lane < VECTOR_BYTES / sizeof(float); lane++) *sink += total[lane];
  return count / elapsed;
}

#undef NAMED
#undef TARGET
#undef VECTOR_BYTES
