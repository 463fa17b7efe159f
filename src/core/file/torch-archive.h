/* A PyTorch checkpoint (.pth, .pt): the zip archive that torch.save() writes, with a pickle that describes tensors and a stored file for the numbers of
 * each storage.
 *
 * Nothing in it is run (pickle.h). Checked on opening: every entry is stored as it is under one folder, names are unique and stay inside, sizes go with the
 * file, the pickle's sum (CRC-32), every tensor's range. The sums of the numbers are checked as they are read. The older layouts of torch.save, a tar or a row
 * of pickles, are refused by name. Float tensors of up to 4 dimensions are handed out, others are passed over. Not for more than one thread at a time.
 */
#pragma once

#include "core/base/status.h"
#include "core/file/mapping.h"
#include "core/file/tensor-info.h"

typedef struct CosmosTorchArchive CosmosTorchArchive;

CosmosTorchArchive *cosmos_torch_archive_open (const char *path, CosmosError *err);
/* Takes the mapping over, also on failure. */
CosmosTorchArchive *cosmos_torch_archive_new (CosmosMapping *mapping, CosmosError *err);
void cosmos_torch_archive_free (CosmosTorchArchive *self);

/* In the pickle's order, named by the keys that lead to them: "encoder.latents", "ema.shadow_params.17". Their data are NULL: see read. */
size_t cosmos_torch_archive_get_n_tensors (const CosmosTorchArchive *self);
const CosmosTensorInfo *cosmos_torch_archive_get_tensor (const CosmosTorchArchive *self, size_t index);
const CosmosTensorInfo *cosmos_torch_archive_find_tensor (const CosmosTorchArchive *self, const char *name);
/* The numbers of one of them, row-major: values has room for tensor->count. */
bool cosmos_torch_archive_read (const CosmosTorchArchive *self, const CosmosTensorInfo *tensor, float *values, CosmosError *err);
/* A whole number at the top, such as "step"; false where there is none. */
bool cosmos_torch_archive_get_integer (const CosmosTorchArchive *self, const char *key, int64_t *value);
