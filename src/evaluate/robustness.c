#include "evaluate/robustness.h"

#include "core/base/random.h"
#include "core/sample/decoding.h"
#include "core/study/metrics.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 16 };

const CosmosColumn cosmos_robustness_columns[COSMOS_ROBUSTNESS_COLUMNS] = {
  {"sigma", "sigma", 3}, {"token_accuracy", "token accuracy", 4}, {"exact", "exact", 3}, {"mse", "MSE", 3},
  {"bleu", "BLEU", 3},   {"stability", "BLEU to clean", 3},
};

void cosmos_robustness_to_values (const CosmosRobustness *self, double sigma, double values[COSMOS_ROBUSTNESS_COLUMNS])
{
  memcpy (values, (double[]) {sigma, self->token_accuracy, self->exact, self->mse, self->bleu, self->stability},
          COSMOS_ROBUSTNESS_COLUMNS * sizeof *values);
}

/* Sums at one sigma. */
typedef struct {
  long n_tokens, n_right, n_exact;
  double squared_error; /* summed over tokens */
  CosmosBleu bleu, stability;
} Sums;

typedef struct {
  CosmosBench *bench;
  CosmosGraph *graph;
  int64_t L, D, count; /* tokens, width of the encoder, numbers of a text's latents */
  int32_t *ids;        /* of a batch, as are all below */
  bool *keep;
  float *states, *latents, *noised;
  char *clean[BATCH]; /* decodes without noise */
} Work;

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to measure texts");
}

static bool work_init (Work *self, CosmosBench *bench, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (bench->pipeline);
  *self = (Work) {.bench = bench,
                  .graph = cosmos_graph_new (bench->pool, bench->progress),
                  .L = config->tokens,
                  .D = config->encoder.width,
                  .count = (int64_t) config->latents * config->latent_width};
  self->ids = calloc ((size_t) (BATCH * self->L), sizeof *self->ids);
  self->keep = calloc ((size_t) (BATCH * self->L), sizeof *self->keep);
  self->states = calloc ((size_t) (BATCH * self->L * self->D), sizeof *self->states);
  self->latents = calloc ((size_t) (BATCH * self->count), sizeof *self->latents);
  self->noised = calloc ((size_t) (BATCH * self->count), sizeof *self->noised);
  return (self->graph && self->ids && self->keep && self->states && self->latents && self->noised) || no_memory (err);
}

static void forget_clean (Work *self)
{
  for (int b = 0; b < BATCH; b++) {
    free (self->clean[b]);
    self->clean[b] = NULL;
  }
}

static void work_clear (Work *self)
{
  forget_clean (self);
  cosmos_graph_free (self->graph);
  free (self->ids);
  free (self->keep);
  free (self->states);
  free (self->latents);
  free (self->noised);
}

static bool encode (Work *self, const char *const *texts, int n, CosmosError *err)
{
  const CosmosPipeline *pipeline = self->bench->pipeline;
  for (int b = 0; b < n; b++)
    if (!cosmos_pipeline_frame (pipeline, texts[b], strlen (texts[b]), self->L, self->ids + b * self->L, self->keep + b * self->L,
                                NULL, NULL, err))
      return false;
  cosmos_graph_reset (self->graph);
  CosmosTensor *h = cosmos_pipeline_read (pipeline, self->graph, self->ids, self->keep, n, self->L); /* (B, L, D) */
  CosmosTensor *z = cosmos_pipeline_compress (pipeline, self->graph, h, self->keep);                 /* (B, N, Z) */
  if (!cosmos_graph_check (self->graph, err))
    return false;
  cosmos_tensor_copy_to (h, self->states);
  cosmos_tensor_copy_to (z, self->latents);
  return true;
}

/* noised = latents + sigma noise. first: number of the batch's first text. */
static void add_noise (Work *self, size_t first, int n, double sigma)
{
  for (int b = 0; b < n; b++) {
    float *to = self->noised + b * self->count;
    const float *from = self->latents + b * self->count;
    cosmos_random_normal (self->bench->settings.seed + first + (size_t) b, 0, 0, to, (size_t) self->count);
    for (int64_t i = 0; i < self->count; i++)
      to[i] = from[i] + (float) sigma * to[i];
  }
}

