#include "train/latents.h"

#include "core/base/hash.h"
#include "core/file/dtype.h"
#include "core/file/mapping.h"
#include "core/file/output.h"
#include "train/ranks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ENCODE_BATCH = 64 };
static const uint64_t MAGIC = 0x31544e4554414c43; /* read by a machine of the other byte order, it is another number */

static const double FREE_BYTES = 2e9;

/* What a file begins with; numbers follow. */
typedef struct {
  uint64_t magic, key, n, size;
} Header;

struct CosmosLatents {
  const uint16_t *numbers; /* n x size: of the mapping, or made */
  uint16_t *made;          /* or NULL */
  CosmosMapping *file;     /* or NULL */
  size_t n, size;
};

static void no_memory (CosmosError *err)
{
  cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the latents of all texts");
}

static char *get_path (const CosmosTraining *training, int task, CosmosLatentsKind kind)
{
  char *path;
  return asprintf (&path, "%s/latents-%s%s.bin", training->folder, training->recipe->config.tasks[task],
                   kind == COSMOS_LATENTS_SOURCES ? "-sources" : "")
                 < 0
             ? NULL
             : path;
}

/* Of all that the latents depend on. */
static uint64_t get_key (const CosmosTraining *training, const CosmosTexts *texts, const CosmosFrozen *frozen)
{
  const CosmosHashKey key = {training->compute.backend, training->compute.precision};
  const uint64_t parts[] = {cosmos_frozen_get_hash (frozen, key),
                            cosmos_hash_bytes (key, (const char *) texts->ids, texts->n_ids * sizeof *texts->ids),
                            cosmos_hash_bytes (key, (const char *) texts->starts, (texts->n + 1) * sizeof *texts->starts),
                            (uint64_t) training->recipe->config.tokens};
  return cosmos_hash_bytes (key, (const char *) parts, sizeof parts);
}

/* ---- the file ---- */

static bool open_file (CosmosLatents *self, const char *path, uint64_t key)
{
  const Header wanted = {MAGIC, key, self->n, self->size};
  CosmosMapping *file = access (path, R_OK) == 0 ? cosmos_mapping_open (path, NULL) : NULL;
  if (!file)
    return false;
  if (cosmos_mapping_get_size (file) != sizeof wanted + self->n * self->size * sizeof *self->numbers
      || memcmp (cosmos_mapping_get_data (file), &wanted, sizeof wanted) != 0) {
    cosmos_mapping_free (file);
    return false;
  }
  self->file = file;
  self->numbers = (const uint16_t *) (const void *) (cosmos_mapping_get_data (file) + sizeof wanted);
  return true;
}

/* Checkpoints go before: as much must stay free. */
static bool has_room (const CosmosTraining *training, size_t size)
{
  struct statvfs disk;
  return statvfs (training->folder, &disk) == 0 && (double) disk.f_bavail * (double) disk.f_frsize > (double) size + FREE_BYTES;
}

/* Without it they are only made once more. */
static void write_file (const CosmosLatents *self, const CosmosTraining *training, const char *path, uint64_t key)
{
  const Header header = {MAGIC, key, self->n, self->size};
  CosmosOutput *output = has_room (training, self->n * self->size * sizeof *self->numbers) ? cosmos_output_new (path, NULL)
                                                                                           : NULL;
  if (!output)
    return;
  cosmos_output_write (output, &header, sizeof header);
  cosmos_output_write (output, self->numbers, self->n * self->size * sizeof *self->numbers);
  cosmos_output_commit (output, NULL);
}

/* ---- making them ---- */

/* Tokens of the longest of some texts, but no more than `most`. */
static int64_t find_longest (const CosmosTexts *texts, size_t first, size_t count, int64_t most)
{
  size_t longest = 1;
  for (size_t i = first; i < first + count; i++)
    if (texts->starts[i + 1] - texts->starts[i] > longest)
      longest = texts->starts[i + 1] - texts->starts[i];
  return (int64_t) longest < most ? (int64_t) longest : most;
}

