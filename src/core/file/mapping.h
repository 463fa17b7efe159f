/* A whole file, mapped read-only; or bytes that the caller owns (tests, fuzz targets).
 *
 * A file that is replaced (see output.h) does not change a mapping of the old one; who cuts a mapped file short in place kills the
 * process that reads it. Constant, so threads may share it.
 */
#pragma once

#include "core/base/status.h"
#include <stddef.h>

typedef struct CosmosMapping CosmosMapping;

CosmosMapping *cosmos_mapping_open (const char *path, CosmosError *err);
/* Borrows data, which must outlive the mapping. path: a name for messages. */
CosmosMapping *cosmos_mapping_new_borrowed (const void *data, size_t size, const char *path, CosmosError *err);
void cosmos_mapping_free (CosmosMapping *self);

const unsigned char *cosmos_mapping_get_data (const CosmosMapping *self);
size_t cosmos_mapping_get_size (const CosmosMapping *self);
const char *cosmos_mapping_get_path (const CosmosMapping *self);
