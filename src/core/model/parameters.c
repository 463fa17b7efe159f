#include "core/model/parameters.h"

#include "core/base/simd.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 128 };

typedef enum { MATRIX, VECTOR, TABLE, CONSTANT } Kind;

typedef struct {
  char name[MAX_NAME];
  Kind kind;
  int64_t rows, columns; /* rows 0: a vector */
  CosmosWeight *weight;  /* of a matrix */
  CosmosTensor tensor;   /* of the others */
  float *values;         /* owned; NULL where a matrix stays in its file */
  float *grad;           /* owned, or NULL */
} Parameter;

struct CosmosParameters {
  const CosmosGguf *gguf;
  const CosmosSafetensors *safetensors; /* neither: random */
  char *origin;
  uint64_t seed;
  CosmosCompute compute;
  bool is_trainable;
  Parameter **items; /* in the order of asking */
  size_t n, capacity;
  CosmosError failure;
  float zero;
  CosmosTensor no_tensor;
  CosmosWeight *no_weight;
};

static CosmosParameters *new_store (const char *origin, CosmosCompute compute)
{
  CosmosParameters *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  self->origin = strdup (origin);
  self->compute = compute;
  self->no_tensor = cosmos_tensor (&self->zero, 1, (int64_t[]) {1});
  self->no_weight = cosmos_weight_new (1, 1, COSMOS_DTYPE_F32, &self->zero, compute);
  if (self->origin && self->no_weight)
    return self;
  cosmos_parameters_free (self);
  return NULL;
}

CosmosParameters *cosmos_parameters_new_from_gguf (const CosmosGguf *file, CosmosCompute compute)
{
  CosmosParameters *self = new_store (cosmos_gguf_get_path (file), compute);
  if (self)
    self->gguf = file;
  return self;
}

CosmosParameters *cosmos_parameters_new_from_safetensors (const CosmosSafetensors *file, const char *path, CosmosCompute compute)
{
  CosmosParameters *self = new_store (path, compute);
  if (self)
    self->safetensors = file;
  return self;
}

CosmosParameters *cosmos_parameters_new_random (uint64_t seed, CosmosCompute compute)
{
  CosmosParameters *self = new_store ("random parameters", compute);
  if (self)
    self->seed = seed;
  return self;
}

static void free_parameter (Parameter *item)
{
  cosmos_weight_free (item->weight);
  free (item->values);
  free (item->grad);
  free (item);
}

void cosmos_parameters_free (CosmosParameters *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < self->n; i++)
    free_parameter (self->items[i]);
  free (self->items);
  if (self->no_weight)
    cosmos_weight_free (self->no_weight);
  free (self->origin);
  free (self);
}

static bool fail_no_memory (CosmosError *err, const Parameter *item)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the parameter %s", item->name);
}

static int64_t count_of (const Parameter *item)
{
  return (item->rows ? item->rows : 1) * item->columns;
}

static bool ends_with (const char *text, const char *end)
{
  size_t n = strlen (text), m = strlen (end);
  return n >= m && strcmp (text + n - m, end) == 0;
}

/* ---- random values ---- */

