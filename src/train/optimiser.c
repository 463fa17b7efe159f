#include "train/optimiser.h"

#include "core/base/simd.h"
#include "core/math/parallel.h"
#include "train/orthogonalise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parameters are cut into pieces of this many numbers, so that the sum of squares has one order. */
enum { PIECE = 16384 };
/* Nanoseconds for one number. */
static const double cost_of_update = 0.8;
static const float momentum = .95f;

typedef struct {
  size_t parameter;
  int64_t first, count;
} Piece;

struct CosmosOptimiser {
  CosmosParameters *store;
  CosmosPool *pool;
  CosmosOptimiserSettings settings;
  CosmosOptimiserState *states;
  double *rates; /* of each parameter, a share of the step's */
  size_t n;
  Piece *pieces;
  double *squares; /* of each piece */
  size_t n_pieces;
  size_t *matrices; /* the parameters that go by Muon */
  size_t n_matrices;
  CosmosArena *arena; /* of their products */
  int64_t n_steps;
  double norm;

  /* of the step that is being made */
  float rate, scale, correction1, correction2, keep;
};

CosmosOptimiserSettings cosmos_optimiser_settings_default (void)
{
  return (CosmosOptimiserSettings) {.beta1 = .9, .beta2 = .98, .eps = 1e-6, .decay = 1e-5, .clip = 1, .slow_rate = 1};
}

/* ---- making ---- */

static int64_t count_of (const CosmosParameter *parameter)
{
  return (parameter->rows ? parameter->rows : 1) * parameter->columns;
}

static double find_rate (const CosmosOptimiserSettings *settings, const char *name)
{
  for (int i = 0; settings->slow && settings->slow[i]; i++)
    if (strstr (name, settings->slow[i]))
      return settings->slow_rate;
  return 1;
}

/* Matrices that turn rows into rows; not those that have a row for every token of the vocabulary. */
static bool is_hidden (const CosmosParameter *parameter)
{
  return parameter->is_matrix && !strstr (parameter->name, "token_emb") && !strstr (parameter->name, "head.weight")
         && strcmp (parameter->name, "output.weight") != 0;
}

static bool add_parameter (CosmosOptimiser *self, CosmosParameter parameter)
{
  size_t size = (size_t) count_of (&parameter) * sizeof (float);
  bool is_by_muon = self->settings.muon > 0 && is_hidden (&parameter);
  CosmosOptimiserState *state = &self->states[self->n];
  if (is_by_muon)
    self->matrices[self->n_matrices++] = self->n;
  self->rates[self->n++] = find_rate (&self->settings, parameter.name) * (is_by_muon ? self->settings.muon : 1);
  *state = (CosmosOptimiserState) {parameter, calloc (1, size), is_by_muon ? NULL : calloc (1, size), NULL};
  if (self->settings.average_decay > 0 && (state->average = malloc (size)))
    memcpy (state->average, parameter.values, size);
  self->n_pieces += (size_t) (count_of (&parameter) + PIECE - 1) / PIECE;
  return state->first && (state->second || is_by_muon) && (state->average || self->settings.average_decay <= 0);
}

static bool cut (CosmosOptimiser *self)
{
  self->pieces = calloc (self->n_pieces + 1, sizeof *self->pieces);
  self->squares = calloc (self->n_pieces + 1, sizeof *self->squares);
  if (!self->pieces || !self->squares)
    return false;
  Piece *piece = self->pieces;
  for (size_t i = 0; i < self->n; i++)
    for (int64_t first = 0, count = count_of (&self->states[i].parameter); first < count; first += PIECE)
      *piece++ = (Piece) {i, first, count - first < PIECE ? count - first : PIECE};
  return true;
}

