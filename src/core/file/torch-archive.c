#include "core/file/torch-archive.h"

#include "core/file/name-table.h"
#include "core/file/torch-state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { MAX_ENTRIES = 65536, MAX_PICKLE = 64 << 20, MAX_NAME = 4096, MAX_BELOW = 32, TAR_MAGIC_AT = 257 };

struct CosmosTorchArchive {
  CosmosMapping *mapping;
  zip_t *zip;
  uint64_t *sizes;        /* of its entries */
  size_t n_entries, root; /* root: bytes of "100000/", which every name begins with */
  CosmosNameTable names;  /* of tensors */
  void *pickle_bytes;
  CosmosPickle *pickle;
  CosmosArena *arena;
  CosmosTorchState state;
};

static const char *path_of (const CosmosTorchArchive *self)
{
  return cosmos_mapping_get_path (self->mapping);
}

static bool out_of_memory (const CosmosTorchArchive *self, CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path_of (self));
}

/* ---- the zip ---- */

/* What begins otherwise is not opened at all: libzip would look for an archive at the end of any file. */
static bool check_layout (const CosmosTorchArchive *self, CosmosError *err)
{
  static const unsigned char legacy[] = {0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
  const unsigned char *bytes = cosmos_mapping_get_data (self->mapping);
  size_t size = cosmos_mapping_get_size (self->mapping);
  bool is_legacy = size >= 2 + sizeof legacy && bytes[0] == 0x80 && memcmp (bytes + 2, legacy, sizeof legacy) == 0;
  bool is_tar = size >= TAR_MAGIC_AT + 5 && memcmp (bytes + TAR_MAGIC_AT, "ustar", 5) == 0;
  if (is_legacy || is_tar)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: is a checkpoint in the %s layout of old PyTorch; save it anew with a PyTorch of 1.6 or later: "
                             "torch.save (torch.load (OLD, weights_only=True), NEW)",
                             path_of (self), is_tar ? "tar" : "unzipped");
  return (size >= 4 && memcmp (bytes, "PK\3\4", 4) == 0)
         || cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: is no checkpoint of PyTorch (no zip archive)", path_of (self));
}

static bool open_zip (CosmosTorchArchive *self, CosmosError *err)
{
  zip_error_t failure;
  zip_error_init (&failure);
  zip_source_t *source = zip_source_buffer_create (cosmos_mapping_get_data (self->mapping),
                                                   cosmos_mapping_get_size (self->mapping), 0, &failure);
  self->zip = source ? zip_open_from_source (source, ZIP_RDONLY | ZIP_CHECKCONS, &failure) : NULL;
  if (!self->zip) {
    bool is_short = zip_error_code_zip (&failure) == ZIP_ER_MEMORY;
    cosmos_error_set (err, is_short ? COSMOS_STATUS_NO_MEMORY : COSMOS_STATUS_CORRUPT,
                      "%s: the archive is cut off or damaged (%s); fetch or save it anew", path_of (self),
                      zip_error_strerror (&failure));
    zip_source_free (source);
  }
  zip_error_fini (&failure);
  return self->zip;
}

static bool is_inside (const char *name)
{
  size_t length = strlen (name);
  return length > 0 && length <= MAX_NAME && name[0] != '/' && !strchr (name, '\\') && strcmp (name, "..") != 0
         && strncmp (name, "../", 3) != 0 && !strstr (name, "/../") && !(length >= 3 && strcmp (name + length - 3, "/..") == 0);
}

static bool check_entry (CosmosTorchArchive *self, zip_uint64_t index, uint64_t *all, CosmosError *err)
{
  const zip_uint64_t wanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD
                              | ZIP_STAT_ENCRYPTION_METHOD;
  zip_stat_t stat;
  if (zip_stat_index (self->zip, index, ZIP_FL_ENC_RAW, &stat) != 0 || (stat.valid & wanted) != wanted)
    return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: entry %" PRIu64 " of the archive is damaged", path_of (self),
                             (uint64_t) index);
  if (!is_inside (stat.name))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: an entry's name leads out of the archive: %.80s", path_of (self),
                             stat.name);
  if (stat.encryption_method != ZIP_EM_NONE || stat.comp_method != ZIP_CM_STORE || stat.comp_size != stat.size)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: %.80s is compressed or encrypted, which torch.save never does; save it anew in PyTorch",
                             path_of (self), stat.name);
  /* Ranges lie before the directory (libzip's check); together they can only be larger than the file where they overlap. */
  if (__builtin_add_overflow (*all, stat.size, all) || *all > cosmos_mapping_get_size (self->mapping))
    return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: entries of the archive overlap", path_of (self));
  self->sizes[index] = stat.size;
  return true;
}

