#include "core/file/gguf-private.h"

#include "core/base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the shortest value and the shortest tensor take of a file: bounds for their numbers. */
enum { MIN_VALUE = 8 + 4 + 1, MIN_TENSOR = 8 + 4 + 4 + 8 };
enum { MIN_ALIGNMENT = 8, MAX_ALIGNMENT = 1 << 20 };

typedef struct {
  CosmosGguf *file;
  const unsigned char *data;
  size_t size;
  size_t at; /* <= size */
  CosmosError *err;
} Reader;

static const char *path_of (const Reader *self)
{
  return cosmos_mapping_get_path (self->file->mapping);
}

static bool out_of_memory (const Reader *self)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path_of (self));
}

static bool cut_off (const Reader *self, const char *what, const char *name)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_CORRUPT, "%s: cut off or damaged in %s%s%.80s; fetch or make it anew",
                           path_of (self), what, *name ? " " : "", name);
}

/* The next n bytes, or NULL. what, name: where the file is being read, for the message. */
static const unsigned char *take (Reader *self, uint64_t n, const char *what, const char *name)
{
  if (n > self->size - self->at) {
    cut_off (self, what, name);
    return NULL;
  }
  const unsigned char *bytes = self->data + self->at;
  self->at += (size_t) n;
  return bytes;
}

static bool take_u32 (Reader *self, uint32_t *value, const char *what, const char *name)
{
  const unsigned char *bytes = take (self, sizeof *value, what, name);
  if (bytes)
    memcpy (value, bytes, sizeof *value);
  return bytes != NULL;
}

static bool take_u64 (Reader *self, uint64_t *value, const char *what, const char *name)
{
  const unsigned char *bytes = take (self, sizeof *value, what, name);
  if (bytes)
    memcpy (value, bytes, sizeof *value);
  return bytes != NULL;
}

static bool take_string (Reader *self, CosmosGgufString *string, const char *what, const char *name)
{
  uint64_t length;
  if (!take_u64 (self, &length, what, name))
    return false;
  string->data = (const char *) take (self, length, what, name);
  string->length = (size_t) length;
  return string->data != NULL;
}

static bool is_text (CosmosGgufString string)
{
  return !memchr (string.data, 0, string.length) && cosmos_utf8_is_valid (string.data, string.length, NULL);
}

bool cosmos_gguf_is_name (CosmosGgufString string)
{
  return string.length > 0 && string.length <= COSMOS_GGUF_MAX_NAME && is_text (string);
}

/* A copy ended by 0, or NULL when out of memory. */
static const char *copy (Reader *self, CosmosGgufString string)
{
  char *text = cosmos_arena_alloc (self->file->arena, string.length + 1);
  if (!text) {
    out_of_memory (self);
    return NULL;
  }
  memcpy (text, string.data, string.length);
  text[string.length] = 0;
  return text;
}

/* A name that is not in the table yet goes there with its index. */
static bool take_name (Reader *self, CosmosNameTable *table, size_t index, const char *what, const char **name)
{
  CosmosGgufString string;
  if (!take_string (self, &string, what, ""))
    return false;
  if (!cosmos_gguf_is_name (string))
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT,
                             "%s: the name of %s %zu is damaged: empty, over %d bytes or no text", path_of (self), what, index,
                             COSMOS_GGUF_MAX_NAME);
  const char *text = copy (self, string);
  if (!text)
    return false;
  if (cosmos_name_table_find (table, text, NULL))
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: %s %.80s is there twice", path_of (self), what, text);
  if (!cosmos_name_table_add (table, text, index))
    return out_of_memory (self);
  *name = text;
  return true;
}

size_t cosmos_gguf_kind_get_size (CosmosGgufKind kind)
{
  static const unsigned char sizes[COSMOS_GGUF_N_KINDS] = {
    [COSMOS_GGUF_U8] = 1,  [COSMOS_GGUF_I8] = 1,  [COSMOS_GGUF_U16] = 2, [COSMOS_GGUF_I16] = 2,
    [COSMOS_GGUF_U32] = 4, [COSMOS_GGUF_I32] = 4, [COSMOS_GGUF_F32] = 4, [COSMOS_GGUF_BOOL] = 1,
    [COSMOS_GGUF_U64] = 8, [COSMOS_GGUF_I64] = 8, [COSMOS_GGUF_F64] = 8,
  };
  return sizes[kind];
}

