/* The denoiser as a predictor of clean latents (spec 1.8 - 1.10, 1.13): of every text's latents, made once, noised to a time t. */
#include "train/frozen.h"
#include "train/latents.h"
#include "train/linear-denoiser.h"
#include "train/samples.h"
#include "train/stage.h"

#include "core/base/random.h"
#include "core/math/elementwise.h"
#include "core/math/loss.h"
#include "core/model/denoiser.h"
#include "core/sample/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATISTICS_TEXTS = 4000, EVALUATED_TEXTS = 64, YARDSTICK_TEXTS = 8 /* times the numbers of a text */ };
/* Streams of chance beside the batch's own. */
enum { STREAM_TIME = 1, STREAM_NOISE, STREAM_SOURCE, STREAM_STEP, EVALUATION = UINT32_MAX /* as a step */ };
static const double least_variance = 1e-4, first_time = 1e-5;

typedef struct {
  const CosmosTraining *training;
  const CosmosConfig *config;
  CosmosParameters *store;
  CosmosFrozen *frozen;
  CosmosDenoiser *denoiser;
  CosmosGraph *reader;                                                         /* of what is not trained: no tape */
  CosmosLatents *latents[COSMOS_MAX_TASKS], *source_latents[COSMOS_MAX_TASKS]; /* the latter NULL where they are not read */
  float *no_source;    /* (N, Z) normalised latents of "[CLS][SEP]"; NULL where they are not read */
  float *mean, *std;   /* (N, Z), the store's */
  double *eigenvalues; /* of the first task's latents, made at the first evaluation; NULL before */
  uint64_t seed;
  int batch;

  /* the batch, the longest source first */
  int64_t step;
  int task, noises; /* neighbours of the batch that are noises of one text */
  bool has_guess;   /* self-conditioning */
  CosmosPlace *places;
  size_t *texts;               /* drawn: batch / noises */
  float *clean, *source_clean; /* batch x N x Z, normalised; the latter of the sources, NULL where they are not read */
  double *times;
  int32_t *tasks;
  int64_t source_length;
  int32_t *source_ids; /* batch / noises x source_length */
  bool *source_keep;
  /* the sources of a micro-batch, as long as their longest */
  int32_t *micro_ids;
  bool *micro_keep;
} Stage;

static int64_t latent_size (const Stage *self)
{
  return (int64_t) self->config->latents * self->config->latent_width;
}

/* ---- making ---- */

static void stage_free (void *data)
{
  Stage *self = data;
  if (!self)
    return;
  cosmos_denoiser_free (self->denoiser);
  cosmos_frozen_free (self->frozen);
  cosmos_graph_free (self->reader);
  for (int i = 0; i < COSMOS_MAX_TASKS; i++) {
    cosmos_latents_free (self->latents[i]);
    cosmos_latents_free (self->source_latents[i]);
  }
  free (self->no_source);
  free (self->eigenvalues);
  free (self->clean);
  free (self->source_clean);
  free (self->times);
  free (self->tasks);
  free (self->source_ids);
  free (self->source_keep);
  free (self->micro_ids);
  free (self->micro_keep);
  free (self->places);
  free (self->texts);
  free (self);
}

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the latents of all texts");
}

/* Mean and deviation of every number of the latents (spec 1.7). */
static bool measure (Stage *self, CosmosError *err)
{
  const int64_t n = latent_size (self);
  double *sums = calloc (2 * (size_t) n, sizeof *sums), *squares = sums ? sums + n : NULL;
  float *row = malloc ((size_t) n * sizeof *row);
  size_t count = 0;
  bool ok = (sums && row) || no_memory (err);
  for (int task = 0; ok && task < self->config->n_tasks; task++) {
    const CosmosLatents *latents = self->latents[task];
    for (size_t i = 0; i < cosmos_latents_get_n (latents) && i < STATISTICS_TEXTS; i++, count++) {
      cosmos_latents_read (latents, i, row);
      for (int64_t k = 0; k < n; k++) {
        sums[k] += (double) row[k];
        squares[k] += (double) row[k] * (double) row[k];
      }
    }
  }
  for (int64_t k = 0; ok && k < n; k++) {
    double mean = sums[k] / (double) count;
    self->mean[k] = (float) mean;
    self->std[k] = (float) sqrt (fmax (squares[k] / (double) count - mean * mean, least_variance));
  }
  free (sums);
  free (row);
  return ok;
}

