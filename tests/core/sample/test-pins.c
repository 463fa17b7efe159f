#include "core/sample/trajectory.h"

#include "core/base/random.h"

#include <math.h>

#include <glib.h>

#include "../tiny-networks.h"

enum { STEPS = 6 };

typedef struct {
  CosmosPipeline *pipeline;
  CosmosPool *pool;
  CosmosSettings settings;
  size_t latents, width, sample;
  float *z;
  bool *mask; /* every third latent */
} Fixture;

static void set_up (Fixture *self, gconstpointer threads)
{
  CosmosConfig config = tiny_config ();
  self->pipeline = tiny_pipeline (&config);
  self->pool = cosmos_pool_new (threads ? GPOINTER_TO_INT (threads) : 1);
  self->settings = cosmos_settings_default (&config);
  self->settings.steps = STEPS;
  self->settings.seed = 42;
  self->latents = (size_t) config.latents;
  self->width = (size_t) config.latent_width;
  self->sample = self->latents * self->width;
  self->z = g_new (float, self->sample);
  self->mask = g_new0 (bool, self->latents);
  cosmos_random_normal (5, 77, 0, self->z, self->sample);
  for (size_t i = 0; i < self->latents; i += 3)
    self->mask[i] = true;
}

static void tear_down (Fixture *self, gconstpointer threads)
{
  (void) threads;
  g_free (self->z);
  g_free (self->mask);
  cosmos_pipeline_free (self->pipeline);
  cosmos_pool_free (self->pool);
}

static void must (bool ok, const CosmosError *err)
{
  if (!ok)
    g_error ("%s", err->message);
}

static CosmosTrajectory *start (Fixture *self)
{
  CosmosError err;
  CosmosTrajectory *run = cosmos_trajectory_new_from_tokens (self->pipeline, self->pool, &self->settings, NULL, 0, &err);
  must (run, &err);
  return run;
}

static CosmosTrajectory *advance (CosmosTrajectory *run, int steps)
{
  CosmosError err;
  for (int k = 0; k < steps; k++)
    must (cosmos_trajectory_advance (run, NULL, &err), &err);
  return run;
}

/* mask NULL: no pins at all. */
static CosmosTrajectory *finish (Fixture *self, const bool *mask)
{
  CosmosError err;
  CosmosTrajectory *run = start (self);
  if (mask)
    must (cosmos_trajectory_pin (run, self->z, mask, &err), &err);
  return advance (run, STEPS);
}

static void assert_same_bits (CosmosTrajectory *a, CosmosTrajectory *b, size_t count)
{
  for (int k = 0; k < STEPS; k++) {
    const CosmosStep *one = cosmos_trajectory_get_step (a, k), *other = cosmos_trajectory_get_step (b, k);
    g_assert_cmpmem (one->x, count * sizeof (float), other->x, count * sizeof (float));
    g_assert_cmpmem (one->x0, count * sizeof (float), other->x0, count * sizeof (float));
  }
  g_assert_cmpmem (cosmos_trajectory_get_result (a), count * sizeof (float), cosmos_trajectory_get_result (b),
                   count * sizeof (float));
}

/* values: (B, N, Z) */
static void assert_pinned (Fixture *self, const float *values)
{
  const size_t row = self->width * sizeof (float);
  for (size_t b = 0; b < (size_t) self->settings.batch; b++)
    for (size_t i = 0; i < self->latents; i++)
      if (self->mask[i])
        g_assert_cmpmem (values + b * self->sample + i * self->width, row, self->z + i * self->width, row);
}

/* Result and all guesses are z there with every sampler, whatever is returned; the state is z with the noise that belongs to the step. */
static void test_formula (Fixture *self, gconstpointer data)
{
  (void) data;
  const CosmosSchedule schedule = {self->settings.schedule_d};
  g_autofree float *noise = g_new (float, self->sample);
  self->settings.batch = 2;
  for (int sampler = 0; sampler < COSMOS_N_SAMPLERS; sampler++) {
    self->settings.sampler = (CosmosSampler) sampler;
    self->settings.returned = sampler % 2 ? COSMOS_RETURN_MEAN : COSMOS_RETURN_X0;
    CosmosTrajectory *run = finish (self, self->mask);
    assert_pinned (self, cosmos_trajectory_get_result (run));
    for (int k = 0; k < STEPS; k++) {
      const CosmosStep *step = cosmos_trajectory_get_step (run, k);
      const double alpha = cosmos_schedule_get_alpha (schedule, step->t), sigma = cosmos_schedule_get_sigma (schedule, step->t);
      assert_pinned (self, step->x0);
      for (size_t b = 0; b < 2; b++) {
        cosmos_random_normal (42 + b, COSMOS_PIN_STREAM + (uint32_t) k, 0, noise, self->sample);
        for (size_t c = 0; c < self->sample; c++)
          if (self->mask[c / self->width])
            g_assert_cmpfloat_with_epsilon (step->x[b * self->sample + c],
                                            alpha * (double) self->z[c] + sigma * (double) noise[c], 1e-5);
      }
    }
    cosmos_trajectory_free (run);
  }
}

static void test_nothing_pinned (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree bool *none = g_new0 (bool, self->latents);
  CosmosTrajectory *plain = finish (self, NULL), *pinned = finish (self, none);
  assert_same_bits (plain, pinned, self->sample);
  cosmos_trajectory_free (plain);
  cosmos_trajectory_free (pinned);
}

static void test_all_pinned (Fixture *self, gconstpointer data)
{
  (void) data;
  for (size_t i = 0; i < self->latents; i++)
    self->mask[i] = true;
  CosmosTrajectory *run = finish (self, self->mask);
  g_assert_cmpmem (cosmos_trajectory_get_result (run), self->sample * sizeof (float), self->z, self->sample * sizeof (float));
  cosmos_trajectory_free (run);
}

