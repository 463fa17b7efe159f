#include "core/math/norm.h"

#include "gradient.h"

/* ---- root mean square ---- */

typedef struct {
  CosmosRmsKind kind;
  float eps;
} Rms;

static CosmosTensor *rms (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const Rms *self = data;
  return cosmos_rms_norm (graph, inputs[0], inputs[1], self->kind, self->eps);
}

static double want_rms (int64_t i, const GradientCase *self)
{
  const Rms *kind = self->data;
  const CosmosTensor *x = &self->inputs[0], *weight = &self->inputs[1];
  int64_t columns = cosmos_tensor_get_columns (x), n = weight->shape[0], r = i / columns, first = i % columns / n * n;
  double square = 0;
  for (int64_t k = 0; k < n; k++)
    square += pow (gradient_at (x, r, first + k), 2) / (double) n;
  double root = kind->kind == COSMOS_RMS_CLAMP ? fmax (sqrt (square), (double) kind->eps) : sqrt (square + (double) kind->eps);
  return gradient_at (x, r, i % columns) / root * gradient_at (weight, 0, i % n);
}

static void test_rms (gconstpointer data)
{
  for (int64_t n = 3; n <= 19; n += 16)
    for (int64_t groups = 1; groups <= 3; groups += 2)
      for (int64_t gap = 0; gap <= 5; gap += 5) {
        GradientCase c = {rms, data, 2};
        c.inputs[0] = gradient_tensor (1, gap, 3, (int64_t[]) {2, 2, n * groups});
        c.inputs[1] = gradient_tensor (2, 0, 1, (int64_t[]) {n});
        gradient_check_values (&c, want_rms, 1e-6);
        gradient_check (&c);
        gradient_check_manners (&c);
      }
  for (int64_t groups = 1; groups <= 12; groups += 11) {
    GradientCase c = {rms, data, 2};
    c.inputs[0] = gradient_tensor (1, 0, 2, (int64_t[]) {100, 768});
    c.inputs[1] = gradient_tensor (2, 0, 1, (int64_t[]) {768 / groups});
    gradient_check_values (&c, want_rms, 1e-6);
    gradient_check_threads (&c);
  }
}

static void test_rms_clamp_is_on_the_root (void)
{
  /* r = 0.002 < eps: x / eps, not x / sqrt (r^2 + eps). */
  const Rms kind = {COSMOS_RMS_CLAMP, 0.01f};
  GradientCase c = {rms, &kind, 2};
  c.inputs[0] = gradient_tensor (1, 0, 2, (int64_t[]) {3, 4});
  c.inputs[1] = gradient_tensor (2, 0, 1, (int64_t[]) {4});
  for (int i = 0; i < 4; i++)
    c.inputs[0].data[i] = i % 2 ? 0.002f : -0.002f;
  for (int i = 4; i < 8; i++)
    c.inputs[0].data[i] = 0;
  gradient_check_values (&c, want_rms, 1e-6);

  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *y;
  g_assert_true (gradient_run_backward (graph, &c, 0.0f, &y));
  for (int i = 0; i < 8; i++) /* a clamped root is constant */
    g_assert_cmpfloat_with_epsilon (c.inputs[0].grad[i], 100 * c.inputs[1].data[i % 4] * y->grad[i], 1e-3);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* ---- layer norm ---- */

static CosmosTensor *layer (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  return cosmos_layer_norm (graph, inputs[0], inputs[1], inputs[2], *(const float *) data);
}

static double want_layer (int64_t i, const GradientCase *self)
{
  const CosmosTensor *x = &self->inputs[0];
  int64_t n = cosmos_tensor_get_columns (x), r = i / n;
  double mean = 0, variance = 0;
  for (int64_t k = 0; k < n; k++)
    mean += gradient_at (x, r, k) / (double) n;
  for (int64_t k = 0; k < n; k++)
    variance += pow (gradient_at (x, r, k) - mean, 2) / (double) n;
  double normal = (gradient_at (x, r, i % n) - mean) / sqrt (variance + (double) *(const float *) self->data);
  return normal * gradient_at (&self->inputs[1], 0, i % n) + gradient_at (&self->inputs[2], 0, i % n);
}

static void test_layer (void)
{
  static const float eps = 1e-5f;
  for (int64_t n = 4; n <= 20; n += 16)
    for (int64_t gap = 0; gap <= 5; gap += 5) {
      GradientCase c = {layer, &eps, 3};
      c.inputs[0] = gradient_tensor (1, gap, 3, (int64_t[]) {2, 2, n});
      c.inputs[1] = gradient_tensor (2, 0, 1, &n);
      c.inputs[2] = gradient_tensor (3, 0, 1, &n);
      gradient_check_values (&c, want_layer, 1e-6);
      gradient_check (&c);
      gradient_check_manners (&c);
    }
  GradientCase c = {layer, &eps, 3};
  c.inputs[0] = gradient_tensor (1, 0, 2, (int64_t[]) {100, 768});
  c.inputs[1] = gradient_tensor (2, 0, 1, (int64_t[]) {768});
  c.inputs[2] = gradient_tensor (3, 0, 1, (int64_t[]) {768});
  for (int i = 0; i < 100 * 768; i++) /* a large mean must not eat the digits of the variance */
    c.inputs[0].data[i] += 100;
  gradient_check_values (&c, want_layer, 2e-5);
  gradient_check_threads (&c);
}

int main (int argc, char **argv)
{
  static const Rms clamp = {COSMOS_RMS_CLAMP, 1e-5f}, add = {COSMOS_RMS_ADD, 1e-2f};
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/norm/rms-clamp", &clamp, test_rms);
  g_test_add_data_func ("/norm/rms-add", &add, test_rms);
  g_test_add_func ("/norm/rms-clamp-is-on-the-root", test_rms_clamp_is_on_the_root);
  g_test_add_func ("/norm/layer", test_layer);
  return g_test_run ();
}
