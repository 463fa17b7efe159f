/* Compressor and decompressor on the frozen encoder's states (spec 1.4 - 1.6): the text is to be read back from latents that were made from less
 * than all of it, and that lost some of their own numbers. */
#include "train/alignment.h"
#include "train/frozen.h"
#include "train/stage.h"

#include "core/base/random.h"
#include "core/math/elementwise.h"
#include "core/math/embedding.h"
#include "core/math/loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EVALUATED_TEXTS = 256, EVALUATED_BATCH = 32 };
/* Streams of chance beside the batch's own. */
enum { STREAM_MASK = 1, STREAM_STATES, STREAM_DROPOUT, STREAM_LATENTS, STREAM_LEVEL };

static const double random_deviation = .02; /* of tables (parameters.h) */

typedef struct {
  const CosmosTraining *training;
  const CosmosConfig *config;
  CosmosFrozen *frozen;
  CosmosCompressor *compressor;
  CosmosDecompressor *decompressor;
  CosmosGraph *reader; /* of the frozen encoder: no tape */
  uint64_t seed;
  int64_t step;
  int batch;

  int32_t *ids; /* batch x L */
  bool *keep, *seen;
  int64_t n_kept;
  int32_t *rows, *targets; /* of a micro-batch */
} Stage;

/* How a text of the batch is spoilt. */
typedef enum { MASKED, NOISY, LATENT_NOISE } Corruption;

static Corruption get_corruption (const Stage *self, int text)
{
  bool has_latent_noise = self->training->recipe->autoencoder.latent_noise > 0;
  if (text < self->batch / 2)
    return has_latent_noise && text >= self->batch / 4 ? LATENT_NOISE : MASKED;
  return NOISY;
}

/* ---- making ---- */

static void stage_free (void *data)
{
  Stage *self = data;
  if (!self)
    return;
  cosmos_compressor_free (self->compressor);
  cosmos_decompressor_free (self->decompressor);
  cosmos_frozen_free (self->frozen);
  cosmos_graph_free (self->reader);
  free (self->ids);
  free (self->keep);
  free (self->seen);
  free (self->rows);
  free (self->targets);
  free (self);
}

/* The word head starts as the encoder's embeddings. */
static void init_head (const Stage *self)
{
  const CosmosWeight *tokens = cosmos_frozen_get_tokens (self->frozen), *head = cosmos_decompressor_get_head (self->decompressor);
  float *values = (float *) cosmos_weight_get_values (head);
  for (int64_t i = 0; i < cosmos_weight_get_out (head); i++)
    cosmos_weight_get_row (tokens, i, values + i * cosmos_weight_get_in (head));
}

static void scale_table (CosmosParameters *store, int64_t rows, int64_t columns, const char *name, double deviation)
{
  const CosmosTensor *table = cosmos_parameters_table (store, rows, columns, "%s", name);
  for (int64_t i = 0; i < rows * columns; i++)
    table->data[i] *= (float) (deviation / random_deviation);
}

/* The paper's start (spec 1.2, 1.3): positions from N (0, 1), which are divided by the root of the width before they count, and the frozen embedding of
 * [MASK]; queries of the compressor from N (0, .02^2), as they are. */
static void init_as_paper (const Stage *self, CosmosParameters *store)
{
  const CosmosConfig *config = self->config;
  const int D = config->encoder.width, L = config->tokens, N = config->latents;
  const double scaled = 1 / sqrt (D);
  scale_table (store, L, D, "compressor.positions", scaled);
  if (config->folded) {
    scale_table (store, L, D, "decompressor.queries", scaled);
    scale_table (store, N, config->latent_width, "decompressor.latent_positions", scaled);
    return;
  }
  scale_table (store, L > N ? L : N, D, "decompressor.positions", 1);
  cosmos_weight_get_row (cosmos_frozen_get_tokens (self->frozen),
                         cosmos_tokenizer_get_special (self->training->tokenizer, COSMOS_TOKEN_MASK),
                         cosmos_parameters_constant (store, 0, D, "decompressor.mask_embedding")->data);
}