/* SplitMix64 (Steele, Lea, Flood 2014): the index-th word of a stream. */
COSMOS_SIMD_INLINE uint64_t mix (uint64_t stream, uint64_t index)
{
  uint64_t z = stream + (index + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

COSMOS_SIMD_CLONES static void fill_stream (uint64_t stream, float unit, float *values, int64_t n)
{
  for (int64_t i = 0; i < n; i++) {
    uint64_t word = mix (stream, (uint64_t) i);
    int sum = (int) (word & 0xFFFF) + (int) (word >> 16 & 0xFFFF) + (int) (word >> 32 & 0xFFFF) + (int) (word >> 48);
    values[i] = (float) (sum - 131070) * unit;
  }
}

/* The sum of a word's four 16-bit parts, less its mean 2 (2^16 - 1), has the variance (2^32 - 1) / 3. */
static void fill_random (uint64_t seed, const Parameter *item, double deviation)
{
  uint64_t stream = 0xCBF29CE484222325u; /* FNV-1a of the name */
  for (const char *c = item->name; *c; c++)
    stream = (stream ^ (unsigned char) *c) * 0x100000001B3u;
  fill_stream (stream ^ mix (seed, 0), (float) (deviation / sqrt (4294967295.0 / 3)), item->values, count_of (item));
}

static void fill (uint64_t seed, const Parameter *item)
{
  bool is_zero = ends_with (item->name, "bias") || ends_with (item->name, "mean") || ends_with (item->name, "_scale.weight");
  bool is_flat = is_zero || item->kind == VECTOR || ends_with (item->name, "std");
  if (!is_flat)
    fill_random (seed, item, item->kind == MATRIX ? 1 / sqrt ((double) item->columns) : 0.02);
  for (int64_t i = 0; is_flat && i < count_of (item); i++)
    item->values[i] = is_zero ? 0 : 1;
}

/* ---- values of files ---- */

static void write_shape (char *text, size_t size, int rank, const int64_t *shape)
{
  int length = snprintf (text, size, "[");
  for (int i = 0; i < rank; i++)
    length += snprintf (text + length, size - (size_t) length, "%s%lld", i ? ", " : "", (long long) shape[i]);
  snprintf (text + length, size - (size_t) length, "]");
}

/* The tensor of a file in the shape that is wanted. */
static const CosmosTensorInfo *find (const CosmosParameters *self, const Parameter *item, CosmosError *err)
{
  const CosmosTensorInfo *info = self->gguf ? cosmos_gguf_find_tensor (self->gguf, item->name)
                                            : cosmos_safetensors_find_tensor (self->safetensors, item->name);
  if (!info) {
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tensor %s is missing", self->origin, item->name);
    return NULL;
  }
  int rank = item->rows ? 2 : 1;
  int64_t shape[2] = {item->rows ? item->rows : item->columns, item->columns};
  if (info->rank == rank && memcmp (info->shape, shape, (size_t) rank * sizeof *shape) == 0)
    return info;
  char found[96], wanted[48];
  write_shape (found, sizeof found, info->rank, info->shape);
  write_shape (wanted, sizeof wanted, rank, shape);
  cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tensor %s has the shape %s; the sizes of the model ask for %s",
                    self->origin, item->name, found, wanted);
  return NULL;
}

static bool read_values (const CosmosParameters *self, const Parameter *item, const CosmosTensorInfo *info, CosmosError *err)
{
  cosmos_dtype_to_float (info->dtype, info->data, item->values, info->count);
  for (size_t i = 0; i < info->count; i++)
    if (!isfinite (item->values[i]))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: the tensor %s holds numbers that are not finite", self->origin,
                               item->name);
  return true;
}

/* ---- asking ---- */

/* Fills an item that has its name, kind and shape. */
static bool load (CosmosParameters *self, Parameter *item, CosmosError *err)
{
  bool is_random = !self->gguf && !self->safetensors;
  const CosmosTensorInfo *info = is_random ? NULL : find (self, item, err);
  if (!is_random && !info)
    return false;
  int64_t count;
  if (item->columns < 1 || item->rows < 0 || __builtin_mul_overflow (item->rows ? item->rows : 1, item->columns, &count)
      || count > PTRDIFF_MAX / (int64_t) sizeof (float))
    return fail_no_memory (err, item);
  bool is_owned = is_random || item->kind != MATRIX || self->is_trainable;
  if (is_owned) {
    item->values = malloc ((size_t) count * sizeof (float));
    if (!item->values)
      return fail_no_memory (err, item);
    if (is_random)
      fill (self->seed, item);
    else if (!read_values (self, item, info, err))
      return false;
  }
  if (item->kind != MATRIX) {
    item->tensor = item->rows ? cosmos_tensor (item->values, 2, (int64_t[]) {item->rows, item->columns})
                              : cosmos_tensor (item->values, 1, &item->columns);
    return true;
  }
  item->weight = cosmos_weight_new (item->rows, item->columns, is_owned ? COSMOS_DTYPE_F32 : info->dtype,
                                    is_owned ? item->values : info->data, self->compute);
  return item->weight ? true : fail_no_memory (err, item);
}

static bool append (CosmosParameters *self, Parameter *item)
{
  if (self->n == self->capacity) {
    size_t capacity = self->capacity ? 2 * self->capacity : 64;
    Parameter **items = realloc (self->items, capacity * sizeof *items);
    if (!items)
      return false;
    self->items = items;
    self->capacity = capacity;
  }
  self->items[self->n++] = item;
  return true;
}

