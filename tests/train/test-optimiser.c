#include "core/math/gemm.h"
#include "train/optimiser.h"
#include "train/orthogonalise.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum { ROWS = 70, COLUMNS = 300, VECTOR = 9 };

static const CosmosCompute openblas = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};

typedef struct {
  CosmosPool *pool;
  CosmosParameters *store;
  const CosmosWeight *matrix;
  const CosmosTensor *vector, *table;
} Fixture;

static void set_up_threads (Fixture *self, int threads)
{
  CosmosError err;
  self->pool = cosmos_pool_new (threads);
  self->store = cosmos_parameters_new_random (3, openblas);
  self->matrix = cosmos_parameters_matrix (self->store, ROWS, COLUMNS, "layer.weight");
  self->vector = cosmos_parameters_vector (self->store, VECTOR, "norm.weight");
  self->table = cosmos_parameters_table (self->store, 4, 5, "positions");
  cosmos_parameters_constant (self->store, 0, 3, "latent.mean");
  if (!cosmos_parameters_make_gradients (self->store, &err))
    g_error ("%s", err.message);
}

static void set_up (Fixture *self, gconstpointer unused)
{
  set_up_threads (self, 1);
}

static void tear_down (Fixture *self, gconstpointer unused)
{
  cosmos_parameters_free (self->store);
  cosmos_pool_free (self->pool);
}

static CosmosOptimiser *new_optimiser (Fixture *self, CosmosOptimiserSettings settings)
{
  CosmosError err;
  CosmosOptimiser *optimiser = cosmos_optimiser_new (self->store, self->pool, &settings, &err);
  if (!optimiser)
    g_error ("%s", err.message);
  return optimiser;
}