CosmosOptimiser *cosmos_optimiser_new (CosmosParameters *parameters, CosmosPool *pool, const CosmosOptimiserSettings *settings,
                                       CosmosError *err)
{
  size_t n = cosmos_parameters_get_n (parameters);
  CosmosOptimiser *self = calloc (1, sizeof *self);
  bool ok = self != NULL;
  if (ok) {
    self->store = parameters;
    self->pool = pool;
    self->settings = *settings;
    self->states = calloc (n + 1, sizeof *self->states);
    self->rates = calloc (n + 1, sizeof *self->rates);
    self->matrices = calloc (n + 1, sizeof *self->matrices);
    self->arena = cosmos_arena_new (1 << 20);
    ok = self->states && self->rates && self->matrices && self->arena;
  }
  for (size_t i = 0; ok && i < n; i++)
    if (cosmos_parameters_get (parameters, i).grad)
      ok = add_parameter (self, cosmos_parameters_get (parameters, i));
  if (ok && cut (self))
    return self;
  cosmos_optimiser_free (self);
  cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the optimiser's state");
  return NULL;
}

void cosmos_optimiser_free (CosmosOptimiser *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < self->n; i++) {
    free (self->states[i].first);
    free (self->states[i].second);
    free (self->states[i].average);
  }
  free (self->states);
  free (self->rates);
  free (self->matrices);
  cosmos_arena_free (self->arena);
  free (self->pieces);
  free (self->squares);
  free (self);
}

/* ---- steps ---- */

COSMOS_SIMD_CLONES static double sum_squares (const float *restrict g, int64_t n)
{
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += g[i] * g[i];
  return (double) sum;
}

static void measure_pieces (int64_t first, int64_t count, void *data)
{
  CosmosOptimiser *self = data;
  for (int64_t i = first; i < first + count; i++) {
    const Piece *piece = &self->pieces[i];
    self->squares[i] = sum_squares (self->states[piece->parameter].parameter.grad + piece->first, piece->count);
  }
}

typedef struct {
  float scale, beta1, beta2, correction1, correction2, eps, rate, decay;
} Update;

COSMOS_SIMD_CLONES static void update (const Update *with, float *restrict w, float *restrict g, float *restrict m,
                                       float *restrict v, int64_t n)
{
  const Update u = *with;
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    float gradient = g[i] * u.scale;
    m[i] = u.beta1 * m[i] + (1 - u.beta1) * gradient;
    v[i] = u.beta2 * v[i] + (1 - u.beta2) * gradient * gradient;
    w[i] -= u.rate * (m[i] * u.correction1 / (sqrtf (v[i] * u.correction2) + u.eps) + u.decay * w[i]);
    g[i] = 0;
  }
}

COSMOS_SIMD_CLONES static void follow (float *restrict average, const float *restrict w, float keep, int64_t n)
{
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    average[i] += (1 - keep) * (w[i] - average[i]);
}

static void update_pieces (int64_t first, int64_t count, void *data)
{
  const CosmosOptimiser *self = data;
  const CosmosOptimiserSettings *settings = &self->settings;
  for (int64_t i = first; i < first + count; i++) {
    const Piece *piece = &self->pieces[i];
    const CosmosOptimiserState *state = &self->states[piece->parameter];
    if (!state->second)
      continue;
    const Update with = {self->scale,
                         (float) settings->beta1,
                         (float) settings->beta2,
                         self->correction1,
                         self->correction2,
                         (float) settings->eps,
                         self->rate * (float) self->rates[piece->parameter],
                         state->parameter.is_matrix ? (float) settings->decay : 0};
    float *w = state->parameter.values + piece->first;
    update (&with, w, state->parameter.grad + piece->first, state->first + piece->first, state->second + piece->first,
            piece->count);
    if (state->average)
      follow (state->average + piece->first, w, self->keep, piece->count);
  }
}

/* g = g + momentum m, after m = momentum m + g */
COSMOS_SIMD_CLONES static void look_ahead (float *restrict g, float *restrict m, float scale, int64_t n)
{
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    float gradient = g[i] * scale;
    m[i] = momentum * m[i] + gradient;
    g[i] = gradient + momentum * m[i];
  }
}

COSMOS_SIMD_CLONES static void descend (float *restrict w, float *restrict g, float step, float decay, int64_t n)
{
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    w[i] -= step * g[i] + decay * w[i];
    g[i] = 0;
  }
}

