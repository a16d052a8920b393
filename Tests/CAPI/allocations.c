/* Usage: allocations PLAN VARIANT. Prints how many allocations runs of a prepared variant make, by index and by name. */
#include <stdio.h>
#include <stdlib.h>
#include <tessera.h>

#include "CAllocationCounter.h"

#define MOST 16

static char message[TSR_MESSAGE_BYTE_COUNT];

static void require(tsr_status status) {
  if (status == TSR_OK) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

int main(int argc, char **argv) {
  tsr_plan *plan;
  tsr_session *session;
  tsr_session_options options = {sizeof options, 2};
  const char *input_names[MOST], *output_names[MOST];
  tsr_input inputs[MOST];
  tsr_output outputs[MOST], named_outputs[MOST];
  size_t named_count = 0;
  if (argc != 3) return 2;
  size_t variant = strtoul(argv[2], NULL, 10);
  require(tsr_plan_open(argv[1], &plan, message, sizeof message));
  require(tsr_session_create(plan, &options, &session, message, sizeof message));
  require(tsr_session_prepare(session, variant, message, sizeof message));
  size_t input_count = tsr_plan_input_count(plan), output_count = tsr_plan_output_count(plan);
  if (input_count > MOST || output_count > MOST) return 2;
  for (size_t index = 0; index < input_count; index++) {
    const tsr_tensor_info *info = tsr_plan_input(plan, variant, index);
    input_names[index] = info->name;
    inputs[index] = (tsr_input){calloc(info->byte_count, 1), info->byte_count};
  }
  for (size_t index = 0; index < output_count; index++) {
    const tsr_tensor_info *info = tsr_plan_output(plan, variant, index);
    outputs[index] = (tsr_output){calloc(info->byte_count, 1), info->byte_count};
    if (tsr_plan_output_index(plan, info->name) != index) continue;
    output_names[named_count] = info->name;
    named_outputs[named_count++] = outputs[index];
  }
  long before = tessera_allocation_count();
  for (int run = 0; run < 10; run++)
    require(tsr_session_run(session, variant, inputs, input_count, outputs, output_count, message,
                            sizeof message));
  long between = tessera_allocation_count();
  for (int run = 0; run < 10; run++)
    require(tsr_session_run_named(session, variant, input_names, inputs, input_count, output_names,
                                  named_outputs, named_count, message, sizeof message));
  long after = tessera_allocation_count();
  printf("%ld %ld of %ld\n", between - before, after - between, before);
  return 0;
}
