#include "core/file/gguf-writer.h"

#include "core/file/gguf-private.h"
#include "core/file/output.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 15 }; /* numbers converted at a time: whole blocks of every format */

typedef struct {
  char *key;
  unsigned char *data; /* the kind and what follows it in the file */
  size_t size;
} Value;

struct CosmosGgufWriter {
  Value *values;
  size_t n_values, values_capacity;
  CosmosTensorInfo *tensors; /* own their names; data are the caller's f32 */
  size_t n_tensors, tensors_capacity;
  CosmosNameTable value_names, tensor_names;
  CosmosError failure; /* the first; code OK: none */
};

CosmosGgufWriter *cosmos_gguf_writer_new (void)
{
  return calloc (1, sizeof (CosmosGgufWriter));
}

void cosmos_gguf_writer_free (CosmosGgufWriter *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < self->n_values; i++) {
    free (self->values[i].key);
    free (self->values[i].data);
  }
  for (size_t i = 0; i < self->n_tensors; i++)
    free ((char *) self->tensors[i].name);
  free (self->values);
  free (self->tensors);
  cosmos_name_table_clear (&self->value_names);
  cosmos_name_table_clear (&self->tensor_names);
  free (self);
}

static void out_of_memory (CosmosGgufWriter *self)
{
  cosmos_error_set (&self->failure, COSMOS_STATUS_NO_MEMORY, "out of memory");
}

/* Makes room for one more item of n in *items. */
static bool reserve (CosmosGgufWriter *self, void **items, size_t n, size_t *capacity, size_t item_size)
{
  if (n == COSMOS_GGUF_MAX_ENTRIES)
    return cosmos_error_set (&self->failure, COSMOS_STATUS_RANGE, "more than %d keys or tensors", COSMOS_GGUF_MAX_ENTRIES);
  if (n < *capacity)
    return true;
  size_t larger = *capacity ? *capacity * 2 : 32;
  void *moved = realloc (*items, larger * item_size);
  if (!moved) {
    out_of_memory (self);
    return false;
  }
  *items = moved;
  *capacity = larger;
  return true;
}

/* A copy of name that stands in table with index. */
static char *register_name (CosmosGgufWriter *self, CosmosNameTable *table, const char *name, size_t index)
{
  size_t length = strlen (name);
  if (!cosmos_gguf_is_name ((CosmosGgufString) {name, length})) {
    cosmos_error_set (&self->failure, COSMOS_STATUS_FORMAT, "the name \"%.80s\" is empty, over %d bytes or no text", name,
                      COSMOS_GGUF_MAX_NAME);
    return NULL;
  }
  char *text = malloc (length + 1);
  if (text)
    memcpy (text, name, length + 1);
  if (!text || !cosmos_name_table_add (table, text, index)) {
    free (text);
    out_of_memory (self);
    return NULL;
  }
  return text;
}

static Value *find_or_add_value (CosmosGgufWriter *self, const char *key)
{
  size_t index;
  assert (strcmp (key, "general.alignment") != 0);
  if (cosmos_name_table_find (&self->value_names, key, &index))
    return &self->values[index];
  if (!reserve (self, (void **) &self->values, self->n_values, &self->values_capacity, sizeof *self->values))
    return NULL;
  char *text = register_name (self, &self->value_names, key, self->n_values);
  if (!text)
    return NULL;
  Value *value = &self->values[self->n_values++];
  *value = (Value) {.key = text};
  return value;
}

static unsigned char *put (unsigned char *at, const void *data, size_t size)
{
  return size ? mempcpy (at, data, size) : at;
}

static unsigned char *put_u32 (unsigned char *at, uint32_t x)
{
  return put (at, &x, sizeof x);
}

static unsigned char *put_u64 (unsigned char *at, uint64_t x)
{
  return put (at, &x, sizeof x);
}

