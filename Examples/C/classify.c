/*
 * Usage: classify PLAN PIXELS
 *
 * Classifies an image, whose pixels are floats as the network takes them, and prints each class with its score.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tessera.h>

/* The floats of a file; NULL unless there are `count`. */
static float *read_floats(const char *path, size_t count) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  float *values = malloc((count + 1) * sizeof *values);
  size_t found = values ? fread(values, 1, (count + 1) * sizeof *values, file) : 0;
  fclose(file);
  if (found == count * sizeof *values) return values;
  free(values);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: classify PLAN PIXELS\n");
    return 2;
  }
  char message[TSR_MESSAGE_BYTE_COUNT];
  tsr_plan *plan = NULL;
  tsr_session *session = NULL;
  float *pixels = NULL, *scores = NULL;
  int failed = 1;
  if (tsr_plan_open(argv[1], &plan, message, sizeof message) != TSR_OK ||
      tsr_session_create(plan, NULL, &session, message, sizeof message) != TSR_OK) {
    fprintf(stderr, "%s\n", message);
    goto end;
  }
  const tsr_tensor_info *image = tsr_plan_input(plan, 0, 0), *classes = tsr_plan_output(plan, 0, 0);
  if (tsr_plan_input_count(plan) != 1 || !classes || image->element_type != TSR_FLOAT32 ||
      classes->element_type != TSR_FLOAT32) {
    fprintf(stderr, "%s: expected one input and an output of floats\n", argv[1]);
    goto end;
  }
  pixels = read_floats(argv[2], image->element_count);
  scores = malloc(classes->byte_count);
  if (!pixels || !scores) {
    fprintf(stderr, "%s: expected %zu floats\n", argv[2], image->element_count);
    goto end;
  }
  const char *names[] = {image->name, classes->name};
  tsr_input input = {pixels, image->byte_count};
  tsr_output output = {scores, classes->byte_count};
  if (tsr_session_run_named(session, 0, &names[0], &input, 1, &names[1], &output, 1, message,
                            sizeof message) != TSR_OK) {
    fprintf(stderr, "%s\n", message);
    goto end;
  }
  for (size_t index = 0; index < classes->element_count; index++) {
    const char *label = tsr_plan_label(plan, index);
    printf("%s\t%.9g\n", label ? label : "?", scores[index]);
  }
  failed = 0;
end:
  free(scores);
  free(pixels);
  tsr_session_release(session);
  tsr_plan_release(plan);
  return failed;
}
