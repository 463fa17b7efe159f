#include "core/sample/trajectory.h"

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What cosmos_pipeline_encode_source() made of a text. values NULL: no source. */
typedef struct {
  float *values;  /* (1, S, C) */
  float *latents; /* (1, N, Z), or NULL where they are not read */
  int64_t tokens, width;
} Source;

struct CosmosTrajectory {
  const CosmosPipeline *pipeline;
  CosmosPool *pool;
  CosmosGraph *graph;
  CosmosSettings settings;
  size_t sample, count; /* numbers of one sample, N Z, and of all, B N Z */
  double *times;        /* steps + 1 */
  CosmosStep *steps;
  int n_done;
  float *x, *x0;        /* steps x (B, N, Z) each */
  float *noise, *other; /* (B, N, Z) each: of a step; the second guess of guidance */
  float *mean;          /* (B, N, Z), what the last step came to */
  Source source, empty; /* empty: of "[CLS][SEP]", there if guidance needs it */
  int32_t ends[2];      /* [CLS] and [SEP], -1 if unknown */
  bool source_cut;
  float *pins;                /* (N, Z); NULL: nothing is pinned */
  bool *is_pinned;            /* N */
  CosmosDecoding **decodings; /* 2 shows x steps x B, then B of the mean */
};

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY,
                           "There is not enough memory for this run: fewer steps or samples need less");
}

/* ---- making and freeing ---- */

static void source_clear (Source *self)
{
  free (self->values);
  free (self->latents);
}

void cosmos_trajectory_free (CosmosTrajectory *self)
{
  if (!self)
    return;
  size_t n_decodings = self->decodings ? (2 * (size_t) self->settings.steps + 1) * (size_t) self->settings.batch : 0;
  for (size_t i = 0; i < n_decodings; i++)
    cosmos_decoding_free (self->decodings[i]);
  free (self->decodings);
  cosmos_graph_free (self->graph);
  free (self->times);
  free (self->steps);
  free (self->x);
  free (self->x0);
  free (self->noise);
  free (self->other);
  free (self->mean);
  source_clear (&self->source);
  source_clear (&self->empty);
  free (self->pins);
  free (self->is_pinned);
  free (self);
}

static float *new_floats (size_t n, size_t m)
{
  size_t count;
  return __builtin_mul_overflow (n, m, &count) ? NULL : calloc (count, sizeof (float));
}

/* A run of no steps yet, all memory taken. */
static CosmosTrajectory *make (const CosmosPipeline *pipeline, CosmosPool *pool, const CosmosSettings *settings, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (pipeline);
  if (!cosmos_settings_check (settings, config, err))
    return NULL;
  CosmosTrajectory *self = calloc (1, sizeof *self);
  if (!self) {
    no_memory (err);
    return NULL;
  }
  size_t steps = (size_t) settings->steps, batch = (size_t) settings->batch;
  self->pipeline = pipeline;
  self->pool = pool;
  self->settings = *settings;
  self->sample = (size_t) config->latents * (size_t) config->latent_width;
  self->count = batch * self->sample;
  self->ends[0] = self->ends[1] = -1;
  self->graph = cosmos_graph_new (pool, NULL);
  self->times = calloc (steps + 1, sizeof *self->times);
  self->steps = calloc (steps, sizeof *self->steps);
  self->x = new_floats (steps, self->count);
  self->x0 = new_floats (steps, self->count);
  self->noise = new_floats (1, self->count);
  self->other = new_floats (1, self->count);
  self->mean = new_floats (1, self->count);
  self->decodings = calloc ((2 * steps + 1) * batch, sizeof *self->decodings);
  if (self->graph && self->times && self->steps && self->x && self->x0 && self->noise && self->other && self->mean
      && self->decodings) {
    cosmos_schedule_fill_times (cosmos_settings_get_first_time (settings), settings->t_end, settings->steps, self->times);
    return self;
  }
  no_memory (err);
  self->settings.batch = 0;
  cosmos_trajectory_free (self);
  return NULL;
}

static float *x_at (const CosmosTrajectory *self, int k)
{
  return self->x + (size_t) k * self->count;
}

