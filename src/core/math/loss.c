#include "core/math/loss.h"
#include "core/base/simd.h"
#include "core/math/functions.h"
#include "core/math/gemm.h"
#include "core/math/parallel.h"
#include "core/math/vector.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- cross entropy ---- */

/* Of logits at once: with 32,000 words 128 rows, enough for the product to run at full speed. */
enum { LOGITS_OF_CHUNK = 4 << 20 };
/* Nanoseconds for one logit, and for one number elsewhere. */
static const double cost_of_logit = 0.6, cost_of_number = 0.2;

/* Rows without a target cost nothing: the others stand together here. */
typedef struct {
  CosmosTensor x, y;
  const CosmosWeight *head;
  int64_t counted, words;
  int64_t *places;  /* (counted): rows of x that have a target */
  int32_t *targets; /* (counted) */
  float *rows;      /* (counted, in): those rows of x */
  float *logits;    /* of a chunk; void outside the loops */
  int64_t first_of_chunk;
  double *losses; /* (counted): - log probability of the target */
  float *dx, *dw; /* gradients of the loss, like rows and the head; NULL where nobody asks */
} CrossEntropy;

COSMOS_SIMD_CLONES static float sum_exponentials (const float *restrict logits, float largest, int64_t n)
{
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += cosmos_exp (logits[i] - largest);
  return sum;
}

/* logits become their exponentials. */
COSMOS_SIMD_CLONES static float take_exponentials (float *restrict logits, float largest, int64_t n)
{
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    logits[i] = cosmos_exp (logits[i] - largest);
    sum += logits[i];
  }
  return sum;
}

COSMOS_SIMD_CLONES static void scale_run (float *restrict x, float factor, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    x[i] *= factor;
}

/* The losses of rows; for the way back logits become d loss / d logits = (softmax - one at the target) / counted. */
static void measure_rows (int64_t first, int64_t count, void *data)
{
  const CrossEntropy *self = data;
  bool goes_back = self->dx || self->dw;
  float factor = 1.0f / (float) self->counted;
  for (int64_t i = first; i < first + count; i++) {
    float *logits = self->logits + i * self->words;
    int64_t r = self->first_of_chunk + i, target = self->targets[r];
    float largest = cosmos_vector_get_largest (logits, self->words), logit = logits[target];
    float sum = (goes_back ? take_exponentials (logits, largest, self->words) : sum_exponentials (logits, largest, self->words));
    self->losses[r] = (double) (largest + logf (sum)) - (double) logit;
    if (!goes_back)
      continue;
    scale_run (logits, factor / sum, self->words);
    logits[target] -= factor;
  }
}

static bool back_through_head (CosmosGraph *graph, const CrossEntropy *self, CosmosRows dlogits, CosmosRows rows,
                               CosmosError *err)
{
  CosmosRows dx = {self->dx ? self->dx + (rows.data - self->rows) : NULL, rows.rows, rows.stride};
  return cosmos_gemm_backward_into (cosmos_graph_get_pool (graph), cosmos_graph_get_arena (graph), self->head, dlogits, rows, dx,
                                    true, self->dw, err);
}

/* The logits of every chunk, their losses, and the gradients where they are asked for. */
static void for_chunks (CosmosGraph *graph, CrossEntropy *self)
{
  CosmosPool *pool = cosmos_graph_get_pool (graph);
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  CosmosArenaMark mark = cosmos_arena_mark (arena);
  int64_t chunk = LOGITS_OF_CHUNK / self->words + 1, columns = cosmos_tensor_get_columns (&self->x);
  if (chunk > self->counted)
    chunk = self->counted;
  self->logits = cosmos_graph_alloc (graph, (size_t) (chunk * self->words) * sizeof *self->logits);
  for (int64_t first = 0; first < self->counted && !cosmos_graph_has_failed (graph); first += chunk) {
    CosmosError err = {COSMOS_STATUS_OK};
    int64_t count = self->counted - first < chunk ? self->counted - first : chunk;
    CosmosRows rows = {self->rows + first * columns, count, columns}, logits = {self->logits, count, self->words};
    self->first_of_chunk = first;
    bool ok = cosmos_gemm (pool, arena, self->head, rows, NULL, logits, &err);
    if (ok)
      cosmos_parallel (pool, count, (double) self->words * cost_of_logit, measure_rows, self);
    if (ok && (self->dx || self->dw))
      ok = back_through_head (graph, self, logits, rows, &err);
    if (!ok)
      cosmos_graph_fail (graph, err.code, "%s", err.message);
  }
  cosmos_arena_rewind (arena, mark);
}

