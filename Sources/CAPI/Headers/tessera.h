/*
 * Tessera: runs plans, the files that `tessera compile` makes of convolutional networks.
 *
 * In libtessera-runtime, and in libtessera, which has besides what tessera_compiler.h and tessera_images.h declare. Link with
 * one of them.
 *
 * Failures. A function that can fail returns a tsr_status and says in words what is wrong, in memory of the caller's:
 * `message` has room for `message_byte_count` bytes and gets UTF-8 that a zero byte ends, one line a problem, cut off
 * where there is no room; after success it is empty. It may be NULL. A failed call gives out no handle, NULL in its
 * place, and changes nothing else but outputs that a run may have begun to write. Nothing is kept from call to call: no
 * thread sees another's message, and there is none to release.
 *
 * NULL is refused with TSR_INVALID_USAGE wherever nothing else is said of it; functions that return no status return 0
 * or NULL. A handle must be one that its function gave out and that is not released.
 *
 * Threads. Every function may be called at any time from any thread, but for releasing what another call is using.
 *
 * Strings are UTF-8 and end with a zero byte; those that are returned live as long as the plan that they are asked of.
 * A name that holds a zero byte ends there.
 *
 * Changes. A program works with every later library whose tsr_abi_version() is the same. Structs that begin with
 * `struct_size` may get further fields at their end: a caller sets `struct_size` to sizeof the struct and all that it
 * has no use for to zero, which stands for the default.
 */
#ifndef TESSERA_H
#define TESSERA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What tsr_abi_version() returns of a library that fits this header. */
#define TSR_ABI_VERSION 1

/* Room for all but the longest messages, in bytes. */
#define TSR_MESSAGE_BYTE_COUNT 4096

/* No index. */
#define TSR_NONE SIZE_MAX

/* What became of a call. Later versions may have other failures. */
typedef int32_t tsr_status;

enum {
  TSR_OK = 0,
  /* A file or a value is damaged, or does not fit the others. */
  TSR_INVALID_INPUT = 1,
  /* The call is wrong, whatever the files hold. */
  TSR_INVALID_USAGE = 2,
  /* A sound model or plan that this version or this machine cannot run. */
  TSR_UNSUPPORTED = 3,
  /* The operating system refused memory, a thread or a file. */
  TSR_SYSTEM_FAILURE = 4
};

/* The type of a tensor's elements: the numbers of ONNX's TensorProto.DataType. */
typedef int32_t tsr_element_type;

enum {
  TSR_FLOAT32 = 1,
  TSR_UINT8 = 2,
  TSR_INT8 = 3,
  TSR_UINT16 = 4,
  TSR_INT16 = 5,
  TSR_INT32 = 6,
  TSR_INT64 = 7,
  /* One byte, 0 or 1. */
  TSR_BOOL = 9,
  TSR_FLOAT16 = 10,
  TSR_FLOAT64 = 11,
  TSR_UINT32 = 12,
  TSR_UINT64 = 13,
  TSR_BFLOAT16 = 16
};

/* A compiled network: its steps for each combination of input shapes, a variant each, and its weights. Immutable. */
typedef struct tsr_plan tsr_plan;

/* What runs a plan: memory and threads. It does one run at a time; further calls wait. */
typedef struct tsr_session tsr_session;

/* What a plan takes or gives. Belongs to the plan. */
typedef struct tsr_tensor_info {
  /* Bytes of this struct that the library has filled. */
  size_t struct_size;
  const char *name;
  /* `rank` extents in elements, outermost first; each is at least 0. */
  const int64_t *shape;
  size_t rank;
  size_t element_count;
  /* Of the dense, row-major tensor. */
  size_t byte_count;
  /* A tsr_element_type; `reserved` is 0. */
  tsr_element_type element_type;
  int32_t reserved;
} tsr_tensor_info;

/* The elements of an input, dense and row-major. Any alignment will do. */
typedef struct tsr_input {
  const void *data;
  size_t byte_count;
} tsr_input;

/* Where the elements of an output go, dense and row-major; NULL and 0 for one that is not wanted. Any alignment. */
typedef struct tsr_output {
  void *data;
  size_t byte_count;
} tsr_output;

typedef struct tsr_session_options {
  size_t struct_size;
  /* Threads that a run uses, the calling one included, at most 1024. 0 takes the environment's TESSERA_NUM_THREADS, else
   * OMP_NUM_THREADS, else as many as the process has processors. */
  size_t thread_count;
} tsr_session_options;

/* The version of the binary interface. Others than TSR_ABI_VERSION do not fit this header. */
uint32_t tsr_abi_version(void);

/* The library's version, as in "0.1.0". */
const char *tsr_version(void);