static const Parameter *ask (CosmosParameters *self, Kind kind, int64_t rows, int64_t columns, const char *format, va_list args)
{
  if (self->failure.code != COSMOS_STATUS_OK)
    return NULL;
  Parameter wanted = {.kind = kind, .rows = rows, .columns = columns};
  vsnprintf (wanted.name, sizeof wanted.name, format, args);
  for (size_t i = 0; i < self->n; i++) {
    const Parameter *item = self->items[i];
    if (strcmp (item->name, wanted.name) != 0)
      continue;
    if (item->rows == rows && item->columns == columns && (item->kind == MATRIX) == (kind == MATRIX))
      return item;
    cosmos_error_set (&self->failure, COSMOS_STATUS_FORMAT, "%s: the parameter %s is asked for in two shapes", self->origin,
                      wanted.name);
    return NULL;
  }
  Parameter *item = malloc (sizeof *item);
  if (!item) {
    fail_no_memory (&self->failure, &wanted);
    return NULL;
  }
  *item = wanted;
  if (load (self, item, &self->failure)) {
    if (append (self, item))
      return item;
    fail_no_memory (&self->failure, item);
  }
  free_parameter (item);
  return NULL;
}

/* The item of a call with a printf format after `last`. */
#define ASK(item, kind, rows, columns, last)            \
  const Parameter *item;                                \
  do {                                                  \
    va_list args;                                       \
    va_start (args, last);                              \
    item = ask (self, kind, rows, columns, last, args); \
    va_end (args);                                      \
  } while (0)

const CosmosWeight *cosmos_parameters_matrix (CosmosParameters *self, int64_t out, int64_t in, const char *name, ...)
{
  ASK (item, MATRIX, out, in, name);
  return item ? item->weight : self->no_weight;
}

const CosmosTensor *cosmos_parameters_vector (CosmosParameters *self, int64_t n, const char *name, ...)
{
  ASK (item, VECTOR, 0, n, name);
  return item ? &item->tensor : &self->no_tensor;
}

const CosmosTensor *cosmos_parameters_table (CosmosParameters *self, int64_t rows, int64_t columns, const char *name, ...)
{
  ASK (item, TABLE, rows, columns, name);
  return item ? &item->tensor : &self->no_tensor;
}

const CosmosTensor *cosmos_parameters_constant (CosmosParameters *self, int64_t rows, int64_t columns, const char *name, ...)
{
  ASK (item, CONSTANT, rows, columns, name);
  return item ? &item->tensor : &self->no_tensor;
}

bool cosmos_parameters_check (const CosmosParameters *self, CosmosError *err)
{
  if (self->failure.code == COSMOS_STATUS_OK)
    return true;
  if (err)
    *err = self->failure;
  return false;
}

int64_t cosmos_parameters_count (const CosmosParameters *self, const char *prefix)
{
  int64_t count = 0;
  for (size_t i = 0; i < self->n; i++)
    if (self->items[i]->kind != CONSTANT && strncmp (self->items[i]->name, prefix, strlen (prefix)) == 0)
      count += count_of (self->items[i]);
  return count;
}

void cosmos_parameters_make_trainable (CosmosParameters *self)
{
  self->is_trainable = true;
}

bool cosmos_parameters_make_gradients (CosmosParameters *self, CosmosError *err)
{
  for (size_t i = 0; i < self->n; i++) {
    Parameter *item = self->items[i];
    if (item->kind == CONSTANT || item->grad)
      continue;
    if (item->weight && cosmos_weight_get_dtype (item->weight) != COSMOS_DTYPE_F32)
      return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %s is %s; only F32 parameters can be trained", self->origin,
                               item->name, cosmos_dtype_get_name (cosmos_weight_get_dtype (item->weight)));
    item->grad = calloc ((size_t) count_of (item), sizeof (float));
    if (!item->grad)
      return fail_no_memory (err, item);
    if (item->weight)
      cosmos_weight_set_grad (item->weight, item->grad);
    else
      item->tensor.grad = item->grad;
  }
  return true;
}

float *cosmos_parameters_get_gradient (const CosmosParameters *self, const char *name)
{
  for (size_t i = 0; i < self->n; i++)
    if (strcmp (self->items[i]->name, name) == 0)
      return self->items[i]->grad;
  return NULL;
}

size_t cosmos_parameters_get_n (const CosmosParameters *self)
{
  return self->n;
}

CosmosParameter cosmos_parameters_get (const CosmosParameters *self, size_t index)
{
  const Parameter *item = self->items[index];
  return (CosmosParameter) {item->name,   item->rows, item->columns, item->kind == MATRIX, item->kind == CONSTANT,
                            item->values, item->grad};
}

void cosmos_parameters_touch (CosmosParameters *self)
{
  for (size_t i = 0; i < self->n; i++)
    if (self->items[i]->weight)
      cosmos_weight_touch (self->items[i]->weight);
}

const char *cosmos_parameters_get_origin (const CosmosParameters *self)
{
  return self->origin;
}
