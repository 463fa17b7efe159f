#include "core/math/join.h"

#include <glib.h>

#include "core/math/elementwise.h"
#include "core/math/loss.h"

/* Columns side by side, also of parts that are slices of wider tensors. */
static void test_forward (void)
{
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *a = cosmos_graph_input (graph, 3, (int64_t[]) {1, 2, 3}, (float[]) {1, 2, 3, 4, 5, 6});
  CosmosTensor *b = cosmos_graph_input (graph, 3, (int64_t[]) {1, 2, 1}, (float[]) {7, 8});
  CosmosTensor *y = cosmos_join (graph, 3, (CosmosTensor *[]) {cosmos_slice (graph, a, 1, 2), b, a});
  g_assert_true (cosmos_graph_check (graph, NULL));
  g_assert_true (cosmos_tensor_has_shape (y, 3, (int64_t[]) {1, 2, 6}));
  const float expected[12] = {2, 3, 7, 1, 2, 3, 5, 6, 8, 4, 5, 6};
  g_assert_cmpmem (y->data, sizeof expected, expected, sizeof expected);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* A part that comes twice gets both gradients, an input none. */
static void test_backward (void)
{
  CosmosError err = {0};
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  cosmos_graph_start_tape (graph);
  CosmosTensor *input = cosmos_graph_input (graph, 2, (int64_t[]) {1, 2}, (float[]) {1, 2});
  CosmosTensor *a = cosmos_scale (graph, input, 2); /* 2, 4 */
  CosmosTensor *y = cosmos_join (graph, 3, (CosmosTensor *[]) {a, input, a});
  CosmosTensor *target = cosmos_graph_input (graph, 2, (int64_t[]) {1, 6}, (float[]) {0, 0, 0, 0, 1, 0});
  g_assert_true (cosmos_graph_backward (graph, cosmos_mean_squared_error (graph, y, target, NULL, NULL), &err));
  g_assert_cmpfloat_with_epsilon (a->grad[0], 2.0 / 6 * (2 + 1), 1e-6);
  g_assert_cmpfloat_with_epsilon (a->grad[1], 2.0 / 6 * (4 + 4), 1e-6);
  g_assert_null (input->grad);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

static void test_cancelled (void)
{
  CosmosProgress progress = {.cancelled = true};
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, &progress);
  CosmosTensor *nothing = cosmos_graph_nothing (graph);
  g_assert_true (cosmos_join (graph, 1, &nothing) == nothing);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/math/join/forward", test_forward);
  g_test_add_func ("/math/join/backward", test_backward);
  g_test_add_func ("/math/join/cancelled", test_cancelled);
  return g_test_run ();
}