/* The free latents are another sample's with another seed, and are made to fit what is pinned. */
static void test_others (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosTrajectory *pinned = finish (self, self->mask), *again = finish (self, self->mask), *plain = finish (self, NULL);
  assert_same_bits (pinned, again, self->sample);
  self->settings.seed = 43;
  CosmosTrajectory *other = finish (self, self->mask);
  const float *a = cosmos_trajectory_get_result (pinned), *b = cosmos_trajectory_get_result (other),
              *free_run = cosmos_trajectory_get_result (plain);
  for (size_t i = 0; i < self->latents; i++) {
    if (self->mask[i])
      continue;
    const size_t first = i * self->width, row = self->width * sizeof (float);
    g_assert_cmpint (memcmp (a + first, b + first, row), !=, 0);
    g_assert_cmpint (memcmp (a + first, free_run + first, row), !=, 0);
    /* but the noise that they begin with is the same as without pins */
    g_assert_cmpmem (cosmos_trajectory_get_step (pinned, 0)->x + first, row, cosmos_trajectory_get_step (plain, 0)->x + first,
                     row);
  }
  cosmos_trajectory_free (pinned);
  cosmos_trajectory_free (again);
  cosmos_trajectory_free (plain);
  cosmos_trajectory_free (other);
}

static void test_threads (Fixture *self, gconstpointer data)
{
  (void) data;
  Fixture other;
  set_up (&other, GINT_TO_POINTER (2));
  self->settings.batch = other.settings.batch = 2;
  CosmosTrajectory *one = finish (self, self->mask), *two = finish (&other, other.mask);
  assert_same_bits (one, two, 2 * self->sample);
  cosmos_trajectory_free (one);
  cosmos_trajectory_free (two);
  tear_down (&other, NULL);
}

/* A branch is pinned by itself; with the pins of its run it is that run, without it is free. */
static void test_branch (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  CosmosTrajectory *run = finish (self, self->mask), *early = start (self);
  must (cosmos_trajectory_pin (early, self->z, self->mask, &err), &err);
  advance (early, 3); /* step 3 is not made, but its state is there */
  CosmosTrajectory *sources[] = {run, early};
  for (int i = 0; i < 2; i++) {
    CosmosTrajectory *same = cosmos_trajectory_branch (sources[i], 3, &self->settings, &err);
    must (same && cosmos_trajectory_pin (same, self->z, self->mask, &err), &err);
    assert_same_bits (run, advance (same, STEPS - 3), self->sample);
    cosmos_trajectory_free (same);
  }
  CosmosTrajectory *free_one = cosmos_trajectory_branch (run, 3, &self->settings, &err);
  must (free_one, &err);
  advance (free_one, STEPS - 3);
  g_assert_cmpint (memcmp (cosmos_trajectory_get_result (free_one), self->z, self->width * sizeof (float)), !=, 0);
  /* Of a run that had no pins. */
  CosmosTrajectory *plain = finish (self, NULL), *late = cosmos_trajectory_branch (plain, 4, &self->settings, &err);
  must (late && cosmos_trajectory_pin (late, self->z, self->mask, &err), &err);
  assert_pinned (self, cosmos_trajectory_get_result (advance (late, STEPS - 4)));
  g_assert_cmpmem (cosmos_trajectory_get_step (late, 3)->x0, self->sample * sizeof (float),
                   cosmos_trajectory_get_step (plain, 3)->x0, self->sample * sizeof (float));
  cosmos_trajectory_free (run);
  cosmos_trajectory_free (early);
  cosmos_trajectory_free (free_one);
  cosmos_trajectory_free (plain);
  cosmos_trajectory_free (late);
}

/* A step that was cancelled is made again to the same bits. */
static void test_cancelled (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  CosmosProgress progress = {0};
  CosmosTrajectory *whole = finish (self, self->mask), *run = start (self);
  must (cosmos_trajectory_pin (run, self->z, self->mask, &err), &err);
  for (int k = 0; k < STEPS; k++) {
    atomic_store (&progress.cancelled, true);
    g_assert_false (cosmos_trajectory_advance (run, &progress, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
    advance (run, 1);
  }
  assert_same_bits (whole, run, self->sample);
  cosmos_trajectory_free (whole);
  cosmos_trajectory_free (run);
}

static void test_refused (Fixture *self, gconstpointer data)
{
  (void) data;
  CosmosError err;
  CosmosTrajectory *plain = finish (self, NULL), *run = start (self);
  g_assert_false (cosmos_trajectory_pin (plain, self->z, self->mask, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  self->z[self->width] = NAN; /* of a free latent: not looked at */
  must (cosmos_trajectory_pin (run, self->z, self->mask, &err), &err);
  self->z[3] = INFINITY;
  g_assert_false (cosmos_trajectory_pin (run, self->z, self->mask, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_nonnull (strstr (err.message, "Latent 1 "));
  cosmos_trajectory_free (plain);
  cosmos_trajectory_free (run);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/pins/formula", Fixture, NULL, set_up, test_formula, tear_down);
  g_test_add ("/pins/nothing-pinned", Fixture, NULL, set_up, test_nothing_pinned, tear_down);
  g_test_add ("/pins/all-pinned", Fixture, NULL, set_up, test_all_pinned, tear_down);
  g_test_add ("/pins/others", Fixture, NULL, set_up, test_others, tear_down);
  g_test_add ("/pins/threads", Fixture, NULL, set_up, test_threads, tear_down);
  g_test_add ("/pins/branch", Fixture, NULL, set_up, test_branch, tear_down);
  g_test_add ("/pins/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/pins/refused", Fixture, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