/* what: for the progress. */
static bool encode (CosmosLatents *self, const CosmosTraining *training, const CosmosTexts *texts, const char *what,
                    const CosmosFrozen *frozen, CosmosGraph *reader, CosmosError *err)
{
  const int64_t most = training->recipe->config.tokens;
  int32_t *ids = malloc (ENCODE_BATCH * (size_t) most * sizeof *ids);
  bool *keep = malloc (ENCODE_BATCH * (size_t) most * sizeof *keep);
  self->numbers = self->made = malloc (self->n * self->size * sizeof *self->made);
  bool ok = ids && keep && self->made;
  if (!ok)
    no_memory (err);
  for (size_t first = 0; ok && first < self->n; first += ENCODE_BATCH) {
    const size_t count = self->n - first < ENCODE_BATCH ? self->n - first : ENCODE_BATCH;
    const int64_t L = find_longest (texts, first, count, most);
    for (size_t b = 0; b < count; b++)
      cosmos_stage_get_row (training, texts, first + b, L, ids + (int64_t) b * L, keep + (int64_t) b * L);
    cosmos_graph_reset (reader);
    CosmosTensor *z = cosmos_frozen_encode (frozen, reader, ids, keep, (int64_t) count, L);
    ok = cosmos_graph_check (reader, err);
    if (ok)
      cosmos_dtype_from_float (COSMOS_DTYPE_BF16, z->data, self->made + first * self->size, count * self->size);
    cosmos_progress_report (training->progress, (double) first / (double) self->n, what);
  }
  free (ids);
  free (keep);
  return ok;
}

CosmosLatents *cosmos_latents_open (const CosmosTraining *training, int task, CosmosLatentsKind kind, const CosmosFrozen *frozen,
                                    CosmosGraph *reader, CosmosError *err)
{
  const CosmosConfig *config = &training->recipe->config;
  const CosmosPairs *pairs = cosmos_corpus_get_train (training->corpus, task);
  const CosmosTexts *texts = kind == COSMOS_LATENTS_SOURCES ? &pairs->sources : &pairs->targets;
  CosmosLatents *self = calloc (1, sizeof *self);
  char *path = get_path (training, task, kind);
  bool ok = self && path;
  if (!ok)
    no_memory (err);
  if (ok) {
    const uint64_t key = get_key (training, texts, frozen);
    self->n = texts->n;
    self->size = (size_t) (config->latents * config->latent_width);
    if (!open_file (self, path, key)) {
      char what[96];
      snprintf (what, sizeof what, "encoding the %s of %.48s", kind == COSMOS_LATENTS_SOURCES ? "sources" : "texts",
                config->tasks[task]);
      ok = encode (self, training, texts, what, frozen, reader, err);
      if (ok && cosmos_ranks_is_first ())
        write_file (self, training, path, key);
    }
  }
  free (path);
  if (ok)
    return self;
  cosmos_latents_free (self);
  return NULL;
}

void cosmos_latents_free (CosmosLatents *self)
{
  if (!self)
    return;
  cosmos_mapping_free (self->file);
  free (self->made);
  free (self);
}

size_t cosmos_latents_get_n (const CosmosLatents *self)
{
  return self->n;
}

void cosmos_latents_read (const CosmosLatents *self, size_t text, float *values)
{
  cosmos_dtype_to_float (COSMOS_DTYPE_BF16, self->numbers + text * self->size, values, self->size);
}

void cosmos_latents_forget (const CosmosTraining *training)
{
  for (int i = 0; i < COSMOS_LATENTS_KINDS * training->recipe->config.n_tasks && cosmos_ranks_is_first (); i++) {
    char *path = get_path (training, i / COSMOS_LATENTS_KINDS, (CosmosLatentsKind) (i % COSMOS_LATENTS_KINDS));
    if (path)
      unlink (path);
    free (path);
  }
}