static bool init_memory (Stage *self)
{
  size_t n = (size_t) self->batch * (size_t) self->config->tokens;
  self->ids = malloc (n * sizeof *self->ids);
  self->keep = malloc (n * sizeof *self->keep);
  self->seen = malloc (n * sizeof *self->seen);
  self->rows = malloc (n * sizeof *self->rows);
  self->targets = malloc (n * sizeof *self->targets);
  self->reader = cosmos_graph_new (self->training->pool, self->training->progress);
  return self->ids && self->keep && self->seen && self->rows && self->targets && self->reader;
}

static void *make (const CosmosTraining *training, CosmosParameters *store, CosmosError *err)
{
  const CosmosConfig *config = &training->recipe->config;
  Stage *self = calloc (1, sizeof *self);
  if (self) {
    self->training = training;
    self->config = config;
    self->seed = cosmos_stage_get_seed (training, &cosmos_stage_autoencoder);
    self->batch = training->recipe->autoencoder.stage.batch;
  }
  if (!self || !init_memory (self)) {
    stage_free (self);
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the autoencoder's batches");
    return NULL;
  }
  if (!(self->frozen = cosmos_frozen_open (training, false, err))
      || !(self->compressor = cosmos_compressor_new (config, store, err))
      || !(self->decompressor = cosmos_decompressor_new (config, store, err))) {
    stage_free (self);
    return NULL;
  }
  cosmos_stage_scale_matrices (store);
  init_head (self);
  if (training->recipe->autoencoder.aligned)
    cosmos_align_autoencoder (config, store);
  else
    init_as_paper (self, store);
  return self;
}

/* ---- the batch ---- */

/* A quarter of the texts are of the first task, which is the one that is written without a source; the others are drawn from all. */
static const CosmosTexts *choose_text (const Stage *self, int64_t step, int text, size_t *index)
{
  const CosmosCorpus *corpus = self->training->corpus;
  const CosmosTexts *lists[COSMOS_MAX_TASKS + 1];
  int n_lists = 0, i = 0;
  size_t n = 0;
  for (int task = 0; task < self->config->n_tasks; task++)
    lists[n_lists++] = &cosmos_corpus_get_train (corpus, task)->targets;
  if (text % 4 != 0 && cosmos_corpus_get_prose (corpus)->n)
    lists[n_lists++] = cosmos_corpus_get_prose (corpus);
  if (text % 4 == 0)
    n_lists = 1;
  for (int k = 0; k < n_lists; k++)
    n += lists[k]->n;
  *index = cosmos_stage_choose (self->seed, step, (uint64_t) text, n);
  while (*index >= lists[i]->n)
    *index -= lists[i++]->n;
  return lists[i];
}

static bool draw (void *data, int64_t step, CosmosError *err)
{
  (void) err;
  Stage *self = data;
  const int64_t L = self->config->tokens;
  const double masked = self->training->recipe->autoencoder.masked;
  self->step = step;
  self->n_kept = 0;
  for (int b = 0; b < self->batch; b++) {
    size_t index;
    const CosmosTexts *texts = choose_text (self, step, b, &index);
    bool *keep = self->keep + b * L, *seen = self->seen + b * L;
    cosmos_stage_get_row (self->training, texts, index, L, self->ids + b * L, keep);
    for (int64_t i = 0; i < L; i++) {
      bool is_hidden = get_corruption (self, b) == MASKED
                       && cosmos_random_uniform (self->seed + STREAM_MASK, (uint32_t) step, (uint64_t) (b * L + i)) < masked;
      seen[i] = keep[i] && !is_hidden;
      self->n_kept += keep[i];
    }
  }
  return true;
}

/* ---- corruption ---- */

/* h' = delta h + sqrt (1 - delta^2) noise, in the half of the texts that is not masked. */
static void spoil_states (const Stage *self, float *h, int first, int count)
{
  const double delta = self->training->recipe->autoencoder.delta;
  const int64_t n = (int64_t) self->config->tokens * self->config->encoder.width;
  const float kept = (float) delta, noise = (float) sqrt (1 - delta * delta);
  float *normal = malloc ((size_t) n * sizeof *normal);
  for (int b = first; normal && b < first + count; b++) {
    if (get_corruption (self, b) != NOISY)
      continue;
    float *text = h + (b - first) * n;
    cosmos_random_normal (self->seed + STREAM_STATES, (uint32_t) self->step, (uint64_t) (b * n), normal, (size_t) n);
    for (int64_t i = 0; i < n; i++)
      text[i] = kept * text[i] + noise * normal[i];
  }
  free (normal);
}