static bool init_memory (Stage *self)
{
  const size_t B = (size_t) self->batch, n = (size_t) latent_size (self), S = (size_t) self->config->source_tokens;
  self->clean = malloc (B * n * sizeof *self->clean);
  self->times = malloc (B * sizeof *self->times);
  self->tasks = malloc (B * sizeof *self->tasks);
  self->source_ids = malloc (B * S * sizeof *self->source_ids);
  self->source_keep = malloc (B * S * sizeof *self->source_keep);
  self->micro_ids = malloc (B * S * sizeof *self->micro_ids);
  self->micro_keep = malloc (B * S * sizeof *self->micro_keep);
  self->places = malloc (B * sizeof *self->places);
  self->texts = malloc (B * sizeof *self->texts);
  self->reader = cosmos_graph_new (self->training->pool, self->training->progress);
  if (self->config->denoiser.source_latents) {
    self->source_clean = malloc (B * n * sizeof *self->source_clean);
    self->no_source = malloc (n * sizeof *self->no_source);
    if (!self->source_clean || !self->no_source)
      return false;
  }
  return self->clean && self->times && self->tasks && self->source_ids && self->source_keep && self->micro_ids && self->micro_keep
         && self->places && self->texts && self->reader;
}

/* Blocks begin as the identity: what they, and the sources' latents, add is 0 at first. */
static void init_values (CosmosParameters *store)
{
  cosmos_stage_scale_matrices (store);
  cosmos_stage_set_deviation (store, "attention.output", 0);
  cosmos_stage_set_deviation (store, "cross.output", 0);
  cosmos_stage_set_deviation (store, "ffn.down", 0);
  cosmos_stage_set_deviation (store, "source_latents_input", 0);
}

static void normalise (const Stage *self, float *clean)
{
  for (int64_t k = 0; k < latent_size (self); k++)
    clean[k] = (clean[k] - self->mean[k]) / self->std[k];
}

/* ids, keep: count x L -> their normalised latents. */
static bool encode (Stage *self, const int32_t *ids, const bool *keep, int count, float *clean, CosmosError *err)
{
  const int64_t n = latent_size (self);
  cosmos_graph_reset (self->reader);
  CosmosTensor *z = cosmos_frozen_encode (self->frozen, self->reader, ids, keep, count, self->config->tokens);
  if (!cosmos_graph_check (self->reader, err))
    return false;
  memcpy (clean, z->data, (size_t) (count * n) * sizeof *clean);
  for (int b = 0; b < count; b++)
    normalise (self, clean + b * n);
  return true;
}

/* "[CLS] [SEP]" for no source. */
static void fill_empty (const Stage *self, int64_t length, int32_t *ids, bool *keep)
{
  const CosmosTokenizer *tokenizer = self->training->tokenizer;
  for (int64_t i = 0; i < length; i++) {
    ids[i] = cosmos_tokenizer_get_special (tokenizer, i == 0 ? COSMOS_TOKEN_CLS : i == 1 ? COSMOS_TOKEN_SEP : COSMOS_TOKEN_PAD);
    keep[i] = i < 2;
  }
}

static bool encode_no_source (Stage *self, CosmosError *err)
{
  const int64_t L = self->config->tokens;
  int32_t *ids = malloc ((size_t) L * sizeof *ids);
  bool *keep = malloc ((size_t) L * sizeof *keep), ok = (ids && keep) || no_memory (err);
  if (ok) {
    fill_empty (self, L, ids, keep);
    ok = encode (self, ids, keep, 1, self->no_source, err);
  }
  free (ids);
  free (keep);
  return ok;
}

/* Of a task's texts, and of their sources where those are read. */
static bool open_latents (Stage *self, int task, CosmosError *err)
{
  const bool reads = self->config->denoiser.source_latents && cosmos_corpus_get_train (self->training->corpus, task)->sources.n;
  self->latents[task] = cosmos_latents_open (self->training, task, COSMOS_LATENTS_TARGETS, self->frozen, self->reader, err);
  if (self->latents[task] && reads)
    self->source_latents[task] = cosmos_latents_open (self->training, task, COSMOS_LATENTS_SOURCES, self->frozen, self->reader,
                                                      err);
  return self->latents[task] && (!reads || self->source_latents[task]);
}

