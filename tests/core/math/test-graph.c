#include <math.h>
#include "core/math/graph.h"

#include "scarce.h"
#include <glib.h>

static CosmosPool *pool;

static void test_tensors (void)
{
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *a = cosmos_graph_tensor (graph, 2, (int64_t[]) {3, 5});
  g_assert_true (cosmos_tensor_has_shape (a, 2, (int64_t[]) {3, 5}));
  g_assert_true (cosmos_tensor_is_packed (a));
  g_assert_null (a->grad);
  CosmosTensor *b = cosmos_graph_input (graph, 2, (int64_t[]) {1, 2}, (float[]) {7, 8});
  g_assert_true (b->data[0] == 7 && b->data[1] == 8);
  CosmosTensor *view = cosmos_graph_view (graph, cosmos_tensor (b->data, 1, (int64_t[]) {2}));
  g_assert_true (view != b && view->data == b->data && view->rank == 1);
  CosmosTensor *none = cosmos_graph_tensor (graph, 2, (int64_t[]) {0, 5});
  g_assert_cmpint (cosmos_tensor_get_count (none), ==, 0);

  cosmos_graph_start_tape (graph);
  CosmosTensor *c = cosmos_graph_tensor_like (graph, a);
  g_assert_true (cosmos_tensor_has_shape (c, 2, a->shape));
  for (int i = 0; i < 15; i++)
    c->grad[i] = NAN;
  cosmos_graph_settle (graph, c);
  cosmos_graph_settle (graph, cosmos_graph_input (graph, 1, (int64_t[]) {1}, (float[]) {1})); /* has none */
  for (int i = 0; i < 15; i++)
    g_assert_true (c->grad[i] == 0);
  c->grad[0] = 1;
  cosmos_graph_settle (graph, c); /* holds numbers */
  g_assert_true (c->grad[0] == 1 && !cosmos_tensor_claim_grad (c));
  g_assert_null (cosmos_graph_input (graph, 1, (int64_t[]) {1}, (float[]) {1})->grad);

  cosmos_graph_reset (graph);
  g_assert_false (cosmos_graph_has_tape (graph));
  g_assert_true (cosmos_graph_tensor (graph, 2, (int64_t[]) {3, 5}) == a);
  g_assert_true (cosmos_graph_check (graph, NULL));
  cosmos_graph_free (graph);
  cosmos_graph_free (NULL);
}

/* A chain of layers, each a scope that makes much and keeps little, of alternating size. */
static CosmosTensor *run_layers (CosmosGraph *graph, int64_t size)
{
  CosmosTensor *x = cosmos_graph_tensor (graph, 1, (int64_t[]) {size});
  for (int64_t i = 0; i < size; i++)
    x->data[i] = (float) i;
  for (int layer = 0; layer < 20; layer++) {
    CosmosArenaMark scope = cosmos_graph_begin (graph);
    int64_t larger = size * (layer % 3 + 1);
    float *loose = layer % 2 ? cosmos_graph_alloc (graph, 4096) : NULL;
    CosmosTensor *big = cosmos_graph_tensor (graph, 2, (int64_t[]) {2, larger});
    CosmosTensor *next = cosmos_graph_tensor_like (graph, x);
    for (int64_t i = 0; i < size; i++) {
      big->data[i] = big->data[larger + i] = x->data[i] + 1;
      next->data[i] = big->data[larger + i];
    }
    if (layer % 2) { /* numbers that start where the scope does, before their header */
      for (int i = 0; i < 1024; i++)
        loose[i] = i < size ? next->data[i] : 0;
      next = cosmos_graph_view (graph, cosmos_tensor (size <= 1024 ? loose : next->data, 1, &size));
    }
    x = cosmos_graph_end (graph, scope, next);
  }
  for (int64_t i = 0; i < size; i++)
    g_assert_true (x->data[i] == (float) i + 20);
  return x;
}

