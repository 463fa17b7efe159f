#include "core/math/elementwise.h"

#include "gradient.h"

/* ---- sums and products, repeated and strided ---- */

static CosmosTensor *add (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_add (graph, inputs[0], inputs[1]);
}

static CosmosTensor *multiply (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_multiply (graph, inputs[0], inputs[1]);
}

/* The number of b at place i of a's shape, by the rule of the header, one dimension after the other from the last. */
static double number_of_b (const CosmosTensor *a, const CosmosTensor *b, int64_t i)
{
  int64_t place = 0, step = 1, columns = cosmos_tensor_get_columns (b);
  for (int d = 1; d <= b->rank; d++) {
    int64_t at = i % a->shape[a->rank - d], size = b->shape[b->rank - d];
    i /= a->shape[a->rank - d];
    if (size != 1)
      place += at * step;
    step *= size;
  }
  return gradient_at (b, place / columns, place % columns);
}

static double want_pair (int64_t i, const GradientCase *self)
{
  const CosmosTensor *a = &self->inputs[0];
  int64_t columns = cosmos_tensor_get_columns (a);
  double x = gradient_at (a, i / columns, i % columns), y = number_of_b (a, &self->inputs[1], i);
  return self->op == add ? x + y : x * y;
}

typedef struct {
  int a_rank, b_rank;
  int64_t a[4], b[4];
} Shapes;

static void test_pairs (gconstpointer data)
{
  static const Shapes shapes[] = {
    {1, 1, {5}, {5}},       {3, 3, {2, 3, 5}, {2, 3, 5}},   {3, 2, {2, 3, 5}, {3, 5}},    {3, 1, {2, 3, 5}, {5}},
    {3, 1, {2, 3, 5}, {1}}, {3, 3, {2, 3, 5}, {2, 1, 5}},   {3, 3, {2, 3, 5}, {1, 3, 1}}, {4, 4, {2, 3, 2, 5}, {2, 1, 2, 1}},
    {2, 2, {3, 1}, {3, 1}}, {4, 2, {2, 2, 3, 33}, {3, 33}},
  };
  GradientOp op = GPOINTER_TO_INT (data) ? multiply : add;
  for (size_t k = 0; k < G_N_ELEMENTS (shapes); k++)
    for (int64_t gap = 0; gap <= 3; gap += 3) {
      GradientCase c = {op, NULL, 2};
      c.inputs[0] = gradient_tensor (1, gap, shapes[k].a_rank, shapes[k].a);
      c.inputs[1] = gradient_tensor (2, gap * 2, shapes[k].b_rank, shapes[k].b);
      gradient_check_values (&c, want_pair, 1e-7);
      gradient_check (&c);
      gradient_check_manners (&c);
    }
  static const Shapes large[] = {{3, 3, {4, 50, 768}, {4, 50, 768}},
                                 {3, 1, {4, 50, 768}, {768}},
                                 {3, 2, {4, 50, 768}, {50, 768}},
                                 {3, 3, {4, 50, 768}, {4, 1, 1}}};
  for (size_t k = 0; k < G_N_ELEMENTS (large); k++) {
    GradientCase c = {op, NULL, 2};
    c.inputs[0] = gradient_tensor (1, 8, large[k].a_rank, large[k].a);
    c.inputs[1] = gradient_tensor (2, 0, large[k].b_rank, large[k].b);
    gradient_check_threads (&c);
  }
}

/* x + x and x * x: both gradients land in one place. */
static CosmosTensor *twice (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_add (graph, cosmos_add (graph, inputs[0], inputs[0]), cosmos_multiply (graph, inputs[0], inputs[0]));
}

static void test_same_tensor_twice (void)
{
  GradientCase c = {twice, NULL, 1};
  c.inputs[0] = gradient_tensor (3, 0, 2, (int64_t[]) {3, 5});
  gradient_check (&c);
}

/* ---- scale, repeat ---- */

static CosmosTensor *scale (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  return cosmos_scale (graph, inputs[0], -1.75f);
}

static double want_scale (int64_t i, const GradientCase *self)
{
  int64_t columns = cosmos_tensor_get_columns (&self->inputs[0]);
  return -1.75 * gradient_at (&self->inputs[0], i / columns, i % columns);
}