static void *make (const CosmosTraining *training, CosmosParameters *store, CosmosError *err)
{
  const CosmosConfig *config = &training->recipe->config;
  Stage *self = calloc (1, sizeof *self);
  if (self) {
    self->training = training;
    self->config = config;
    self->store = store;
    self->seed = cosmos_stage_get_seed (training, &cosmos_stage_denoiser);
    self->batch = training->recipe->denoiser.stage.batch;
  }
  if (!self || !init_memory (self)) {
    stage_free (self);
    no_memory (err);
    return NULL;
  }
  bool ok = (self->frozen = cosmos_frozen_open (training, true, err))
            && (self->denoiser = cosmos_denoiser_new (config, store, err));
  if (ok) {
    init_values (store);
    self->mean = cosmos_parameters_constant (store, config->latents, config->latent_width, "latent.mean")->data;
    self->std = cosmos_parameters_constant (store, config->latents, config->latent_width, "latent.std")->data;
    ok = cosmos_parameters_check (store, err);
  }
  for (int task = 0; ok && task < config->n_tasks; task++)
    ok = open_latents (self, task, err);
  if (ok && measure (self, err) && (!self->no_source || encode_no_source (self, err)))
    return self;
  stage_free (self);
  return NULL;
}

/* ---- the batch ---- */

static int choose_task (const Stage *self, int64_t step)
{
  const CosmosTaskRecipe *tasks = self->training->recipe->tasks;
  double all = 0, chosen = cosmos_random_uniform (self->seed + STREAM_STEP, (uint32_t) step, 0);
  for (int i = 0; i < self->config->n_tasks; i++)
    all += tasks[i].share;
  chosen *= all;
  for (int i = 0; i < self->config->n_tasks - 1; i++) {
    if (chosen < tasks[i].share)
      return i;
    chosen -= tasks[i].share;
  }
  return self->config->n_tasks - 1;
}

static void take_latents (const Stage *self, const CosmosLatents *latents, size_t text, float *clean)
{
  cosmos_latents_read (latents, text, clean);
  normalise (self, clean);
}

/* Where they are read. */
static void take_source_latents (const Stage *self, size_t text, bool is_empty, int b)
{
  const int64_t n = latent_size (self);
  if (self->source_clean && is_empty)
    memcpy (self->source_clean + b * n, self->no_source, (size_t) n * sizeof *self->source_clean);
  else if (self->source_clean)
    take_latents (self, self->source_latents[self->task], text, self->source_clean + b * n);
}

/* By chance where the text was drawn, for guidance; or there are none. */
static bool is_left_out (const Stage *self, const CosmosTexts *sources, int place)
{
  return sources->n == 0
         || cosmos_random_uniform (self->seed + STREAM_SOURCE, (uint32_t) self->step, (uint64_t) place)
                < self->training->recipe->tasks[self->task].unconditional;
}

static CosmosPlace make_place (const Stage *self, const CosmosTexts *sources, int place, size_t text, bool is_empty)
{
  int64_t length = is_empty ? 2 : (int64_t) (sources->starts[text + 1] - sources->starts[text]);
  return (CosmosPlace) {place, length < self->source_length ? length : self->source_length};
}

static void fill_source (Stage *self, const CosmosTexts *sources, int b, size_t text, bool is_empty)
{
  int32_t *ids = self->source_ids + b * self->source_length;
  bool *keep = self->source_keep + b * self->source_length;
  if (is_empty)
    fill_empty (self, self->source_length, ids, keep);
  else
    cosmos_stage_get_row (self->training, sources, text, self->source_length, ids, keep);
}

