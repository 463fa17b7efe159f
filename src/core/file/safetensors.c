#include "core/file/safetensors.h"

#include "core/file/name-table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

enum { MAX_HEADER = 16 << 20, MAX_NAME = 4096 };

struct CosmosSafetensors {
  CosmosMapping *mapping;
  yyjson_doc *header; /* owns the names */
  yyjson_val *metadata;
  CosmosTensorInfo *tensors;
  size_t n_tensors;
  CosmosNameTable names; /* of tensors */
};

/* A tensor of the header, whatever its format. */
typedef struct {
  const char *name;
  yyjson_val *shape;
  uint64_t begin, end; /* of its bytes, in the data */
  CosmosDtype dtype;   /* COSMOS_N_DTYPES: not handed out */
  size_t element_size; /* 0: unknown */
} Entry;

typedef struct {
  CosmosSafetensors *file;
  Entry *entries;
  size_t n_entries;
  CosmosNameTable names; /* of all entries */
  const unsigned char *data;
  size_t data_size;
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

static bool malformed (const Reader *self, const char *name, const char *what)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: tensor %.80s: %s", path_of (self), name, what);
}

/* yyjson has checked that it is UTF-8. */
static bool is_name (yyjson_val *key)
{
  size_t length = yyjson_get_len (key);
  return length > 0 && length <= MAX_NAME && strlen (yyjson_get_str (key)) == length;
}

static void read_dtype (Entry *entry, const char *dtype)
{
  static const struct {
    const char *name;
    CosmosDtype dtype;
    size_t size;
  } known[] = {
    {"F32", COSMOS_DTYPE_F32, 4}, {"F16", COSMOS_DTYPE_F16, 2}, {"BF16", COSMOS_DTYPE_BF16, 2}, {"F64", COSMOS_N_DTYPES, 8},
    {"I64", COSMOS_N_DTYPES, 8},  {"U64", COSMOS_N_DTYPES, 8},  {"I32", COSMOS_N_DTYPES, 4},    {"U32", COSMOS_N_DTYPES, 4},
    {"I16", COSMOS_N_DTYPES, 2},  {"U16", COSMOS_N_DTYPES, 2},  {"I8", COSMOS_N_DTYPES, 1},     {"U8", COSMOS_N_DTYPES, 1},
    {"BOOL", COSMOS_N_DTYPES, 1},
  };
  entry->dtype = COSMOS_N_DTYPES;
  entry->element_size = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp (dtype, known[i].name) == 0) {
      entry->dtype = known[i].dtype;
      entry->element_size = known[i].size;
    }
  }
}

static bool read_offsets (const Reader *self, Entry *entry, yyjson_val *offsets)
{
  yyjson_val *begin = yyjson_arr_get (offsets, 0), *end = yyjson_arr_get (offsets, 1);
  if (yyjson_arr_size (offsets) != 2 || !yyjson_is_uint (begin) || !yyjson_is_uint (end))
    return malformed (self, entry->name, "data_offsets are not two whole numbers");
  entry->begin = yyjson_get_uint (begin);
  entry->end = yyjson_get_uint (end);
  if (entry->begin > entry->end)
    return malformed (self, entry->name, "data_offsets end before they begin");
  if (entry->end > self->data_size)
    return cosmos_error_set (self->err, COSMOS_STATUS_CORRUPT,
                             "%s: cut off or damaged: tensor %.80s ends %" PRIu64 " bytes behind "
                             "the file; fetch or make it anew",
                             path_of (self), entry->name, entry->end - self->data_size);
  return true;
}

/* The product of the shape must be what the offsets say. */
static bool check_shape (const Reader *self, const Entry *entry)
{
  uint64_t bytes = entry->element_size;
  size_t i, n;
  yyjson_val *length;
  yyjson_arr_foreach (entry->shape, i, n, length) {
    if (!yyjson_is_uint (length) || __builtin_mul_overflow (bytes, yyjson_get_uint (length), &bytes))
      return malformed (self, entry->name, "the shape is impossible");
  }
  if (entry->element_size && bytes != entry->end - entry->begin)
    return malformed (self, entry->name, "the shape does not go with data_offsets");
  return true;
}