static float *x0_at (const CosmosTrajectory *self, int k)
{
  return self->x0 + (size_t) k * self->count;
}

/* ---- noise ---- */

enum { NOISE_PIECE = 2048 }; /* numbers that one thread draws at a time */

typedef struct {
  const CosmosTrajectory *self;
  uint32_t step;
  float *out;
  int pieces; /* of a sample */
} NoiseJob;

static void draw_piece (int item, void *data)
{
  const NoiseJob *job = data;
  size_t b = (size_t) (item / job->pieces), first = (size_t) (item % job->pieces) * NOISE_PIECE, left = job->self->sample - first;
  cosmos_random_normal (job->self->settings.seed + b, job->step, first, job->out + b * job->self->sample + first,
                        left < NOISE_PIECE ? left : NOISE_PIECE);
}

/* Every sample has its own stream, so that it is the same alone and in a batch. */
static void draw_noise (const CosmosTrajectory *self, uint32_t step, float *out)
{
  NoiseJob job = {self, step, out, (int) ((self->sample + NOISE_PIECE - 1) / NOISE_PIECE)};
  cosmos_pool_run (self->pool, job.pieces * self->settings.batch, draw_piece, &job);
}

/* ---- the source ---- */

static bool source_init (Source *self, int64_t tokens, int64_t width, bool has_latents, size_t n_latents)
{
  *self = (Source) {new_floats ((size_t) tokens, (size_t) width), has_latents ? new_floats (1, n_latents) : NULL, tokens, width};
  return self->values && (self->latents || !has_latents);
}

static bool encode_source (CosmosTrajectory *self, const int32_t *ids, int64_t n, Source *source, CosmosError *err)
{
  cosmos_graph_reset (self->graph);
  bool *keep = cosmos_graph_alloc (self->graph, (size_t) n * sizeof *keep);
  for (int64_t i = 0; keep && i < n; i++)
    keep[i] = true;
  CosmosSource read = keep ? cosmos_pipeline_encode_source (self->pipeline, self->graph, ids, keep, 1, n) : (CosmosSource) {0};
  if (!cosmos_graph_check (self->graph, err))
    return false;
  if (!source_init (source, n, read.x->shape[2], read.latents, self->sample))
    return no_memory (err);
  cosmos_tensor_copy_to (read.x, source->values);
  if (read.latents)
    cosmos_tensor_copy_to (read.latents, source->latents);
  return true;
}

/* One of more than [CLS] and [SEP]: an empty one cannot guide, and nothing can begin from it. */
static bool has_source (const CosmosTrajectory *self)
{
  return self->source.values && self->source.tokens > 2;
}

static bool is_guided (const CosmosTrajectory *self)
{
  return has_source (self) && self->settings.guidance != 1.0;
}

static bool ensure_empty_source (CosmosTrajectory *self, CosmosError *err)
{
  return !is_guided (self) || self->empty.values || encode_source (self, self->ends, 2, &self->empty, err);
}

static bool check_strength (const CosmosTrajectory *self, CosmosError *err)
{
  if (self->settings.strength == 1.0)
    return true;
  if (!has_source (self))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "A strength below 1 begins as the source, and there is none: give one, or leave the strength at 1");
  return self->source.latents
         || cosmos_error_set (
             err, COSMOS_STATUS_UNSUPPORTED,
             "%s does not read the latents of a source, so it can begin as nothing but noise: leave the strength at 1",
             cosmos_pipeline_get_name (self->pipeline));
}

/* x at the first time: eps, or alpha z + sigma eps with the source's latents z. */
static void begin (CosmosTrajectory *self)
{
  float *x = x_at (self, 0);
  const CosmosSchedule schedule = {self->settings.schedule_d};
  const float signal = (float) cosmos_schedule_get_alpha (schedule, self->times[0]),
              noise = (float) cosmos_schedule_get_sigma (schedule, self->times[0]);
  draw_noise (self, 0, x);
  for (size_t i = 0; self->settings.strength < 1.0 && i < self->count; i++)
    x[i] = signal * self->source.latents[i % self->sample] + noise * x[i];
}