/* Some gradients, other ones at every step. */
static double set_gradients (Fixture *self, int step)
{
  double squares = 0;
  for (size_t i = 0; i < cosmos_parameters_get_n (self->store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (self->store, i);
    int64_t n = (parameter.rows ? parameter.rows : 1) * parameter.columns;
    for (int64_t k = 0; parameter.grad && k < n; k++) {
      g_assert_cmpfloat (parameter.grad[k], ==, 0); /* a step clears them */
      parameter.grad[k] = sinf ((float) (k + 1) * (float) (i + 1) + (float) step) * (k % 3 ? 0.1f : 4);
      squares += (double) parameter.grad[k] * parameter.grad[k];
    }
  }
  return sqrt (squares);
}

static void step (CosmosOptimiser *optimiser, double rate, double scale)
{
  CosmosError err;
  if (!cosmos_optimiser_step (optimiser, rate, scale, &err))
    g_error ("%s", err.message);
}

/* The formula in double precision, number by number. */
typedef struct {
  double w, m, v, average;
} Reference;

static void follow (Reference *self, const CosmosOptimiserSettings *settings, double g, double rate, double decay, int n)
{
  self->m = settings->beta1 * self->m + (1 - settings->beta1) * g;
  self->v = settings->beta2 * self->v + (1 - settings->beta2) * g * g;
  self->w -= rate
             * (self->m / (1 - pow (settings->beta1, n)) / (sqrt (self->v / (1 - pow (settings->beta2, n))) + settings->eps)
                + decay * self->w);
  double keep = fmin (settings->average_decay, (1.0 + n) / (10.0 + n));
  self->average = keep * self->average + (1 - keep) * self->w;
}

static void test_formula (Fixture *self, gconstpointer unused)
{
  static const char *const slow[] = {"positions", NULL};
  CosmosOptimiserSettings settings = cosmos_optimiser_settings_default ();
  settings.decay = .1;
  settings.average_decay = .9;
  settings.slow = slow;
  settings.slow_rate = .25;
  float *values[] = {(float *) cosmos_weight_get_values (self->matrix), self->vector->data, self->table->data};
  const double rates[] = {1, 1, .25}, decays[] = {.1, 0, 0};
  const int place = 6;
  Reference references[3];
  for (int i = 0; i < 3; i++)
    references[i] = (Reference) {.w = values[i][place], .average = values[i][place]};
  CosmosOptimiser *optimiser = new_optimiser (self, settings);
  g_assert_cmpuint (cosmos_optimiser_get_n (optimiser), ==, 3); /* not the constant */
  for (int n = 1; n <= 12; n++) {
    double norm = set_gradients (self, n) / 2, scale = norm > 1 ? .5 / norm : .5;
    g_assert_cmpfloat (norm, >, 1); /* clipped */
    for (int i = 0; i < 3; i++)
      follow (&references[i], &settings, cosmos_parameters_get (self->store, (size_t) i).grad[place] * scale, .01 * rates[i],
              decays[i], n);
    step (optimiser, .01, .5);
    g_assert_cmpfloat_with_epsilon (cosmos_optimiser_get_norm (optimiser), norm, norm * 1e-5);
    for (int i = 0; i < 3; i++) {
      g_assert_cmpfloat_with_epsilon (values[i][place], references[i].w, 2e-6);
      g_assert_cmpfloat_with_epsilon (cosmos_optimiser_get_state (optimiser, (size_t) i).average[place], references[i].average,
                                      2e-6);
    }
  }
  g_assert_cmpint (cosmos_optimiser_get_n_steps (optimiser), ==, 12);
  float now = values[0][place];
  cosmos_optimiser_swap_average (optimiser);
  g_assert_cmpfloat_with_epsilon (values[0][place], references[0].average, 2e-6);
  cosmos_optimiser_swap_average (optimiser);
  g_assert_cmpfloat (values[0][place], ==, now);
  cosmos_optimiser_free (optimiser);
}

/* Matrices go down their orthogonalised momentum, all else by Adam. */
static void test_muon (Fixture *self, gconstpointer unused)
{
  const double rate = .01;
  const CosmosWeight *head = cosmos_parameters_matrix (self->store, ROWS, COLUMNS, "head.weight");
  CosmosError err;
  g_assert_true (cosmos_parameters_make_gradients (self->store, &err));
  CosmosOptimiserSettings settings = cosmos_optimiser_settings_default ();
  settings.decay = .1;
  settings.clip = 0;
  settings.muon = 2;
  settings.compute = openblas;
  settings.average_decay = .9;
  CosmosOptimiser *optimiser = new_optimiser (self, settings);
  const CosmosOptimiserState state = cosmos_optimiser_get_state (optimiser, 0);
  g_assert_cmpstr (state.parameter.name, ==, "layer.weight");
  g_assert_null (state.second);
  for (size_t i = 1; i < cosmos_optimiser_get_n (optimiser); i++)
    g_assert_nonnull (cosmos_optimiser_get_state (optimiser, i).second);
  const float *w = cosmos_weight_get_values (self->matrix), *other = cosmos_weight_get_values (head);
  g_autofree float *expected = g_memdup2 (w, ROWS * COLUMNS * sizeof *w), *m = g_new0 (float, ROWS *COLUMNS),
                   *u = g_new (float, ROWS *COLUMNS);
  double average = w[6];
  CosmosArena *arena = cosmos_arena_new (65536);
  Reference reference = {.w = other[6], .average = other[6]};
  for (int n = 1; n <= 5; n++) {
    set_gradients (self, n);
    const float *g = cosmos_weight_get_grad (self->matrix);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
      m[i] = .95f * m[i] + .5f * g[i];
      u[i] = .5f * g[i] + .95f * m[i];
    }
    g_assert_true (cosmos_orthogonalise (self->pool, arena, openblas, u, ROWS, COLUMNS, &err));
    for (int i = 0; i < ROWS * COLUMNS; i++)
      expected[i] -= (float) (2 * rate * (.2 * sqrt (COLUMNS) * (double) u[i] + .1 * (double) expected[i]));
    const double keep = fmin (.9, (1.0 + n) / (10.0 + n));
    average = keep * average + (1 - keep) * (double) expected[6];
    follow (&reference, &settings, .5 * (double) cosmos_weight_get_grad (head)[6], rate, .1, n);
    step (optimiser, rate, .5);
    for (int i = 0; i < ROWS * COLUMNS; i++)
      g_assert_cmpfloat_with_epsilon (w[i], expected[i], 1e-5);
    g_assert_cmpfloat_with_epsilon (other[6], reference.w, 2e-6);
    g_assert_cmpfloat_with_epsilon (state.average[6], average, 1e-5);
  }
  cosmos_arena_free (arena);
  cosmos_optimiser_free (optimiser);
}

