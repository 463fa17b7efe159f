#include "core/sample/trajectory.h"

#include "core/base/random.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "../tiny-networks.h"

static const int32_t source[] = {2, 17, 30, 99, 3}, empty_source[] = {2, 3};

typedef struct {
  CosmosPipeline *pipeline;
  CosmosPool *pool;
  CosmosSettings settings;
  size_t sample;
} Fixture;

static void set_up (Fixture *self, gconstpointer threads)
{
  CosmosConfig config = tiny_config ();
  self->pipeline = tiny_pipeline (&config);
  self->pool = cosmos_pool_new (threads ? GPOINTER_TO_INT (threads) : 1);
  self->settings = cosmos_settings_default (&config);
  self->settings.steps = 6;
  self->settings.seed = 42;
  self->sample = (size_t) config.latents * (size_t) config.latent_width;
}

static void tear_down (Fixture *self, gconstpointer threads)
{
  (void) threads;
  cosmos_pipeline_free (self->pipeline);
  cosmos_pool_free (self->pool);
}

static void must (bool ok, const CosmosError *err)
{
  if (!ok)
    g_error ("%s", err->message);
}

static CosmosTrajectory *start_with (Fixture *self, const CosmosSettings *settings, const int32_t *ids, int64_t n)
{
  CosmosError err;
  CosmosTrajectory *run = cosmos_trajectory_new_from_tokens (self->pipeline, self->pool, settings, ids, n, &err);
  must (run, &err);
  return run;
}

static CosmosTrajectory *start (Fixture *self)
{
  return start_with (self, &self->settings, source, G_N_ELEMENTS (source));
}

static void advance (CosmosTrajectory *run)
{
  CosmosError err;
  must (cosmos_trajectory_advance (run, NULL, &err), &err);
}

static CosmosTrajectory *finish (CosmosTrajectory *run)
{
  while (!cosmos_trajectory_is_done (run))
    advance (run);
  return run;
}

/* All that happened, bit for bit. */
static void assert_same_bits (CosmosTrajectory *a, CosmosTrajectory *b, size_t count)
{
  size_t size = count * sizeof (float);
  g_assert_cmpint (cosmos_trajectory_get_n_done (a), ==, cosmos_trajectory_get_n_done (b));
  for (int k = 0; k < cosmos_trajectory_get_n_done (a); k++) {
    const CosmosStep *one = cosmos_trajectory_get_step (a, k), *other = cosmos_trajectory_get_step (b, k);
    g_assert_cmpmem (one->x, size, other->x, size);
    g_assert_cmpmem (one->x0, size, other->x0, size);
    g_assert_cmpfloat (one->change, ==, other->change);
  }
  g_assert_cmpmem (cosmos_trajectory_get_result (a), size, cosmos_trajectory_get_result (b), size);
}

static void test_steps (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTrajectory *run = start (self);
  CosmosSchedule schedule = {5};
  g_autofree float *noise = g_new (float, self->sample);
  g_assert_cmpint (cosmos_trajectory_get_n_steps (run), ==, 6);
  g_assert_cmpint (cosmos_trajectory_get_n_done (run), ==, 0);
  g_assert_null (cosmos_trajectory_get_step (run, 0));
  g_assert_null (cosmos_trajectory_get_result (run));
  g_assert_true (cosmos_trajectory_get_pipeline (run) == self->pipeline);
  g_assert_cmpuint (cosmos_trajectory_get_settings (run)->seed, ==, 42);
  finish (run);
  for (int k = 0; k < 6; k++) {
    const CosmosStep *step = cosmos_trajectory_get_step (run, k);
    double t = 0.999 + (0.05 - 0.999) * k / 6;
    g_assert_cmpint (step->index, ==, k);
    g_assert_cmpfloat_with_epsilon (step->t, t, 1e-15);
    g_assert_cmpfloat (step->alpha, ==, cosmos_schedule_get_alpha (schedule, step->t));
    g_assert_cmpfloat (step->sigma, ==, cosmos_schedule_get_sigma (schedule, step->t));
    g_assert_true (k > 0 ? step->change > 0 : step->change == 0);
    g_assert_cmpfloat (step->seconds, >, 0);
  }
  g_assert_null (cosmos_trajectory_get_step (run, 6));
  g_assert_null (cosmos_trajectory_get_step (run, -1));
  cosmos_random_normal (42, 0, 0, noise, self->sample);
  g_assert_cmpmem (cosmos_trajectory_get_step (run, 0)->x, self->sample * sizeof *noise, noise, self->sample * sizeof *noise);
  g_assert_true (cosmos_trajectory_get_result (run) == cosmos_trajectory_get_step (run, 5)->x0);
  cosmos_trajectory_free (run);
}