CosmosTrajectory *cosmos_trajectory_new_from_tokens (const CosmosPipeline *pipeline, CosmosPool *pool,
                                                     const CosmosSettings *settings, const int32_t *source, int64_t n,
                                                     CosmosError *err)
{
  int limit = cosmos_pipeline_get_config (pipeline)->source_tokens;
  if (n != 0 && !cosmos_denoiser_has_source (cosmos_pipeline_get_denoiser (pipeline))) {
    cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s writes without a source text; leave it out",
                      cosmos_pipeline_get_name (pipeline));
    return NULL;
  }
  if (n < 0 || n == 1 || n > limit) {
    cosmos_error_set (err, COSMOS_STATUS_RANGE, "A source of %lld tokens cannot be read; 2 to %d can, [CLS] and [SEP] included",
                      (long long) n, limit);
    return NULL;
  }
  for (int64_t i = 0; i < n; i++)
    if (source[i] < 0 || source[i] >= cosmos_pipeline_get_config (pipeline)->vocabulary) {
      cosmos_error_set (err, COSMOS_STATUS_RANGE, "The source holds the token %d; the vocabulary is 0 to %d", (int) source[i],
                        cosmos_pipeline_get_config (pipeline)->vocabulary - 1);
      return NULL;
    }
  CosmosTrajectory *self = make (pipeline, pool, settings, err);
  if (!self)
    return NULL;
  if (n > 0) {
    self->ends[0] = source[0];
    self->ends[1] = source[n - 1];
  }
  if ((n == 0 || encode_source (self, source, n, &self->source, err)) && check_strength (self, err)
      && ensure_empty_source (self, err)) {
    begin (self);
    return self;
  }
  cosmos_trajectory_free (self);
  return NULL;
}

CosmosTrajectory *cosmos_trajectory_new (const CosmosPipeline *pipeline, CosmosPool *pool, const CosmosSettings *settings,
                                         const char *source, size_t size, CosmosError *err)
{
  bool reads = cosmos_denoiser_has_source (cosmos_pipeline_get_denoiser (pipeline));
  if (!source && (!reads || !cosmos_pipeline_get_tokenizer (pipeline)))
    return cosmos_trajectory_new_from_tokens (pipeline, pool, settings, NULL, 0, err);
  int64_t limit = reads ? cosmos_pipeline_get_config (pipeline)->source_tokens : 2, n;
  int32_t *ids = calloc ((size_t) limit, sizeof *ids);
  bool *keep = calloc ((size_t) limit, sizeof *keep), cut;
  CosmosTrajectory *self = NULL;
  if (!ids || !keep)
    no_memory (err);
  else if (cosmos_pipeline_frame (pipeline, source ? source : "", source ? size : 0, limit, ids, keep, &n, &cut, err))
    self = cosmos_trajectory_new_from_tokens (pipeline, pool, settings, ids, n, err);
  if (self)
    self->source_cut = cut;
  free (ids);
  free (keep);
  return self;
}

/* ---- pins ---- */

/* Pinned latents of all samples become signal z + noise eps, eps by stream; without noise, z itself. */
static void set_pinned (const CosmosTrajectory *self, float *latents, float signal, float noise, uint32_t stream)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (self->pipeline);
  const size_t N = (size_t) config->latents, Z = (size_t) config->latent_width;
  for (size_t row = 0; self->pins && row < (size_t) self->settings.batch * N; row++) {
    const float *z = self->pins + row % N * Z;
    float *out = latents + row * Z;
    if (!self->is_pinned[row % N])
      continue;
    if (noise == 0.0f) {
      memcpy (out, z, Z * sizeof *out);
      continue;
    }
    cosmos_random_normal (self->settings.seed + row / N, stream, row % N * Z, out, Z);
    for (size_t c = 0; c < Z; c++)
      out[c] = signal * z[c] + noise * out[c];
  }
}

/* x at step k. */
static void pin_state (CosmosTrajectory *self, int k)
{
  const CosmosSchedule schedule = {self->settings.schedule_d};
  set_pinned (self, x_at (self, k), (float) cosmos_schedule_get_alpha (schedule, self->times[k]),
              (float) cosmos_schedule_get_sigma (schedule, self->times[k]), COSMOS_PIN_STREAM + (uint32_t) k);
}