/* Uniform (spec 1.10), or where the recipe looks most closely. */
static double draw_time (const Stage *self, int64_t step, int b)
{
  const double mean = self->training->recipe->denoiser.t_mean, deviation = self->training->recipe->denoiser.t_deviation;
  float normal;
  if (deviation == 0)
    return first_time + (1 - first_time) * cosmos_random_uniform (self->seed + STREAM_TIME, (uint32_t) step, (uint64_t) b);
  cosmos_random_normal (self->seed + STREAM_TIME, (uint32_t) step, 2 * (uint64_t) b, &normal, 1);
  return fmax (1 / (1 + exp (-(mean + deviation * (double) normal))), first_time);
}

static bool draw (void *data, int64_t step, CosmosError *err)
{
  (void) err;
  Stage *self = data;
  self->step = step;
  self->task = choose_task (self, step);
  self->has_guess = cosmos_random_uniform (self->seed + STREAM_STEP, (uint32_t) step, 1)
                    < self->training->recipe->denoiser.self_condition;
  const CosmosTexts *sources = &cosmos_corpus_get_train (self->training->corpus, self->task)->sources;
  self->source_length = sources->n ? self->training->recipe->tasks[self->task].source_tokens : 2;
  const int r = self->noises = self->training->recipe->tasks[self->task].noises, n = self->batch / r;
  for (int i = 0; i < n; i++) {
    self->texts[i] = cosmos_stage_choose (self->seed, step, (uint64_t) i, cosmos_latents_get_n (self->latents[self->task]));
    self->places[i] = make_place (self, sources, i, self->texts[i], is_left_out (self, sources, i));
  }
  cosmos_stage_sort_places (self->places, n);
  for (int i = n - 1; i >= 0; i--) { /* from behind, since places of texts become places of their noises */
    const CosmosPlace text = self->places[i];
    const bool is_empty = is_left_out (self, sources, text.place);
    fill_source (self, sources, i, self->texts[text.place], is_empty);
    for (int b = i * r; b < (i + 1) * r; b++) {
      self->places[b] = (CosmosPlace) {text.place * r + b % r, text.length};
      take_latents (self, self->latents[self->task], self->texts[text.place], self->clean + b * latent_size (self));
      take_source_latents (self, self->texts[text.place], is_empty, b);
      self->tasks[b] = self->task;
      self->times[b] = draw_time (self, step, self->places[b].place);
    }
  }
  return true;
}

/* ---- the loss ---- */

/* x_t = alpha z + sigma noise */
static void add_noise (const Stage *self, float *x, int first, int count)
{
  const int64_t n = latent_size (self);
  const CosmosSchedule schedule = {self->config->schedule_d};
  for (int b = 0; b < count; b++) {
    const float alpha = (float) cosmos_schedule_get_alpha (schedule, self->times[first + b]),
                sigma = (float) cosmos_schedule_get_sigma (schedule, self->times[first + b]);
    const float *clean = self->clean + (first + b) * n;
    float *row = x + b * n;
    cosmos_random_normal (self->seed + STREAM_NOISE, (uint32_t) self->step, (uint64_t) (self->places[first + b].place * n), row,
                          (size_t) n);
    for (int64_t i = 0; i < n; i++)
      row[i] = alpha * clean[i] + sigma * row[i];
  }
}

/* The sources of a micro-batch, one for each text in it: their encoder states as an input of the graph; nothing where the network reads none. Where noises
 * of a text are in another micro-batch (several processes can cut so), one for each noise. */
static CosmosTensor *read_source (Stage *self, CosmosGraph *graph, int first, int count)
{
  const int r = first % self->noises || count % self->noises ? 1 : self->noises, n = count / r;
  int64_t S = 2;
  CosmosError err;
  for (int b = first; b < first + count; b++)
    S = self->places[b].length > S ? self->places[b].length : S;
  for (int i = 0; i < n; i++) {
    const int64_t from = (first + i * r) / self->noises * self->source_length;
    memcpy (self->micro_ids + i * S, self->source_ids + from, (size_t) S * sizeof *self->micro_ids);
    memcpy (self->micro_keep + i * S, self->source_keep + from, (size_t) S * sizeof *self->micro_keep);
  }
  cosmos_graph_reset (self->reader);
  CosmosTensor *h = cosmos_frozen_read (self->frozen, self->reader, self->micro_ids, self->micro_keep, n, S); /* (n, S, D) */
  if (!cosmos_graph_check (self->reader, &err))
    return cosmos_graph_fail (graph, err.code, "%s", err.message);
  return cosmos_graph_input (graph, 3, h->shape, h->data);
}

