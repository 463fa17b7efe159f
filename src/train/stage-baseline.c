/* The autoregressive baseline on the same texts: [CLS] target [SEP], or [CLS] source [SEP] target [SEP]; the tokens of the target are learnt. */
#include "train/stage.h"

#include "core/math/elementwise.h"
#include "core/math/loss.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const CosmosTraining *training;
  CosmosLanguageModelSizes sizes;
  CosmosLanguageModel *model;
  uint64_t seed;
  int batch;

  /* the batch, the longest text first: batch x context; and of a micro-batch, as long as its own longest */
  CosmosPlace *places;
  int32_t *ids, *targets, *micro_ids, *micro_targets;
  int64_t n_targets;
  struct {
    int task;
    size_t text;
  } *picks;
} Stage;

static void stage_free (void *data)
{
  Stage *self = data;
  if (!self)
    return;
  cosmos_language_model_free (self->model);
  free (self->places);
  free (self->ids);
  free (self->targets);
  free (self->micro_ids);
  free (self->micro_targets);
  free (self->picks);
  free (self);
}

static void *make (const CosmosTraining *training, CosmosParameters *store, CosmosError *err)
{
  Stage *self = calloc (1, sizeof *self);
  if (self) {
    self->training = training;
    self->sizes = training->recipe->baseline.sizes;
    self->sizes.vocabulary = training->recipe->config.vocabulary;
    self->seed = cosmos_stage_get_seed (training, &cosmos_stage_baseline);
    self->batch = training->recipe->baseline.stage.batch;
    size_t n = (size_t) self->batch * (size_t) self->sizes.context;
    self->ids = malloc (n * sizeof *self->ids);
    self->targets = malloc (n * sizeof *self->targets);
    self->micro_ids = malloc (n * sizeof *self->micro_ids);
    self->micro_targets = malloc (n * sizeof *self->micro_targets);
    self->places = malloc ((size_t) self->batch * sizeof *self->places);
    self->picks = malloc ((size_t) self->batch * sizeof *self->picks);
  }
  if (!self || !self->ids || !self->targets || !self->micro_ids || !self->micro_targets || !self->places || !self->picks) {
    stage_free (self);
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the baseline's batches");
    return NULL;
  }
  self->model = cosmos_language_model_new (&self->sizes, store, err);
  if (!self->model) {
    stage_free (self);
    return NULL;
  }
  cosmos_stage_scale_matrices (store);
  cosmos_stage_set_deviation (store, "token_embd", .02);
  return self;
}

/* ---- the batch ---- */

static int64_t get_length (const CosmosTexts *texts, size_t text)
{
  return texts->n ? (int64_t) (texts->starts[text + 1] - texts->starts[text]) : 0;
}

/* Source and target one behind the other; the target's [CLS] is left out where a source came before. Only what follows the source is to be guessed. */
static void fill_row (Stage *self, int b)
{
  const int place = self->places[b].place, length = self->sizes.context;
  const CosmosPairs *pairs = cosmos_corpus_get_train (self->training->corpus, self->picks[place].task);
  const size_t text = self->picks[place].text;
  const int64_t source = get_length (&pairs->sources, text), target = get_length (&pairs->targets, text);
  int32_t *ids = self->ids + b * length, *targets = self->targets + b * length;
  const int32_t *from = pairs->targets.ids + pairs->targets.starts[text] + (source ? 1 : 0);
  const int64_t n = source + target - (source ? 1 : 0), first = source ? source - 1 : 0;
  if (source)
    memcpy (ids, pairs->sources.ids + pairs->sources.starts[text], (size_t) source * sizeof *ids);
  memcpy (ids + source, from, (size_t) (n - source) * sizeof *ids);
  for (int64_t i = n; i < length; i++)
    ids[i] = ids[n - 1];
  for (int64_t i = 0; i < length; i++) {
    targets[i] = i >= first && i + 1 < n ? ids[i + 1] : -1;
    self->n_targets += targets[i] >= 0;
  }
}

static bool draw (void *data, int64_t step, CosmosError *err)
{
  (void) err;
  Stage *self = data;
  const CosmosCorpus *corpus = self->training->corpus;
  const int n_tasks = self->training->recipe->config.n_tasks;
  size_t n = 0;
  for (int i = 0; i < n_tasks; i++)
    n += cosmos_corpus_get_train (corpus, i)->targets.n;
  for (int b = 0; b < self->batch; b++) {
    size_t text = cosmos_stage_choose (self->seed, step, (uint64_t) b, n);
    int task = 0;
    while (text >= cosmos_corpus_get_train (corpus, task)->targets.n)
      text -= cosmos_corpus_get_train (corpus, task++)->targets.n;
    self->picks[b].task = task;
    self->picks[b].text = text;
    const CosmosPairs *pairs = cosmos_corpus_get_train (corpus, task);
    self->places[b] = (CosmosPlace) {b, get_length (&pairs->sources, text) + get_length (&pairs->targets, text)};
  }
  cosmos_stage_sort_places (self->places, self->batch);
  self->n_targets = 0;
  for (int b = 0; b < self->batch; b++)
    fill_row (self, b);
  return true;
}

/* ---- the loss ---- */

static CosmosTensor *lose (void *data, CosmosGraph *graph, int first, int count, double *measures)
{
  Stage *self = data;
  const int64_t T = self->places[first].length;
  int64_t n = 0;
  for (int64_t b = 0; b < count; b++) {
    const int64_t from = (first + b) * self->sizes.context;
    memcpy (self->micro_ids + b * T, self->ids + from, (size_t) T * sizeof *self->ids);
    memcpy (self->micro_targets + b * T, self->targets + from, (size_t) T * sizeof *self->targets);
    for (int64_t i = 0; i < T; i++)
      n += self->targets[from + i] >= 0;
  }
  if (n == 0)
    return NULL;
  CosmosTensor *h = cosmos_language_model_run (self->model, graph, self->micro_ids, count, T); /* (B, T, D) */
  h = cosmos_reshape (graph, h, 2, (int64_t[]) {count * T, self->sizes.width});
  CosmosTensor *loss = cosmos_cross_entropy (graph, h, cosmos_language_model_get_head (self->model), self->micro_targets);
  loss = cosmos_scale (graph, loss, (float) n / (float) self->n_targets);
  if (!cosmos_graph_has_failed (graph))
    measures[0] += (double) loss->data[0];
  return loss;
}

static const CosmosStageRecipe *get_recipe (const CosmosRecipe *recipe)
{
  return &recipe->baseline.stage;
}

const CosmosStageKind cosmos_stage_baseline = {
  .name = "baseline",
  .measures = {"cross entropy"},
  .get_recipe = get_recipe,
  .make = make,
  .free = stage_free,
  .draw = draw,
  .lose = lose,
};
