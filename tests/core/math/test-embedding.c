#include "core/math/embedding.h"

#include "gradient.h"

/* ---- a weight's rows, as a function of its values ---- */

typedef struct {
  CosmosWeight *weight;
  const int32_t *ids;
  int64_t batch, length;
} Table;

static CosmosTensor *embedding (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const Table *self = data;
  int32_t *ids = g_memdup2 (self->ids, sizeof *ids * (size_t) (self->batch * self->length)); /* not needed later */
  cosmos_weight_set_grad (self->weight, inputs[0]->grad);
  CosmosTensor *y = cosmos_embedding (graph, self->weight, ids, self->batch, self->length);
  memset (ids, 0x55, sizeof *ids * (size_t) (self->batch * self->length));
  g_free (ids);
  return y;
}

static CosmosTensor *gather (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const Table *self = data;
  return cosmos_gather (graph, inputs[0], self->ids, self->batch * self->length);
}

static double want_row (int64_t i, const GradientCase *self)
{
  const Table *table = self->data;
  int64_t columns = cosmos_tensor_get_columns (&self->inputs[0]);
  return gradient_at (&self->inputs[0], table->ids[i / columns], i % columns);
}

static void test_table (gconstpointer data)
{
  GradientOp op = GPOINTER_TO_INT (data) ? gather : embedding;
  static const int32_t ids[] = {4, 0, 4, 2, 4, 3}; /* 4 three times, 1 never */
  GradientCase c = {op, NULL, 1};
  c.inputs[0] = gradient_tensor (1, op == gather ? 3 : 0, 2, (int64_t[]) {5, 7});
  Table table = {NULL, ids, 2, 3};
  table.weight = cosmos_weight_new (5, 7, COSMOS_DTYPE_F32, c.inputs[0].data, (CosmosCompute) {0});
  c.data = &table;
  gradient_check_values (&c, want_row, 0);
  gradient_check (&c);
  gradient_check_manners (&c);
  cosmos_weight_free (table.weight);

  enum { COUNT = 400, WORDS = 50 };
  int32_t many[COUNT];
  for (int i = 0; i < COUNT; i++)
    many[i] = (int32_t) (cosmos_random_uniform (2, 0, (uint64_t) i) * WORDS);
  c.inputs[0] = gradient_tensor (1, 0, 2, (int64_t[]) {WORDS, 768});
  table = (Table) {NULL, many, 1, COUNT};
  table.weight = cosmos_weight_new (WORDS, 768, COSMOS_DTYPE_F32, c.inputs[0].data, (CosmosCompute) {0});
  gradient_check_threads (&c);
  cosmos_weight_free (table.weight);
}

static void test_shapes (void)
{
  float values[12] = {0};
  CosmosPool *pool = cosmos_pool_new (1);
  CosmosGraph *graph = cosmos_graph_new (pool, NULL);
  CosmosWeight *weight = cosmos_weight_new (3, 4, COSMOS_DTYPE_F32, values, (CosmosCompute) {0});
  CosmosTensor *y = cosmos_embedding (graph, weight, (int32_t[]) {0, 1, 2, 2, 1, 0}, 3, 2);
  g_assert_true (cosmos_tensor_has_shape (y, 3, (int64_t[]) {3, 2, 4}));
  CosmosTensor table = cosmos_tensor (values, 2, (int64_t[]) {3, 4});
  y = cosmos_gather (graph, &table, (int32_t[]) {0, 1}, 2);
  g_assert_true (cosmos_tensor_has_shape (y, 2, (int64_t[]) {2, 4}));
  cosmos_weight_free (weight);
  cosmos_graph_free (graph);
  cosmos_pool_free (pool);
}

/* ---- time ---- */

static const double times[] = {0.0, 0.05, 0.999, 37.5};

static CosmosTensor *time_embedding (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) inputs;
  return cosmos_time_embedding (graph, times, G_N_ELEMENTS (times), 768, *(const double *) data);
}

static double want_time (int64_t i, const GradientCase *self)
{
  double frequency = pow (*(const double *) self->data, -(double) (i % 768 % 384) / 384.0);
  return i % 768 < 384 ? cos (times[i / 768] * frequency) : sin (times[i / 768] * frequency);
}

static void test_time (void)
{
  static const double max_periods[] = {10, 10000};
  for (size_t k = 0; k < G_N_ELEMENTS (max_periods); k++) {
    GradientCase c = {time_embedding, &max_periods[k], 0};
    gradient_check_values (&c, want_time, 1e-7);
    gradient_check_manners (&c);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/embedding/weight", GINT_TO_POINTER (0), test_table);
  g_test_add_data_func ("/embedding/gather", GINT_TO_POINTER (1), test_table);
  g_test_add_func ("/embedding/shapes", test_shapes);
  g_test_add_func ("/embedding/time", test_time);
  return g_test_run ();
}