/* What the denoiser reads of them; nothing where it reads none. */
static CosmosSource encode_source (Stage *self, CosmosGraph *graph, int first, int count)
{
  if (!cosmos_denoiser_has_source (self->denoiser))
    return (CosmosSource) {0};
  const int64_t shape[] = {count, self->config->latents, self->config->latent_width};
  const CosmosTensor *h = read_source (self, graph, first, count);
  CosmosSource source = {cosmos_denoiser_encode_source (self->denoiser, graph, h, self->micro_keep), self->micro_keep};
  if (self->source_clean)
    source.latents = cosmos_graph_input (graph, 3, shape, self->source_clean + first * latent_size (self));
  return source;
}

/* What the network would guess without a guess before: an input for the graph, without a way back. The source is the graph's: it was read with the
 * same weights. */
static CosmosTensor *guess (Stage *self, CosmosGraph *graph, const CosmosTensor *x, CosmosSource source, int first)
{
  CosmosError err;
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  cosmos_graph_reset (self->reader);
  CosmosTensor *x0 = cosmos_denoiser_run (self->denoiser, self->reader, x, self->times + first, NULL, self->tasks + first,
                                          source);
  if (!cosmos_graph_check (self->reader, &err))
    return cosmos_graph_fail (graph, err.code, "%s", err.message);
  return cosmos_graph_input (graph, 3, x0->shape, x0->data);
}

/* 1 + min (SNR, cap) for every latent: with the cap 0 the loss is of x0 (spec 1.8), without one it would be of the velocity (Salimans and Ho 2022), since
 * 1 + SNR = 1 / sigma^2; the cap is Hang et al.'s (2023). (count x N) of the graph's, NULL where it has failed. */
static float *weigh (const Stage *self, CosmosGraph *graph, int first, int count)
{
  const int N = self->config->latents;
  const CosmosSchedule schedule = {self->config->schedule_d};
  const double cap = self->training->recipe->denoiser.snr_cap;
  float *weights = cosmos_graph_alloc (graph, (size_t) count * (size_t) N * sizeof *weights);
  for (int b = 0; weights && b < count; b++)
    for (int n = 0; n < N; n++)
      weights[b * N + n] = (float) (1.0 + fmin (exp (2.0 * cosmos_schedule_get_log_snr (schedule, self->times[first + b])), cap));
  return weights;
}

static CosmosTensor *lose (void *data, CosmosGraph *graph, int first, int count, double *measures)
{
  Stage *self = data;
  const int64_t shape[] = {count, self->config->latents, self->config->latent_width};
  const float share = (float) count / (float) self->batch;
  CosmosTensor *target = cosmos_graph_input (graph, 3, shape, self->clean + first * latent_size (self));
  CosmosTensor *x = cosmos_graph_input (graph, 3, shape, self->clean + first * latent_size (self));
  if (cosmos_graph_has_failed (graph))
    return x;
  add_noise (self, x->data, first, count);
  CosmosSource source = encode_source (self, graph, first, count);
  CosmosTensor *before = self->has_guess ? guess (self, graph, x, source, first) : NULL;
  CosmosTensor *x0 = cosmos_denoiser_run (self->denoiser, graph, x, self->times + first, before, self->tasks + first,
                                          source); /* (B, N, Z) */
  CosmosTensor *loss = cosmos_scale (
      graph, cosmos_mean_squared_error (graph, x0, target, NULL, weigh (self, graph, first, count)), share);
  if (!cosmos_graph_has_failed (graph))
    measures[0] += (double) loss->data[0];
  return loss;
}

/* ---- how well it guesses latents that it has not seen ---- */

/* Sums over texts of the mean squared error of the first guess, and of the guess that follows on it (self-conditioning). */
typedef struct {
  double plain, guessed;
  size_t n;
} Loss;

static const double evaluated_times[] = {.1, .3, .5, .7, .9};
enum { TIMES = sizeof evaluated_times / sizeof *evaluated_times };