static bool take_kind (Reader *self, CosmosGgufKind *kind, const char *key)
{
  uint32_t number;
  if (!take_u32 (self, &number, "the value of", key))
    return false;
  if (number >= COSMOS_GGUF_N_KINDS)
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: %.80s is of the unknown kind %" PRIu32, path_of (self), key,
                             number);
  *kind = (CosmosGgufKind) number;
  return true;
}

static bool take_array (Reader *self, CosmosGgufValue *value)
{
  uint64_t n;
  if (!take_kind (self, &value->kind, value->key) || !take_u64 (self, &n, "the array", value->key))
    return false;
  if (value->kind == COSMOS_GGUF_ARRAY)
    return cosmos_error_set (self->err, COSMOS_STATUS_UNSUPPORTED, "%s: %.80s is an array of arrays, which is not supported",
                             path_of (self), value->key);
  /* Strings have at least their length. */
  size_t least = value->kind == COSMOS_GGUF_STRING ? sizeof (uint64_t) : cosmos_gguf_kind_get_size (value->kind);
  if (n > (self->size - self->at) / least)
    return cut_off (self, "the array", value->key);
  value->n = (size_t) n;
  if (value->kind != COSMOS_GGUF_STRING)
    return take (self, n * least, "the array", value->key) != NULL;
  for (uint64_t i = 0; i < n; i++) {
    CosmosGgufString item;
    if (!take_string (self, &item, "the array", value->key))
      return false;
  }
  return true;
}

static bool take_value (Reader *self, size_t index)
{
  CosmosGgufValue *value = &self->file->values[index];
  *value = (CosmosGgufValue) {.n = 1};
  if (!take_name (self, &self->file->value_names, index, "key", &value->key) || !take_kind (self, &value->kind, value->key))
    return false;
  value->data = self->data + self->at;
  if (value->kind == COSMOS_GGUF_STRING) {
    CosmosGgufString string;
    if (!take_string (self, &string, "the string", value->key))
      return false;
    value->data = (const unsigned char *) string.data;
    value->n = string.length;
    if (is_text (string))
      value->text = copy (self, string);
    return value->text || !is_text (string);
  }
  if (value->kind == COSMOS_GGUF_ARRAY) {
    value->is_array = true;
    value->data += sizeof (uint32_t) + sizeof (uint64_t); /* the kind and the number of items; checked next */
    if (!take_array (self, value))
      return false;
  } else if (!take (self, cosmos_gguf_kind_get_size (value->kind), "the value of", value->key)) {
    return false;
  }
  for (size_t i = 0; value->kind == COSMOS_GGUF_BOOL && i < value->n; i++) {
    if (value->data[i] > 1)
      return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: %.80s is damaged: neither true nor false", path_of (self),
                               value->key);
  }
  return true;
}

/* Formats of tensors by their numbers in the file. dtype is COSMOS_N_DTYPES for those that cannot be read. */
static const struct {
  const char *name;
  CosmosDtype dtype;
} formats[] = {
  [0] = {"F32", COSMOS_DTYPE_F32},    [1] = {"F16", COSMOS_DTYPE_F16},    [2] = {"Q4_0", COSMOS_DTYPE_Q4_0},
  [3] = {"Q4_1", COSMOS_DTYPE_Q4_1},  [6] = {"Q5_0", COSMOS_DTYPE_Q5_0},  [7] = {"Q5_1", COSMOS_DTYPE_Q5_1},
  [8] = {"Q8_0", COSMOS_DTYPE_Q8_0},  [10] = {"Q2_K", COSMOS_N_DTYPES},   [11] = {"Q3_K", COSMOS_N_DTYPES},
  [12] = {"Q4_K", COSMOS_DTYPE_Q4_K}, [13] = {"Q5_K", COSMOS_DTYPE_Q5_K}, [14] = {"Q6_K", COSMOS_DTYPE_Q6_K},
  [24] = {"I8", COSMOS_N_DTYPES},     [25] = {"I16", COSMOS_N_DTYPES},    [26] = {"I32", COSMOS_N_DTYPES},
  [27] = {"I64", COSMOS_N_DTYPES},    [28] = {"F64", COSMOS_N_DTYPES},    [30] = {"BF16", COSMOS_DTYPE_BF16},
};

