#include "core/math/attention.h"

#include "gradient.h"

typedef struct {
  CosmosAttention kind;
  bool two_sets;
  const bool *keep[2];
} Kind;

/* q, k, v and for two sets the other k, v. */
static CosmosTensor *attention (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const Kind *self = data;
  CosmosKeys keys = {inputs[1], inputs[2], self->keep[0]}, extra = {0};
  if (self->two_sets)
    extra = (CosmosKeys) {inputs[3], inputs[4], self->keep[1]};
  return cosmos_attention (graph, inputs[0], keys, extra, self->kind);
}

/* The place of a key in its set's rows, -1 where the query may not see it. */
static int64_t find_key (const GradientCase *self, int set, int64_t text, int64_t query, int64_t s)
{
  const Kind *kind = self->data;
  const CosmosTensor *q = &self->inputs[0], *k = &self->inputs[1 + 2 * set];
  int64_t count = k->shape[1], key = (k->shape[0] == 1 ? 0 : text * count) + s;
  bool hidden = (kind->keep[set] && !kind->keep[set][key]) || (kind->kind.causal && s > count - q->shape[1] + query);
  return hidden ? -1 : key;
}

static double want (int64_t i, const GradientCase *self)
{
  static double scores[2][512]; /* of one query and head, whose numbers are asked for one after the other */
  const Kind *kind = self->data;
  const CosmosTensor *q = &self->inputs[0];
  int64_t columns = cosmos_tensor_get_columns (q), width = kind->kind.head_width, row = i / columns, column = i % columns;
  int64_t text = row / q->shape[1], query = row % q->shape[1];
  int64_t group = columns / cosmos_tensor_get_columns (&self->inputs[1]), kv_column = column / width / group * width;
  double largest = -INFINITY, sum = 0, total = 0;
  for (int pass = 0; pass < 2; pass++)
    for (int set = 0; set < (kind->two_sets ? 2 : 1); set++) {
      const CosmosTensor *k = &self->inputs[1 + 2 * set], *v = &self->inputs[2 + 2 * set];
      for (int64_t s = 0; s < k->shape[1]; s++) {
        int64_t key = find_key (self, set, text, query, s);
        double *score = &scores[set][s];
        if (key < 0)
          continue;
        if (pass == 0 && column % width == 0) {
          *score = 0;
          for (int64_t d = 0; d < width; d++)
            *score += gradient_at (q, row, column + d) * gradient_at (k, key, kv_column + d) / sqrt ((double) width);
        }
        if (pass == 0)
          largest = fmax (largest, *score);
        else {
          sum += exp (*score - largest);
          total += exp (*score - largest) * gradient_at (v, key, kv_column + column % width);
        }
      }
    }
  return sum > 0 ? total / sum : 0;
}

typedef struct {
  int64_t batch, queries, heads, kv_heads;
  int width;
  int64_t keys[2], keys_batch[2]; /* keys 0: no such set */
  bool causal;
  int masked; /* set i has a mask where bit i is 1; 4: text 0 sees nothing */
  int64_t gap;
} Shape;

/* The masks are kept in *keep (two arrays). */
static GradientCase make_case (const Shape *shape, Kind *kind, bool keep[2][512])
{
  *kind = (Kind) {.kind = {shape->width, shape->causal}, .two_sets = shape->keys[1] > 0};
  GradientCase c = {attention, kind, kind->two_sets ? 5 : 3};
  c.inputs[0] = gradient_tensor (1, shape->gap, 3, (int64_t[]) {shape->batch, shape->queries, shape->heads * shape->width});
  for (int set = 0; set < 2 && shape->keys[set]; set++) {
    const int64_t size[] = {shape->keys_batch[set], shape->keys[set], shape->kv_heads * shape->width};
    c.inputs[1 + 2 * set] = gradient_tensor ((uint64_t) (2 + set), shape->gap * 2, 3, size);
    c.inputs[2 + 2 * set] = gradient_tensor ((uint64_t) (4 + set), shape->gap, 3, size);
    if (shape->masked >> set & 1) {
      g_assert_cmpint (size[0] * size[1], <=, 512);
      for (int64_t i = 0; i < size[0] * size[1]; i++)
        keep[set][i] = cosmos_random_uniform (9, (uint32_t) set, (uint64_t) i) < 0.6 && !(shape->masked & 4 && i < size[1]);
      kind->keep[set] = keep[set];
    }
  }
  return c;
}