/* Two steps made by hand: network, change, noise of the step, sampler. */
static void test_against_parts (Fixture *self, gconstpointer self_conditioning)
{
  CosmosConfig config = tiny_config ();
  const int64_t shape[] = {1, config.latents, config.latent_width};
  self->settings.self_conditioning = GPOINTER_TO_INT (self_conditioning);
  self->settings.task = 1;
  self->settings.noise_scale = 0.7;
  CosmosTrajectory *run = finish (start_with (self, &self->settings, NULL, 0));
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  const CosmosDenoiser *denoiser = cosmos_pipeline_get_denoiser (self->pipeline);
  const CosmosStep *steps[3];
  g_autofree float *noise = g_new (float, self->sample), *next = g_new (float, self->sample);
  for (int k = 0; k < 3; k++)
    steps[k] = cosmos_trajectory_get_step (run, k);
  for (int k = 0; k < 2; k++) {
    CosmosTensor *x = cosmos_graph_input (graph, 3, shape, steps[k]->x), *s = NULL;
    if (k > 0 && self->settings.self_conditioning)
      s = cosmos_graph_input (graph, 3, shape, steps[k - 1]->x0);
    CosmosTensor *x0 = cosmos_denoiser_run (denoiser, graph, x, &steps[k]->t, s, &(int32_t) {1}, (CosmosSource) {0});
    g_assert_true (cosmos_graph_check (graph, NULL));
    g_assert_cmpmem (x0->data, self->sample * sizeof (float), steps[k]->x0, self->sample * sizeof (float));
    CosmosSamplerHistory history = {k > 0 ? steps[k - 1]->x0 : NULL, k > 0 ? steps[k - 1]->t : 0};
    cosmos_random_normal (42, (uint32_t) k + 1, 0, noise, self->sample);
    for (size_t i = 0; i < self->sample; i++)
      noise[i] *= 0.7f;
    cosmos_sampler_step (COSMOS_SAMPLER_DPM_SDE, (CosmosSchedule) {5}, steps[k]->t, steps[k + 1]->t, steps[k]->x, x0->data,
                         k > 0 ? &history : NULL, noise, next, self->sample);
    g_assert_cmpmem (next, self->sample * sizeof (float), steps[k + 1]->x, self->sample * sizeof (float));
  }
  double sum = 0;
  for (size_t i = 0; i < self->sample; i++)
    sum += pow ((double) steps[1]->x0[i] - (double) steps[0]->x0[i], 2);
  g_assert_cmpfloat_with_epsilon (steps[1]->change, sqrt (sum / (double) self->sample), 1e-9);
  cosmos_graph_free (graph);
  cosmos_trajectory_free (run);
}

static void test_what_settings_change (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTrajectory *plain = finish (start (self));
  const size_t size = self->sample * sizeof (float);
  for (int what = 0; what < 7; what++) {
    CosmosSettings other = self->settings;
    const int32_t other_source[] = {2, 18, 30, 99, 3};
    if (what == 0)
      other.seed++;
    else if (what == 1)
      other.task = 1;
    else if (what == 2)
      other.self_conditioning = false;
    else if (what == 3)
      other.guidance = 1.5;
    else if (what == 4)
      other.sampler = COSMOS_SAMPLER_DDIM;
    else if (what == 6)
      other.noise_scale = 0.99;
    CosmosTrajectory *run = finish (start_with (self, &other, what == 5 ? other_source : source, 5));
    g_assert_cmpint (memcmp (cosmos_trajectory_get_result (plain), cosmos_trajectory_get_result (run), size), !=, 0);
    cosmos_trajectory_free (run);
  }
  cosmos_trajectory_free (plain);
}

