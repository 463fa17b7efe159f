#include "core/math/graph.h"
#include "core/math/parallel.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Holds a run of a small model at once; larger ones add chunks in their first run. */
enum { FIRST_CHUNK = 4 << 20 };

/* One op's way back; the tape is a list from the last to the first, in the arena. */
typedef struct Record {
  CosmosBackward backward;
  const void *op;
  const struct Record *before;
} Record;

struct CosmosGraph {
  CosmosPool *pool;
  CosmosProgress *progress;
  CosmosArena *arena;
  CosmosArenaMark start;
  bool has_tape;
  const Record *tape;
  CosmosError failure; /* COSMOS_STATUS_OK: none */
  CosmosTensor nothing;
};

CosmosGraph *cosmos_graph_new (CosmosPool *pool, CosmosProgress *progress)
{
  CosmosGraph *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  self->arena = cosmos_arena_new (FIRST_CHUNK);
  if (!self->arena) {
    free (self);
    return NULL;
  }
  self->pool = pool;
  self->progress = progress;
  self->start = cosmos_arena_mark (self->arena);
  self->nothing = cosmos_tensor (NULL, 1, (int64_t[]) {0});
  return self;
}

void cosmos_graph_free (CosmosGraph *self)
{
  if (!self)
    return;
  cosmos_arena_free (self->arena);
  free (self);
}

void cosmos_graph_set_progress (CosmosGraph *self, CosmosProgress *progress)
{
  self->progress = progress;
}

void cosmos_graph_reset (CosmosGraph *self)
{
  cosmos_arena_rewind (self->arena, self->start);
  self->has_tape = false;
  self->tape = NULL;
  self->failure = (CosmosError) {COSMOS_STATUS_OK};
}

bool cosmos_graph_check (const CosmosGraph *self, CosmosError *err)
{
  if (self->failure.code == COSMOS_STATUS_OK)
    return true;
  if (err)
    *err = self->failure;
  return false;
}

CosmosPool *cosmos_graph_get_pool (CosmosGraph *self)
{
  return self->pool;
}

CosmosArena *cosmos_graph_get_arena (CosmosGraph *self)
{
  return self->arena;
}

bool cosmos_graph_has_failed (CosmosGraph *self)
{
  if (self->failure.code == COSMOS_STATUS_OK && cosmos_progress_is_cancelled (self->progress))
    cosmos_graph_fail (self, COSMOS_STATUS_CANCELLED, "%s", cosmos_status_text (COSMOS_STATUS_CANCELLED));
  return self->failure.code != COSMOS_STATUS_OK;
}

CosmosTensor *cosmos_graph_fail (CosmosGraph *self, CosmosStatus code, const char *format, ...)
{
  assert (code != COSMOS_STATUS_OK);
  if (self->failure.code == COSMOS_STATUS_OK) {
    char message[sizeof self->failure.message];
    va_list args;
    va_start (args, format);
    vsnprintf (message, sizeof message, format, args);
    va_end (args);
    cosmos_error_set (&self->failure, code, "%s", message);
  }
  return cosmos_graph_nothing (self);
}

CosmosTensor *cosmos_graph_nothing (CosmosGraph *self)
{
  return &self->nothing;
}

/* ---- tensors ---- */

void *cosmos_graph_alloc (CosmosGraph *self, size_t size)
{
  if (self->failure.code != COSMOS_STATUS_OK)
    return NULL;
  void *memory = cosmos_arena_alloc (self->arena, size);
  if (!memory)
    cosmos_graph_fail (self, COSMOS_STATUS_NO_MEMORY,
                       "There is not enough memory for %zu more bytes: use a smaller batch or a shorter text", size);
  return memory;
}

/* Bytes of so many floats, SIZE_MAX where that is too many for any memory (the arena refuses it). */
static size_t size_of_floats (int rank, const int64_t *shape)
{
  size_t size = sizeof (float);
  for (int i = 0; i < rank; i++) {
    assert (shape[i] >= 0);
    if (__builtin_mul_overflow (size, (size_t) shape[i], &size))
      return SIZE_MAX;
  }
  return size;
}

/* A header with its numbers; NULL on failure. */
static CosmosTensor *new_tensor (CosmosGraph *self, int rank, const int64_t *shape)
{
  CosmosTensor *tensor = cosmos_graph_alloc (self, sizeof *tensor);
  float *data = cosmos_graph_alloc (self, size_of_floats (rank, shape));
  if (!data)
    return NULL;
  *tensor = cosmos_tensor (data, rank, shape);
  return tensor;
}

