/* A file that appears whole or not at all: written under a temporary name beside the target, synced, renamed.
 *
 * A file that is replaced passes its permissions on; of a link, what it leads to is replaced. One thread at a time.
 */
#pragma once

#include "core/base/status.h"
#include <stddef.h>

typedef struct CosmosOutput CosmosOutput;

CosmosOutput *cosmos_output_new (const char *path, CosmosError *err);
/* A failure is remembered: later writes do nothing and commit reports it. */
void cosmos_output_write (CosmosOutput *self, const void *data, size_t size);
/* Flushes, syncs, renames and frees; on failure removes the temporary file. */
bool cosmos_output_commit (CosmosOutput *self, CosmosError *err);
/* Removes the temporary file and frees; NULL does nothing. */
void cosmos_output_discard (CosmosOutput *self);
