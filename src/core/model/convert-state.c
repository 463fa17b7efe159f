#include "core/model/convert-state.h"

#include "core/model/convert-bert-names.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AVERAGES "ema.shadow_params."

/* What follows the dict's name and a parallel wrapper's "module."; NULL where name is of another dict. */
static const char *strip (const char *name, const char *dict)
{
  size_t length = strlen (dict);
  if (strncmp (name, dict, length) != 0 || name[length] != '.')
    return NULL;
  name += length + 1;
  return strncmp (name, "module.", 7) == 0 ? name + 7 : name;
}

static bool allocate (CosmosState *self, size_t n, CosmosError *err)
{
  self->members = calloc (n + 1, sizeof *self->members);
  return self->members || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", self->path);
}

bool cosmos_state_init (CosmosState *self, const CosmosTorchArchive *file, const char *path, const char *dict, CosmosError *err)
{
  size_t n = cosmos_torch_archive_get_n_tensors (file);
  *self = (CosmosState) {.file = file, .path = path, .dict = dict};
  if (!allocate (self, n, err))
    return false;
  for (size_t i = 0; i < n; i++) {
    const CosmosTensorInfo *tensor = cosmos_torch_archive_get_tensor (file, i);
    const char *name = strip (tensor->name, dict);
    CosmosStateMember *member = &self->members[self->n];
    if (!name)
      continue;
    if (strlen (name) >= sizeof member->name)
      return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: %.80s belongs to no COSMOS network", path, tensor->name);
    strcpy (member->name, name);
    member->tensor = tensor;
    self->n++;
  }
  return true;
}

/* ---- averages ---- */

static const CosmosTensorInfo *find_average (const CosmosTorchArchive *file, size_t index)
{
  char name[64];
  snprintf (name, sizeof name, AVERAGES "%zu", index);
  return cosmos_torch_archive_find_tensor (file, name);
}

static bool have_same_shape (const CosmosTensorInfo *a, const CosmosTensorInfo *b)
{
  return a->rank == b->rank && memcmp (a->shape, b->shape, sizeof a->shape) == 0;
}

static void set_name (CosmosState *self, const char *module, int index, const char *end)
{
  CosmosStateMember *member = &self->members[self->n++];
  snprintf (member->name, sizeof member->name, module, index);
  strncat (member->name, end, sizeof member->name - strlen (member->name) - 1);
}

static void set_linear (CosmosState *self, const char *module, int index)
{
  set_name (self, module, index, ".weight");
  set_name (self, module, index, ".bias");
}

/* The names in the authors' order, for a file that has the averages alone. */
static bool name_members (CosmosState *self, size_t n, CosmosError *err)
{
  enum { OUTSIDE = 5, OF_A_LAYER = 13 };
  static const char *const block[] = {".self_attn.query.weight",  ".self_attn.key.weight", ".self_attn.value.weight",
                                      ".self_attn.o_proj.weight", ".norm_self_attn.gamma", ".mlp.gate_proj.weight",
                                      ".mlp.up_proj.weight",      ".mlp.down_proj.weight", ".norm_mlp.gamma"};
  int layers = n > OUTSIDE ? (int) ((n - OUTSIDE) / OF_A_LAYER) : 0;
  if (n != OUTSIDE + (size_t) layers * OF_A_LAYER || layers % 2)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: has no score_estimator, and its %zu averages are not of a denoiser without a source",
                             self->path, n);
  set_linear (self, "time_emb.%d", 0);
  set_linear (self, "time_emb.%d", 2);
  for (int i = 0; i < layers; i++)
    for (size_t k = 0; k < sizeof block / sizeof *block; k++)
      set_name (self, i < layers / 2 ? "encoder.input_blocks.%d" : "encoder.output_blocks.%d", i % (layers / 2), block[k]);
  for (int i = 0; i < layers; i++)
    set_linear (self, "encoder.time_layers.%d.1", i);
  for (int i = 0; i < layers; i++)
    set_linear (self, "encoder.self_cond_layers.%d", i);
  set_name (self, "encoder.output_norm", 0, ".gamma");
  return true;
}