static bool update_matrix (CosmosOptimiser *self, size_t index, CosmosError *err)
{
  const CosmosOptimiserState *state = &self->states[index];
  const CosmosParameter *parameter = &state->parameter;
  const int64_t n = count_of (parameter);
  const float rate = self->rate * (float) self->rates[index];
  const float size = .2f * sqrtf ((float) (parameter->rows > parameter->columns ? parameter->rows : parameter->columns));
  look_ahead (parameter->grad, state->first, self->scale, n);
  if (!cosmos_orthogonalise (self->pool, self->arena, self->settings.compute, parameter->grad, parameter->rows,
                             parameter->columns, err))
    return false;
  descend (parameter->values, parameter->grad, rate * size, rate * (float) self->settings.decay, n);
  if (state->average)
    follow (state->average, parameter->values, self->keep, n);
  return true;
}

static void clear_pieces (int64_t first, int64_t count, void *data)
{
  const CosmosOptimiser *self = data;
  for (int64_t i = first; i < first + count; i++)
    memset (self->states[self->pieces[i].parameter].parameter.grad + self->pieces[i].first, 0,
            (size_t) self->pieces[i].count * sizeof (float));
}

bool cosmos_optimiser_step (CosmosOptimiser *self, double rate, double scale, CosmosError *err)
{
  const CosmosOptimiserSettings *settings = &self->settings;
  double squares = 0, n = (double) self->n_steps + 1;
  cosmos_parallel (self->pool, (int64_t) self->n_pieces, PIECE * cost_of_update / 4, measure_pieces, self);
  for (size_t i = 0; i < self->n_pieces; i++)
    squares += self->squares[i];
  self->norm = sqrt (squares) * scale;
  if (!isfinite (self->norm)) {
    cosmos_parallel (self->pool, (int64_t) self->n_pieces, PIECE * cost_of_update / 4, clear_pieces, self);
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The gradients of step %lld are not finite: try a lower rate",
                             (long long) self->n_steps + 1);
  }
  bool clips = settings->clip > 0 && self->norm > settings->clip;
  self->scale = (float) (clips ? scale * settings->clip / self->norm : scale);
  self->rate = (float) rate;
  self->correction1 = (float) (1 / (1 - pow (settings->beta1, n)));
  self->correction2 = (float) (1 / (1 - pow (settings->beta2, n)));
  self->keep = (float) fmin (settings->average_decay, (1 + n) / (10 + n));
  cosmos_parallel (self->pool, (int64_t) self->n_pieces, PIECE * cost_of_update, update_pieces, self);
  for (size_t i = 0; i < self->n_matrices; i++)
    if (!update_matrix (self, self->matrices[i], err))
      return false;
  cosmos_parameters_touch (self->store);
  self->n_steps++;
  return true;
}

int64_t cosmos_optimiser_get_n_steps (const CosmosOptimiser *self)
{
  return self->n_steps;
}

double cosmos_optimiser_get_norm (const CosmosOptimiser *self)
{
  return self->norm;
}

static void swap_pieces (int64_t first, int64_t count, void *data)
{
  const CosmosOptimiser *self = data;
  for (int64_t i = first; i < first + count; i++) {
    const Piece *piece = &self->pieces[i];
    const CosmosOptimiserState *state = &self->states[piece->parameter];
    for (int64_t k = piece->first; k < piece->first + piece->count; k++) {
      float value = state->parameter.values[k];
      state->parameter.values[k] = state->average[k];
      state->average[k] = value;
    }
  }
}

void cosmos_optimiser_swap_average (CosmosOptimiser *self)
{
  if (self->settings.average_decay <= 0)
    return;
  cosmos_parallel (self->pool, (int64_t) self->n_pieces, PIECE * cost_of_update, swap_pieces, self);
  cosmos_parameters_touch (self->store);
}

/* ---- checkpoints ---- */

size_t cosmos_optimiser_get_n (const CosmosOptimiser *self)
{
  return self->n;
}

CosmosOptimiserState cosmos_optimiser_get_state (const CosmosOptimiser *self, size_t index)
{
  return self->states[index];
}

void cosmos_optimiser_set_n_steps (CosmosOptimiser *self, int64_t n)
{
  self->n_steps = n;
}
