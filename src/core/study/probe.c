#include "core/study/probe.h"

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/study/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for this many texts");
}

static CosmosGraph *new_graph (CosmosPool *pool, CosmosProgress *progress, CosmosError *err)
{
  CosmosGraph *graph = cosmos_graph_new (pool, progress);
  if (!graph)
    no_memory (err);
  return graph;
}

static size_t latent_count (const CosmosPipeline *pipeline)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (pipeline);
  return (size_t) config->latents * (size_t) config->latent_width;
}

/* ---- reconstruct ---- */

void cosmos_reconstruction_clear (CosmosReconstruction *self)
{
  cosmos_decoding_free (self->decoding);
  free (self->latents);
  free (self->expected);
  *self = (CosmosReconstruction) {0};
}

static void measure_latents (const float *z, size_t n, CosmosReconstruction *result)
{
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double) z[i];
  result->latent_mean = sum / (double) n;
  for (size_t i = 0; i < n; i++)
    squares += pow ((double) z[i] - result->latent_mean, 2);
  result->latent_std = sqrt (squares / (double) n);
}

static double squared_distance (const float *a, const float *b, int64_t n)
{
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += ((double) a[i] - (double) b[i]) * ((double) a[i] - (double) b[i]);
  return sum;
}

/* ids, keep: of text b, L each; h and guess: (B, L, D). */
static void measure_text (const int32_t *ids, const bool *keep, const CosmosTensor *h, const CosmosTensor *guess, int64_t b,
                          CosmosReconstruction *result)
{
  const int64_t L = h->shape[1], D = h->shape[2];
  for (int64_t i = 0; i < L; i++) {
    if (!keep[i])
      continue;
    result->n_tokens++;
    result->n_right += result->decoding->tokens[i].id == ids[i];
    result->mse += squared_distance (cosmos_tensor_row (h, b * L + i), cosmos_tensor_row (guess, b * L + i), D) / (double) D;
  }
  result->mse /= result->n_tokens > 0 ? result->n_tokens : 1;
  result->exact = result->n_right == result->n_tokens;
}

/* Copies of what the text was and became; z: its latents. */
static bool keep_text (const int32_t *ids, const bool *keep, int64_t L, const float *z, size_t n_z, CosmosReconstruction *result)
{
  result->expected = calloc ((size_t) L, sizeof *result->expected);
  result->latents = calloc (n_z, sizeof *result->latents);
  if (!result->expected || !result->latents)
    return false;
  for (int64_t i = 0; i < L; i++)
    result->expected[i] = keep[i] ? ids[i] : -1;
  memcpy (result->latents, z, n_z * sizeof *z);
  return true;
}

static bool reconstruct_batch (const CosmosPipeline *pipeline, CosmosGraph *graph, const int32_t *ids, const bool *keep,
                               int batch, CosmosReconstruction *results, CosmosError *err)
{
  const int64_t L = cosmos_pipeline_get_config (pipeline)->tokens;
  CosmosDecoding *decodings[COSMOS_PROBE_BATCH];
  cosmos_graph_reset (graph);
  CosmosTensor *h = cosmos_pipeline_read (pipeline, graph, ids, keep, batch, L); /* (B, L, D) */
  CosmosTensor *z = cosmos_pipeline_compress (pipeline, graph, h, keep);         /* (B, N, Z) */
  double start = cosmos_clock_now ();
  CosmosTensor *guess = cosmos_pipeline_decode (pipeline, graph, z); /* (B, L, D) */
  if (!cosmos_decode_hidden (pipeline, graph, guess, decodings, err))
    return false;
  const size_t count = latent_count (pipeline);
  bool ok = true;
  for (int b = 0; b < batch; b++) {
    decodings[b]->seconds = (cosmos_clock_now () - start) / batch;
    results[b].decoding = decodings[b];
    measure_latents (z->data + (size_t) b * count, count, &results[b]);
    measure_text (ids + b * L, keep + b * L, h, guess, b, &results[b]);
    ok = keep_text (ids + b * L, keep + b * L, L, z->data + (size_t) b * count, count, &results[b]) && ok;
  }
  return ok || no_memory (err);
}