/* A guess, or what the last step came to. */
static void pin_guess (CosmosTrajectory *self, float *x0)
{
  set_pinned (self, x0, 1.0f, 0.0f, 0);
}

static bool is_finite (const float *x, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += fabs ((double) x[i]);
  return isfinite (sum);
}

bool cosmos_trajectory_pin (CosmosTrajectory *self, const float *latents, const bool *mask, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (self->pipeline);
  const size_t N = (size_t) config->latents, Z = (size_t) config->latent_width;
  if (cosmos_trajectory_is_done (self))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The run has made all of its %d steps: it is too late to pin latents",
                             self->n_done);
  for (size_t i = 0; i < N; i++)
    if (mask[i] && !is_finite (latents + i * Z, Z))
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "Latent %zu cannot be pinned: its numbers are not finite", i + 1);
  if (!self->pins)
    self->pins = new_floats (N, Z);
  if (!self->is_pinned)
    self->is_pinned = calloc (N, sizeof *self->is_pinned);
  if (!self->pins || !self->is_pinned) {
    free (self->pins);
    self->pins = NULL;
    return no_memory (err);
  }
  memcpy (self->is_pinned, mask, N * sizeof *mask);
  for (size_t i = 0; i < N; i++)
    if (mask[i])
      memcpy (self->pins + i * Z, latents + i * Z, Z * sizeof *self->pins);
  pin_state (self, self->n_done);
  return true;
}

/* ---- stepping ---- */

/* One call of the network at step k. */
static bool guess (CosmosTrajectory *self, int k, const Source *source, float *x0, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (self->pipeline);
  const int64_t shape[] = {self->settings.batch, config->latents, config->latent_width};
  const bool conditioned = self->settings.self_conditioning && k > 0;
  double t[COSMOS_MAX_BATCH];
  int32_t tasks[COSMOS_MAX_BATCH];
  for (int b = 0; b < self->settings.batch; b++) {
    t[b] = self->times[k];
    tasks[b] = self->settings.task;
  }
  CosmosTensor x = cosmos_tensor (x_at (self, k), 3, shape), c = {0}, z = {0}, s = {0};
  if (conditioned)
    s = cosmos_tensor (x0_at (self, k - 1), 3, shape);
  if (source->values)
    c = cosmos_tensor (source->values, 3, (int64_t[]) {1, source->tokens, source->width});
  if (source->latents)
    z = cosmos_tensor (source->latents, 3, (int64_t[]) {1, shape[1], shape[2]});
  cosmos_graph_reset (self->graph);
  CosmosTensor *out = cosmos_denoiser_run (
      cosmos_pipeline_get_denoiser (self->pipeline), self->graph, &x, t, conditioned ? &s : NULL,
      config->denoiser.tasks > 0 ? tasks : NULL,
      (CosmosSource) {source->values ? &c : NULL, NULL, source->latents ? &z : NULL}); /* (B, N, Z) */
  if (!cosmos_graph_check (self->graph, err))
    return false;
  cosmos_tensor_copy_to (out, x0);
  return true;
}

COSMOS_SIMD_CLONES static void extrapolate (float w, const float *empty, float *restrict x0, size_t n)
{
  for (size_t i = 0; i < n; i++)
    x0[i] = empty[i] + w * (x0[i] - empty[i]);
}

/* w x0(source) + (1 - w) x0(no source), or one call where that is all. */
static bool guess_guided (CosmosTrajectory *self, int k, float *x0, CosmosError *err)
{
  if (!guess (self, k, &self->source, x0, err))
    return false;
  if (!is_guided (self))
    return true;
  if (!guess (self, k, &self->empty, self->other, err))
    return false;
  extrapolate ((float) self->settings.guidance, self->other, x0, self->count);
  return true;
}

COSMOS_SIMD_CLONES static void scale (float factor, float *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    x[i] *= factor;
}

static double root_mean_square_change (const float *now, const float *before, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += ((double) now[i] - (double) before[i]) * ((double) now[i] - (double) before[i]);
  return sqrt (sum / (double) n);
}