/* Everything lies in one folder, whatever its name. */
static bool check_root (CosmosTorchArchive *self, CosmosError *err)
{
  const char *first = zip_get_name (self->zip, 0, ZIP_FL_ENC_RAW), *slash = strchr (first, '/');
  self->root = slash ? (size_t) (slash - first) + 1 : 0;
  for (size_t i = 0; i < self->n_entries; i++) {
    const char *name = zip_get_name (self->zip, i, ZIP_FL_ENC_RAW);
    if (self->root == 0 || strncmp (name, first, self->root) != 0)
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                               "%s: is a zip archive, but no checkpoint: %.80s lies in no common folder", path_of (self), name);
  }
  return true;
}

static bool check_entries (CosmosTorchArchive *self, CosmosError *err)
{
  zip_int64_t n = zip_get_num_entries (self->zip, 0);
  uint64_t all = 0;
  if (n < 1 || n > MAX_ENTRIES)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: the archive has %" PRId64 " entries; 1 to %d are possible",
                             path_of (self), (int64_t) n, MAX_ENTRIES);
  self->n_entries = (size_t) n;
  self->sizes = calloc (self->n_entries, sizeof *self->sizes);
  if (!self->sizes)
    return out_of_memory (self, err);
  for (size_t i = 0; i < self->n_entries; i++)
    if (!check_entry (self, i, &all, err))
      return false;
  return check_root (self, err);
}

/* The entry of a name below the root; names differ (libzip's check). */
static bool find_entry (const CosmosTorchArchive *self, const char *name, size_t *index)
{
  char full[MAX_NAME + MAX_BELOW];
  const char *first = zip_get_name (self->zip, 0, ZIP_FL_ENC_RAW);
  snprintf (full, sizeof full, "%.*s%s", (int) self->root, first, name);
  zip_int64_t found = zip_name_locate (self->zip, full, ZIP_FL_ENC_RAW);
  if (found >= 0)
    *index = (size_t) found;
  return found >= 0;
}

/* A whole entry, its sum checked; bytes has room for its size. */
static bool read_entry (const CosmosTorchArchive *self, size_t index, void *bytes, CosmosError *err)
{
  zip_file_t *file = zip_fopen_index (self->zip, index, 0);
  uint64_t size = self->sizes[index], at = 0;
  zip_int64_t n = file ? 1 : -1;
  char end;
  while (n > 0 && at < size) {
    n = zip_fread (file, (char *) bytes + at, size - at);
    at += n > 0 ? (uint64_t) n : 0;
  }
  /* The sum is compared as the end is met. */
  if (n >= 0 && at == size)
    n = zip_fread (file, &end, 1);
  bool ok = n == 0 && at == size;
  if (!ok)
    cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: %.80s cannot be read (%s); fetch or save the file anew", path_of (self),
                      zip_get_name (self->zip, index, ZIP_FL_ENC_RAW),
                      file ? zip_file_strerror (file) : zip_strerror (self->zip));
  if (file)
    zip_fclose (file);
  return ok;
}

/* ---- the pickle ---- */

static bool check_byte_order (const CosmosTorchArchive *self, CosmosError *err)
{
  static const char name[] = "byteorder", little[] = "little";
  char order[sizeof little] = {0};
  size_t index;
  if (!find_entry (self, name, &index)) /* before PyTorch 2.1 */
    return true;
  if (self->sizes[index] != strlen (little))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: its numbers are not little-endian", path_of (self));
  if (!read_entry (self, index, order, err))
    return false;
  return strcmp (order, little) == 0
         || cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: its numbers are not little-endian", path_of (self));
}

static bool read_pickle (CosmosTorchArchive *self, CosmosError *err)
{
  static const char name[] = "data.pkl", program[] = "constants.pkl";
  size_t index;
  if (find_entry (self, program, &index))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: is a program (TorchScript), not weights; save state_dict () with torch.save", path_of (self));
  if (!find_entry (self, name, &index))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: is a zip archive, but no checkpoint: it has no %s", path_of (self),
                             name);
  uint64_t size = self->sizes[index];
  if (size > MAX_PICKLE)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: its pickle has %" PRIu64 " bytes; at most %d are possible",
                             path_of (self), size, MAX_PICKLE);
  self->pickle_bytes = malloc (size + 1);
  if (!self->pickle_bytes)
    return out_of_memory (self, err);
  if (!read_entry (self, index, self->pickle_bytes, err))
    return false;
  self->pickle = cosmos_pickle_new (self->pickle_bytes, size, path_of (self), err);
  return self->pickle;
}

static bool find_storage (const void *data, const char *key, size_t length, size_t *storage, uint64_t *bytes)
{
  const CosmosTorchArchive *self = data;
  char name[MAX_BELOW];
  snprintf (name, sizeof name, "data/%.*s", (int) length, key);
  if (!find_entry (self, name, storage))
    return false;
  *bytes = self->sizes[*storage];
  return true;
}

