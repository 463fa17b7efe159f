#include "core/math/rope.h"
#include "core/base/simd.h"
#include "core/math/parallel.h"

#include <assert.h>
#include <math.h>

/* Nanoseconds for one number. */
static const double cost_of_number = 0.25;

typedef struct {
  CosmosTensor x, y;
  int64_t half; /* pairs of a head */
  int64_t heads, length;
  int64_t first;
  double theta;
  CosmosRopePairs pairs;
  float *cosines, *sines; /* (length, half); void outside the loops */
} Rope;

/* ---- angles ---- */

COSMOS_SIMD_CLONES static void round_to_floats (const double *restrict values, float *restrict out, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    out[i] = (float) values[i];
}

/* From one position to the next every pair turns by a fixed angle. In double the error after 10,000 positions is about 1e-12. */
COSMOS_SIMD_CLONES static void turn_on (double *restrict c, double *restrict s, const double *restrict c1,
                                        const double *restrict s1, int64_t n)
{
  for (int64_t i = 0; i < n; i++) {
    double turned = c[i] * c1[i] - s[i] * s1[i];
    s[i] = s[i] * c1[i] + c[i] * s1[i];
    c[i] = turned;
  }
}

/* In the arena; false when out of memory. */
static bool make_angles (CosmosGraph *graph, Rope *self)
{
  int64_t half = self->half;
  size_t table = (size_t) (self->length * half);
  self->cosines = cosmos_graph_alloc (graph, table * sizeof *self->cosines);
  self->sines = cosmos_graph_alloc (graph, table * sizeof *self->sines);
  double *c = cosmos_graph_alloc (graph, (size_t) half * 4 * sizeof *c);
  if (!c)
    return false;
  double *s = c + half, *c1 = s + half, *s1 = c1 + half;
  double ratio = pow (self->theta, -1.0 / (double) half), frequency = 1.0;
  for (int64_t i = 0; i < half; i++, frequency *= ratio) {
    sincos (frequency, &s1[i], &c1[i]);
    if (self->first == 0) {
      c[i] = 1.0;
      s[i] = 0.0;
    } else
      sincos ((double) self->first * frequency, &s[i], &c[i]);
  }
  for (int64_t t = 0; t < self->length; t++) {
    round_to_floats (c, self->cosines + t * half, half);
    round_to_floats (s, self->sines + t * half, half);
    turn_on (c, s, c1, s1, half);
  }
  return true;
}

/* ---- rows ---- */

/* sign -1 turns back. step: from a pair's first number to that of the next pair; apart: from its first to its second. */
COSMOS_SIMD_INLINE void turn_heads (const float *restrict x, float *restrict y, const float *restrict c, const float *restrict s,
                                    int64_t heads, int64_t half, int64_t step, int64_t apart, float sign, bool adds)
{
  for (int64_t h = 0; h < heads; h++, x += 2 * half, y += 2 * half)
    for (int64_t i = 0; i < half; i++) {
      float a = x[i * step], b = x[i * step + apart], cosine = c[i], sine = s[i] * sign;
      float turned_a = a * cosine - b * sine, turned_b = b * cosine + a * sine;
      y[i * step] = adds ? y[i * step] + turned_a : turned_a;
      y[i * step + apart] = adds ? y[i * step + apart] + turned_b : turned_b;
    }
}

COSMOS_SIMD_CLONES static void turn_halves (const float *restrict x, float *restrict y, const float *restrict c,
                                            const float *restrict s, int64_t heads, int64_t half)
{
  turn_heads (x, y, c, s, heads, half, 1, half, 1.0f, false);
}

COSMOS_SIMD_CLONES static void turn_adjacent (const float *restrict x, float *restrict y, const float *restrict c,
                                              const float *restrict s, int64_t heads, int64_t half)
{
  turn_heads (x, y, c, s, heads, half, 2, 1, 1.0f, false);
}

COSMOS_SIMD_CLONES static void turn_back_halves (const float *restrict x, float *restrict y, const float *restrict c,
                                                 const float *restrict s, int64_t heads, int64_t half)
{
  turn_heads (x, y, c, s, heads, half, 1, half, -1.0f, true);
}

COSMOS_SIMD_CLONES static void turn_back_adjacent (const float *restrict x, float *restrict y, const float *restrict c,
                                                   const float *restrict s, int64_t heads, int64_t half)
{
  turn_heads (x, y, c, s, heads, half, 2, 1, -1.0f, true);
}

static void rope_rows (int64_t first, int64_t count, void *data)
{
  const Rope *self = data;
  for (int64_t r = first; r < first + count; r++) {
    int64_t angles = r % self->length * self->half;
    (self->pairs == COSMOS_ROPE_HALVES ? turn_halves : turn_adjacent) (cosmos_tensor_row (&self->x, r),
                                                                       cosmos_tensor_row (&self->y, r), self->cosines + angles,
                                                                       self->sines + angles, self->heads, self->half);
  }
}

static void rope_backward_rows (int64_t first, int64_t count, void *data)
{
  const Rope *self = data;
  for (int64_t r = first; r < first + count; r++) {
    int64_t angles = r % self->length * self->half;
    (self->pairs == COSMOS_ROPE_HALVES ? turn_back_halves : turn_back_adjacent) (
        self->y.grad + r * self->y.stride, self->x.grad + r * self->x.stride, self->cosines + angles, self->sines + angles,
        self->heads, self->half);
  }
}

/* Makes the angles, runs over the rows, gives the angles' memory back. */
static void run (CosmosGraph *graph, Rope *self, void (*work) (int64_t first, int64_t count, void *data))
{
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  CosmosArenaMark mark = cosmos_arena_mark (arena);
  if (make_angles (graph, self))
    cosmos_parallel (cosmos_graph_get_pool (graph), cosmos_tensor_get_rows (&self->x),
                     (double) cosmos_tensor_get_columns (&self->x) * cost_of_number, work, self);
  cosmos_arena_rewind (arena, mark);
}

static void rope_backward (CosmosGraph *graph, const void *op)
{
  Rope self = *(const Rope *) op;
  cosmos_graph_settle (graph, &self.y);
  cosmos_graph_settle (graph, &self.x);
  if (self.x.grad)
    run (graph, &self, rope_backward_rows);
}

CosmosTensor *cosmos_rope (CosmosGraph *graph, const CosmosTensor *x, int head_width, int64_t first, double theta,
                           CosmosRopePairs pairs)
{
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  int64_t columns = cosmos_tensor_get_columns (x);
  assert (x->rank >= 2 && head_width > 0 && head_width % 2 == 0 && columns % head_width == 0);
  CosmosTensor *y = cosmos_graph_tensor_like (graph, x);
  if (cosmos_graph_has_failed (graph))
    return y;
  Rope self = {.x = *x,
               .y = *y,
               .half = head_width / 2,
               .heads = columns / head_width,
               .length = x->shape[x->rank - 2],
               .first = first,
               .theta = theta,
               .pairs = pairs};
  run (graph, &self, rope_rows);
  cosmos_graph_record_copy (graph, rope_backward, &self, sizeof self);
  return y;
}
