/* safetensors: a JSON header and raw tensors, read by mapping the file.
 *
 * Checked on opening: header length (at most 16 MiB), JSON, unique names, shapes, ranges inside the file without gap or overlap.
 * F32, F16 and BF16 tensors of rank 0 to 4 are handed out; the rest (integer buffers) is checked and passed over. A reader is
 * constant after opening and may be shared by threads.
 */
#pragma once

#include "core/base/status.h"
#include "core/file/mapping.h"
#include "core/file/tensor-info.h"

typedef struct CosmosSafetensors CosmosSafetensors;

CosmosSafetensors *cosmos_safetensors_open (const char *path, CosmosError *err);
/* Takes the mapping over, also on failure. */
CosmosSafetensors *cosmos_safetensors_new (CosmosMapping *mapping, CosmosError *err);
void cosmos_safetensors_free (CosmosSafetensors *self);

/* Float tensors in the order of their data. */
size_t cosmos_safetensors_get_n_tensors (const CosmosSafetensors *self);
const CosmosTensorInfo *cosmos_safetensors_get_tensor (const CosmosSafetensors *self, size_t index);
const CosmosTensorInfo *cosmos_safetensors_find_tensor (const CosmosSafetensors *self, const char *name);
/* Value of a string in __metadata__, or NULL. */
const char *cosmos_safetensors_get_metadata (const CosmosSafetensors *self, const char *key);