static void test_scopes (void)
{
  static const int64_t sizes[] = {1, 16, 700, 1 << 20}; /* the last needs more than the first chunk */
  for (size_t k = 0; k < G_N_ELEMENTS (sizes); k++) {
    CosmosGraph *graph = cosmos_graph_new (pool, NULL);
    CosmosArena *arena = cosmos_graph_get_arena (graph);
    CosmosTensor *first = run_layers (graph, sizes[k]);
    size_t allocations = cosmos_arena_get_allocations (arena);
    g_assert_cmpuint (cosmos_arena_get_size (arena), <, (size_t) (160 << 20)); /* all 20 layers: 600 */
    for (int round = 0; round < 3; round++) {
      cosmos_graph_reset (graph);
      g_assert_true (run_layers (graph, sizes[k]) == first);
    }
    g_assert_cmpuint (cosmos_arena_get_allocations (arena), ==, allocations);
    cosmos_graph_free (graph);
  }
}

static void test_scope_keeps_all_with_a_tape (void)
{
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  cosmos_graph_start_tape (graph);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *a = cosmos_graph_tensor (graph, 1, (int64_t[]) {4});
  a->data[0] = 42;
  g_assert_true (cosmos_graph_end (graph, scope, a) == a);
  CosmosTensor *b = cosmos_graph_tensor (graph, 1, (int64_t[]) {4});
  b->data[0] = 43;
  g_assert_true (b->data != a->data && a->data[0] == 42 && a->grad);
  cosmos_graph_free (graph);
}

static void test_failure_sticks (void)
{
  CosmosError err = {COSMOS_STATUS_OK};
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *nothing = cosmos_graph_nothing (graph);
  g_assert_cmpint (cosmos_tensor_get_count (nothing), ==, 0);
  g_assert_false (cosmos_graph_has_failed (graph));
  g_assert_true (cosmos_graph_check (graph, &err));
  g_assert_true (cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "row %d", 7) == nothing);
  cosmos_graph_fail (graph, COSMOS_STATUS_IO, "later");
  g_assert_true (cosmos_graph_has_failed (graph));
  g_assert_false (cosmos_graph_check (graph, &err));
  g_assert_false (cosmos_graph_check (graph, NULL));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  g_assert_cmpstr (err.message, ==, "row 7");

  g_assert_null (cosmos_graph_alloc (graph, 1));
  g_assert_true (cosmos_graph_tensor (graph, 1, (int64_t[]) {1}) == nothing);
  g_assert_true (cosmos_graph_tensor_like (graph, nothing) == nothing);
  g_assert_true (cosmos_graph_input (graph, 1, (int64_t[]) {1}, (float[]) {1}) == nothing);
  g_assert_true (cosmos_graph_view (graph, *nothing) == nothing);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  g_assert_true (cosmos_graph_end (graph, scope, nothing) == nothing);
  cosmos_graph_start_tape (graph);
  g_assert_true (cosmos_graph_end (graph, scope, nothing) == nothing);
  g_assert_false (cosmos_graph_backward (graph, nothing, &err));

  cosmos_graph_reset (graph);
  g_assert_true (cosmos_graph_check (graph, NULL));
  g_assert_true (cosmos_graph_tensor (graph, 1, (int64_t[]) {1}) != nothing);
  cosmos_graph_free (graph);
}