/* Normalised latents of texts first .. first + count - 1. */
static bool encode_texts (Stage *self, const CosmosTexts *texts, size_t first, int count, float *clean, CosmosError *err)
{
  const int64_t L = self->config->tokens;
  int32_t *ids = malloc ((size_t) (count * L) * sizeof *ids);
  bool *keep = malloc ((size_t) (count * L) * sizeof *keep), ok = (ids && keep) || no_memory (err);
  for (int b = 0; ok && b < count; b++)
    cosmos_stage_get_row (self->training, texts, first + (size_t) b, L, ids + b * L, keep + b * L);
  ok = ok && encode (self, ids, keep, count, clean, err);
  free (ids);
  free (keep);
  return ok;
}

/* Validation texts first .. first + count - 1 of a task become the batch. */
static bool take_valid (Stage *self, int task, bool has_source, size_t first, int count, CosmosError *err)
{
  const CosmosPairs *valid = cosmos_corpus_get_valid (self->training->corpus, task);
  bool ok = encode_texts (self, &valid->targets, first, count, self->clean, err)
            && (!self->source_clean || !has_source
                || encode_texts (self, &valid->sources, first, count, self->source_clean, err));
  self->step = EVALUATION;
  self->task = task;
  self->noises = 1;
  self->source_length = has_source ? self->training->recipe->tasks[task].source_tokens : 2;
  for (int b = 0; ok && b < count; b++) {
    self->places[b] = make_place (self, &valid->sources, b, first + (size_t) b, !has_source);
    fill_source (self, &valid->sources, b, first + (size_t) b, !has_source);
    if (!has_source)
      take_source_latents (self, 0, true, b);
    self->tasks[b] = task;
  }
  return ok;
}

/* Of the batch's guesses at its times. */
static bool measure_loss (Stage *self, CosmosGraph *graph, int count, Loss *loss, CosmosError *err)
{
  const int64_t shape[] = {count, self->config->latents, self->config->latent_width};
  cosmos_graph_reset (graph);
  CosmosTensor *target = cosmos_graph_input (graph, 3, shape, self->clean),
               *x = cosmos_graph_input (graph, 3, shape, self->clean);
  if (!cosmos_graph_check (graph, err))
    return false;
  add_noise (self, x->data, 0, count);
  CosmosSource source = encode_source (self, graph, 0, count);
  CosmosTensor *before = guess (self, graph, x, source, 0);
  CosmosTensor *x0 = cosmos_denoiser_run (self->denoiser, graph, x, self->times, before, self->tasks, source);
  CosmosTensor *plain = cosmos_mean_squared_error (graph, before, target, NULL, NULL),
               *guessed = cosmos_mean_squared_error (graph, x0, target, NULL, NULL);
  if (!cosmos_graph_check (graph, err))
    return false;
  loss->plain += (double) plain->data[0] * count;
  loss->guessed += (double) guessed->data[0] * count;
  loss->n += (size_t) count;
  return true;
}

/* Of a task's validation texts at one time, or, where that is 0, at all the times in turn. */
static bool measure_task (Stage *self, CosmosGraph *graph, int task, bool has_source, double time, Loss *loss, CosmosError *err)
{
  const size_t n_texts = cosmos_corpus_get_valid (self->training->corpus, task)->targets.n,
               n = n_texts < EVALUATED_TEXTS ? n_texts : EVALUATED_TEXTS;
  *loss = (Loss) {0};
  for (size_t first = 0; first < n; first += (size_t) self->batch) {
    const int count = n - first < (size_t) self->batch ? (int) (n - first) : self->batch;
    for (int b = 0; b < count; b++)
      self->times[b] = time > 0 ? time : evaluated_times[(first + (size_t) b) % TIMES];
    if (!take_valid (self, task, has_source, first, count, err) || !measure_loss (self, graph, count, loss, err))
      return false;
  }
  return true;
}

static void get_row (size_t i, float *row, void *data)
{
  Stage *self = data;
  take_latents (self, self->latents[0], i, row);
}