bool cosmos_reconstruct_tokens (const CosmosPipeline *pipeline, CosmosPool *pool, const int32_t *ids, const bool *keep, size_t n,
                                CosmosReconstruction *results, CosmosProgress *progress, CosmosError *err)
{
  const size_t L = (size_t) cosmos_pipeline_get_config (pipeline)->tokens;
  const int vocabulary = cosmos_pipeline_get_config (pipeline)->vocabulary;
  for (size_t i = 0; i < n * L; i++)
    if (ids[i] < 0 || ids[i] >= vocabulary)
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "Text %zu holds the token %d; the vocabulary is 0 to %d", i / L + 1,
                               (int) ids[i], vocabulary - 1);
  CosmosGraph *graph = new_graph (pool, progress, err);
  CosmosReconstruction *made = calloc (n + 1, sizeof *made);
  bool ok = graph && (made || no_memory (err));
  for (size_t first = 0; ok && first < n; first += COSMOS_PROBE_BATCH) {
    int batch = n - first < COSMOS_PROBE_BATCH ? (int) (n - first) : COSMOS_PROBE_BATCH;
    cosmos_progress_report (progress, (double) first / (double) n, "reconstructing");
    ok = reconstruct_batch (pipeline, graph, ids + first * L, keep + first * L, batch, made + first, err);
  }
  if (ok)
    memcpy (results, made, n * sizeof *made);
  for (size_t i = 0; !ok && made && i < n; i++)
    cosmos_reconstruction_clear (&made[i]);
  free (made);
  cosmos_graph_free (graph);
  return ok;
}

bool cosmos_reconstruct (const CosmosPipeline *pipeline, CosmosPool *pool, const char *const *texts, size_t n,
                         CosmosReconstruction *results, CosmosProgress *progress, CosmosError *err)
{
  const size_t L = (size_t) cosmos_pipeline_get_config (pipeline)->tokens;
  int32_t *ids = calloc (n * L + 1, sizeof *ids);
  bool *keep = calloc (n * L + 1, sizeof *keep), *cut = calloc (n + 1, sizeof *cut);
  bool ok = (ids && keep && cut) || no_memory (err);
  for (size_t i = 0; ok && i < n; i++) {
    ok = cosmos_pipeline_frame (pipeline, texts[i], strlen (texts[i]), (int64_t) L, ids + i * L, keep + i * L, NULL, &cut[i],
                                err);
    if (!ok && n > 1)
      cosmos_error_prefix (err, "Text %zu", i + 1);
  }
  ok = ok && cosmos_reconstruct_tokens (pipeline, pool, ids, keep, n, results, progress, err);
  for (size_t i = 0; ok && i < n; i++)
    results[i].cut = cut[i];
  free (ids);
  free (keep);
  free (cut);
  return ok;
}

/* ---- latents of texts, texts of latents ---- */

/* n texts, at most a batch, to n x N x Z. */
static bool encode (const CosmosPipeline *pipeline, CosmosPool *pool, const char *const *texts, int n, float *latents,
                    CosmosProgress *progress, CosmosError *err)
{
  const size_t L = (size_t) cosmos_pipeline_get_config (pipeline)->tokens;
  CosmosGraph *graph = new_graph (pool, progress, err);
  int32_t *ids = calloc ((size_t) n * L, sizeof *ids);
  bool *keep = calloc ((size_t) n * L, sizeof *keep);
  bool ok = graph && ((ids && keep) || no_memory (err));
  for (int i = 0; ok && i < n; i++)
    ok = cosmos_pipeline_frame (pipeline, texts[i], strlen (texts[i]), (int64_t) L, ids + (size_t) i * L, keep + (size_t) i * L,
                                NULL, NULL, err);
  if (ok) {
    CosmosTensor *z = cosmos_pipeline_encode (pipeline, graph, ids, keep, n, (int64_t) L);
    ok = cosmos_graph_check (graph, err);
    if (ok)
      cosmos_tensor_copy_to (z, latents);
  }
  free (ids);
  free (keep);
  cosmos_graph_free (graph);
  return ok;
}

/* n latents, N x Z each. */
static bool decode_all (const CosmosPipeline *pipeline, CosmosPool *pool, const float *latents, size_t n,
                        CosmosDecoding **decodings, const char *what, CosmosProgress *progress, CosmosError *err)
{
  CosmosGraph *graph = new_graph (pool, progress, err);
  CosmosDecoding **made = calloc (n, sizeof *made);
  bool ok = graph && (made || no_memory (err));
  for (size_t first = 0; ok && first < n; first += COSMOS_PROBE_BATCH) {
    int batch = n - first < COSMOS_PROBE_BATCH ? (int) (n - first) : COSMOS_PROBE_BATCH;
    cosmos_progress_report (progress, (double) first / (double) n, what);
    ok = cosmos_decode (pipeline, graph, latents + first * latent_count (pipeline), batch, made + first, err);
  }
  if (ok)
    memcpy (decodings, made, n * sizeof *made);
  for (size_t i = 0; !ok && made && i < n; i++)
    cosmos_decoding_free (made[i]);
  free (made);
  cosmos_graph_free (graph);
  return ok;
}