/* x at times[k + 1], from step k. */
static void step (CosmosTrajectory *self, int k, const float *noise, float *next)
{
  CosmosSamplerHistory history = {k > 0 ? x0_at (self, k - 1) : NULL, k > 0 ? self->times[k - 1] : 0};
  cosmos_sampler_step (self->settings.sampler, (CosmosSchedule) {self->settings.schedule_d}, self->times[k], self->times[k + 1],
                       x_at (self, k), x0_at (self, k), k > 0 ? &history : NULL, noise, next, self->count);
}

/* The last step has no noise: its mean is what the paper returns. */
static void go_on_from (CosmosTrajectory *self, int k)
{
  if (k + 1 == self->settings.steps) {
    step (self, k, NULL, self->mean);
    pin_guess (self, self->mean);
    return;
  }
  if (cosmos_sampler_is_stochastic (self->settings.sampler)) {
    draw_noise (self, (uint32_t) k + 1, self->noise);
    scale ((float) self->settings.noise_scale, self->noise, self->count);
  }
  step (self, k, self->noise, x_at (self, k + 1));
  pin_state (self, k + 1);
}

bool cosmos_trajectory_advance (CosmosTrajectory *self, CosmosProgress *progress, CosmosError *err)
{
  const CosmosSchedule schedule = {self->settings.schedule_d};
  const double start = cosmos_clock_now ();
  const int k = self->n_done;
  if (cosmos_trajectory_is_done (self))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The run has made all of its %d steps", k);
  cosmos_graph_set_progress (self->graph, progress);
  bool ok = guess_guided (self, k, x0_at (self, k), err);
  cosmos_graph_set_progress (self->graph, NULL);
  if (!ok)
    return false;
  if (!is_finite (x0_at (self, k), self->count))
    return cosmos_error_set (err, COSMOS_STATUS_CORRUPT,
                             "%s: the denoiser's numbers are not finite: the weights are damaged, or they do not "
                             "bear this precision. Try f32, or get the model anew.",
                             cosmos_pipeline_get_path (self->pipeline));
  pin_guess (self, x0_at (self, k));
  go_on_from (self, k);
  self->steps[k] = (CosmosStep) {
    .index = k,
    .t = self->times[k],
    .alpha = cosmos_schedule_get_alpha (schedule, self->times[k]),
    .sigma = cosmos_schedule_get_sigma (schedule, self->times[k]),
    .x = x_at (self, k),
    .x0 = x0_at (self, k),
    .change = k > 0 ? root_mean_square_change (x0_at (self, k), x0_at (self, k - 1), self->count) : 0,
    .seconds = cosmos_clock_now () - start,
  };
  self->n_done++;
  return true;
}

/* ---- branching ---- */

static bool copy_source (Source *self, const Source *other, size_t n_latents)
{
  if (!other->values)
    return true;
  if (!source_init (self, other->tokens, other->width, other->latents, n_latents))
    return false;
  memcpy (self->values, other->values, (size_t) other->tokens * (size_t) other->width * sizeof *self->values);
  if (other->latents)
    memcpy (self->latents, other->latents, n_latents * sizeof *self->latents);
  return true;
}

static bool check_branch (const CosmosTrajectory *self, int k, const CosmosSettings *settings, CosmosError *err)
{
  const CosmosSettings *own = &self->settings;
  if (k < 1 || k > self->n_done)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "This run cannot branch at step %d; it has made %d", k, self->n_done);
  if (settings->steps != own->steps || settings->batch != own->batch || settings->schedule_d != own->schedule_d
      || settings->t_start != own->t_start || settings->t_end != own->t_end || settings->strength != own->strength)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "A branch keeps the number of steps and samples, the times and the schedule of its run");
  return true;
}