static void test_threads_change_no_bit (Fixture *self, gconstpointer data)
{
  (void) data;
  Fixture two;
  set_up (&two, GINT_TO_POINTER (2));
  for (int sampler = 0; sampler < COSMOS_N_SAMPLERS; sampler++) {
    self->settings.sampler = two.settings.sampler = (CosmosSampler) sampler;
    self->settings.batch = two.settings.batch = 2;
    CosmosTrajectory *a = finish (start (self)), *b = finish (start (&two));
    assert_same_bits (a, b, 2 * self->sample);
    cosmos_trajectory_free (a);
    cosmos_trajectory_free (b);
  }
  tear_down (&two, NULL);
}

static void test_batch_is_like_single_runs (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.batch = 3;
  self->settings.guidance = 1.5;
  CosmosTrajectory *batch = finish (start (self));
  for (int b = 0; b < 3; b++) {
    CosmosSettings settings = self->settings;
    settings.batch = 1;
    settings.seed += (uint64_t) b;
    CosmosTrajectory *single = finish (start_with (self, &settings, source, G_N_ELEMENTS (source)));
    const float *all = cosmos_trajectory_get_result (batch) + (size_t) b * self->sample,
                *one = cosmos_trajectory_get_result (single);
    g_assert_cmpmem (cosmos_trajectory_get_step (batch, 0)->x + (size_t) b * self->sample, self->sample * sizeof (float),
                     cosmos_trajectory_get_step (single, 0)->x, self->sample * sizeof (float));
    for (size_t i = 0; i < self->sample; i++)
      g_assert_cmpfloat_with_epsilon (all[i], one[i], 2e-4);
    cosmos_trajectory_free (single);
  }
  cosmos_trajectory_free (batch);
}

static void test_guidance (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosSettings guided = self->settings, off = self->settings;
  guided.guidance = 2.5;
  off.guidance = 0;
  CosmosTrajectory *with = start (self), *without = start_with (self, &self->settings, empty_source, 2);
  CosmosTrajectory *both = start_with (self, &guided, source, G_N_ELEMENTS (source));
  CosmosTrajectory *none = start_with (self, &off, source, G_N_ELEMENTS (source));
  CosmosTrajectory *unguided = start_with (self, &guided, NULL, 0); /* nothing to be guided by */
  CosmosTrajectory *runs[] = {with, without, both, none, unguided};
  const float *x0[5];
  for (int i = 0; i < 5; i++) {
    advance (runs[i]);
    x0[i] = cosmos_trajectory_get_step (runs[i], 0)->x0;
  }
  double difference = 0;
  for (size_t i = 0; i < self->sample; i++) {
    difference += fabs ((double) x0[0][i] - (double) x0[1][i]);
    g_assert_cmpfloat_with_epsilon (x0[2][i], 2.5 * x0[0][i] - 1.5 * x0[1][i], 1e-4);
    g_assert_cmpfloat_with_epsilon (x0[3][i], x0[1][i], 1e-5);
  }
  g_assert_cmpfloat (difference / (double) self->sample, >, 1e-3);
  for (int i = 0; i < 5; i++)
    cosmos_trajectory_free (runs[i]);
}

