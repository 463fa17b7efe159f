/* How a model gets to the disk: which tensors are matrices, and a file that takes its name only after it was opened as what it is. */
#pragma once

#include "core/file/gguf-writer.h"
#include "core/file/tensor-info.h"

/* What may be written in a format of fewer bits. Tables are read by the row and small: their precision is worth more than their bytes. The token
 * embedding is large. */
bool cosmos_model_is_matrix (const CosmosTensorInfo *tensor);

/* architecture: "cosmos", "cosmos-encoder", "llama" or "gpt2". Written under another name, opened, and only then renamed; *size: of the file, in bytes. */
bool cosmos_model_save (CosmosGgufWriter *writer, const char *path, const char *architecture, size_t *size, CosmosError *err);