/* ---- its way back: the gradients are there, times that of the loss ---- */

static void add_input_rows (int64_t first, int64_t count, void *data)
{
  const CrossEntropy *self = data;
  int64_t columns = cosmos_tensor_get_columns (&self->x);
  for (int64_t i = first; i < first + count; i++)
    cosmos_vector_add_scaled (self->x.grad + self->places[i] * self->x.stride, self->dx + i * columns, self->y.grad[0], columns);
}

static void add_head_rows (int64_t first, int64_t count, void *data)
{
  const CrossEntropy *self = data;
  int64_t in = cosmos_weight_get_in (self->head);
  cosmos_vector_add_scaled (cosmos_weight_get_grad (self->head) + first * in, self->dw + first * in, self->y.grad[0], count * in);
}

static void cross_entropy_backward (CosmosGraph *graph, const void *op)
{
  CrossEntropy self = *(const CrossEntropy *) op;
  cosmos_graph_settle (graph, &self.y);
  cosmos_graph_settle (graph, &self.x);
  CosmosPool *pool = cosmos_graph_get_pool (graph);
  double cost = (double) cosmos_tensor_get_columns (&self.x) * cost_of_number;
  if (self.dx)
    cosmos_parallel (pool, self.counted, cost, add_input_rows, &self);
  if (self.dw)
    cosmos_parallel (pool, self.words, cost, add_head_rows, &self);
}

/* Zeros; NULL on failure. */
static float *make_zeros (CosmosGraph *graph, int64_t n)
{
  float *zeros = cosmos_graph_alloc (graph, (size_t) n * sizeof *zeros);
  if (zeros)
    memset (zeros, 0, (size_t) n * sizeof *zeros);
  return zeros;
}

static int64_t count_targets (const int32_t *targets, int64_t rows)
{
  int64_t n = 0;
  for (int64_t r = 0; r < rows; r++)
    n += targets[r] >= 0;
  return n;
}

static bool gather (CosmosGraph *graph, CrossEntropy *self, const int32_t *targets)
{
  const int64_t all = cosmos_tensor_get_rows (&self->x), columns = cosmos_tensor_get_columns (&self->x);
  const size_t n = (size_t) self->counted;
  self->places = cosmos_graph_alloc (graph, n * sizeof *self->places);
  self->targets = cosmos_graph_alloc (graph, n * sizeof *self->targets);
  self->losses = cosmos_graph_alloc (graph, n * sizeof *self->losses);
  self->rows = cosmos_graph_alloc (graph, n * (size_t) columns * sizeof *self->rows);
  if (cosmos_graph_has_tape (graph)) {
    self->dx = self->x.grad ? cosmos_graph_alloc (graph, n * (size_t) columns * sizeof *self->dx) : NULL;
    self->dw = cosmos_weight_get_grad (self->head) ? make_zeros (graph, self->words * columns) : NULL;
  }
  if (cosmos_graph_has_failed (graph))
    return false;
  for (int64_t r = 0, i = 0; r < all; r++) {
    assert (targets[r] < self->words);
    if (targets[r] < 0)
      continue;
    self->places[i] = r;
    self->targets[i] = targets[r];
    memcpy (self->rows + i * columns, self->x.data + r * self->x.stride, (size_t) columns * sizeof *self->rows);
    i++;
  }
  return true;
}