/* A run of less strength begins later, as the source's latents under the noise that it would be alone. */
static void test_strength (Fixture *self, gconstpointer data)
{
  (void) data;
  const double first = 0.6 * 0.999;
  const CosmosSchedule schedule = {5};
  const float signal = (float) cosmos_schedule_get_alpha (schedule, first),
              noise = (float) cosmos_schedule_get_sigma (schedule, first);
  CosmosGraph *graph = cosmos_graph_new (self->pool, NULL);
  bool keep[] = {true, true, true, true, true};
  self->settings.batch = 2;
  CosmosTrajectory *whole = start (self);
  self->settings.strength = 0.6;
  CosmosTrajectory *run = finish (start (self));
  const float *latents = cosmos_pipeline_encode_source (self->pipeline, graph, source, keep, 1, 5).latents->data;
  g_assert_true (cosmos_graph_check (graph, NULL));
  advance (whole);
  const CosmosStep *begun = cosmos_trajectory_get_step (run, 0), *pure = cosmos_trajectory_get_step (whole, 0);
  for (size_t i = 0; i < 2 * self->sample; i++)
    g_assert_cmpfloat_with_epsilon (begun->x[i], signal * latents[i % self->sample] + noise * pure->x[i], 1e-6);
  for (int k = 0; k < 6; k++)
    g_assert_cmpfloat_with_epsilon (cosmos_trajectory_get_step (run, k)->t, first + (0.05 - first) * k / 6, 1e-15);
  cosmos_graph_free (graph);
  cosmos_trajectory_free (whole);
  cosmos_trajectory_free (run);
}

static void test_branch_repeats_run (Fixture *self, gconstpointer data)
{
  (void) data;
  for (int returned = COSMOS_RETURN_X0; returned <= COSMOS_RETURN_MEAN; returned++) {
    self->settings.returned = (CosmosReturn) returned;
    self->settings.guidance = 1.5;
    CosmosTrajectory *run = finish (start (self));
    for (int k = 1; k <= 6; k++) {
      CosmosError err;
      CosmosTrajectory *branch = cosmos_trajectory_branch (run, k, &self->settings, &err);
      must (branch, &err);
      g_assert_cmpint (cosmos_trajectory_get_n_done (branch), ==, k);
      assert_same_bits (run, finish (branch), self->sample);
      cosmos_trajectory_free (branch);
    }
    cosmos_trajectory_free (run);
  }
}

/* A branch goes on from the same x with other settings, and outlives its run. */
static void test_branch_goes_elsewhere (Fixture *self, gconstpointer data)
{
  (void) data;
  const size_t size = self->sample * sizeof (float);
  CosmosTrajectory *run = finish (start (self)); /* without guidance: nothing was made of the empty source */
  g_autofree float *x = g_memdup2 (cosmos_trajectory_get_step (run, 3)->x, size),
                   *x_next = g_memdup2 (cosmos_trajectory_get_step (run, 4)->x, size);
  CosmosSettings other_seed = self->settings, guided = self->settings;
  other_seed.seed = 7;
  guided.guidance = 3;
  CosmosTrajectory *seeded = cosmos_trajectory_branch (run, 3, &other_seed, NULL),
                   *pushed = cosmos_trajectory_branch (run, 3, &guided, NULL);
  g_assert_nonnull (seeded);
  g_assert_nonnull (pushed);
  g_autofree float *x0 = g_memdup2 (cosmos_trajectory_get_step (run, 3)->x0, size);
  cosmos_trajectory_free (run);
  finish (seeded);
  finish (pushed);
  g_assert_cmpmem (cosmos_trajectory_get_step (seeded, 3)->x, size, x, size);
  g_assert_cmpmem (cosmos_trajectory_get_step (seeded, 3)->x0, size, x0, size);
  g_assert_cmpint (memcmp (cosmos_trajectory_get_step (seeded, 4)->x, x_next, size), !=, 0);
  g_assert_cmpmem (cosmos_trajectory_get_step (pushed, 3)->x, size, x, size);
  g_assert_cmpint (memcmp (cosmos_trajectory_get_step (pushed, 3)->x0, x0, size), !=, 0);
  cosmos_trajectory_free (seeded);
  cosmos_trajectory_free (pushed);
}

