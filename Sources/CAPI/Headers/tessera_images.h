/*
 * Tessera: makes inputs of images. In libtessera. What tessera.h says of failures, NULL, threads, strings and changes
 * holds here too.
 */
#ifndef TESSERA_IMAGES_H
#define TESSERA_IMAGES_H

#include "tessera.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Decodes image files, PNG or JPEG, and makes of them the input of a plan that takes images alone, as the plan was told when
 * it was compiled.
 *
 * `files` are `file_count` files in memory. `pixels` gets the float32 elements of a batch of as many images, of the size
 * that the first variant for such a batch takes, else the first of all.
 */
tsr_status tsr_plan_read_images(
    const tsr_plan *plan, const tsr_input *files, size_t file_count, void *pixels,
    size_t pixel_byte_count, char *message, size_t message_byte_count);

#ifdef __cplusplus
}
#endif

#endif
