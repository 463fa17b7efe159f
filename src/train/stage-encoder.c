/* The text encoder as a masked language model (BERT, arXiv 1810.04805): a share of the tokens is guessed from the others. */
#include "train/encoder-statistics.h"

#include "core/base/random.h"
#include "core/math/activation.h"
#include "core/math/elementwise.h"
#include "core/math/embedding.h"
#include "core/math/linear.h"
#include "core/math/loss.h"
#include "core/math/norm.h"
#include "core/model/encoder.h"

#include <stdlib.h>
#include <string.h>

enum { SOURCES_EVERY = 4 };

typedef struct {
  const CosmosTexts *texts;
  size_t text;
} Pick;

typedef struct {
  const CosmosTraining *training;
  CosmosParameters *store;
  CosmosEncoder *encoder;
  const CosmosWeight *tokens, *predictor;
  const CosmosTensor *predictor_bias, *predictor_norm, *predictor_norm_bias;
  const CosmosTexts *texts[2 * COSMOS_MAX_TASKS + 1], *sources[COSMOS_MAX_TASKS]; /* all texts; the long ones */
  int n_texts, n_sources;
  uint64_t seed;
  int batch;
  int64_t longest;

  /* the batch, the longest text first: batch x longest */
  Pick *picks;
  CosmosPlace *places;
  int32_t *ids, *seen;
  bool *keep, *chosen;
  int64_t n_chosen;
  /* a micro-batch, as long as its own longest text; chosen places and what stands there */
  int32_t *micro_seen, *rows, *targets;
  bool *micro_keep;
} Stage;

/* ---- making ---- */

static void stage_free (void *data)
{
  Stage *self = data;
  if (!self)
    return;
  cosmos_encoder_free (self->encoder);
  free (self->picks);
  free (self->places);
  free (self->micro_seen);
  free (self->micro_keep);
  free (self->ids);
  free (self->seen);
  free (self->keep);
  free (self->chosen);
  free (self->rows);
  free (self->targets);
  free (self);
}

static void collect_texts (Stage *self)
{
  const CosmosCorpus *corpus = self->training->corpus;
  for (int i = 0; i < self->training->recipe->config.n_tasks; i++) {
    const CosmosPairs *pairs = cosmos_corpus_get_train (corpus, i);
    self->texts[self->n_texts++] = &pairs->targets;
    if (pairs->sources.n)
      self->sources[self->n_sources++] = &pairs->sources;
  }
  if (cosmos_corpus_get_prose (corpus)->n)
    self->texts[self->n_texts++] = cosmos_corpus_get_prose (corpus);
}

static bool init_memory (Stage *self)
{
  size_t n = (size_t) self->batch * (size_t) self->longest;
  self->picks = malloc ((size_t) self->batch * sizeof *self->picks);
  self->places = malloc ((size_t) self->batch * sizeof *self->places);
  self->micro_seen = malloc (n * sizeof *self->micro_seen);
  self->micro_keep = malloc (n * sizeof *self->micro_keep);
  self->ids = malloc (n * sizeof *self->ids);
  self->seen = malloc (n * sizeof *self->seen);
  self->keep = malloc (n * sizeof *self->keep);
  self->chosen = malloc (n * sizeof *self->chosen);
  self->rows = malloc (n * sizeof *self->rows);
  self->targets = malloc (n * sizeof *self->targets);
  return self->picks && self->places && self->micro_seen && self->micro_keep && self->ids && self->seen && self->keep
         && self->chosen && self->rows && self->targets;
}

static void *make (const CosmosTraining *training, CosmosParameters *store, CosmosError *err)
{
  const CosmosConfig *config = &training->recipe->config;
  const int D = config->encoder.width;
  Stage *self = calloc (1, sizeof *self);
  if (self) {
    self->training = training;
    self->store = store;
    self->seed = cosmos_stage_get_seed (training, &cosmos_stage_encoder);
    self->batch = training->recipe->encoder.stage.batch;
    self->longest = config->tokens > config->source_tokens ? config->tokens : config->source_tokens;
    collect_texts (self);
  }
  if (!self || !init_memory (self)) {
    stage_free (self);
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the encoder's batches");
    return NULL;
  }
  self->encoder = cosmos_encoder_new (config, store, err);
  self->tokens = cosmos_parameters_matrix (store, config->vocabulary, D, "encoder.token_embedding.weight");
  self->predictor = cosmos_parameters_matrix (store, D, D, "encoder.predictor.weight");
  self->predictor_bias = cosmos_parameters_vector (store, D, "encoder.predictor.bias");
  self->predictor_norm = cosmos_parameters_vector (store, D, "encoder.predictor_norm.weight");
  self->predictor_norm_bias = cosmos_parameters_vector (store, D, "encoder.predictor_norm.bias");
  if (!self->encoder || !cosmos_parameters_check (store, err)) {
    stage_free (self);
    return NULL;
  }
  cosmos_stage_set_deviation (store, "", .04);
  cosmos_stage_set_deviation (store, "token_embedding", .02);
  return self;
}

