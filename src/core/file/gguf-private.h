/* How a GGUF file is held: for gguf.c, which reads and checks it, gguf-values.c, which hands the values out, and gguf-writer.c. */
#pragma once

#include "core/base/arena.h"
#include "core/file/gguf.h"
#include "core/file/name-table.h"

enum {
  COSMOS_GGUF_VERSION = 3,
  COSMOS_GGUF_ALIGNMENT = 32, /* of tensors, where the file does not say */
  /* Bounds of our own, far beyond any model's. */
  COSMOS_GGUF_MAX_NAME = 4096,
  COSMOS_GGUF_MAX_ENTRIES = 1 << 16,
};

/* Kinds of values by their numbers in the file. */
typedef enum {
  COSMOS_GGUF_U8,
  COSMOS_GGUF_I8,
  COSMOS_GGUF_U16,
  COSMOS_GGUF_I16,
  COSMOS_GGUF_U32,
  COSMOS_GGUF_I32,
  COSMOS_GGUF_F32,
  COSMOS_GGUF_BOOL,
  COSMOS_GGUF_STRING,
  COSMOS_GGUF_ARRAY,
  COSMOS_GGUF_U64,
  COSMOS_GGUF_I64,
  COSMOS_GGUF_F64,
  COSMOS_GGUF_N_KINDS
} CosmosGgufKind;

typedef struct {
  const char *key;
  bool is_array;
  CosmosGgufKind kind;       /* of the value, or of the array's items */
  size_t n;                  /* items of an array, bytes of a string; else 1 */
  const unsigned char *data; /* in the file: checked to hold all items */
  const char *text;          /* a string, ended by 0; NULL where it is no text */
} CosmosGgufValue;

struct CosmosGguf {
  CosmosMapping *mapping;
  CosmosArena *arena; /* names, texts, values and tensors */
  CosmosGgufValue *values;
  size_t n_values;
  CosmosTensorInfo *tensors;
  size_t n_tensors;
  CosmosNameTable value_names, tensor_names;
};

/* Bytes of a value; 0 for strings and arrays, whose size varies. */
size_t cosmos_gguf_kind_get_size (CosmosGgufKind kind);
/* Whether a key or a tensor may be called this. */
bool cosmos_gguf_is_name (CosmosGgufString string);
/* How the file calls a format of tensors. */
uint32_t cosmos_gguf_number_of_dtype (CosmosDtype dtype);
