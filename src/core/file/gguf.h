/* GGUF version 3: named values and named tensors in one file, read by mapping it.
 *
 * The bytes are hostile until proven otherwise: counts, lengths, types, offsets and alignment are all checked on opening, so
 * that every pointer handed out lies inside the file. Refused are also arrays of arrays, names that are there twice, empty or longer
 * than 4 KiB, tensors that share bytes or are out of order, and formats that dtype.h does not have. Version 2 files, which differ in
 * nothing else, are read, too. A reader is constant after opening and may be shared by threads.
 */
#pragma once

#include "core/base/status.h"
#include "core/file/mapping.h"
#include "core/file/tensor-info.h"

typedef struct CosmosGguf CosmosGguf;

CosmosGguf *cosmos_gguf_open (const char *path, CosmosError *err);
/* Takes the mapping over, also on failure. */
CosmosGguf *cosmos_gguf_new (CosmosMapping *mapping, CosmosError *err);
void cosmos_gguf_free (CosmosGguf *self);
const char *cosmos_gguf_get_path (const CosmosGguf *self);

/* A string of the file: not ended by 0, not checked to be UTF-8. */
typedef struct {
  const char *data;
  size_t length;
} CosmosGgufString;

bool cosmos_gguf_has (const CosmosGguf *self, const char *key);
/* Each fails where the key is missing or of another kind, with a message that names file and key. Any integer type of the file
 * serves, if the value fits between min and max; get_float takes any number but refuses infinity and NaN. */
bool cosmos_gguf_get_integer (const CosmosGguf *self, const char *key, int64_t min, int64_t max, int64_t *value,
                              CosmosError *err);
bool cosmos_gguf_get_float (const CosmosGguf *self, const char *key, double *value, CosmosError *err);
bool cosmos_gguf_get_bool (const CosmosGguf *self, const char *key, bool *value, CosmosError *err);
/* A copy ended by 0 that lives as long as the reader; refuses strings with a 0 inside or that are not UTF-8. */
bool cosmos_gguf_get_string (const CosmosGguf *self, const char *key, const char **value, CosmosError *err);

/* Arrays. items must hold what get_array_length says. get_integers takes any integer type and bool (0 and 1), get_floats any type of
 * numbers, all of them finite. */
bool cosmos_gguf_get_array_length (const CosmosGguf *self, const char *key, size_t *length, CosmosError *err);
bool cosmos_gguf_get_strings (const CosmosGguf *self, const char *key, CosmosGgufString *items, CosmosError *err);
bool cosmos_gguf_get_integers (const CosmosGguf *self, const char *key, int64_t *items, CosmosError *err);
bool cosmos_gguf_get_floats (const CosmosGguf *self, const char *key, double *items, CosmosError *err);

/* Every key in file order, with its value as text cut to size - 1 bytes (arrays: "[N strings]"): for inspection. */
size_t cosmos_gguf_get_n_keys (const CosmosGguf *self);
const char *cosmos_gguf_get_key (const CosmosGguf *self, size_t index);
void cosmos_gguf_describe_value (const CosmosGguf *self, size_t index, char *text, size_t size);

size_t cosmos_gguf_get_n_tensors (const CosmosGguf *self);
const CosmosTensorInfo *cosmos_gguf_get_tensor (const CosmosGguf *self, size_t index);
/* NULL where there is none. */
const CosmosTensorInfo *cosmos_gguf_find_tensor (const CosmosGguf *self, const char *name);