static bool read_entry (const Reader *self, Entry *entry, yyjson_val *value)
{
  yyjson_val *dtype = NULL, *offsets = NULL;
  size_t i, n;
  yyjson_val *key, *item;
  if (!yyjson_is_obj (value))
    return malformed (self, entry->name, "is no JSON object");
  yyjson_obj_foreach (value, i, n, key, item) {
    yyjson_val **field = yyjson_equals_str (key, "dtype")          ? &dtype
                         : yyjson_equals_str (key, "shape")        ? &entry->shape
                         : yyjson_equals_str (key, "data_offsets") ? &offsets
                                                                   : NULL;
    if (field && *field)
      return malformed (self, entry->name, "has a field twice");
    if (field)
      *field = item;
  }
  if (!yyjson_is_str (dtype) || !yyjson_is_arr (entry->shape) || !yyjson_is_arr (offsets))
    return malformed (self, entry->name, "dtype, shape or data_offsets is missing or of the wrong kind");
  read_dtype (entry, yyjson_get_str (dtype));
  return read_offsets (self, entry, offsets) && check_shape (self, entry);
}

static bool read_metadata (Reader *self, yyjson_val *metadata)
{
  CosmosNameTable names = {0};
  bool ok = true;
  size_t i, n;
  yyjson_val *key, *value;
  if (self->file->metadata)
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: __metadata__ is there twice", path_of (self));
  if (!yyjson_is_obj (metadata))
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: __metadata__ is no JSON object", path_of (self));
  self->file->metadata = metadata;
  yyjson_obj_foreach (metadata, i, n, key, value) {
    const char *text = yyjson_get_str (key);
    if (!yyjson_is_str (value) || !is_name (key) || cosmos_name_table_find (&names, text, NULL))
      ok = cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: __metadata__: \"%.80s\" is there twice or not a string",
                             path_of (self), text);
    else if (!cosmos_name_table_add (&names, text, i))
      ok = out_of_memory (self);
    if (!ok)
      break;
  }
  cosmos_name_table_clear (&names);
  return ok;
}

static bool read_entries (Reader *self)
{
  yyjson_val *root = yyjson_doc_get_root (self->file->header), *key, *value;
  size_t i, n;
  if (!yyjson_is_obj (root))
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: the header is no JSON object", path_of (self));
  self->entries = calloc (yyjson_obj_size (root) + 1, sizeof *self->entries);
  if (!self->entries)
    return out_of_memory (self);
  yyjson_obj_foreach (root, i, n, key, value) {
    if (yyjson_equals_str (key, "__metadata__")) {
      if (!read_metadata (self, value))
        return false;
      continue;
    }
    Entry *entry = &self->entries[self->n_entries];
    entry->name = yyjson_get_str (key);
    if (!is_name (key))
      return malformed (self, entry->name, "the name is empty, too long or holds a zero byte");
    if (cosmos_name_table_find (&self->names, entry->name, NULL))
      return malformed (self, entry->name, "is there twice");
    if (!cosmos_name_table_add (&self->names, entry->name, self->n_entries))
      return out_of_memory (self);
    if (!read_entry (self, entry, value))
      return false;
    self->n_entries++;
  }
  return true;
}

static int compare_places (const void *a, const void *b)
{
  const Entry *left = a, *right = b;
  if (left->begin != right->begin)
    return left->begin < right->begin ? -1 : 1;
  return (left->end > right->end) - (left->end < right->end);
}

/* Every byte of the data must belong to one tensor. */
static bool check_places (Reader *self)
{
  uint64_t end = 0;
  if (self->n_entries)
    qsort (self->entries, self->n_entries, sizeof *self->entries, compare_places);
  for (size_t i = 0; i < self->n_entries; i++) {
    if (self->entries[i].begin != end)
      return malformed (self, self->entries[i].name,
                        self->entries[i].begin < end ? "shares bytes with another" : "there is a gap before its data");
    end = self->entries[i].end;
  }
  if (end != self->data_size)
    return cosmos_error_set (self->err, COSMOS_STATUS_CORRUPT, "%s: damaged: %" PRIu64 " bytes behind the last tensor",
                             path_of (self), self->data_size - end);
  return true;
}

