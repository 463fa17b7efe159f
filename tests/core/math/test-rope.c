#include "core/math/rope.h"

#include "gradient.h"

typedef struct {
  int head_width;
  int64_t first;
  double theta;
  CosmosRopePairs pairs;
} Rope;

static CosmosTensor *rope (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const Rope *self = data;
  return cosmos_rope (graph, inputs[0], self->head_width, self->first, self->theta, self->pairs);
}

static double want (int64_t i, const GradientCase *self)
{
  const Rope *kind = self->data;
  const CosmosTensor *x = &self->inputs[0];
  int64_t columns = cosmos_tensor_get_columns (x), r = i / columns, head = i % columns / kind->head_width * kind->head_width;
  int64_t at = i % columns - head, half = kind->head_width / 2;
  int64_t pair = kind->pairs == COSMOS_ROPE_HALVES ? at % half : at / 2;
  bool second = kind->pairs == COSMOS_ROPE_HALVES ? at >= half : at % 2;
  int64_t a = kind->pairs == COSMOS_ROPE_HALVES ? pair : 2 * pair, b = a + (kind->pairs == COSMOS_ROPE_HALVES ? half : 1);
  double angle = (double) (kind->first + r % x->shape[x->rank - 2]) * pow (kind->theta, -2.0 * (double) pair / kind->head_width);
  double u = gradient_at (x, r, head + a), v = gradient_at (x, r, head + b);
  return second ? u * sin (angle) + v * cos (angle) : u * cos (angle) - v * sin (angle);
}

static void test_rope (gconstpointer data)
{
  CosmosRopePairs pairs = GPOINTER_TO_INT (data) ? COSMOS_ROPE_ADJACENT : COSMOS_ROPE_HALVES;
  const Rope small = {6, 0, 10000, pairs}, later = {4, 1000, 100, pairs}, paper = {64, 0, 10000, pairs},
             far = {64, 4000, 500000, pairs};
  for (int64_t gap = 0; gap <= 3; gap += 3) {
    GradientCase c = {rope, &small, 1};
    c.inputs[0] = gradient_tensor (1, gap, 3, (int64_t[]) {2, 3, 12});
    gradient_check_values (&c, want, 1e-6);
    gradient_check (&c);
    gradient_check_manners (&c);
    c.data = &later;
    gradient_check_values (&c, want, 1e-6);
    gradient_check (&c);
  }
  GradientCase c = {rope, &paper, 1};
  c.inputs[0] = gradient_tensor (1, 0, 3, (int64_t[]) {2, 128, 768});
  gradient_check_values (&c, want, 1e-6);
  gradient_check_threads (&c);
  c.data = &far;
  gradient_check_values (&c, want, 1e-6);
  c.data = &paper;
  c.inputs[0] = gradient_tensor (1, 0, 3, (int64_t[]) {1, 4000, 64}); /* many turns from the first */
  gradient_check_values (&c, want, 1e-6);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rope/halves", GINT_TO_POINTER (0), test_rope);
  g_test_add_data_func ("/rope/adjacent", GINT_TO_POINTER (1), test_rope);
  return g_test_run ();
}