/* (B, N, Z): 0 where a number of a latent is dropped, 1 elsewhere (spec 1.4: nothing is scaled up for it). */
static CosmosTensor *draw_dropout (const Stage *self, CosmosGraph *graph, int first, int count)
{
  const int64_t N = self->config->latents, Z = self->config->latent_width, n = N * Z;
  const double dropout = self->training->recipe->autoencoder.dropout;
  CosmosTensor *mask = cosmos_graph_tensor (graph, 3, (int64_t[]) {count, N, Z});
  if (cosmos_graph_has_failed (graph))
    return mask;
  mask->grad = NULL;
  for (int b = 0; b < count; b++)
    for (int64_t i = 0; i < n; i++)
      mask->data[b * n + i] = get_corruption (self, first + b) != LATENT_NOISE
                                      && cosmos_random_uniform (self->seed + STREAM_DROPOUT, (uint32_t) self->step,
                                                                (uint64_t) ((first + b) * n + i))
                                             < dropout
                                  ? 0
                                  : 1;
  return mask;
}

/* (B, N, Z): noise of a level of its own for each text that gets any, in units of the latents' deviation in this micro-batch. */
static CosmosTensor *draw_latent_noise (const Stage *self, CosmosGraph *graph, const CosmosTensor *z, int first, int count)
{
  const int64_t n = (int64_t) self->config->latents * self->config->latent_width;
  CosmosTensor *noise = cosmos_graph_tensor_like (graph, z);
  if (cosmos_graph_has_failed (graph))
    return noise;
  noise->grad = NULL;
  double squares = 0;
  for (int64_t i = 0; i < count * n; i++)
    squares += (double) z->data[i] * (double) z->data[i];
  double deviation = sqrt (squares / (double) (count * n));
  for (int b = 0; b < count; b++) {
    float *row = noise->data + b * n;
    bool has_noise = get_corruption (self, first + b) == LATENT_NOISE;
    double level = has_noise
                       ? self->training->recipe->autoencoder.latent_noise
                             * cosmos_random_uniform (self->seed + STREAM_LEVEL, (uint32_t) self->step, (uint64_t) (first + b))
                       : 0;
    cosmos_random_normal (self->seed + STREAM_LATENTS, (uint32_t) self->step, (uint64_t) ((first + b) * n), row, (size_t) n);
    for (int64_t i = 0; i < n; i++)
      row[i] *= (float) (level * deviation);
  }
  return noise;
}

/* ---- the loss ---- */

static CosmosTensor *lose (void *data, CosmosGraph *graph, int first, int count, double *measures)
{
  Stage *self = data;
  const int64_t L = self->config->tokens, D = self->config->encoder.width, from = first * L;
  const bool *keep = self->keep + from;
  CosmosError err;
  cosmos_graph_reset (self->reader);
  CosmosTensor *states = cosmos_frozen_read (self->frozen, self->reader, self->ids + from, keep, count, L); /* (B, L, D) */
  if (!cosmos_graph_check (self->reader, &err))
    return cosmos_graph_fail (graph, err.code, "%s", err.message);
  CosmosTensor *target = cosmos_graph_input (graph, 3, states->shape, states->data);
  CosmosTensor *x = cosmos_graph_input (graph, 3, states->shape, states->data);
  if (cosmos_graph_has_failed (graph))
    return x;
  spoil_states (self, x->data, first, count);
  CosmosTensor *z = cosmos_compressor_run (self->compressor, graph, x, self->seen + from); /* (B, N, Z) */
  if (self->training->recipe->autoencoder.latent_noise > 0)
    z = cosmos_add (graph, z, draw_latent_noise (self, graph, z, first, count));
  z = cosmos_multiply (graph, z, draw_dropout (self, graph, first, count));
  CosmosTensor *y = cosmos_decompressor_run (self->decompressor, graph, z); /* (B, L, D) */
  int64_t n = 0;
  for (int64_t i = 0; i < count * L; i++)
    if (keep[i]) {
      self->rows[n] = (int32_t) i;
      self->targets[n++] = self->ids[from + i];
    }
  CosmosTensor *words = cosmos_gather (graph, cosmos_reshape (graph, y, 2, (int64_t[]) {count * L, D}), self->rows, n);
  CosmosTensor *ce = cosmos_cross_entropy (graph, words, cosmos_decompressor_get_head (self->decompressor), self->targets);
  CosmosTensor *mse = cosmos_mean_squared_error (graph, y, target, keep, NULL);
  CosmosTensor *loss = cosmos_add (graph, ce, cosmos_scale (graph, mse, (float) self->training->recipe->autoencoder.mse));
  float share = (float) n / (float) self->n_kept;
  loss = cosmos_scale (graph, loss, share);
  if (!cosmos_graph_has_failed (graph)) {
    measures[0] += (double) (ce->data[0] * share);
    measures[1] += (double) (mse->data[0] * share);
  }
  return loss;
}