enum { N_FORMATS = sizeof formats / sizeof *formats };

uint32_t cosmos_gguf_number_of_dtype (CosmosDtype dtype)
{
  uint32_t number = 0;
  while (!formats[number].name || formats[number].dtype != dtype)
    number++;
  return number;
}

/* All but where its data lies: offset counts from the start of all data. */
static bool take_tensor (Reader *self, size_t index, uint64_t *offset)
{
  CosmosTensorInfo *tensor = &self->file->tensors[index];
  uint32_t rank, number;
  *tensor = (CosmosTensorInfo) {0};
  if (!take_name (self, &self->file->tensor_names, index, "tensor", &tensor->name)
      || !take_u32 (self, &rank, "tensor", tensor->name))
    return false;
  if (rank > COSMOS_FILE_MAX_RANK)
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT,
                             "%s: tensor %.80s has %" PRIu32 " dimensions; at most %d are possible", path_of (self), tensor->name,
                             rank, COSMOS_FILE_MAX_RANK);
  tensor->rank = (int) rank;
  for (int i = tensor->rank - 1; i >= 0; i--) {
    uint64_t length;
    if (!take_u64 (self, &length, "tensor", tensor->name))
      return false;
    tensor->shape[i] = length <= INT64_MAX ? (int64_t) length : -1; /* refused below */
  }
  if (!take_u32 (self, &number, "tensor", tensor->name) || !take_u64 (self, offset, "tensor", tensor->name))
    return false;
  const char *format = number < N_FORMATS ? formats[number].name : NULL;
  tensor->dtype = format ? formats[number].dtype : COSMOS_N_DTYPES;
  if (tensor->dtype == COSMOS_N_DTYPES)
    return cosmos_error_set (self->err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: tensor %.80s is in format %s (%" PRIu32
                             "); F32, F16, BF16, Q8_0, Q4_0/1, Q5_0/1 and Q4_K to Q6_K "
                             "can be read",
                             path_of (self), tensor->name, format ? format : "unknown", number);
  if (!cosmos_tensor_info_measure (tensor))
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: tensor %.80s has an impossible shape", path_of (self),
                             tensor->name);
  return true;
}

/* Ranges must lie in the file, in the order of the tensors and apart, so that a small file cannot stand for much data. */
static bool place_tensors (Reader *self, const uint64_t *offsets)
{
  CosmosGguf *file = self->file;
  int64_t alignment = COSMOS_GGUF_ALIGNMENT;
  if (cosmos_gguf_has (file, "general.alignment")
      && !cosmos_gguf_get_integer (file, "general.alignment", MIN_ALIGNMENT, MAX_ALIGNMENT, &alignment, self->err))
    return false;
  if (alignment & (alignment - 1))
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: general.alignment is no power of two", path_of (self));
  if (file->n_tensors == 0)
    return true;
  if (!take (self, -self->at & (size_t) (alignment - 1), "the data of tensor", file->tensors[0].name))
    return false;
  const unsigned char *start = self->data + self->at;
  size_t left = self->size - self->at, end = 0;
  for (size_t i = 0; i < file->n_tensors; i++) {
    CosmosTensorInfo *tensor = &file->tensors[i];
    if (offsets[i] % (uint64_t) alignment != 0 || offsets[i] < end)
      return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: the data of tensor %.80s is %s", path_of (self),
                               tensor->name, offsets[i] < end ? "also another's" : "not aligned");
    if (offsets[i] > left || tensor->size > left - (size_t) offsets[i])
      return cut_off (self, "the data of tensor", tensor->name);
    tensor->data = start + offsets[i];
    end = (size_t) offsets[i] + tensor->size;
  }
  return true;
}