/*
 * Maps the plan file at `path`, verifies it and gives out a plan, which the caller releases. No weight is read.
 *
 * The file must not be changed in place while the plan is in use, least of all cut off, which raises SIGBUS. Replacing
 * it by another of its name is no change.
 */
tsr_status tsr_plan_open(
    const char *path, tsr_plan **plan, char *message, size_t message_byte_count);

/* Copies the bytes of a plan file, verifies them and gives out a plan, which the caller releases. */
tsr_status tsr_plan_copy(
    const void *bytes, size_t byte_count, tsr_plan **plan, char *message, size_t message_byte_count);

/*
 * As tsr_plan_copy, without a copy: `bytes`, aligned to 64, must stay valid and unchanged until the plan and all its
 * sessions are released.
 */
tsr_status tsr_plan_borrow(
    const void *bytes, size_t byte_count, tsr_plan **plan, char *message, size_t message_byte_count);

/* Gives up a plan, and with it what was asked of it. Its sessions go on. Does nothing on NULL. */
void tsr_plan_release(tsr_plan *plan);

/* Reads all weights and compares them with their checksums: TSR_INVALID_INPUT names the first that is damaged. */
tsr_status tsr_plan_verify_weights(const tsr_plan *plan, char *message, size_t message_byte_count);

/* The bytes of the plan's file, which live as long as the plan; `byte_count`, which may be NULL, gets their number. */
const void *tsr_plan_bytes(const tsr_plan *plan, size_t *byte_count);

/* The graph's name. */
const char *tsr_plan_name(const tsr_plan *plan);

/* What the compiler stored under `key`; NULL if nothing. */
const char *tsr_plan_metadata(const tsr_plan *plan, const char *key);

/* How many names of classes the plan knows. */
size_t tsr_plan_label_count(const tsr_plan *plan);

/* The name of class `index`; NULL if there is none. */
const char *tsr_plan_label(const tsr_plan *plan, size_t index);

/* How many variants there are, at least one. All have the same inputs and outputs; their shapes differ. */
size_t tsr_plan_variant_count(const tsr_plan *plan);
size_t tsr_plan_input_count(const tsr_plan *plan);
size_t tsr_plan_output_count(const tsr_plan *plan);

/* Input or output `index` of a variant; NULL if there is none. */
const tsr_tensor_info *tsr_plan_input(const tsr_plan *plan, size_t variant, size_t index);
const tsr_tensor_info *tsr_plan_output(const tsr_plan *plan, size_t variant, size_t index);

/* The index of the input or output called `name`, of several the first; TSR_NONE if there is none. */
size_t tsr_plan_input_index(const tsr_plan *plan, const char *name);
size_t tsr_plan_output_index(const tsr_plan *plan, const char *name);

/*
 * Makes a session of a plan, which it keeps; the caller releases both, in any order. `options` may be NULL. Fails with
 * TSR_INVALID_INPUT if the plan's file was changed since it was opened.
 *
 * A process that has been forked off must make sessions of its own: runs of those that it has inherited are refused.
 */
tsr_status tsr_session_create(
    const tsr_plan *plan, const tsr_session_options *options, tsr_session **session, char *message,
    size_t message_byte_count);

/* Ends a session's threads and gives its memory back. Does nothing on NULL and on what a forked process inherited. */
void tsr_session_release(tsr_session *session);

/* Threads that a run uses, the calling one included. */
size_t tsr_session_thread_count(const tsr_session *session);

/* Bytes of memory that the session has taken for the variants that it has prepared. */
size_t tsr_session_memory_byte_count(const tsr_session *session);

/*
 * Makes a variant ready, so that even its first run allocates nothing. The only variant of a plan is ready from the
 * start; others become so in their first run.
 */
tsr_status tsr_session_prepare(
    tsr_session *session, size_t variant, char *message, size_t message_byte_count);

/*
 * Runs a variant from and into memory of the caller's, and returns when it is done. Allocates nothing if the variant is
 * ready and the call succeeds.
 *
 * `inputs` has all of the plan's in their order, `outputs` as well; each has as many bytes as tsr_plan_input and
 * tsr_plan_output say. The results are the same bits for any number of threads. Inputs and outputs may overlap.
 */
tsr_status tsr_session_run(
    tsr_session *session, size_t variant, const tsr_input *inputs, size_t input_count,
    const tsr_output *outputs, size_t output_count, char *message, size_t message_byte_count);

/*
 * As tsr_session_run, by names, in any order: `input_names[i]` is that of `inputs[i]`. All inputs are needed; outputs
 * that are not named are not wanted.
 */
tsr_status tsr_session_run_named(
    tsr_session *session, size_t variant, const char *const *input_names, const tsr_input *inputs,
    size_t input_count, const char *const *output_names, const tsr_output *outputs,
    size_t output_count, char *message, size_t message_byte_count);

#ifdef __cplusplus
}
#endif

#endif