/* ---- how well it reads back what it has not seen ---- */

typedef struct {
  int64_t n_tokens, n_right, n_texts, n_exact;
} Count;

static int32_t find_best (const float *logits, int64_t n)
{
  int64_t best = 0;
  for (int64_t i = 1; i < n; i++)
    if (logits[i] > logits[best])
      best = i;
  return (int32_t) best;
}

static void compare_words (const Stage *self, const CosmosTensor *logits, int count, Count *result)
{
  const int64_t L = self->config->tokens, V = self->config->vocabulary;
  for (int b = 0; b < count; b++) {
    int64_t wrong = 0, n = 0;
    for (int64_t i = b * L; i < (b + 1) * L; i++) {
      n += self->keep[i];
      wrong += self->keep[i] && find_best (cosmos_tensor_row (logits, i), V) != self->ids[i];
    }
    result->n_tokens += n;
    result->n_right += n - wrong;
    result->n_texts++;
    result->n_exact += wrong == 0;
  }
}

/* Of every number of the latents over the evaluated texts: N x Z. */
typedef struct {
  double *sums, *squares;
  int64_t n;
} Statistics;

static void add_latents (Statistics *self, const CosmosTensor *z, int64_t size)
{
  const int64_t n = cosmos_tensor_get_rows (z) * cosmos_tensor_get_columns (z) / size;
  for (int64_t b = 0; b < n; b++)
    for (int64_t k = 0; k < size; k++) {
      double value = (double) z->data[b * size + k];
      self->sums[k] += value;
      self->squares[k] += value * value;
    }
  self->n += n;
}

static double get_deviation (const Statistics *self, int64_t k)
{
  const double mean = self->sums[k] / (double) self->n;
  return sqrt (fmax (self->squares[k] / (double) self->n - mean * mean, 0));
}

/* z + sigma (the deviation of each number) noise */
static CosmosTensor *disturb (const Stage *self, const CosmosTensor *z, double sigma, const Statistics *statistics, size_t first)
{
  const int64_t n = cosmos_tensor_get_rows (z) * cosmos_tensor_get_columns (z),
                size = (int64_t) self->config->latents * self->config->latent_width;
  CosmosTensor *noise = cosmos_graph_tensor_like (self->reader, z);
  if (cosmos_graph_has_failed (self->reader))
    return noise;
  cosmos_random_normal (self->seed, UINT32_MAX, (uint64_t) first * (uint64_t) size, noise->data, (size_t) n);
  for (int64_t i = 0; i < n; i++)
    noise->data[i] *= (float) (sigma * get_deviation (statistics, i % size));
  return cosmos_add (self->reader, z, noise);
}