static bool read_state (CosmosTorchArchive *self, CosmosError *err)
{
  const CosmosTorchStorages storages = {find_storage, self};
  self->arena = cosmos_arena_new (1 << 16);
  if (!self->arena)
    return out_of_memory (self, err);
  if (!cosmos_torch_state_read (&self->state, cosmos_pickle_get_root (self->pickle), &storages, self->arena, path_of (self), err))
    return false;
  for (size_t i = 0; i < self->state.n; i++)
    if (!cosmos_name_table_add (&self->names, self->state.infos[i].name, i))
      return out_of_memory (self, err);
  return true;
}

/* ---- the archive ---- */

CosmosTorchArchive *cosmos_torch_archive_new (CosmosMapping *mapping, CosmosError *err)
{
  CosmosTorchArchive *self = calloc (1, sizeof *self);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", cosmos_mapping_get_path (mapping));
    cosmos_mapping_free (mapping);
    return NULL;
  }
  self->mapping = mapping;
  if (check_layout (self, err) && open_zip (self, err) && check_entries (self, err) && check_byte_order (self, err)
      && read_pickle (self, err) && read_state (self, err))
    return self;
  cosmos_torch_archive_free (self);
  return NULL;
}

CosmosTorchArchive *cosmos_torch_archive_open (const char *path, CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_open (path, err);
  return mapping ? cosmos_torch_archive_new (mapping, err) : NULL;
}

void cosmos_torch_archive_free (CosmosTorchArchive *self)
{
  if (!self)
    return;
  cosmos_name_table_clear (&self->names);
  cosmos_arena_free (self->arena);
  cosmos_pickle_free (self->pickle);
  free (self->pickle_bytes);
  free (self->sizes);
  if (self->zip)
    zip_discard (self->zip);
  cosmos_mapping_free (self->mapping);
  free (self);
}

size_t cosmos_torch_archive_get_n_tensors (const CosmosTorchArchive *self)
{
  return self->state.n;
}

const CosmosTensorInfo *cosmos_torch_archive_get_tensor (const CosmosTorchArchive *self, size_t index)
{
  return &self->state.infos[index];
}

const CosmosTensorInfo *cosmos_torch_archive_find_tensor (const CosmosTorchArchive *self, const char *name)
{
  size_t index;
  return cosmos_name_table_find (&self->names, name, &index) ? &self->state.infos[index] : NULL;
}

bool cosmos_torch_archive_get_integer (const CosmosTorchArchive *self, const char *key, int64_t *value)
{
  const CosmosPickleValue *found = cosmos_pickle_find (cosmos_pickle_get_root (self->pickle), key);
  if (!found || found->kind != COSMOS_PICKLE_INTEGER)
    return false;
  *value = found->integer;
  return true;
}

/* ---- numbers ---- */

/* Row-major without gaps; a dimension of one may have any stride. */
static bool is_contiguous (const CosmosTensorInfo *tensor, const CosmosTorchPlace *place)
{
  uint64_t stride = 1;
  for (int i = tensor->rank - 1; i >= 0; i--) {
    if (tensor->shape[i] != 1 && place->strides[i] != stride)
      return false;
    stride *= (uint64_t) tensor->shape[i];
  }
  return true;
}

/* Rows of any strides, one after the other. */
static void gather (const CosmosTensorInfo *tensor, const CosmosTorchPlace *place, const char *storage, float *values)
{
  size_t size = cosmos_dtype_get_block_size (tensor->dtype);
  int64_t at[COSMOS_FILE_MAX_RANK] = {0};
  for (size_t i = 0; i < tensor->count; i++) {
    uint64_t number = place->offset;
    for (int k = 0; k < tensor->rank; k++)
      number += (uint64_t) at[k] * place->strides[k];
    cosmos_dtype_to_float (tensor->dtype, storage + number * size, &values[i], 1);
    for (int k = tensor->rank - 1; k >= 0 && ++at[k] == tensor->shape[k]; k--)
      at[k] = 0;
  }
}

bool cosmos_torch_archive_read (const CosmosTorchArchive *self, const CosmosTensorInfo *tensor, float *values, CosmosError *err)
{
  const CosmosTorchPlace *place = &self->state.places[tensor - self->state.infos];
  if (tensor->count == 0)
    return true;
  bool is_plain = is_contiguous (tensor, place);
  if (is_plain && tensor->dtype == COSMOS_DTYPE_F32 && tensor->count == place->numbers)
    return read_entry (self, place->storage, values, err);
  char *storage = malloc (self->sizes[place->storage]);
  if (!storage)
    return out_of_memory (self, err);
  bool ok = read_entry (self, place->storage, storage, err);
  if (ok && is_plain)
    cosmos_dtype_to_float (tensor->dtype, storage + place->offset * cosmos_dtype_get_block_size (tensor->dtype), values,
                           tensor->count);
  else if (ok)
    gather (tensor, place, storage, values);
  free (storage);
  return ok;
}
