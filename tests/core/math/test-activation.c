#include "core/math/activation.h"

#include "gradient.h"

static CosmosTensor *gelu (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_gelu (graph, inputs[0]);
}

static CosmosTensor *gelu_tanh (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_gelu_tanh (graph, inputs[0]);
}

static CosmosTensor *silu (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_silu (graph, inputs[0]);
}

static CosmosTensor *gate (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_silu_gate (graph, inputs[0]);
}

static double right_silu (double x)
{
  return x / (1 + exp (-x));
}

static double want (int64_t i, const GradientCase *self)
{
  int64_t columns = cosmos_tensor_get_columns (&self->inputs[0]);
  if (self->op == gate) {
    int64_t half = columns / 2;
    return right_silu (gradient_at (&self->inputs[0], i / half, i % half))
           * gradient_at (&self->inputs[0], i / half, half + i % half);
  }
  double x = gradient_at (&self->inputs[0], i / columns, i % columns);
  if (self->op == gelu_tanh)
    return 0.5 * x * (1 + tanh (sqrt (2 / G_PI) * (x + 0.044715 * x * x * x)));
  return self->op == gelu ? x * 0.5 * erfc (-x / sqrt (2)) : right_silu (x);
}

static const GradientOp ops[] = {gelu, gelu_tanh, silu, gate};

static void test_op (gconstpointer data)
{
  for (int64_t columns = 2; columns <= 34; columns += 16)
    for (int64_t gap = 0; gap <= 3; gap += 3) {
      GradientCase c = {*(const GradientOp *) data, NULL, 1};
      c.inputs[0] = gradient_tensor (1, gap, 3, (int64_t[]) {2, 3, columns});
      for (int64_t i = 0; i < 6 * (columns + gap); i++)
        c.inputs[0].data[i] *= 2;
      gradient_check_values (&c, want, 1e-6);
      gradient_check (&c);
      gradient_check_manners (&c);
    }
  GradientCase c = {*(const GradientOp *) data, NULL, 1};
  c.inputs[0] = gradient_tensor (1, 0, 2, (int64_t[]) {128, 3072});
  gradient_check_values (&c, want, 1e-6);
  gradient_check_threads (&c);
}

/* Huge and infinite numbers: 0 or x, with slopes 0 or 1; NaN stays. */
static void test_ends (void)
{
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  static const float ends[] = {-INFINITY, -1e30f, -200, 200, 1e30f, INFINITY, NAN};
  for (int op = 0; op < 3; op++) {
    GradientCase c = {ops[op], NULL, 1};
    c.inputs[0] = gradient_tensor (1, 0, 1, (int64_t[]) {32}); /* a vector, or more */
    for (int i = 0; i < 32; i++)
      c.inputs[0].data[i] = i < 7 ? ends[i] : 0;
    CosmosTensor *y;
    cosmos_graph_reset (graph);
    cosmos_graph_start_tape (graph);
    gradient_run_op (graph, &c, &y);
    CosmosTensor *loss = cosmos_graph_tensor (graph, 1, (int64_t[]) {1});
    cosmos_graph_settle (graph, y);
    for (int i = 0; i < 32; i++)
      y->grad[i] = 1;
    g_assert_true (cosmos_graph_backward (graph, loss, NULL));
    for (int i = 0; i < 6; i++) {
      g_assert_true (y->data[i] == (i < 3 ? 0 : ends[i]));
      g_assert_true (c.inputs[0].grad[i] == (i < 3 ? 0 : 1));
    }
    g_assert_true (isnan (y->data[6]));
    g_assert_true (y->data[7] == 0 && c.inputs[0].grad[7] == 0.5f);
  }
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/activation/gelu", &ops[0], test_op);
  g_test_add_data_func ("/activation/gelu-tanh", &ops[1], test_op);
  g_test_add_data_func ("/activation/silu", &ops[2], test_op);
  g_test_add_data_func ("/activation/silu-gate", &ops[3], test_op);
  g_test_add_func ("/activation/ends", test_ends);
  return g_test_run ();
}
