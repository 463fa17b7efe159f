/* Asks a reader for everything that it has, as callers do: tests and fuzz targets run it on files that opened, under the sanitizers. */
#pragma once

#include "core/file/gguf.h"
#include "core/file/safetensors.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* data, data_size: the whole file, in which the tensor must lie. */
static inline void walk_tensor (const CosmosTensorInfo *info, const void *data, size_t data_size)
{
  size_t size;
  assert (info->rank >= 0 && info->rank <= COSMOS_FILE_MAX_RANK);
  assert (cosmos_dtype_get_size (info->dtype, info->count, &size) && size == info->size);
  size_t count = 1;
  for (int i = 0; i < info->rank; i++)
    count *= (size_t) info->shape[i];
  assert (count == info->count);
  const char *start = data, *at = info->data;
  assert (at >= start && size <= data_size && (size_t) (at - start) <= data_size - size);
  float *values = malloc (info->count * sizeof *values + 1);
  assert (values);
  cosmos_dtype_to_float (info->dtype, info->data, values, info->count);
  free (values);
}

static inline void walk_array (const CosmosGguf *gguf, const char *key, size_t n)
{
  CosmosGgufString *strings = malloc (n * sizeof *strings + 1);
  int64_t *integers = malloc (n * sizeof *integers + 1);
  double *floats = malloc (n * sizeof *floats + 1);
  assert (strings && integers && floats);
  if (cosmos_gguf_get_strings (gguf, key, strings, NULL)) {
    for (size_t i = 0; i < n; i++) {
      char *copy = malloc (strings[i].length + 1);
      assert (copy);
      memcpy (copy, strings[i].data, strings[i].length);
      free (copy);
    }
  }
  cosmos_gguf_get_integers (gguf, key, integers, NULL);
  cosmos_gguf_get_floats (gguf, key, floats, NULL);
  free (strings);
  free (integers);
  free (floats);
}

static inline void walk_gguf (const CosmosGguf *gguf, const void *data, size_t data_size)
{
  for (size_t i = 0; i < cosmos_gguf_get_n_keys (gguf); i++) {
    const char *key = cosmos_gguf_get_key (gguf, i), *text;
    char description[40];
    size_t n;
    int64_t integer;
    double number;
    bool flag;
    CosmosError err;
    assert (cosmos_gguf_has (gguf, key));
    cosmos_gguf_describe_value (gguf, i, description, sizeof description);
    assert (strlen (description) < sizeof description);
    cosmos_gguf_get_integer (gguf, key, -5, 5, &integer, &err);
    cosmos_gguf_get_float (gguf, key, &number, &err);
    cosmos_gguf_get_bool (gguf, key, &flag, &err);
    cosmos_gguf_get_string (gguf, key, &text, &err);
    if (cosmos_gguf_get_array_length (gguf, key, &n, &err))
      walk_array (gguf, key, n);
  }
  for (size_t i = 0; i < cosmos_gguf_get_n_tensors (gguf); i++) {
    const CosmosTensorInfo *info = cosmos_gguf_get_tensor (gguf, i);
    assert (cosmos_gguf_find_tensor (gguf, info->name) == info);
    walk_tensor (info, data, data_size);
  }
}

static inline void walk_safetensors (const CosmosSafetensors *file, const void *data, size_t data_size)
{
  cosmos_safetensors_get_metadata (file, "format");
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (file); i++) {
    const CosmosTensorInfo *info = cosmos_safetensors_get_tensor (file, i);
    assert (cosmos_safetensors_find_tensor (file, info->name) == info);
    walk_tensor (info, data, data_size);
  }
}
