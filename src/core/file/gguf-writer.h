/* Writes a GGUF file: collect values and tensors, then save. Keys and names are copied, tensor data is borrowed until save. */
#pragma once

#include "core/base/status.h"
#include "core/file/dtype.h"
#include "core/file/gguf.h"

typedef struct CosmosGgufWriter CosmosGgufWriter;

/* NULL when out of memory. */
CosmosGgufWriter *cosmos_gguf_writer_new (void);
void cosmos_gguf_writer_free (CosmosGgufWriter *self);

/* A failure (out of memory, a name that no file may have) is remembered and reported by save. A key that was set before is replaced.
 * "general.alignment" is not for callers. */
void cosmos_gguf_writer_set_u32 (CosmosGgufWriter *self, const char *key, uint32_t value);
void cosmos_gguf_writer_set_f32 (CosmosGgufWriter *self, const char *key, float value);
void cosmos_gguf_writer_set_bool (CosmosGgufWriter *self, const char *key, bool value);
void cosmos_gguf_writer_set_string (CosmosGgufWriter *self, const char *key, const char *value);
void cosmos_gguf_writer_set_strings (CosmosGgufWriter *self, const char *key, const CosmosGgufString *items, size_t n);
void cosmos_gguf_writer_set_i32s (CosmosGgufWriter *self, const char *key, const int32_t *items, size_t n);
void cosmos_gguf_writer_set_f32s (CosmosGgufWriter *self, const char *key, const float *items, size_t n);

/* values: row-major f32, converted to dtype (one that cosmos_dtype_can_write()) on saving. Names must differ. Quantised formats need rows of whole blocks, else the tensor is written as
 * F16 (the format used is the caller's to choose, this is the rule for narrow matrices). */
void cosmos_gguf_writer_add_tensor (CosmosGgufWriter *self, const char *name, int rank, const int64_t *shape, CosmosDtype dtype,
                                    const float *values);

/* Whole file or none (see output.h). */
bool cosmos_gguf_writer_save (CosmosGgufWriter *self, const char *path, CosmosError *err);