/* A small gradient is not clipped; what has none does not move. */
static void test_small (Fixture *self, gconstpointer unused)
{
  CosmosOptimiserSettings settings = cosmos_optimiser_settings_default ();
  settings.decay = 0;
  CosmosOptimiser *optimiser = new_optimiser (self, settings);
  float *w = (float *) cosmos_weight_get_values (self->matrix), first = w[0], second = w[1];
  cosmos_weight_get_grad (self->matrix)[0] = .5f;
  step (optimiser, .001, 1);
  g_assert_cmpfloat_with_epsilon (cosmos_optimiser_get_norm (optimiser), .5, 1e-6);
  g_assert_cmpfloat_with_epsilon (w[0], first - .001, 1e-6); /* the first step of Adam is the rate, whatever the gradient */
  g_assert_cmpfloat (w[1], ==, second);
  cosmos_optimiser_free (optimiser);
}

/* What is no number changes nothing, and the next step goes on. */
static void test_not_finite (Fixture *self, gconstpointer unused)
{
  CosmosError err;
  CosmosOptimiser *optimiser = new_optimiser (self, cosmos_optimiser_settings_default ());
  const float *w = cosmos_weight_get_values (self->matrix);
  float before = w[3];
  cosmos_weight_get_grad (self->matrix)[3] = NAN;
  g_assert_false (cosmos_optimiser_step (optimiser, .01, 1, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_cmpfloat (w[3], ==, before);
  g_assert_cmpint (cosmos_optimiser_get_n_steps (optimiser), ==, 0);
  set_gradients (self, 1);
  step (optimiser, .01, 1);
  g_assert_true (isfinite (w[3]));
  cosmos_optimiser_free (optimiser);
}

/* After a step products are those of the new values. */
static void test_touch (Fixture *self, gconstpointer unused)
{
  CosmosError err;
  CosmosArena *arena = cosmos_arena_new (65536);
  CosmosOptimiser *optimiser = new_optimiser (self, cosmos_optimiser_settings_default ());
  float x[COLUMNS] = {1}, y[ROWS];
  const float *w = cosmos_weight_get_values (self->matrix);
  for (int i = 0; i < 2; i++) {
    g_assert_true (
        cosmos_gemm (self->pool, arena, self->matrix, (CosmosRows) {x, 1, COLUMNS}, NULL, (CosmosRows) {y, 1, ROWS}, &err));
    g_assert_cmpfloat (y[5], ==, w[5 * COLUMNS]);
    set_gradients (self, 1);
    step (optimiser, .5, 1);
  }
  cosmos_optimiser_free (optimiser);
  cosmos_arena_free (arena);
}

static void test_threads (gconstpointer muon)
{
  Fixture one, two;
  set_up_threads (&one, 1);
  set_up_threads (&two, 2);
  CosmosOptimiserSettings settings = cosmos_optimiser_settings_default ();
  settings.muon = *(const double *) muon;
  settings.compute = openblas;
  CosmosOptimiser *first = new_optimiser (&one, settings), *second = new_optimiser (&two, settings);
  for (int n = 0; n < 5; n++) {
    set_gradients (&one, n);
    set_gradients (&two, n);
    step (first, .01, 1);
    step (second, .01, 1);
  }
  g_assert_cmpmem (cosmos_weight_get_values (one.matrix), ROWS * COLUMNS * 4, cosmos_weight_get_values (two.matrix),
                   ROWS * COLUMNS * 4);
  cosmos_optimiser_free (first);
  cosmos_optimiser_free (second);
  tear_down (&one, NULL);
  tear_down (&two, NULL);
}

int main (int argc, char **argv)
{
  static const double adam = 0, muon = 1;
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/optimiser/formula", Fixture, NULL, set_up, test_formula, tear_down);
  g_test_add ("/optimiser/muon", Fixture, NULL, set_up, test_muon, tear_down);
  g_test_add ("/optimiser/small", Fixture, NULL, set_up, test_small, tear_down);
  g_test_add ("/optimiser/not-finite", Fixture, NULL, set_up, test_not_finite, tear_down);
  g_test_add ("/optimiser/touch", Fixture, NULL, set_up, test_touch, tear_down);
  g_test_add_data_func ("/optimiser/threads/adam", &adam, test_threads);
  g_test_add_data_func ("/optimiser/threads/muon", &muon, test_threads);
  return g_test_run ();
}