CosmosTensor *cosmos_graph_tensor (CosmosGraph *self, int rank, const int64_t *shape)
{
  CosmosTensor *tensor = new_tensor (self, rank, shape);
  if (tensor && self->has_tape) {
    size_t size = size_of_floats (rank, shape);
    tensor->grad = cosmos_graph_alloc (self, size);
    tensor->unset = cosmos_graph_alloc (self, sizeof *tensor->unset);
    if (tensor->unset)
      *tensor->unset = true;
  }
  return self->failure.code == COSMOS_STATUS_OK ? tensor : cosmos_graph_nothing (self);
}

CosmosTensor *cosmos_graph_tensor_like (CosmosGraph *self, const CosmosTensor *other)
{
  return cosmos_graph_tensor (self, other->rank, other->shape);
}

CosmosTensor *cosmos_graph_input (CosmosGraph *self, int rank, const int64_t *shape, const float *values)
{
  CosmosTensor *tensor = new_tensor (self, rank, shape);
  if (!tensor)
    return cosmos_graph_nothing (self);
  cosmos_tensor_copy_from (tensor, values);
  return tensor;
}

CosmosTensor *cosmos_graph_view (CosmosGraph *self, CosmosTensor header)
{
  CosmosTensor *tensor = cosmos_graph_alloc (self, sizeof *tensor);
  if (!tensor)
    return cosmos_graph_nothing (self);
  *tensor = header;
  return tensor;
}

/* ---- scopes ---- */

CosmosArenaMark cosmos_graph_begin (CosmosGraph *self)
{
  return cosmos_arena_mark (self->arena);
}

CosmosTensor *cosmos_graph_end (CosmosGraph *self, CosmosArenaMark scope, CosmosTensor *keep)
{
  if (self->has_tape)
    return self->failure.code == COSMOS_STATUS_OK ? keep : cosmos_graph_nothing (self);
  CosmosTensor kept = *keep;
  assert (cosmos_tensor_is_packed (&kept));
  cosmos_arena_rewind (self->arena, scope);
  CosmosTensor *tensor = cosmos_graph_alloc (self, sizeof *tensor);
  size_t size = size_of_floats (kept.rank, kept.shape);
  float *data = cosmos_graph_alloc (self, size);
  if (!data)
    return cosmos_graph_nothing (self);
  /* The numbers move before the header is written: they may lie where it goes. */
  memmove (data, kept.data, size);
  *tensor = cosmos_tensor (data, kept.rank, kept.shape);
  return tensor;
}

/* ---- the tape ---- */

void cosmos_graph_start_tape (CosmosGraph *self)
{
  self->has_tape = true;
}

bool cosmos_graph_has_tape (const CosmosGraph *self)
{
  return self->has_tape;
}

static void clear_rows (int64_t first, int64_t count, void *data)
{
  const CosmosTensor *tensor = data;
  int64_t columns = cosmos_tensor_get_columns (tensor);
  for (int64_t r = first; r < first + count; r++)
    memset (tensor->grad + r * tensor->stride, 0, (size_t) columns * sizeof *tensor->grad);
}

void cosmos_graph_settle (CosmosGraph *self, const CosmosTensor *tensor)
{
  if (tensor->grad && cosmos_tensor_claim_grad (tensor))
    cosmos_parallel (self->pool, cosmos_tensor_get_rows (tensor), 0.1 * (double) cosmos_tensor_get_columns (tensor), clear_rows,
                     (void *) tensor);
}

void cosmos_graph_record (CosmosGraph *self, CosmosBackward backward, const void *op)
{
  if (!self->has_tape)
    return;
  Record *record = cosmos_graph_alloc (self, sizeof *record);
  if (!record)
    return;
  *record = (Record) {backward, op, self->tape};
  self->tape = record;
}

void cosmos_graph_record_copy (CosmosGraph *self, CosmosBackward backward, const void *op, size_t size)
{
  if (!self->has_tape)
    return;
  void *copy = cosmos_graph_alloc (self, size);
  if (!copy)
    return;
  memcpy (copy, op, size);
  cosmos_graph_record (self, backward, copy);
}

bool cosmos_graph_backward (CosmosGraph *self, CosmosTensor *loss, CosmosError *err)
{
  if (!cosmos_graph_has_failed (self)) {
    assert (cosmos_tensor_get_count (loss) == 1 && loss->grad);
    cosmos_tensor_claim_grad (loss);
    loss->grad[0] = 1.0f;
  }
  for (const Record *record = self->tape; record && !cosmos_graph_has_failed (self); record = record->before)
    record->backward (self, record->op);
  return cosmos_graph_check (self, err);
}