static CosmosTensor *repeat (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  CosmosTensor *y = cosmos_repeat (graph, inputs[0], 4);
  if (!cosmos_graph_has_failed (graph)) {
    g_assert_cmpint (y->rank, ==, inputs[0]->rank + 1);
    g_assert_cmpint (y->shape[0], ==, 4);
    g_assert_cmpint (y->shape[1], ==, inputs[0]->shape[0]);
  }
  return y;
}

static double want_repeat (int64_t i, const GradientCase *self)
{
  int64_t columns = cosmos_tensor_get_columns (&self->inputs[0]);
  i %= cosmos_tensor_get_count (&self->inputs[0]);
  return gradient_at (&self->inputs[0], i / columns, i % columns);
}

static void test_one_input (gconstpointer data)
{
  bool scales = GPOINTER_TO_INT (data);
  for (int64_t gap = 0; gap <= 3; gap += 3)
    for (int rank = 1; rank <= 3; rank++) {
      GradientCase c = {scales ? scale : repeat, NULL, 1};
      c.inputs[0] = gradient_tensor (4, gap, rank, (int64_t[]) {3, 2, 5});
      gradient_check_values (&c, scales ? want_scale : want_repeat, 1e-7);
      gradient_check (&c);
      gradient_check_manners (&c);
    }
  GradientCase c = {scales ? scale : repeat, NULL, 1};
  c.inputs[0] = gradient_tensor (4, 8, 2, (int64_t[]) {200, 768});
  gradient_check_threads (&c);
}

/* ---- views ---- */

static CosmosTensor *views (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  CosmosTensor *part = cosmos_slice (graph, cosmos_head (graph, inputs[0], 2), 1, 3);
  CosmosTensor *same = cosmos_reshape (graph, inputs[1], 2, (int64_t[]) {4, 3});
  return cosmos_multiply (graph, same,
                          cosmos_scale (graph, cosmos_reshape (graph, cosmos_scale (graph, part, 2), 2, (int64_t[]) {4, 3}), 3));
}

static double want_views (int64_t i, const GradientCase *self)
{
  return 6 * gradient_at (&self->inputs[0], i / 3, 1 + i % 3) * gradient_at (&self->inputs[1], 0, i);
}

static void test_views (void)
{
  GradientCase c = {views, NULL, 2};
  c.inputs[0] = gradient_tensor (5, 2, 3, (int64_t[]) {3, 2, 5});
  c.inputs[1] = gradient_tensor (6, 0, 1, (int64_t[]) {12});
  gradient_check_values (&c, want_views, 1e-6);
  gradient_check (&c);
  gradient_check_manners (&c);

  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosTensor *part = cosmos_slice (graph, &c.inputs[0], 4, 1);
  g_assert_true (part->data == c.inputs[0].data + 4 && part->grad == c.inputs[0].grad + 4 && part->stride == 7);
  g_assert_true (cosmos_tensor_has_shape (part, 3, (int64_t[]) {3, 2, 1}));
  CosmosTensor *top = cosmos_head (graph, &c.inputs[1], 5);
  g_assert_true (top->data == c.inputs[1].data && cosmos_tensor_has_shape (top, 1, (int64_t[]) {5}));
  CosmosTensor table = gradient_tensor (7, 1, 2, (int64_t[]) {4, 3});
  CosmosTensor *rows = cosmos_rows (graph, &table, 1, 2);
  g_assert_true (rows->data == table.data + 4 && rows->grad == table.grad + 4 && rows->stride == 4);
  g_assert_true (cosmos_tensor_has_shape (rows, 2, (int64_t[]) {2, 3}));
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/elementwise/add", GINT_TO_POINTER (0), test_pairs);
  g_test_add_data_func ("/elementwise/multiply", GINT_TO_POINTER (1), test_pairs);
  g_test_add_func ("/elementwise/same-tensor-twice", test_same_tensor_twice);
  g_test_add_data_func ("/elementwise/scale", GINT_TO_POINTER (1), test_one_input);
  g_test_add_data_func ("/elementwise/repeat", GINT_TO_POINTER (0), test_one_input);
  g_test_add_func ("/elementwise/views", test_views);
  return g_test_run ();
}