static void test_cancelled_step_leaves_no_trace (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.guidance = 2;
  CosmosTrajectory *undisturbed = finish (start (self)), *run = start (self);
  for (int k = 0; k < 6; k++) {
    CosmosProgress progress = {0};
    CosmosError err;
    atomic_store (&progress.cancelled, true);
    g_assert_false (cosmos_trajectory_advance (run, &progress, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
    g_assert_cmpint (cosmos_trajectory_get_n_done (run), ==, k);
    advance (run);
  }
  assert_same_bits (undisturbed, run, self->sample);
  cosmos_trajectory_free (undisturbed);
  cosmos_trajectory_free (run);
}

typedef struct {
  CosmosProgress progress;
  atomic_bool stop;
} Nuisance;

static gpointer cancel_now_and_then (gpointer data)
{
  Nuisance *self = data;
  while (!atomic_load (&self->stop)) {
    g_usleep (150);
    atomic_store (&self->progress.cancelled, true);
  }
  return NULL;
}

/* Cancelled somewhere between its layers, at a place that is another one each time. */
static void test_cancelled_anywhere (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTrajectory *undisturbed = finish (start (self)), *run = start (self);
  Nuisance nuisance = {0};
  GThread *thread = g_thread_new ("nuisance", cancel_now_and_then, &nuisance);
  for (int tries = 0; tries < 400 && !cosmos_trajectory_is_done (run); tries++) {
    CosmosError err;
    atomic_store (&nuisance.progress.cancelled, false);
    if (!cosmos_trajectory_advance (run, &nuisance.progress, &err))
      g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  }
  atomic_store (&nuisance.stop, true);
  g_thread_join (thread);
  assert_same_bits (undisturbed, finish (run), self->sample);
  cosmos_trajectory_free (undisturbed);
  cosmos_trajectory_free (run);
}

static void test_nothing_allocated_per_step (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.steps = 20;
  self->settings.guidance = 1.5;
  CosmosTrajectory *run = start (self);
  advance (run);
  advance (run);
  size_t allocations = cosmos_trajectory_get_allocations (run);
  g_assert_cmpuint (allocations, >, 0);
  finish (run);
  g_assert_cmpuint (cosmos_trajectory_get_allocations (run), ==, allocations);
  cosmos_trajectory_free (run);
}

static void test_result (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.sampler = COSMOS_SAMPLER_EULER;
  self->settings.t_start = 1;
  self->settings.returned = COSMOS_RETURN_MEAN;
  CosmosTrajectory *run = finish (start (self));
  const CosmosStep *last = cosmos_trajectory_get_step (run, 5);
  const float *mean = cosmos_trajectory_get_result (run);
  CosmosSchedule schedule = {5};
  double beta = cosmos_schedule_get_beta (schedule, last->t), width = last->t - 0.05;
  for (size_t i = 0; i < self->sample; i++) {
    double score = -(last->x[i] - last->alpha * last->x0[i]) / (last->sigma * last->sigma);
    g_assert_cmpfloat_with_epsilon (mean[i], last->x[i] + (0.5 * last->x[i] + score) * beta * width, 1e-4);
  }
  cosmos_trajectory_free (run);
}

static void test_end_at_zero (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.t_end = 0;
  for (int sampler = 0; sampler < COSMOS_N_SAMPLERS; sampler++) {
    self->settings.sampler = (CosmosSampler) sampler;
    self->settings.returned = COSMOS_RETURN_MEAN;
    CosmosTrajectory *run = finish (start (self));
    const float *result = cosmos_trajectory_get_result (run), *x0 = cosmos_trajectory_get_step (run, 5)->x0;
    for (size_t i = 0; i < self->sample; i++) {
      g_assert_true (isfinite (result[i]));
      if (sampler != COSMOS_SAMPLER_EULER)
        g_assert_cmpfloat_with_epsilon (result[i], x0[i], 1e-5);
    }
    cosmos_trajectory_free (run);
  }
}

static void test_one_step (Fixture *self, gconstpointer data)
{
  (void) data;
  self->settings.steps = 1;
  CosmosTrajectory *run = finish (start (self));
  g_assert_cmpint (cosmos_trajectory_get_n_done (run), ==, 1);
  g_assert_nonnull (cosmos_trajectory_get_result (run));
  cosmos_trajectory_free (run);
}

static void test_decode (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  self->settings.batch = 2;
  CosmosTrajectory *run = start (self);
  g_assert_null (cosmos_trajectory_decode (run, 0, COSMOS_SHOW_X0, 0, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  advance (run);
  const CosmosDecoding *first = cosmos_trajectory_decode (run, 0, COSMOS_SHOW_X0, 1, NULL, &err);
  must (first, &err);
  g_assert_cmpint (first->n_positions, ==, TINY_TOKENS);
  g_assert_null (cosmos_trajectory_decode (run, 1, COSMOS_SHOW_X0, 1, NULL, &err));
  finish (run);
  g_assert_true (cosmos_trajectory_decode (run, 0, COSMOS_SHOW_X0, 1, NULL, &err) == first);
  g_assert_true (cosmos_trajectory_decode (run, 0, COSMOS_SHOW_X0, 0, NULL, &err) != first);
  g_assert_true (cosmos_trajectory_decode (run, 0, COSMOS_SHOW_XT, 1, NULL, &err) != first);
  g_assert_true (cosmos_trajectory_decode (run, 6, COSMOS_SHOW_XT, 1, NULL, &err)
                 == cosmos_trajectory_decode (run, 5, COSMOS_SHOW_X0, 1, NULL, &err));
  g_assert_null (cosmos_trajectory_decode (run, 7, COSMOS_SHOW_X0, 0, NULL, &err));
  g_assert_null (cosmos_trajectory_decode (run, 0, COSMOS_SHOW_X0, 2, NULL, &err));
  g_assert_null (cosmos_trajectory_decode (run, -1, COSMOS_SHOW_X0, 0, NULL, &err));

  CosmosProgress progress = {0};
  atomic_store (&progress.cancelled, true);
  g_assert_null (cosmos_trajectory_decode (run, 3, COSMOS_SHOW_X0, 0, &progress, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  g_assert_nonnull (cosmos_trajectory_decode (run, 3, COSMOS_SHOW_X0, 0, NULL, &err));
  cosmos_trajectory_free (run);

  self->settings.returned = COSMOS_RETURN_MEAN;
  run = finish (start (self));
  g_assert_true (cosmos_trajectory_decode (run, 6, COSMOS_SHOW_X0, 1, NULL, &err)
                 != cosmos_trajectory_decode (run, 5, COSMOS_SHOW_X0, 1, NULL, &err));
  cosmos_trajectory_free (run);
}

/* What is looked at between the steps does not change them. */
static void test_decoding_changes_no_bit (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTrajectory *quiet = finish (start (self)), *run = start (self);
  for (int k = 0; k < 6; k++) {
    advance (run);
    g_assert_nonnull (cosmos_trajectory_decode (run, k, COSMOS_SHOW_X0, 0, NULL, NULL));
  }
  assert_same_bits (quiet, run, self->sample);
  cosmos_trajectory_free (quiet);
  cosmos_trajectory_free (run);
}

static void refuse_strength (const Fixture *self, const int32_t *ids, int64_t n, const char *words)
{
  CosmosError err;
  CosmosSettings settings = self->settings;
  settings.strength = 0.5;
  g_assert_null (cosmos_trajectory_new_from_tokens (self->pipeline, self->pool, &settings, ids, n, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (err.message, words));
}

static void test_refusals (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  const int32_t long_source[TINY_SOURCE_TOKENS + 1] = {2};
  const int32_t unknown[] = {2, TINY_VOCABULARY, 3};
  CosmosSettings bad = self->settings;
  g_assert_null (cosmos_trajectory_new_from_tokens (self->pipeline, self->pool, &bad, long_source, TINY_SOURCE_TOKENS + 1, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_null (cosmos_trajectory_new_from_tokens (self->pipeline, self->pool, &bad, long_source, 1, &err));
  g_assert_null (cosmos_trajectory_new_from_tokens (self->pipeline, self->pool, &bad, unknown, 3, &err));
  /* Random networks have no tokenizer to read a text with. */
  g_assert_null (cosmos_trajectory_new (self->pipeline, self->pool, &bad, "a text", 6, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  bad.steps = 0;
  g_assert_null (cosmos_trajectory_new (self->pipeline, self->pool, &bad, NULL, 0, &err));
  g_assert_nonnull (strstr (err.message, "steps"));

  CosmosTrajectory *run = start (self);
  advance (run);
  CosmosSettings other = self->settings;
  g_assert_null (cosmos_trajectory_branch (run, 0, &other, &err));
  g_assert_null (cosmos_trajectory_branch (run, 2, &other, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  other.steps = 7;
  g_assert_null (cosmos_trajectory_branch (run, 1, &other, &err));
  other = self->settings;
  other.batch = 2;
  g_assert_null (cosmos_trajectory_branch (run, 1, &other, &err));
  other = self->settings;
  other.t_end = 0.1;
  g_assert_null (cosmos_trajectory_branch (run, 1, &other, &err));
  other = self->settings;
  other.strength = 0.5;
  g_assert_null (cosmos_trajectory_branch (run, 1, &other, &err));
  refuse_strength (self, empty_source, 2, "there is none");
  refuse_strength (self, NULL, 0, "there is none");
  finish (run);
  g_assert_false (cosmos_trajectory_advance (run, NULL, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  cosmos_trajectory_free (run);

  CosmosConfig config = tiny_config ();
  config.denoiser.source_layers = -1;
  config.denoiser.source_positions = 0;
  config.denoiser.source_latents = false;
  CosmosPipeline *sourceless = tiny_pipeline (&config);
  g_assert_null (cosmos_trajectory_new_from_tokens (sourceless, self->pool, &self->settings, source, 5, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  run = cosmos_trajectory_new (sourceless, self->pool, &self->settings, NULL, 0, &err);
  must (run, &err);
  cosmos_trajectory_free (finish (run));
  cosmos_pipeline_free (sourceless);

  Fixture reads_tokens_only = *self;
  config = tiny_config ();
  config.denoiser.source_latents = false;
  reads_tokens_only.pipeline = tiny_pipeline (&config);
  refuse_strength (&reads_tokens_only, source, 5, "does not read the latents");
  cosmos_pipeline_free (reads_tokens_only.pipeline);
}

#define ADD(name, data, function) g_test_add ("/trajectory/" name, Fixture, data, set_up, function, tear_down)

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("steps", NULL, test_steps);
  g_test_add ("/trajectory/against-parts/self-conditioned", Fixture, GINT_TO_POINTER (1), set_up, test_against_parts, tear_down);
  g_test_add ("/trajectory/against-parts/not", Fixture, NULL, set_up, test_against_parts, tear_down);
  ADD ("what-settings-change", NULL, test_what_settings_change);
  ADD ("threads-change-no-bit", NULL, test_threads_change_no_bit);
  ADD ("batch-is-like-single-runs", NULL, test_batch_is_like_single_runs);
  ADD ("guidance", NULL, test_guidance);
  ADD ("strength", NULL, test_strength);
  ADD ("branch-repeats-run", NULL, test_branch_repeats_run);
  ADD ("branch-goes-elsewhere", NULL, test_branch_goes_elsewhere);
  ADD ("cancelled-step-leaves-no-trace", NULL, test_cancelled_step_leaves_no_trace);
  ADD ("cancelled-anywhere", GINT_TO_POINTER (2), test_cancelled_anywhere);
  ADD ("nothing-allocated-per-step", NULL, test_nothing_allocated_per_step);
  ADD ("result", NULL, test_result);
  ADD ("end-at-zero", NULL, test_end_at_zero);
  ADD ("one-step", NULL, test_one_step);
  ADD ("decode", NULL, test_decode);
  ADD ("decoding-changes-no-bit", NULL, test_decoding_changes_no_bit);
  ADD ("refusals", NULL, test_refusals);
  return g_test_run ();
}