/* Where to put the size bytes of a value after its kind; NULL after a failure. */
static unsigned char *begin_value (CosmosGgufWriter *self, const char *key, CosmosGgufKind kind, size_t size)
{
  if (self->failure.code != COSMOS_STATUS_OK)
    return NULL;
  Value *value = find_or_add_value (self, key);
  unsigned char *data = value ? malloc (sizeof (uint32_t) + size) : NULL;
  if (!data) {
    if (value)
      out_of_memory (self);
    return NULL;
  }
  free (value->data);
  value->data = data;
  value->size = sizeof (uint32_t) + size;
  return put_u32 (data, kind);
}

/* Where to put size bytes of n items. */
static unsigned char *begin_array (CosmosGgufWriter *self, const char *key, CosmosGgufKind kind, size_t n, size_t size)
{
  unsigned char *at = begin_value (self, key, COSMOS_GGUF_ARRAY, sizeof (uint32_t) + sizeof (uint64_t) + size);
  return at ? put_u64 (put_u32 (at, kind), n) : NULL;
}

static void set_plain (CosmosGgufWriter *self, const char *key, CosmosGgufKind kind, const void *value)
{
  size_t size = cosmos_gguf_kind_get_size (kind);
  unsigned char *at = begin_value (self, key, kind, size);
  if (at)
    put (at, value, size);
}

static void set_plain_array (CosmosGgufWriter *self, const char *key, CosmosGgufKind kind, const void *items, size_t n)
{
  size_t size = n * cosmos_gguf_kind_get_size (kind); /* they are in memory: no overflow */
  unsigned char *at = begin_array (self, key, kind, n, size);
  if (at)
    put (at, items, size);
}

void cosmos_gguf_writer_set_u32 (CosmosGgufWriter *self, const char *key, uint32_t value)
{
  set_plain (self, key, COSMOS_GGUF_U32, &value);
}

void cosmos_gguf_writer_set_f32 (CosmosGgufWriter *self, const char *key, float value)
{
  set_plain (self, key, COSMOS_GGUF_F32, &value);
}

void cosmos_gguf_writer_set_bool (CosmosGgufWriter *self, const char *key, bool value)
{
  set_plain (self, key, COSMOS_GGUF_BOOL, &(unsigned char) {value});
}

static unsigned char *put_string (unsigned char *at, CosmosGgufString string)
{
  return put (put_u64 (at, string.length), string.data, string.length);
}

void cosmos_gguf_writer_set_string (CosmosGgufWriter *self, const char *key, const char *value)
{
  CosmosGgufString string = {value, strlen (value)};
  unsigned char *at = begin_value (self, key, COSMOS_GGUF_STRING, sizeof (uint64_t) + string.length);
  if (at)
    put_string (at, string);
}

void cosmos_gguf_writer_set_strings (CosmosGgufWriter *self, const char *key, const CosmosGgufString *items, size_t n)
{
  size_t size = 0;
  for (size_t i = 0; i < n; i++)
    size += sizeof (uint64_t) + items[i].length;
  unsigned char *at = begin_array (self, key, COSMOS_GGUF_STRING, n, size);
  for (size_t i = 0; at && i < n; i++)
    at = put_string (at, items[i]);
}

void cosmos_gguf_writer_set_i32s (CosmosGgufWriter *self, const char *key, const int32_t *items, size_t n)
{
  set_plain_array (self, key, COSMOS_GGUF_I32, items, n);
}

void cosmos_gguf_writer_set_f32s (CosmosGgufWriter *self, const char *key, const float *items, size_t n)
{
  set_plain_array (self, key, COSMOS_GGUF_F32, items, n);
}

void cosmos_gguf_writer_add_tensor (CosmosGgufWriter *self, const char *name, int rank, const int64_t *shape, CosmosDtype dtype,
                                    const float *values)
{
  assert (rank >= 0 && rank <= COSMOS_FILE_MAX_RANK && cosmos_dtype_can_write (dtype));
  if (self->failure.code != COSMOS_STATUS_OK)
    return;
  CosmosTensorInfo info = {.dtype = dtype, .rank = rank, .data = values};
  for (int i = 0; i < rank; i++)
    info.shape[i] = shape[i];
  size_t row = rank ? (size_t) shape[rank - 1] : 1;
  if (row % cosmos_dtype_get_block_length (dtype) != 0)
    info.dtype = COSMOS_DTYPE_F16;
  if (!cosmos_tensor_info_measure (&info)) {
    cosmos_error_set (&self->failure, COSMOS_STATUS_RANGE, "tensor %.80s has an impossible shape", name);
    return;
  }
  if (cosmos_name_table_find (&self->tensor_names, name, NULL)) {
    cosmos_error_set (&self->failure, COSMOS_STATUS_FORMAT, "there are two tensors named %.80s", name);
    return;
  }
  if (!reserve (self, (void **) &self->tensors, self->n_tensors, &self->tensors_capacity, sizeof *self->tensors))
    return;
  info.name = register_name (self, &self->tensor_names, name, self->n_tensors);
  if (info.name)
    self->tensors[self->n_tensors++] = info;
}