/* ---- perturb ---- */

void cosmos_perturbation_clear (CosmosPerturbation *self)
{
  cosmos_decoding_free (self->decoding);
  *self = (CosmosPerturbation) {0};
}

/* ids of the text, n_tokens; free() them. */
static int32_t *text_ids (const CosmosDecoding *decoding)
{
  int32_t *ids = malloc (((size_t) decoding->n_tokens + 1) * sizeof *ids);
  for (int i = 0; ids && i < decoding->n_tokens; i++)
    ids[i] = decoding->tokens[decoding->first + i].id;
  return ids;
}

static bool compare (const CosmosDecoding *clean, CosmosPerturbation *result)
{
  int32_t *a = text_ids (result->decoding), *b = text_ids (clean);
  size_t n_a = (size_t) result->decoding->n_tokens, n_b = (size_t) clean->n_tokens;
  bool ok = a && b && cosmos_bleu ((const int32_t *const *) &a, &n_a, (const int32_t *const *) &b, &n_b, 1, true, &result->bleu);
  free (a);
  free (b);
  int same = 0;
  for (int i = clean->first; i < clean->first + clean->n_tokens; i++)
    same += result->decoding->tokens[i].id == clean->tokens[i].id;
  result->token_accuracy = clean->n_tokens > 0 ? (double) same / clean->n_tokens : 1;
  return ok;
}

/* all: n x N x Z. */
static bool add_noise (float *all, size_t n, size_t count, const float *latents, const double *sigmas, uint64_t seed)
{
  float *noise = malloc (count * sizeof *noise);
  if (!noise)
    return false;
  cosmos_random_normal (seed, 0, 0, noise, count);
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < count; i++)
      all[k * count + i] = latents[i] + (float) sigmas[k] * noise[i];
  free (noise);
  return true;
}

/* made: n of zeros. */
static bool perturb (const CosmosPipeline *pipeline, CosmosPool *pool, const float *latents, const CosmosDecoding *clean,
                     const double *sigmas, size_t n, uint64_t seed, CosmosPerturbation *made, CosmosProgress *progress,
                     CosmosError *err)
{
  const size_t count = latent_count (pipeline);
  float *all = calloc (n * count + 1, sizeof *all);
  CosmosDecoding **decodings = calloc (n + 1, sizeof *decodings);
  bool ok = (all && decodings && add_noise (all, n, count, latents, sigmas, seed)) || no_memory (err);
  ok = ok && decode_all (pipeline, pool, all, n, decodings, "decoding with noise", progress, err);
  for (size_t i = 0; ok && i < n; i++)
    made[i] = (CosmosPerturbation) {.sigma = sigmas[i], .decoding = decodings[i]};
  for (size_t i = 0; ok && i < n; i++)
    ok = compare (clean, &made[i]) || no_memory (err);
  free (all);
  free (decodings);
  return ok;
}

bool cosmos_perturb_latents (const CosmosPipeline *pipeline, CosmosPool *pool, const float *latents, const CosmosDecoding *clean,
                             const double *sigmas, size_t n, uint64_t seed, CosmosPerturbation *results, CosmosProgress *progress,
                             CosmosError *err)
{
  for (size_t i = 0; i < n; i++)
    if (!(sigmas[i] >= 0 && sigmas[i] <= 100))
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The noise's sigma is %g; it must be 0 to 100.", sigmas[i]);
  CosmosDecoding *own = NULL;
  CosmosPerturbation *made = calloc (n + 1, sizeof *made);
  bool ok = (made || no_memory (err)) && (clean || decode_all (pipeline, pool, latents, 1, &own, "decoding", progress, err))
            && perturb (pipeline, pool, latents, clean ? clean : own, sigmas, n, seed, made, progress, err);
  if (ok)
    memcpy (results, made, n * sizeof *made);
  for (size_t i = 0; !ok && made && i < n; i++)
    cosmos_perturbation_clear (&made[i]);
  cosmos_decoding_free (own);
  free (made);
  return ok;
}

bool cosmos_perturb (const CosmosPipeline *pipeline, CosmosPool *pool, const char *text, const double *sigmas, size_t n,
                     uint64_t seed, CosmosPerturbation *results, CosmosProgress *progress, CosmosError *err)
{
  float *latents = calloc (latent_count (pipeline), sizeof *latents);
  bool ok = (latents || no_memory (err)) && encode (pipeline, pool, &text, 1, latents, progress, err)
            && cosmos_perturb_latents (pipeline, pool, latents, NULL, sigmas, n, seed, results, progress, err);
  free (latents);
  return ok;
}

/* ---- interpolate ---- */