static double get_squared_distance (const float *a, const float *b, int64_t n)
{
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += ((double) a[i] - (double) b[i]) * ((double) a[i] - (double) b[i]);
  return sum;
}

/* Text b of the batch. guess: (B, L, D). */
static bool count (Work *self, const char *text, int b, const CosmosTensor *guess, const CosmosDecoding *decoding, Sums *sums)
{
  long n = 0, right = 0;
  for (int64_t i = b * self->L; i < (b + 1) * self->L; i++) {
    if (!self->keep[i])
      continue;
    n++;
    right += decoding->tokens[i - b * self->L].id == self->ids[i];
    sums->squared_error += get_squared_distance (self->states + i * self->D, cosmos_tensor_row (guess, i), self->D)
                           / (double) self->D;
  }
  sums->n_tokens += n;
  sums->n_right += right;
  sums->n_exact += n == right;
  return cosmos_bleu_add_texts (&sums->bleu, decoding->text, &text, 1)
         && cosmos_bleu_add_texts (&sums->stability, decoding->text, (const char *const *) &self->clean[b], 1);
}

/* latents: B x N x Z. sums NULL: the texts are kept as clean ones. */
static bool decode (Work *self, const char *const *texts, const float *latents, int n, Sums *sums, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (self->bench->pipeline);
  CosmosDecoding *decodings[BATCH];
  cosmos_graph_reset (self->graph);
  CosmosTensor *z = cosmos_graph_input (self->graph, 3, (int64_t[]) {n, config->latents, config->latent_width}, latents);
  CosmosTensor *guess = cosmos_pipeline_decode (self->bench->pipeline, self->graph, z); /* (B, L, D) */
  if (!cosmos_decode_hidden (self->bench->pipeline, self->graph, guess, decodings, err))
    return false;
  bool ok = true;
  for (int b = 0; b < n; b++) {
    if (sums)
      ok = ok && count (self, texts[b], b, guess, decodings[b], sums);
    else
      ok = (self->clean[b] = strdup (decodings[b]->text)) && ok;
    cosmos_decoding_free (decodings[b]);
  }
  return ok || no_memory (err);
}

static CosmosRobustness finish (const Sums *sums, size_t n)
{
  return (CosmosRobustness) {.token_accuracy = (double) sums->n_right / (double) sums->n_tokens,
                             .exact = (double) sums->n_exact / (double) n,
                             .mse = sums->squared_error / (double) sums->n_tokens,
                             .bleu = cosmos_bleu_get (&sums->bleu, false),
                             .stability = cosmos_bleu_get (&sums->stability, false)};
}

bool cosmos_measure_robustness (CosmosBench *bench, const char *const *texts, size_t n, const double *sigmas, size_t n_sigmas,
                                CosmosRobustness *results, size_t *n_measured, CosmosError *err)
{
  Work work;
  Sums *sums = calloc (n_sigmas + 1, sizeof *sums);
  bool ok = work_init (&work, bench, err) && (sums || no_memory (err));
  *n_measured = 0;
  for (size_t first = 0; ok && first < n; first += BATCH) {
    int batch = n - first < BATCH ? (int) (n - first) : BATCH;
    ok = encode (&work, texts + first, batch, err) && decode (&work, texts + first, work.latents, batch, NULL, err);
    for (size_t s = 0; ok && s < n_sigmas; s++) {
      add_noise (&work, first, batch, sigmas[s]);
      ok = decode (&work, texts + first, work.noised, batch, &sums[s], err);
      cosmos_bench_advance (bench, batch, "decoding with noise");
    }
    forget_clean (&work);
    if (ok)
      *n_measured = first + (size_t) batch;
    for (size_t s = 0; ok && s < n_sigmas; s++)
      results[s] = finish (&sums[s], *n_measured);
  }
  work_clear (&work);
  free (sums);
  return ok;
}
