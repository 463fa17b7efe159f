#include "core/file/torch-state.h"

#include "core/file/name-table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_TENSORS = 65536, MAX_VISITS = 1 << 20, MAX_DEPTH = 8, MAX_NAME = 4096, MAX_RANK = 8 };

/* What _rebuild_tensor_v2 and a persistent id consist of. */
enum { TENSOR_STORAGE, TENSOR_OFFSET, TENSOR_SIZES, TENSOR_STRIDES, TENSOR_LEAST = 6, TENSOR_MOST = 7 };
enum { STORAGE_WORD, STORAGE_CLASS, STORAGE_KEY, STORAGE_LOCATION, STORAGE_NUMBERS, STORAGE_PARTS };

typedef struct {
  CosmosTorchState *state;
  const CosmosTorchStorages *storages;
  CosmosArena *arena;
  CosmosNameTable names;
  int visits;
  char name[MAX_NAME + 1]; /* of the value that is looked at */
  const char *path;
  CosmosError *err;
} Reader;

static bool malformed (const Reader *self, const char *what)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: tensor %.80s: %s", self->path, self->name, what);
}

static bool out_of_memory (const Reader *self)
{
  return cosmos_error_set (self->err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", self->path);
}

/* ---- one tensor ---- */

static bool find_dtype (const CosmosPickleValue *class, CosmosDtype *dtype, uint64_t *size)
{
  static const struct {
    const char *name;
    CosmosDtype dtype; /* COSMOS_N_DTYPES: not handed out */
    uint64_t size;
  } known[] = {
    {"FloatStorage", COSMOS_DTYPE_F32, 4}, {"HalfStorage", COSMOS_DTYPE_F16, 2}, {"BFloat16Storage", COSMOS_DTYPE_BF16, 2},
    {"DoubleStorage", COSMOS_N_DTYPES, 8}, {"LongStorage", COSMOS_N_DTYPES, 8},  {"IntStorage", COSMOS_N_DTYPES, 4},
    {"ShortStorage", COSMOS_N_DTYPES, 2},  {"CharStorage", COSMOS_N_DTYPES, 1},  {"ByteStorage", COSMOS_N_DTYPES, 1},
    {"BoolStorage", COSMOS_N_DTYPES, 1},
  };
  for (size_t i = 0; class->kind == COSMOS_PICKLE_GLOBAL && i < sizeof known / sizeof *known; i++)
    if (strcmp (known[i].name, class->global->name) == 0) {
      *dtype = known[i].dtype;
      *size = known[i].size;
      return true;
    }
  return false;
}

static bool is_key (const CosmosPickleValue *key)
{
  enum { MAX_DIGITS = 9 };
  if (key->kind != COSMOS_PICKLE_TEXT || key->text.length == 0 || key->text.length > MAX_DIGITS)
    return false;
  for (size_t i = 0; i < key->text.length; i++)
    if (key->text.data[i] < '0' || key->text.data[i] > '9')
      return false;
  return true;
}

static bool is_size (const CosmosPickleValue *value)
{
  return value->kind == COSMOS_PICKLE_INTEGER && value->integer >= 0;
}

static bool read_storage (const Reader *self, const CosmosPickleValue *storage, CosmosDtype *dtype, CosmosTorchPlace *place)
{
  uint64_t size, wanted, bytes;
  if (storage->kind != COSMOS_PICKLE_STORAGE || storage->n != STORAGE_PARTS
      || !cosmos_pickle_is_text (storage->items[STORAGE_WORD], "storage") || !is_size (storage->items[STORAGE_NUMBERS])
      || !find_dtype (storage->items[STORAGE_CLASS], dtype, &size))
    return malformed (self, "its storage is not described as torch.save does it");
  const CosmosPickleValue *key = storage->items[STORAGE_KEY];
  if (!is_key (key))
    return malformed (self, "the key of its storage is no whole number");
  if (!self->storages->find (self->storages->data, key->text.data, key->text.length, &place->storage, &bytes))
    return cosmos_error_set (self->err, COSMOS_STATUS_CORRUPT, "%s: tensor %.80s: its numbers, data/%.*s, are not in the file",
                             self->path, self->name, (int) key->text.length, key->text.data);
  place->numbers = (uint64_t) storage->items[STORAGE_NUMBERS]->integer;
  if (__builtin_mul_overflow (place->numbers, size, &wanted) || wanted != bytes)
    return cosmos_error_set (self->err, COSMOS_STATUS_CORRUPT,
                             "%s: tensor %.80s: its storage is to have %" PRIu64 " numbers, but data/%.*s has %" PRIu64 " bytes",
                             self->path, self->name, place->numbers, (int) key->text.length, key->text.data, bytes);
  return true;
}

/* The last number must lie in the storage, and the tensor must not be larger than it (a stride of 0 would blow it up). */
static bool check_range (const Reader *self, const uint64_t *sizes, const uint64_t *strides, int rank,
                         const CosmosTorchPlace *place)
{
  uint64_t count = 1, last = place->offset;
  bool is_empty = false;
  for (int i = 0; i < rank; i++) {
    uint64_t step;
    is_empty |= sizes[i] == 0;
    if (is_empty)
      continue;
    if (__builtin_mul_overflow (count, sizes[i], &count) || __builtin_mul_overflow (sizes[i] - 1, strides[i], &step)
        || __builtin_add_overflow (last, step, &last))
      return malformed (self, "the shape is impossible");
  }
  if (is_empty)
    return true;
  if (last >= place->numbers)
    return malformed (self, "reaches over the end of its storage");
  return count <= place->numbers || malformed (self, "is larger than its storage");
}

static bool read_numbers (const Reader *self, const CosmosPickleValue *tuple, uint64_t *numbers)
{
  for (size_t i = 0; i < tuple->n; i++) {
    if (!is_size (tuple->items[i]))
      return malformed (self, "its sizes and strides must be whole numbers from 0 on");
    numbers[i] = (uint64_t) tuple->items[i]->integer;
  }
  return true;
}

/* Room for one more. */
static bool reserve (const Reader *self)
{
  CosmosTorchState *state = self->state;
  if (state->n < state->capacity)
    return true;
  if (state->n == MAX_TENSORS)
    return cosmos_error_set (self->err, COSMOS_STATUS_RANGE, "%s: has more than %d tensors", self->path, MAX_TENSORS);
  size_t capacity = state->capacity ? 2 * state->capacity : 256;
  CosmosTensorInfo *infos = cosmos_arena_alloc (self->arena, capacity * sizeof *infos);
  CosmosTorchPlace *places = cosmos_arena_alloc (self->arena, capacity * sizeof *places);
  if (!infos || !places)
    return out_of_memory (self);
  if (state->n) {
    memcpy (infos, state->infos, state->n * sizeof *infos);
    memcpy (places, state->places, state->n * sizeof *places);
  }
  state->infos = infos;
  state->places = places;
  state->capacity = capacity;
  return true;
}

static bool keep (Reader *self, const CosmosTensorInfo *info, const CosmosTorchPlace *place)
{
  size_t size = strlen (self->name) + 1;
  char *name = cosmos_arena_alloc (self->arena, size);
  if (!name)
    return out_of_memory (self);
  memcpy (name, self->name, size);
  if (cosmos_name_table_find (&self->names, name, NULL))
    return malformed (self, "is there twice");
  if (!reserve (self))
    return false;
  if (!cosmos_name_table_add (&self->names, name, self->state->n))
    return out_of_memory (self);
  self->state->infos[self->state->n] = *info;
  self->state->infos[self->state->n].name = name;
  self->state->places[self->state->n++] = *place;
  return true;
}

static bool read_tensor (Reader *self, const CosmosPickleValue *tensor)
{
  uint64_t sizes[MAX_RANK], strides[MAX_RANK];
  CosmosTensorInfo info = {0};
  CosmosTorchPlace place = {0};
  if (tensor->n < TENSOR_LEAST || tensor->n > TENSOR_MOST || !is_size (tensor->items[TENSOR_OFFSET])
      || tensor->items[TENSOR_SIZES]->kind != COSMOS_PICKLE_TUPLE || tensor->items[TENSOR_STRIDES]->kind != COSMOS_PICKLE_TUPLE
      || tensor->items[TENSOR_SIZES]->n != tensor->items[TENSOR_STRIDES]->n)
    return malformed (self, "is not described as torch.save does it");
  size_t rank = tensor->items[TENSOR_SIZES]->n;
  if (rank > MAX_RANK)
    return malformed (self, "has more than 8 dimensions");
  place.offset = (uint64_t) tensor->items[TENSOR_OFFSET]->integer;
  if (!read_storage (self, tensor->items[TENSOR_STORAGE], &info.dtype, &place)
      || !read_numbers (self, tensor->items[TENSOR_SIZES], sizes) || !read_numbers (self, tensor->items[TENSOR_STRIDES], strides)
      || !check_range (self, sizes, strides, (int) rank, &place))
    return false;
  if (info.dtype == COSMOS_N_DTYPES || rank > COSMOS_FILE_MAX_RANK)
    return true;
  info.rank = (int) rank;
  for (size_t i = 0; i < rank; i++) {
    info.shape[i] = (int64_t) sizes[i];
    place.strides[i] = strides[i];
  }
  return cosmos_tensor_info_measure (&info) ? keep (self, &info, &place) : malformed (self, "the shape is impossible");
}

/* ---- the tree ---- */

static bool read_value (Reader *self, const CosmosPickleValue *value, int depth);

/* Looks at a value under one name more. */
static bool descend (Reader *self, const CosmosPickleValue *value, const char *name, size_t length, int depth)
{
  size_t before = strlen (self->name), dot = before > 0;
  if (before + dot + length > MAX_NAME || memchr (name, 0, length))
    return malformed (self, "a name in it is too long or holds a zero byte");
  if (dot)
    self->name[before] = '.';
  memcpy (self->name + before + dot, name, length);
  self->name[before + dot + length] = 0;
  bool ok = read_value (self, value, depth);
  self->name[before] = 0;
  return ok;
}

static bool descend_number (Reader *self, const CosmosPickleValue *value, int64_t number, int depth)
{
  char digits[24];
  int length = snprintf (digits, sizeof digits, "%" PRId64, number);
  return descend (self, value, digits, (size_t) length, depth);
}

static bool read_dict (Reader *self, const CosmosPickleValue *dict, int depth)
{
  for (size_t i = 0; i < dict->n; i += 2) {
    const CosmosPickleValue *key = dict->items[i], *value = dict->items[i + 1];
    if (!(key->kind == COSMOS_PICKLE_TEXT ? descend (self, value, key->text.data, key->text.length, depth)
                                          : descend_number (self, value, key->integer, depth)))
      return false;
  }
  return true;
}

static bool read_list (Reader *self, const CosmosPickleValue *list, int depth)
{
  for (size_t i = 0; i < list->n; i++)
    if (!descend_number (self, list->items[i], (int64_t) i, depth))
      return false;
  return true;
}

/* Both bounds are for lists that hold themselves or each other many times. */
static bool read_value (Reader *self, const CosmosPickleValue *value, int depth)
{
  if (depth > MAX_DEPTH)
    return malformed (self, "is nested too deeply");
  if (++self->visits > MAX_VISITS)
    return cosmos_error_set (self->err, COSMOS_STATUS_RANGE, "%s: has more than %d values", self->path, MAX_VISITS);
  switch (value->kind) {
  case COSMOS_PICKLE_TENSOR:
    return read_tensor (self, value);
  case COSMOS_PICKLE_DICT:
    return read_dict (self, value, depth + 1);
  case COSMOS_PICKLE_LIST:
  case COSMOS_PICKLE_TUPLE:
    return read_list (self, value, depth + 1);
  default:
    return true;
  }
}

bool cosmos_torch_state_read (CosmosTorchState *self, const CosmosPickleValue *root, const CosmosTorchStorages *storages,
                              CosmosArena *arena, const char *path, CosmosError *err)
{
  *self = (CosmosTorchState) {0};
  if (root->kind != COSMOS_PICKLE_DICT)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: holds no dictionary of tensors; save a state_dict () in PyTorch",
                             path);
  Reader reader = {.state = self, .storages = storages, .arena = arena, .path = path, .err = err};
  bool ok = read_value (&reader, root, 0);
  cosmos_name_table_clear (&reader.names);
  return ok;
}