typedef struct {
  double a, b;
} Mix;

/* Along the great circle through both directions (Shoemake 1985); they must not be the same or opposite. */
static Mix spherical_mix (double angle, double mu)
{
  return (Mix) {sin ((1 - mu) * angle) / sin (angle), sin (mu * angle) / sin (angle)};
}

static double angle_between (const float *a, const float *b, size_t n)
{
  double product = 0, square_a = 0, square_b = 0;
  for (size_t i = 0; i < n; i++) {
    product += (double) a[i] * (double) b[i];
    square_a += (double) a[i] * (double) a[i];
    square_b += (double) b[i] * (double) b[i];
  }
  double cosine = product / sqrt (square_a * square_b); /* NaN where one is 0 */
  return isnan (cosine) ? 0 : acos (fmax (-1, fmin (1, cosine)));
}

bool cosmos_interpolate_latents (const CosmosPipeline *pipeline, CosmosPool *pool, const float *a, const float *b,
                                 const double *mus, size_t n, bool spherical, CosmosDecoding **decodings,
                                 CosmosProgress *progress, CosmosError *err)
{
  const size_t count = latent_count (pipeline);
  for (size_t k = 0; k < n; k++)
    if (!(mus[k] >= 0 && mus[k] <= 1))
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "A text at %g does not lie between two; 0 to 1 does.", mus[k]);
  float *all = calloc (n * count + 1, sizeof *all);
  if (!all)
    return no_memory (err);
  double angle = angle_between (a, b, count);
  bool round = spherical && sin (angle) > 1e-6;
  for (size_t k = 0; k < n; k++) {
    Mix mix = round ? spherical_mix (angle, mus[k]) : (Mix) {1 - mus[k], mus[k]};
    for (size_t i = 0; i < count; i++)
      all[k * count + i] = (float) (mix.a * (double) a[i] + mix.b * (double) b[i]);
  }
  bool ok = decode_all (pipeline, pool, all, n, decodings, "decoding between the texts", progress, err);
  free (all);
  return ok;
}

bool cosmos_interpolate (const CosmosPipeline *pipeline, CosmosPool *pool, const char *a, const char *b, size_t n, bool spherical,
                         CosmosDecoding **decodings, CosmosProgress *progress, CosmosError *err)
{
  const size_t count = latent_count (pipeline);
  if (n < 2 || n > 1000)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%zu texts cannot lie between two: 2 to 1000 can, the ends included.", n);
  float *latents = calloc (2 * count, sizeof *latents);
  double *mus = calloc (n, sizeof *mus);
  bool ok = (latents && mus) || no_memory (err);
  for (size_t k = 0; ok && k < n; k++)
    mus[k] = (double) k / (double) (n - 1);
  ok = ok && encode (pipeline, pool, (const char *const[]) {a, b}, 2, latents, progress, err)
       && cosmos_interpolate_latents (pipeline, pool, latents, latents + count, mus, n, spherical, decodings, progress, err);
  free (latents);
  free (mus);
  return ok;
}

/* ---- influence ---- */

static float get_probability (const CosmosTokenGuess *guess, int32_t id)
{
  for (int i = 0; i < COSMOS_TOP_K; i++)
    if (guess->top[i] == id)
      return guess->top_probability[i];
  return 0;
}

bool cosmos_measure_influence (const CosmosPipeline *pipeline, CosmosPool *pool, const float *latents,
                               const CosmosDecoding *clean, float *influence, CosmosProgress *progress, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (pipeline);
  const size_t N = (size_t) config->latents, Z = (size_t) config->latent_width, count = N * Z, L = (size_t) config->tokens;
  CosmosDecoding *own = NULL, **decodings = calloc (N, sizeof *decodings);
  float *all = calloc (N * count, sizeof *all);
  bool ok = (all && decodings) || no_memory (err);
  for (size_t i = 0; ok && i < N; i++) {
    memcpy (all + i * count, latents, count * sizeof *all);
    memset (all + i * count + i * Z, 0, Z * sizeof *all);
  }
  ok = ok && (clean || decode_all (pipeline, pool, latents, 1, &own, "decoding", progress, err))
       && decode_all (pipeline, pool, all, N, decodings, "leaving out a latent at a time", progress, err);
  clean = clean ? clean : own;
  for (size_t i = 0; ok && i < N; i++) {
    for (size_t j = 0; j < L; j++)
      influence[i * L + j] = clean->tokens[j].probability - get_probability (&decodings[i]->tokens[j], clean->tokens[j].id);
    cosmos_decoding_free (decodings[i]);
  }
  cosmos_decoding_free (own);
  free (decodings);
  free (all);
  return ok;
}