static void test_small (void)
{
  static const Shape shapes[] = {
    {1, 1, 1, 1, 4, {1}, {1}, false, 0, 0},       {2, 3, 2, 2, 4, {5}, {2}, false, 0, 3},
    {2, 3, 2, 2, 4, {5}, {2}, false, 1, 3},       {2, 3, 4, 2, 4, {5, 3}, {2, 2}, false, 3, 0},
    {2, 3, 4, 2, 4, {5, 3}, {2, 1}, false, 2, 5}, {2, 3, 4, 1, 3, {5, 3}, {1, 2}, false, 1, 1},
    {3, 2, 2, 1, 4, {4, 3}, {1, 1}, false, 3, 1}, {2, 3, 2, 2, 4, {5, 3}, {2, 2}, false, 7, 0}, /* text 0 sees nothing */
    {2, 4, 4, 2, 4, {4}, {2}, true, 0, 3},        {2, 3, 4, 2, 4, {7}, {2}, true, 0, 0},        /* four keys stand in the cache */
    {2, 3, 2, 2, 4, {7}, {2}, true, 1, 2},        {1, 1, 6, 2, 4, {9}, {1}, true, 0, 0},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    Kind kind;
    bool keep[2][512];
    GradientCase c = make_case (&shapes[i], &kind, keep);
    gradient_check_values (&c, want, 1e-6);
    gradient_check (&c);
    gradient_check_manners (&c);
  }
}

/* More queries than are done at once, several blocks of heads; sizes of the networks. */
static void test_large (void)
{
  static const Shape shapes[] = {
    {2, 16, 12, 12, 64, {80, 16}, {2, 2}, false, 1, 0}, {1, 128, 4, 4, 64, {16, 128}, {1, 1}, false, 0, 64},
    {3, 80, 6, 2, 32, {80}, {3}, true, 0, 0},           {1, 200, 3, 3, 64, {230}, {1}, true, 0, 0},
    {2, 70, 4, 2, 32, {16, 70}, {1, 2}, false, 3, 0},   {1, 1, 12, 4, 64, {100}, {1}, true, 0, 0},
    {8, 16, 12, 12, 16, {16}, {8}, false, 0, 0},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    Kind kind;
    bool keep[2][512];
    GradientCase c = make_case (&shapes[i], &kind, keep);
    gradient_check_values (&c, want, 2e-6);
    gradient_check_threads (&c);
  }
}

/* Gradients across the border of 128 queries. */
static void test_gradients_of_many_queries (void)
{
  static const Shape shapes[] = {{1, 131, 2, 1, 2, {132}, {1}, true, 1, 0}, {2, 130, 1, 1, 2, {2, 3}, {1, 2}, false, 2, 1}};
  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    Kind kind;
    bool keep[2][512];
    GradientCase c = make_case (&shapes[i], &kind, keep);
    gradient_check (&c);
  }
}

/* Queries, keys and values as columns of one tensor; the caller's mask may go away before the way back. */
static CosmosTensor *stacked (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  (void) data;
  bool keep[] = {true, false, true, true, true, true, true, false};
  cosmos_graph_settle (graph, inputs[0]);
  CosmosTensor *q = cosmos_graph_view (graph, *inputs[0]), *k = cosmos_graph_view (graph, *inputs[0]);
  CosmosTensor *v = cosmos_graph_view (graph, *inputs[0]);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  q->shape[2] = k->shape[2] = v->shape[2] = 6;
  q->unset = k->unset = v->unset = NULL;
  k->data += 6;
  v->data += 12;
  if (inputs[0]->grad) {
    k->grad += 6;
    v->grad += 12;
  }
  CosmosTensor *y = cosmos_attention (graph, q, (CosmosKeys) {k, v, keep}, (CosmosKeys) {0}, (CosmosAttention) {.head_width = 3});
  memset (keep, 0, sizeof keep);
  return y;
}

static void test_stacked (void)
{
  GradientCase c = {stacked, NULL, 1};
  c.inputs[0] = gradient_tensor (1, 2, 3, (int64_t[]) {2, 4, 18});
  gradient_check (&c);
  gradient_check_manners (&c);
}

/* Scores of thousands: the softmax subtracts the largest. */
static void test_large_scores (void)
{
  static const Shape shape = {1, 3, 1, 1, 4, {5, 2}, {1, 1}, false, 0, 0};
  Kind kind;
  bool keep[2][512];
  GradientCase c = make_case (&shape, &kind, keep);
  for (int i = 0; i < 12; i++)
    c.inputs[0].data[i] *= 3000;
  gradient_check_values (&c, want, 1e-3); /* scores of 1e4 in floats */
  gradient_check_threads (&c);            /* all finite */
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attention/small", test_small);
  g_test_add_func ("/attention/large", test_large);
  g_test_add_func ("/attention/gradients-of-many-queries", test_gradients_of_many_queries);
  g_test_add_func ("/attention/stacked", test_stacked);
  g_test_add_func ("/attention/large-scores", test_large_scores);
  return g_test_run ();
}