CosmosTrajectory *cosmos_trajectory_branch (const CosmosTrajectory *self, int k, const CosmosSettings *settings, CosmosError *err)
{
  if (!check_branch (self, k, settings, err))
    return NULL;
  CosmosTrajectory *branch = make (self->pipeline, self->pool, settings, err);
  if (!branch)
    return NULL;
  bool ok = (copy_source (&branch->source, &self->source, self->sample)
             && copy_source (&branch->empty, &self->empty, self->sample))
            || no_memory (err);
  memcpy (branch->ends, self->ends, sizeof branch->ends);
  branch->source_cut = self->source_cut;
  if (!ok || !ensure_empty_source (branch, err)) {
    cosmos_trajectory_free (branch);
    return NULL;
  }
  /* x of step k is there already, or the mean where there is none. */
  size_t n_x = (size_t) (k < settings->steps ? k + 1 : k) * self->count;
  memcpy (branch->x, self->x, n_x * sizeof *self->x);
  memcpy (branch->x0, self->x0, (size_t) k * self->count * sizeof *self->x0);
  memcpy (branch->mean, self->mean, self->count * sizeof *self->mean);
  for (int i = 0; i < k; i++) {
    branch->steps[i] = self->steps[i];
    branch->steps[i].x = x_at (branch, i);
    branch->steps[i].x0 = x0_at (branch, i);
  }
  branch->n_done = k;
  return branch;
}

/* ---- looking at it ---- */

const CosmosSettings *cosmos_trajectory_get_settings (const CosmosTrajectory *self)
{
  return &self->settings;
}

const CosmosPipeline *cosmos_trajectory_get_pipeline (const CosmosTrajectory *self)
{
  return self->pipeline;
}

int cosmos_trajectory_get_n_steps (const CosmosTrajectory *self)
{
  return self->settings.steps;
}

int cosmos_trajectory_get_n_done (const CosmosTrajectory *self)
{
  return self->n_done;
}

bool cosmos_trajectory_is_done (const CosmosTrajectory *self)
{
  return self->n_done == self->settings.steps;
}

bool cosmos_trajectory_is_source_cut (const CosmosTrajectory *self)
{
  return self->source_cut;
}

const CosmosStep *cosmos_trajectory_get_step (const CosmosTrajectory *self, int k)
{
  return k >= 0 && k < self->n_done ? &self->steps[k] : NULL;
}

const float *cosmos_trajectory_get_result (const CosmosTrajectory *self)
{
  if (!cosmos_trajectory_is_done (self))
    return NULL;
  return self->settings.returned == COSMOS_RETURN_MEAN ? self->mean : x0_at (self, self->n_done - 1);
}

size_t cosmos_trajectory_get_allocations (const CosmosTrajectory *self)
{
  return cosmos_arena_get_allocations (cosmos_graph_get_arena (self->graph));
}

/* Where the decoding of all samples begins, and the latents that it is of. */
static CosmosDecoding **find_decodings (const CosmosTrajectory *self, int k, CosmosShow show, const float **latents)
{
  size_t steps = (size_t) self->settings.steps, batch = (size_t) self->settings.batch;
  if (k == self->settings.steps && self->settings.returned == COSMOS_RETURN_MEAN) {
    *latents = self->mean;
    return self->decodings + 2 * steps * batch;
  }
  if (k == self->settings.steps) {
    k--;
    show = COSMOS_SHOW_X0;
  }
  *latents = show == COSMOS_SHOW_X0 ? x0_at (self, k) : x_at (self, k);
  return self->decodings + ((show == COSMOS_SHOW_X0 ? 0 : steps) + (size_t) k) * batch;
}

const CosmosDecoding *cosmos_trajectory_decode (CosmosTrajectory *self, int k, CosmosShow show, int b, CosmosProgress *progress,
                                                CosmosError *err)
{
  if (k < 0 || b < 0 || b >= self->settings.batch
      || (k >= self->n_done && !(k == self->n_done && cosmos_trajectory_is_done (self)))) {
    cosmos_error_set (err, COSMOS_STATUS_RANGE,
                      "There is nothing to decode at step %d of sample %d: %d steps are made, of %d samples", k, b, self->n_done,
                      self->settings.batch);
    return NULL;
  }
  const float *latents;
  CosmosDecoding **decoding = find_decodings (self, k, show, &latents) + b;
  if (!*decoding) {
    cosmos_graph_set_progress (self->graph, progress);
    bool ok = cosmos_decode (self->pipeline, self->graph, latents + (size_t) b * self->sample, 1, decoding, err);
    cosmos_graph_set_progress (self->graph, NULL);
    if (!ok)
      return NULL;
  }
  return *decoding;
}