static bool take_header (Reader *self)
{
  CosmosGguf *file = self->file;
  uint32_t version;
  uint64_t n_tensors, n_values;
  if (self->size < 4 || memcmp (self->data, "GGUF", 4) != 0)
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: is not a GGUF file", path_of (self));
  self->at = 4;
  if (!take_u32 (self, &version, "the header", ""))
    return false;
  /* Version 3 only added that there may be big-endian files. */
  if (version != 2 && version != 3)
    return cosmos_error_set (self->err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: is a GGUF file of %s; little-endian files of version 3 can "
                             "be read",
                             path_of (self), version == 1 ? "version 1" : "another byte order or a later version");
  if (!take_u64 (self, &n_tensors, "the header", "") || !take_u64 (self, &n_values, "the header", ""))
    return false;
  size_t left = self->size - self->at;
  if (n_values > left / MIN_VALUE || n_tensors > left / MIN_TENSOR)
    return cut_off (self, "the header", "");
  if (n_values > COSMOS_GGUF_MAX_ENTRIES || n_tensors > COSMOS_GGUF_MAX_ENTRIES)
    return cosmos_error_set (self->err, COSMOS_STATUS_RANGE,
                             "%s: has %" PRIu64 " keys and %" PRIu64 " tensors; at most %d are "
                             "possible of each",
                             path_of (self), n_values, n_tensors, COSMOS_GGUF_MAX_ENTRIES);
  file->n_values = (size_t) n_values;
  file->n_tensors = (size_t) n_tensors;
  return true;
}

static bool read_file (Reader *self)
{
  CosmosGguf *file = self->file;
  if (!take_header (self))
    return false;
  file->arena = cosmos_arena_new (1 << 14);
  if (!file->arena)
    return out_of_memory (self);
  /* The numbers are bounded by the file's size: no overflow. */
  file->values = cosmos_arena_alloc (file->arena, file->n_values * sizeof *file->values);
  file->tensors = cosmos_arena_alloc (file->arena, file->n_tensors * sizeof *file->tensors);
  uint64_t *offsets = cosmos_arena_alloc (file->arena, file->n_tensors * sizeof *offsets);
  if (!file->values || !file->tensors || !offsets)
    return out_of_memory (self);
  for (size_t i = 0; i < file->n_values; i++) {
    if (!take_value (self, i))
      return false;
  }
  for (size_t i = 0; i < file->n_tensors; i++) {
    if (!take_tensor (self, i, &offsets[i]))
      return false;
  }
  return place_tensors (self, offsets);
}

CosmosGguf *cosmos_gguf_new (CosmosMapping *mapping, CosmosError *err)
{
  CosmosGguf *self = calloc (1, sizeof *self);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", cosmos_mapping_get_path (mapping));
    cosmos_mapping_free (mapping);
    return NULL;
  }
  self->mapping = mapping;
  Reader reader = {
    .file = self, .data = cosmos_mapping_get_data (mapping), .size = cosmos_mapping_get_size (mapping), .err = err};
  if (!read_file (&reader)) {
    cosmos_gguf_free (self);
    return NULL;
  }
  return self;
}

CosmosGguf *cosmos_gguf_open (const char *path, CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_open (path, err);
  return mapping ? cosmos_gguf_new (mapping, err) : NULL;
}

void cosmos_gguf_free (CosmosGguf *self)
{
  if (!self)
    return;
  cosmos_name_table_clear (&self->value_names);
  cosmos_name_table_clear (&self->tensor_names);
  cosmos_arena_free (self->arena);
  cosmos_mapping_free (self->mapping);
  free (self);
}

const char *cosmos_gguf_get_path (const CosmosGguf *self)
{
  return cosmos_mapping_get_path (self->mapping);
}

size_t cosmos_gguf_get_n_tensors (const CosmosGguf *self)
{
  return self->n_tensors;
}

const CosmosTensorInfo *cosmos_gguf_get_tensor (const CosmosGguf *self, size_t index)
{
  return &self->tensors[index];
}

const CosmosTensorInfo *cosmos_gguf_find_tensor (const CosmosGguf *self, const char *name)
{
  size_t index;
  return cosmos_name_table_find (&self->tensor_names, name, &index) ? &self->tensors[index] : NULL;
}