/* The output, and how many bytes it got. */
typedef struct {
  CosmosOutput *output;
  uint64_t size;
} Stream;

static void write_bytes (Stream *self, const void *data, size_t size)
{
  cosmos_output_write (self->output, data, size);
  self->size += size;
}

static void write_u32 (Stream *self, uint32_t x)
{
  write_bytes (self, &x, sizeof x);
}

static void write_u64 (Stream *self, uint64_t x)
{
  write_bytes (self, &x, sizeof x);
}

static void write_name (Stream *self, const char *name)
{
  write_u64 (self, strlen (name));
  write_bytes (self, name, strlen (name));
}

static uint64_t aligned (uint64_t size)
{
  return (size + COSMOS_GGUF_ALIGNMENT - 1) / COSMOS_GGUF_ALIGNMENT * COSMOS_GGUF_ALIGNMENT;
}

static void write_padding (Stream *self)
{
  static const unsigned char zeros[COSMOS_GGUF_ALIGNMENT];
  write_bytes (self, zeros, (size_t) (aligned (self->size) - self->size));
}

static void write_header (CosmosGgufWriter *self, Stream *stream)
{
  write_bytes (stream, "GGUF", 4);
  write_u32 (stream, COSMOS_GGUF_VERSION);
  write_u64 (stream, self->n_tensors);
  write_u64 (stream, self->n_values);
  for (size_t i = 0; i < self->n_values; i++) {
    write_name (stream, self->values[i].key);
    write_bytes (stream, self->values[i].data, self->values[i].size);
  }
  uint64_t offset = 0;
  for (size_t i = 0; i < self->n_tensors; i++) {
    const CosmosTensorInfo *info = &self->tensors[i];
    write_name (stream, info->name);
    write_u32 (stream, (uint32_t) info->rank);
    for (int k = info->rank - 1; k >= 0; k--)
      write_u64 (stream, (uint64_t) info->shape[k]);
    write_u32 (stream, cosmos_gguf_number_of_dtype (info->dtype));
    write_u64 (stream, offset);
    offset = aligned (offset + info->size);
  }
}

static void write_tensor (const CosmosTensorInfo *info, Stream *stream, void *buffer)
{
  write_padding (stream);
  const float *values = info->data;
  for (size_t at = 0; at < info->count; at += CHUNK) {
    size_t n = info->count - at < CHUNK ? info->count - at : CHUNK, size = 0;
    cosmos_dtype_get_size (info->dtype, n, &size);
    cosmos_dtype_from_float (info->dtype, values + at, buffer, n);
    write_bytes (stream, buffer, size);
  }
}

bool cosmos_gguf_writer_save (CosmosGgufWriter *self, const char *path, CosmosError *err)
{
  if (self->failure.code != COSMOS_STATUS_OK)
    return cosmos_error_set (err, self->failure.code, "%s: %s", path, self->failure.message);
  void *buffer = malloc (CHUNK * sizeof (float)); /* no format is wider */
  if (!buffer)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
  Stream stream = {.output = cosmos_output_new (path, err)};
  bool ok = stream.output != NULL;
  if (ok) {
    write_header (self, &stream);
    for (size_t i = 0; i < self->n_tensors; i++)
      write_tensor (&self->tensors[i], &stream, buffer);
    ok = cosmos_output_commit (stream.output, err);
  }
  free (buffer);
  return ok;
}