/* ---- the batch ---- */

static Pick pick_text (const Stage *self, int64_t step, uint64_t index)
{
  bool is_source = self->n_sources && step % SOURCES_EVERY == SOURCES_EVERY - 1;
  const CosmosTexts *const *lists = is_source ? self->sources : self->texts;
  size_t n = 0;
  int n_lists = is_source ? self->n_sources : self->n_texts;
  for (int i = 0; i < n_lists; i++)
    n += lists[i]->n;
  size_t chosen = cosmos_stage_choose (self->seed, step, index, n);
  int i = 0;
  while (chosen >= lists[i]->n)
    chosen -= lists[i++]->n;
  return (Pick) {lists[i], chosen};
}

static bool draw (void *data, int64_t step, CosmosError *err)
{
  (void) err;
  Stage *self = data;
  const CosmosTokenizer *tokenizer = self->training->tokenizer;
  const int32_t mask = cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_MASK);
  for (int b = 0; b < self->batch; b++) {
    Pick *pick = &self->picks[b];
    *pick = pick_text (self, step, (uint64_t) b);
    self->places[b] = (CosmosPlace) {b, (int64_t) (pick->texts->starts[pick->text + 1] - pick->texts->starts[pick->text])};
  }
  cosmos_stage_sort_places (self->places, self->batch);
  self->n_chosen = 0;
  for (int b = 0; b < self->batch; b++) {
    const Pick *pick = &self->picks[self->places[b].place];
    int64_t row = b * self->longest, drawn = self->places[b].place * self->longest;
    cosmos_stage_get_row (self->training, pick->texts, pick->text, self->longest, self->ids + row, self->keep + row);
    for (int64_t i = row; i < row + self->longest; i++) {
      uint64_t index = (uint64_t) self->batch + 2 * (uint64_t) (drawn + i - row);
      self->chosen[i] = self->keep[i] && !cosmos_tokenizer_is_special (tokenizer, self->ids[i])
                        && cosmos_random_uniform (self->seed, (uint32_t) step, index) < self->training->recipe->encoder.masked;
      bool is_hidden = self->chosen[i]
                       && cosmos_random_uniform (self->seed, (uint32_t) step, index + 1)
                              < self->training->recipe->encoder.as_mask;
      self->seen[i] = is_hidden ? mask : self->ids[i];
      self->n_chosen += self->chosen[i];
    }
  }
  return true;
}

/* ---- the loss ---- */

static CosmosTensor *lose (void *data, CosmosGraph *graph, int first, int count, double *measures)
{
  Stage *self = data;
  const int64_t L = self->places[first].length, D = self->training->recipe->config.encoder.width;
  int64_t n = 0;
  for (int64_t b = 0; b < count; b++) {
    const int64_t from = (first + b) * self->longest;
    memcpy (self->micro_seen + b * L, self->seen + from, (size_t) L * sizeof *self->seen);
    memcpy (self->micro_keep + b * L, self->keep + from, (size_t) L * sizeof *self->keep);
    for (int64_t i = 0; i < L; i++)
      if (self->chosen[from + i]) {
        self->rows[n] = (int32_t) (b * L + i);
        self->targets[n++] = self->ids[from + i];
      }
  }
  if (n == 0)
    return NULL;
  CosmosTensor *h = cosmos_encoder_run (self->encoder, graph, self->micro_seen, self->micro_keep, count, L); /* (B, L, D) */
  CosmosTensor *x = cosmos_gather (graph, cosmos_reshape (graph, h, 2, (int64_t[]) {count * L, D}), self->rows, n); /* (n, D) */
  x = cosmos_gelu (graph, cosmos_linear (graph, x, self->predictor, self->predictor_bias));
  x = cosmos_layer_norm (graph, x, self->predictor_norm, self->predictor_norm_bias, 1e-5f);
  CosmosTensor *loss = cosmos_cross_entropy (graph, x, self->tokens, self->targets);
  loss = cosmos_scale (graph, loss, (float) n / (float) self->n_chosen);
  if (!cosmos_graph_has_failed (graph))
    measures[0] += (double) loss->data[0];
  return loss;
}

static bool finish (void *data, CosmosError *err)
{
  Stage *self = data;
  const int64_t D = self->training->recipe->config.encoder.width;
  return cosmos_encoder_statistics_measure (self->training, self->encoder,
                                            cosmos_parameters_constant (self->store, 0, D, "encoder.mean")->data,
                                            cosmos_parameters_constant (self->store, 0, D, "encoder.std")->data, err);
}

static const CosmosStageRecipe *get_recipe (const CosmosRecipe *recipe)
{
  return &recipe->encoder.stage;
}

const CosmosStageKind cosmos_stage_encoder = {
  .name = "encoder",
  .measures = {"loss"},
  .get_recipe = get_recipe,
  .make = make,
  .free = stage_free,
  .draw = draw,
  .lose = lose,
  .finish = finish,
};