static void test_cancelled (void)
{
  CosmosError err = {COSMOS_STATUS_OK};
  CosmosProgress progress = {0};
  CosmosGraph *graph = cosmos_graph_new (pool, &progress);
  g_assert_false (cosmos_graph_has_failed (graph));
  atomic_store (&progress.cancelled, true);
  g_assert_true (cosmos_graph_has_failed (graph));
  g_assert_false (cosmos_graph_check (graph, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_CANCELLED);
  atomic_store (&progress.cancelled, false);
  g_assert_true (cosmos_graph_has_failed (graph));
  cosmos_graph_reset (graph);
  g_assert_false (cosmos_graph_has_failed (graph));
  atomic_store (&progress.cancelled, true);
  cosmos_graph_set_progress (graph, NULL);
  g_assert_false (cosmos_graph_has_failed (graph));
  cosmos_graph_free (graph);
}

static void test_out_of_memory (void)
{
  scarce_allocations = 0;
  g_assert_null (cosmos_graph_new (pool, NULL));
  scarce_allocations = -1;

  CosmosError err = {COSMOS_STATUS_OK};
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *nothing = cosmos_graph_nothing (graph);
  static const int64_t huge[][4] = {
    {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}, {INT64_MAX, 1, 1, 1}, {1 << 30, 1 << 30, 1 << 30, 4}, {1 << 24, 1 << 24, 1, 1}};
  scarce_allocations = 0;
  for (size_t k = 0; k < G_N_ELEMENTS (huge); k++) {
    g_assert_true (cosmos_graph_tensor (graph, 4, huge[k]) == nothing);
    g_assert_false (cosmos_graph_check (graph, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_NO_MEMORY);
    cosmos_graph_reset (graph);
  }
  /* The gradient as well as the numbers. */
  cosmos_graph_start_tape (graph);
  g_assert_true (cosmos_graph_tensor (graph, 1, (int64_t[]) {(3 << 20) / 4}) == nothing);
  scarce_allocations = -1;
  cosmos_graph_free (graph);
}

/* ---- the tape ---- */

typedef struct {
  CosmosTensor *x, *y;
  float factor;
} Times;

static int backward_calls;

static void times_backward (CosmosGraph *graph, const void *op)
{
  const Times *self = op;
  cosmos_graph_settle (graph, self->x);
  cosmos_graph_settle (graph, self->y);
  self->x->grad[0] += self->factor * self->y->grad[0];
  backward_calls++;
}

static void times_backward_and_fail (CosmosGraph *graph, const void *op)
{
  times_backward (graph, op);
  cosmos_graph_fail (graph, COSMOS_STATUS_NO_MEMORY, "in the middle");
}

static CosmosTensor *times (CosmosGraph *graph, CosmosTensor *x, float factor, CosmosBackward backward)
{
  CosmosTensor *y = cosmos_graph_tensor (graph, 1, (int64_t[]) {1});
  y->data[0] = x->data[0] * factor;
  Times op = {x, y, factor};
  cosmos_graph_record_copy (graph, backward, &op, sizeof op);
  return y;
}

static void test_tape (void)
{
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  float value = 1, grad = 0;
  CosmosTensor x = cosmos_tensor (&value, 1, (int64_t[]) {1});
  x.grad = &grad;

  times (graph, &x, 2, times_backward); /* without a tape nothing is noted */
  cosmos_graph_start_tape (graph);
  backward_calls = 0;
  CosmosTensor *y = times (graph, times (graph, &x, 2, times_backward), 5, times_backward);
  g_assert_true (cosmos_graph_backward (graph, y, NULL));
  g_assert_cmpint (backward_calls, ==, 2);
  g_assert_true (grad == 10);

  cosmos_graph_reset (graph);
  cosmos_graph_start_tape (graph);
  y = times (graph, times (graph, &x, 3, times_backward), 5, times_backward);
  g_assert_true (cosmos_graph_backward (graph, y, NULL));
  g_assert_true (grad == 25); /* added */

  cosmos_graph_reset (graph);
  cosmos_graph_start_tape (graph);
  backward_calls = 0;
  y = times (graph, times (graph, &x, 3, times_backward), 5, times_backward_and_fail);
  g_assert_false (cosmos_graph_backward (graph, y, NULL));
  g_assert_cmpint (backward_calls, ==, 1);
  cosmos_graph_free (graph);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  pool = cosmos_pool_new (1);
  g_test_add_func ("/graph/tensors", test_tensors);
  g_test_add_func ("/graph/scopes", test_scopes);
  g_test_add_func ("/graph/scope-keeps-all-with-a-tape", test_scope_keeps_all_with_a_tape);
  g_test_add_func ("/graph/failure-sticks", test_failure_sticks);
  g_test_add_func ("/graph/cancelled", test_cancelled);
  g_test_add_func ("/graph/out-of-memory", test_out_of_memory);
  g_test_add_func ("/graph/tape", test_tape);
  int result = g_test_run ();
  cosmos_pool_free (pool);
  return result;
}
