#include "core/math/linear.h"

#include "gradient.h"

/* Inputs: x, bias. The matrix is a weight, whose gradient is checked on its own below. */
typedef struct {
  CosmosWeight *weight;
  bool has_bias;
} Layer;

static CosmosTensor *layer (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const Layer *self = data;
  return cosmos_linear (graph, inputs[0], self->weight, self->has_bias ? inputs[1] : NULL);
}

static double want (int64_t i, const GradientCase *self)
{
  const Layer *of = self->data;
  int64_t out = cosmos_weight_get_out (of->weight), in = cosmos_weight_get_in (of->weight);
  const float *w = (const float *) cosmos_weight_get_values (of->weight) + i % out * in;
  double sum = of->has_bias ? (double) self->inputs[1].data[i % out] : 0;
  for (int64_t k = 0; k < in; k++)
    sum += gradient_at (&self->inputs[0], i / out, k) * (double) w[k];
  return sum;
}

static const CosmosCompute openblas = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_F32};

static CosmosWeight *new_weight (int64_t out, int64_t in, CosmosCompute compute)
{
  float *w = gradient_floats (out * in), *grad = gradient_floats (out * in);
  cosmos_random_normal (9, 0, 0, w, (size_t) (out * in));
  CosmosWeight *weight = cosmos_weight_new (out, in, COSMOS_DTYPE_F32, w, compute);
  cosmos_weight_set_grad (weight, grad);
  return weight;
}

static GradientCase new_case (const Layer *of, int64_t batch, int64_t rows, int64_t gap)
{
  int64_t out = cosmos_weight_get_out (of->weight), in = cosmos_weight_get_in (of->weight);
  return (GradientCase) {
    .op = layer,
    .data = of,
    .count = of->has_bias ? 2 : 1,
    .inputs = {gradient_tensor (1, gap, 3, (int64_t[]) {batch, rows, in}), gradient_tensor (2, 0, 1, &out)},
  };
}

static void test_values_and_gradients (void)
{
  for (int has_bias = 0; has_bias < 2; has_bias++) {
    Layer of = {new_weight (7, 5, openblas), has_bias};
    GradientCase self = new_case (&of, 2, 3, 4);
    gradient_check_values (&self, want, 1e-6);
    gradient_check (&self);
    gradient_check_manners (&self);
    cosmos_weight_free (of.weight);
  }
}

/* d loss / d W, of a layer whose product is computed by any f32 back end. */
static void check_weight_gradient (CosmosCompute compute)
{
  enum { OUT = 6, IN = 4 };
  Layer of = {new_weight (OUT, IN, compute), true};
  GradientCase self = new_case (&of, 1, 5, 0);
  CosmosPool *pool = cosmos_pool_new (2);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *y;
  float *w = (float *) cosmos_weight_get_values (of.weight), *grad = cosmos_weight_get_grad (of.weight);
  memset (grad, 0, OUT * IN * sizeof *grad);
  g_assert_true (gradient_run_backward (graph, &self, 0, &y));
  for (int i = 0; i < OUT * IN; i++) {
    double got = (double) grad[i], loss[2];
    float middle = w[i];
    for (int side = 0; side < 2; side++) {
      w[i] = middle + (side ? -0.5f : 0.5f); /* the loss is linear in W: a wide step is exact */
      cosmos_weight_touch (of.weight);
      loss[side] = gradient_get_loss (graph, &self);
    }
    w[i] = middle;
    cosmos_weight_touch (of.weight);
    g_assert_cmpfloat_with_epsilon (got, loss[0] - loss[1], 1e-4);
  }
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
  cosmos_weight_free (of.weight);
}

static void test_weight_gradient (void)
{
  CosmosCompute onednn = {COSMOS_BACKEND_ONEDNN, COSMOS_PRECISION_F32};
  check_weight_gradient (openblas);
  if (cosmos_compute_is_available (onednn, NULL))
    check_weight_gradient (onednn);
}

static void test_threads (void)
{
  Layer of = {new_weight (300, 200, openblas), true};
  GradientCase self = new_case (&of, 4, 50, 8);
  gradient_check_threads (&self);
  cosmos_weight_free (of.weight);
}

/* A weight whose compute is not there: the graph fails in words. */
static void test_unavailable (void)
{
  CosmosCompute none = {COSMOS_BACKEND_OPENBLAS, COSMOS_PRECISION_BF16};
  Layer of = {new_weight (3, 2, none), false};
  GradientCase self = new_case (&of, 1, 2, 0);
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosError err = {COSMOS_STATUS_OK};
  CosmosTensor *y;
  gradient_run_op (graph, &self, &y);
  g_assert_true (y == cosmos_graph_nothing (graph));
  g_assert_false (cosmos_graph_check (graph, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_UNSUPPORTED);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
  cosmos_weight_free (of.weight);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linear/values-and-gradients", test_values_and_gradients);
  g_test_add_func ("/linear/weight-gradient", test_weight_gradient);
  g_test_add_func ("/linear/threads", test_threads);
  g_test_add_func ("/linear/unavailable", test_unavailable);
  return g_test_run ();
}