bool cosmos_state_init_averages (CosmosState *self, const CosmosTorchArchive *file, const char *path, CosmosError *err)
{
  size_t n = 0;
  while (find_average (file, n))
    n++;
  if (!cosmos_state_init (self, file, path, "score_estimator", err))
    return false;
  if (n == 0)
    return true;
  bool has_names = self->n > 0;
  if (!has_names && !name_members (self, n, err))
    return false;
  if (self->n != n)
    return cosmos_error_set (
        err, COSMOS_STATUS_FORMAT,
        "%s: score_estimator has %zu tensors, but %zu averages (ema.shadow_params): they are not of one network", path, self->n,
        n);
  for (size_t i = 0; i < n; i++) {
    const CosmosTensorInfo *average = find_average (file, i);
    if (has_names && !have_same_shape (average, self->members[i].tensor))
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: " AVERAGES "%zu has another shape than score_estimator.%s", path,
                               i, self->members[i].name);
    self->members[i].tensor = average;
  }
  return true;
}

void cosmos_state_clear (CosmosState *self)
{
  free (self->members);
  *self = (CosmosState) {0};
}

/* ---- members ---- */

CosmosStateMember *cosmos_state_find (const CosmosState *self, const char *name)
{
  for (size_t i = 0; i < self->n; i++)
    if (strcmp (self->members[i].name, name) == 0)
      return &self->members[i];
  return NULL;
}

int cosmos_state_count (const CosmosState *self, const char *format)
{
  enum { MOST = 1 << 10 };
  char name[128];
  int n = 0;
  do
    snprintf (name, sizeof name, format, n);
  while (cosmos_state_find (self, name) && ++n < MOST);
  return n;
}

int cosmos_state_get_rows (const CosmosState *self, const char *name)
{
  const CosmosStateMember *member = cosmos_state_find (self, name);
  return member && member->tensor->rank > 0 && member->tensor->shape[0] <= INT32_MAX ? (int) member->tensor->shape[0] : 0;
}

static bool has_shape (const CosmosTensorInfo *tensor, int64_t rows, int64_t columns)
{
  if (rows == 1 && columns == 0)
    return tensor->count == 1;
  return columns ? tensor->rank == 2 && tensor->shape[0] == rows && tensor->shape[1] == columns
                 : tensor->rank == 1 && tensor->shape[0] == rows;
}

bool cosmos_state_read (const CosmosState *self, const char *name, int64_t rows, int64_t columns, float *values, CosmosError *err)
{
  CosmosStateMember *member = cosmos_state_find (self, name);
  if (!member)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s.%s is missing: it is no checkpoint of COSMOS, or not all of one",
                             self->path, self->dict, name);
  if (!has_shape (member->tensor, rows, columns))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "%s: %s.%s must be (%" PRId64 ", %" PRId64 ") for the other tensors' sizes", self->path, self->dict,
                             name, rows, columns ? columns : 1);
  if (!cosmos_torch_archive_read (self->file, member->tensor, values, err))
    return false;
  for (size_t i = 0; i < member->tensor->count; i++)
    if (!isfinite (values[i]))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: %s: number %zu is not finite", self->path, member->tensor->name,
                               i);
  member->is_used = true;
  return true;
}

bool cosmos_state_check_used (const CosmosState *self, CosmosError *err)
{
  static const CosmosBertNames bert = {"text_encoder.", false};
  for (size_t i = 0; i < self->n; i++) {
    const CosmosStateMember *member = &self->members[i];
    if (!member->is_used && !cosmos_bert_names_has_no_use (&bert, member->name))
      return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                               "%s: %s.%s belongs to no COSMOS network of these sizes that can be converted", self->path,
                               self->dict, member->name);
  }
  return true;
}