/* What the best linear denoiser would lose, where there are texts enough to know it. */
static bool add_yardstick (Stage *self, CosmosEvaluation *evaluation, CosmosError *err)
{
  const int n = (int) latent_size (self);
  const size_t wanted = YARDSTICK_TEXTS * (size_t) n, n_texts = cosmos_latents_get_n (self->latents[0]),
               n_rows = n_texts < wanted ? n_texts : wanted;
  if (n > COSMOS_LINEAR_DENOISER_MAX || n_rows < 2 * (size_t) n)
    return true;
  if (!self->eigenvalues) {
    self->eigenvalues = malloc ((size_t) n * sizeof *self->eigenvalues);
    if (!self->eigenvalues)
      return no_memory (err);
    if (!cosmos_linear_denoiser_measure (get_row, self, n_rows, n, self->eigenvalues, err))
      return false;
  }
  for (int i = 0; i < TIMES; i++)
    cosmos_evaluation_add (
        evaluation,
        cosmos_linear_denoiser_get_loss (self->eigenvalues, n, (CosmosSchedule) {self->config->schedule_d}, evaluated_times[i]),
        "linear loss at t %g", evaluated_times[i]);
  return true;
}

static bool write_samples (Stage *self, CosmosEvaluation *evaluation, CosmosError *err)
{
  const CosmosPipelineParts parts = {.encoder = cosmos_frozen_get_encoder (self->frozen),
                                     .autoencoder = cosmos_frozen_get_autoencoder (self->frozen),
                                     .denoiser = self->store,
                                     .tokenizer = self->training->tokenizer};
  if (self->training->recipe->denoiser.samples == 0)
    return true;
  CosmosPipeline *pipeline = cosmos_pipeline_new_from_parts (self->config, &parts, self->training->compute, err);
  bool ok = pipeline && cosmos_samples_denoise (self->training, pipeline, evaluation, err);
  cosmos_pipeline_free (pipeline);
  return ok;
}

static bool evaluate_task (Stage *self, CosmosGraph *graph, int task, CosmosEvaluation *evaluation, CosmosError *err)
{
  const CosmosPairs *valid = cosmos_corpus_get_valid (self->training->corpus, task);
  const bool has_source = cosmos_denoiser_has_source (self->denoiser) && valid->sources.n;
  const char *name = self->config->tasks[task];
  Loss loss;
  for (int i = 0; valid->targets.n && task == 0 && i < TIMES; i++) {
    if (!measure_task (self, graph, task, has_source, evaluated_times[i], &loss, err))
      return false;
    cosmos_evaluation_add (evaluation, loss.guessed / (double) loss.n, "loss at t %g", evaluated_times[i]);
    cosmos_evaluation_add (evaluation, loss.plain / (double) loss.n, "plain loss at t %g", evaluated_times[i]);
  }
  for (int source = 0; valid->targets.n && source <= has_source; source++) {
    if (!measure_task (self, graph, task, source, 0, &loss, err))
      return false;
    cosmos_evaluation_add (evaluation, loss.guessed / (double) loss.n, "%s loss%s", name, source ? " with source" : "");
    cosmos_evaluation_add (evaluation, loss.plain / (double) loss.n, "%s plain loss%s", name, source ? " with source" : "");
  }
  return true;
}

static bool evaluate (void *data, CosmosEvaluation *evaluation, CosmosError *err)
{
  Stage *self = data;
  CosmosGraph *graph = cosmos_graph_new (self->training->pool, self->training->progress);
  bool ok = graph || no_memory (err);
  for (int task = 0; ok && task < self->config->n_tasks; task++)
    ok = evaluate_task (self, graph, task, evaluation, err);
  cosmos_graph_free (graph);
  return ok && add_yardstick (self, evaluation, err) && write_samples (self, evaluation, err);
}

static bool finish (void *data, CosmosError *err)
{
  const Stage *self = data;
  (void) err;
  cosmos_latents_forget (self->training);
  return true;
}

static const CosmosStageRecipe *get_recipe (const CosmosRecipe *recipe)
{
  return &recipe->denoiser.stage;
}

const CosmosStageKind cosmos_stage_denoiser = {
  .name = "denoiser",
  .measures = {"squared error"},
  .get_recipe = get_recipe,
  .make = make,
  .free = stage_free,
  .draw = draw,
  .lose = lose,
  .evaluate = evaluate,
  .finish = finish,
};
