/*
 * Tessera: compiles models into plans, which tessera.h runs. In libtessera. What tessera.h says of failures, NULL,
 * threads, strings and changes holds here too.
 */
#ifndef TESSERA_COMPILER_H
#define TESSERA_COMPILER_H

#include "tessera.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The shape of an input in a variant. */
typedef struct tsr_input_shape {
  /* From 0 on, without gaps. */
  size_t variant;
  const char *input;
  /* `rank` extents in elements, outermost first. */
  const int64_t *shape;
  size_t rank;
} tsr_input_shape;

/* Flags of tsr_compile_options. */
enum {
  /* Evaluate the classifier at every position of images of any size. */
  TSR_COMPILE_DENSE = 1,
  /* Compute every output of a convolution from its own window alone. */
  TSR_COMPILE_LOCAL = 2
};

/* What `tessera compile --help` says of the options of these names holds here too. */
typedef struct tsr_compile_options {
  size_t struct_size;
  /* TSR_COMPILE_ flags, or 0. */
  uint64_t flags;
  /* A weight file or "random:SEED"; NULL if the model holds its weights. */
  const char *weights;
  /* The file that says which entry of the weight file each input takes; NULL for none. */
  const char *weights_map;
  /* In any order. An input without a shape keeps the model's, an open batch becomes 1. */
  const tsr_input_shape *shapes;
  size_t shape_count;
  /* Values of the graph to give out; with a count of 0 the model's outputs. */
  const char *const *outputs;
  size_t output_count;
  /* The names of the classes; with a count of 0 the model's. */
  const char *const *labels;
  size_t label_count;
  /* "imagenet", "torchvision", "caffe", "keras-tf" or "none"; NULL for what the model says. */
  const char *preset;
  /* "auto", "f32", "f24", "f16", "bf16" or "int8"; NULL for "auto". */
  const char *weights_precision;
  /* The largest error that the plan may have, over the largest value; 0 for the default. */
  double max_error;
  /* Bytes that weights, arena and workspaces may take together; 0 for any number. */
  uint64_t memory_limit_byte_count;
  /* Threads that compile; 0 as for sessions. */
  size_t thread_count;
  /* Called on the calling thread with what is odd about the model without being wrong; may be NULL. */
  void (*on_warning)(void *context, const char *sentence);
  /* Handed to `on_warning`. */
  void *warning_context;
} tsr_compile_options;

/*
 * Compiles the model file at `model_path` into a plan file, which appears whole or not at all. `plan_path` is none of the
 * files that are read. `options` may be NULL.
 */
tsr_status tsr_compile_file(
    const char *model_path, const char *plan_path, const tsr_compile_options *options, char *message,
    size_t message_byte_count);

/* As tsr_compile_file, into a plan in memory, which the caller releases. */
tsr_status tsr_compile_plan(
    const char *model_path, const tsr_compile_options *options, tsr_plan **plan, char *message,
    size_t message_byte_count);

/* As tsr_compile_plan, of the bytes of a binary ONNX model, which are copied. External data is refused. */
tsr_status tsr_compile_memory(
    const void *model, size_t byte_count, const tsr_compile_options *options, tsr_plan **plan,
    char *message, size_t message_byte_count);

#ifdef __cplusplus
}
#endif

#endif