/* The tensors that can be handed out: float formats of a rank that we have. */
static bool keep_tensors (Reader *self)
{
  CosmosSafetensors *file = self->file;
  file->tensors = calloc (self->n_entries + 1, sizeof *file->tensors);
  if (!file->tensors)
    return out_of_memory (self);
  for (size_t i = 0; i < self->n_entries; i++) {
    const Entry *entry = &self->entries[i];
    size_t rank = yyjson_arr_size (entry->shape);
    if (entry->dtype == COSMOS_N_DTYPES || rank > COSMOS_FILE_MAX_RANK)
      continue;
    CosmosTensorInfo info = {.name = entry->name, .dtype = entry->dtype, .rank = (int) rank, .data = self->data + entry->begin};
    size_t k, n;
    yyjson_val *length;
    yyjson_arr_foreach (entry->shape, k, n, length) {
      uint64_t numbers = yyjson_get_uint (length);
      info.shape[k] = numbers <= INT64_MAX ? (int64_t) numbers : -1;
    }
    if (!cosmos_tensor_info_measure (&info))
      return malformed (self, entry->name, "the shape is impossible");
    if (!cosmos_name_table_add (&file->names, info.name, file->n_tensors))
      return out_of_memory (self);
    file->tensors[file->n_tensors++] = info;
  }
  return true;
}

static bool read_header (Reader *self)
{
  const unsigned char *bytes = cosmos_mapping_get_data (self->file->mapping);
  size_t size = cosmos_mapping_get_size (self->file->mapping);
  uint64_t length = 0;
  if (size >= sizeof length)
    memcpy (&length, bytes, sizeof length);
  /* Any eight bytes are a length: what follows tells the format from others. */
  if (size <= sizeof length || length == 0 || bytes[sizeof length] != '{')
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: is not a safetensors file", path_of (self));
  if (length > MAX_HEADER)
    return cosmos_error_set (self->err, COSMOS_STATUS_RANGE, "%s: the header has %" PRIu64 " bytes; at most %d are possible",
                             path_of (self), length, MAX_HEADER);
  if (length > size - sizeof length)
    return cosmos_error_set (self->err, COSMOS_STATUS_CORRUPT, "%s: cut off in the header; fetch or make it anew",
                             path_of (self));
  yyjson_read_err error;
  self->data = bytes + sizeof length + length;
  self->data_size = size - sizeof length - (size_t) length;
  /* It is only written to where that is asked for. */
  self->file->header = yyjson_read_opts ((char *) bytes + sizeof length, (size_t) length, YYJSON_READ_NOFLAG, NULL, &error);
  if (!self->file->header && error.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
    return out_of_memory (self);
  if (!self->file->header)
    return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: the header is damaged at byte %zu: %s", path_of (self),
                             sizeof length + error.pos, error.msg);
  return read_entries (self) && check_places (self) && keep_tensors (self);
}

CosmosSafetensors *cosmos_safetensors_new (CosmosMapping *mapping, CosmosError *err)
{
  CosmosSafetensors *self = calloc (1, sizeof *self);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", cosmos_mapping_get_path (mapping));
    cosmos_mapping_free (mapping);
    return NULL;
  }
  self->mapping = mapping;
  Reader reader = {.file = self, .err = err};
  bool ok = read_header (&reader);
  cosmos_name_table_clear (&reader.names);
  free (reader.entries);
  if (!ok) {
    cosmos_safetensors_free (self);
    return NULL;
  }
  return self;
}

CosmosSafetensors *cosmos_safetensors_open (const char *path, CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_open (path, err);
  return mapping ? cosmos_safetensors_new (mapping, err) : NULL;
}

void cosmos_safetensors_free (CosmosSafetensors *self)
{
  if (!self)
    return;
  cosmos_name_table_clear (&self->names);
  free (self->tensors);
  yyjson_doc_free (self->header);
  cosmos_mapping_free (self->mapping);
  free (self);
}

size_t cosmos_safetensors_get_n_tensors (const CosmosSafetensors *self)
{
  return self->n_tensors;
}

const CosmosTensorInfo *cosmos_safetensors_get_tensor (const CosmosSafetensors *self, size_t index)
{
  return &self->tensors[index];
}

const CosmosTensorInfo *cosmos_safetensors_find_tensor (const CosmosSafetensors *self, const char *name)
{
  size_t index;
  return cosmos_name_table_find (&self->names, name, &index) ? &self->tensors[index] : NULL;
}

const char *cosmos_safetensors_get_metadata (const CosmosSafetensors *self, const char *key)
{
  return yyjson_get_str (yyjson_obj_get (self->metadata, key));
}