/* Without noise (sigma 0) the statistics grow by these texts, with noise they say how much it is. */
static bool read_back (Stage *self, const CosmosTexts *texts, double sigma, Statistics *statistics, Count *result,
                       CosmosError *err)
{
  const int64_t L = self->config->tokens;
  const size_t n = texts->n < EVALUATED_TEXTS ? texts->n : EVALUATED_TEXTS;
  const int batch = self->batch < EVALUATED_BATCH ? self->batch : EVALUATED_BATCH;
  for (size_t first = 0; first < n; first += (size_t) batch) {
    int count = n - first < (size_t) batch ? (int) (n - first) : batch;
    for (int b = 0; b < count; b++)
      cosmos_stage_get_row (self->training, texts, first + (size_t) b, L, self->ids + b * L, self->keep + b * L);
    cosmos_graph_reset (self->reader);
    CosmosTensor *h = cosmos_frozen_read (self->frozen, self->reader, self->ids, self->keep, count, L);
    CosmosTensor *z = cosmos_compressor_run (self->compressor, self->reader, h, self->keep);
    if (sigma > 0)
      z = disturb (self, z, sigma, statistics, first);
    else if (!cosmos_graph_has_failed (self->reader))
      add_latents (statistics, z, (int64_t) self->config->latents * self->config->latent_width);
    CosmosTensor *y = cosmos_decompressor_run (self->decompressor, self->reader, z);
    CosmosTensor *logits = cosmos_decompressor_predict (self->decompressor, self->reader, y);
    if (!cosmos_graph_check (self->reader, err))
      return false;
    compare_words (self, logits, count, result);
  }
  return true;
}

/* Over all numbers of the latents: the mean, and the root mean square of their deviations. */
static void add_statistics (const Statistics *self, int64_t size, const char *task, CosmosEvaluation *evaluation)
{
  double sum = 0, squares = 0;
  for (int64_t k = 0; k < size; k++) {
    const double deviation = get_deviation (self, k);
    sum += self->sums[k] / (double) self->n;
    squares += deviation * deviation;
  }
  cosmos_evaluation_add (evaluation, sum / (double) size, "%s latent mean", task);
  cosmos_evaluation_add (evaluation, sqrt (squares / (double) size), "%s latent deviation", task);
}

/* Of validation texts of a task at some levels of noise on the latents, in units of their own deviations. */
static bool evaluate_task (Stage *self, int task, const double *sigmas, int n, CosmosEvaluation *evaluation, CosmosError *err)
{
  const int64_t size = (int64_t) self->config->latents * self->config->latent_width;
  const CosmosTexts *texts = &cosmos_corpus_get_valid (self->training->corpus, task)->targets;
  const char *name = self->config->tasks[task];
  if (texts->n == 0)
    return true;
  double *sums = calloc (2 * (size_t) size, sizeof *sums);
  if (!sums)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the latents' statistics");
  Statistics statistics = {sums, sums + size, 0};
  bool ok = true;
  for (int i = 0; ok && i < n; i++) {
    Count count = {0};
    ok = read_back (self, texts, sigmas[i], &statistics, &count, err);
    if (!ok)
      break;
    cosmos_evaluation_add (evaluation, (double) count.n_right / (double) count.n_tokens, "%s tokens at noise %g", name,
                           sigmas[i]);
    if (i == 0)
      cosmos_evaluation_add (evaluation, (double) count.n_exact / (double) count.n_texts, "%s exact", name);
  }
  if (ok)
    add_statistics (&statistics, size, name, evaluation);
  free (sums);
  return ok;
}

static bool evaluate (void *data, CosmosEvaluation *evaluation, CosmosError *err)
{
  static const double first[] = {0, .25, .5, 1, 2}, others[] = {0, .5};
  Stage *self = data;
  bool ok = true;
  for (int task = 0; ok && task < self->config->n_tasks; task++)
    ok = task == 0 ? evaluate_task (self, task, first, 5, evaluation, err)
                   : evaluate_task (self, task, others, 2, evaluation, err);
  return ok;
}

static const CosmosStageRecipe *get_recipe (const CosmosRecipe *recipe)
{
  return &recipe->autoencoder.stage;
}

static const char *const slow[] = {"positions", "queries", "compressor.latents", NULL};

const CosmosStageKind cosmos_stage_autoencoder = {
  .name = "autoencoder",
  .measures = {"cross entropy", "squared error"},
  .slow = slow,
  .get_recipe = get_recipe,
  .make = make,
  .free = stage_free,
  .draw = draw,
  .lose = lose,
  .evaluate = evaluate,
};