CosmosTensor *cosmos_cross_entropy (CosmosGraph *graph, const CosmosTensor *x, const CosmosWeight *head, const int32_t *targets)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (cosmos_tensor_get_columns (x) == cosmos_weight_get_in (head));
  CrossEntropy self = {
    .x = *x, .head = head, .counted = count_targets (targets, cosmos_tensor_get_rows (x)), .words = cosmos_weight_get_out (head)};
  CosmosTensor *y = cosmos_graph_tensor (graph, 1, (int64_t[]) {1});
  if (!cosmos_graph_has_failed (graph)) {
    self.y = *y;
    y->data[0] = 0;
  }
  if (self.counted > 0 && gather (graph, &self, targets))
    for_chunks (graph, &self);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  double total = 0.0;
  for (int64_t i = 0; i < self.counted; i++)
    total += self.losses[i];
  if (self.counted > 0)
    y->data[0] = (float) (total / (double) self.counted);
  cosmos_graph_record_copy (graph, cross_entropy_backward, &self, sizeof self);
  return y;
}

/* ---- mean squared error ---- */

typedef struct {
  CosmosTensor x, y, loss;
  float *weights;  /* (rows), 0 for rows that are not kept */
  int64_t counted; /* rows kept */
  float *squares;  /* (rows): |x - y|^2 times the weight */
} SquaredError;

COSMOS_SIMD_CLONES static float square_distance (const float *restrict x, const float *restrict y, int64_t n)
{
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += (x[i] - y[i]) * (x[i] - y[i]);
  return sum;
}

COSMOS_SIMD_CLONES static void add_difference (float *restrict dx, const float *restrict x, const float *restrict y, float factor,
                                               int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    dx[i] += (x[i] - y[i]) * factor;
}

static void square_rows (int64_t first, int64_t count, void *data)
{
  const SquaredError *self = data;
  for (int64_t r = first; r < first + count; r++)
    self->squares[r] = self->weights[r] == 0.0f
                           ? 0.0f
                           : self->weights[r]
                                 * square_distance (cosmos_tensor_row (&self->x, r), cosmos_tensor_row (&self->y, r),
                                                    cosmos_tensor_get_columns (&self->x));
}

static void square_backward_rows (int64_t first, int64_t count, void *data)
{
  const SquaredError *self = data;
  int64_t columns = cosmos_tensor_get_columns (&self->x);
  float factor = 2.0f * self->loss.grad[0] / (float) (self->counted * columns);
  for (int64_t r = first; r < first + count; r++)
    if (self->weights[r] != 0.0f)
      add_difference (self->x.grad + r * self->x.stride, cosmos_tensor_row (&self->x, r), cosmos_tensor_row (&self->y, r),
                      self->weights[r] * factor, columns);
}

static void squared_error_backward (CosmosGraph *graph, const void *op)
{
  SquaredError self = *(const SquaredError *) op;
  cosmos_graph_settle (graph, &self.loss);
  cosmos_graph_settle (graph, &self.x);
  if (self.x.grad && self.counted > 0)
    cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (&self.x),
                     (double) cosmos_tensor_get_columns (&self.x) * cost_of_number, square_backward_rows, &self);
}

CosmosTensor *cosmos_mean_squared_error (CosmosGraph *graph, const CosmosTensor *x, const CosmosTensor *y, const bool *keep,
                                         const float *weights)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  assert (cosmos_tensor_has_shape (y, x->rank, x->shape));
  int64_t rows = cosmos_tensor_get_rows (x), columns = cosmos_tensor_get_columns (x);
  SquaredError self = {.x = *x, .y = *y};
  CosmosTensor *loss = cosmos_graph_tensor (graph, 1, (int64_t[]) {1});
  self.squares = cosmos_graph_alloc (graph, (size_t) rows * sizeof *self.squares);
  self.weights = cosmos_graph_alloc (graph, (size_t) rows * sizeof *self.weights);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  self.loss = *loss;
  for (int64_t r = 0; r < rows; r++) {
    const bool kept = !keep || keep[r];
    self.weights[r] = !kept ? 0.0f : weights ? weights[r] : 1.0f;
    self.counted += kept;
  }
  cosmos_parallel (cosmos_graph_get_pool (graph), rows, (double) columns * cost_of_number, square_rows, &self);
  double total = 0.0;
  for (int64_t r = 0; r < rows; r++)
    total += (double) self.squares[r];
  loss->data[0] = self.counted > 0 ? (float) (total / ((double) self.counted * (double) columns)) : 0.0f;
  cosmos_graph_record_copy (graph, squared_error_backward, &self, sizeof self);
  return loss;
}
