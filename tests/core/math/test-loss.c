#include "core/math/loss.h"

#include "gradient.h"

/* ---- cross entropy, as a function of x and the head's values ---- */

typedef struct {
  CosmosWeight *head;
  const int32_t *targets;
  bool values_change; /* between runs: the head is packed anew */
} Words;

static CosmosTensor *cross_entropy (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const Words *self = data;
  if (inputs[0]->rank < 2) /* nothing: the number of targets is that of x's rows */
    return cosmos_cross_entropy (graph, inputs[0], self->head, self->targets);
  int64_t rows = cosmos_tensor_get_rows (inputs[0]);
  int32_t *targets = g_memdup2 (self->targets, sizeof *targets * (size_t) rows); /* not needed later */
  cosmos_weight_set_grad (self->head, inputs[1]->grad);
  if (self->values_change)
    cosmos_weight_touch (self->head);
  CosmosTensor *y = cosmos_cross_entropy (graph, inputs[0], self->head, targets);
  memset (targets, 0x55, sizeof *targets * (size_t) rows);
  g_free (targets);
  return y;
}

static double want_cross_entropy (int64_t i, const GradientCase *self)
{
  const Words *words = self->data;
  const CosmosTensor *x = &self->inputs[0], *head = &self->inputs[1];
  double total = 0, counted = 0;
  g_assert_cmpint (i, ==, 0);
  for (int64_t r = 0; r < cosmos_tensor_get_rows (x); r++) {
    double sum = 0, right = 0;
    for (int64_t w = 0; w < head->shape[0]; w++) {
      double logit = 0;
      for (int64_t d = 0; d < head->shape[1]; d++)
        logit += gradient_at (x, r, d) * gradient_at (head, w, d);
      sum += exp (logit);
      if (w == words->targets[r])
        right = logit;
    }
    if (words->targets[r] >= 0) {
      total += log (sum) - right;
      counted++;
    }
  }
  return counted > 0 ? total / counted : 0;
}

static GradientCase make_words (Words *words, const int32_t *targets, int64_t rows, int64_t vocabulary, int64_t width,
                                int64_t gap)
{
  GradientCase c = {cross_entropy, words, 2};
  c.inputs[0] = gradient_tensor (1, gap, 2, (int64_t[]) {rows, width});
  c.inputs[1] = gradient_tensor (2, 0, 2, (int64_t[]) {vocabulary, width});
  *words = (Words) {cosmos_weight_new (vocabulary, width, COSMOS_DTYPE_F32, c.inputs[1].data, (CosmosCompute) {0}), targets};
  return c;
}

static void test_cross_entropy (void)
{
  static const int32_t targets[] = {2, 0, -1, 10, 2, -100};
  for (int64_t gap = 0; gap <= 3; gap += 3) {
    Words words;
    GradientCase c = make_words (&words, targets, 6, 11, 4, gap);
    gradient_check_values (&c, want_cross_entropy, 1e-6);
    words.values_change = true;
    gradient_check (&c);
    words.values_change = false;
    gradient_check_manners (&c);
    cosmos_weight_free (words.head);
  }
}

static void test_nothing_to_learn (void)
{
  static const int32_t none[] = {-1, -1, -1};
  Words words;
  GradientCase c = make_words (&words, none, 3, 11, 4, 0);
  gradient_check_values (&c, want_cross_entropy, 0);
  gradient_check (&c);
  cosmos_weight_free (words.head);
}

/* A vocabulary so large that the logits come in chunks of 42 rows. */
static void test_chunks (void)
{
  enum { ROWS = 100, VOCABULARY = 100000 };
  int32_t targets[ROWS];
  for (int i = 0; i < ROWS; i++)
    targets[i] = i % 7 == 3 ? -1 : (int32_t) (cosmos_random_uniform (3, 0, (uint64_t) i) * VOCABULARY);
  Words words;
  GradientCase c = make_words (&words, targets, ROWS, VOCABULARY, 3, 0);
  gradient_check_values (&c, want_cross_entropy, 1e-6);
  gradient_check_threads (&c);
  cosmos_weight_free (words.head);
}

/* ---- mean squared error ---- */

/* What of the rows counts. */
typedef struct {
  const bool *keep;
  const float *weights;
} Rows;

static CosmosTensor *squared_error (CosmosGraph *graph, CosmosTensor *const inputs[], const void *data)
{
  const CosmosTensor *y = inputs[1];
  const Rows *rows = data;
  gsize n = cosmos_graph_has_failed (graph) ? 0 : (gsize) cosmos_tensor_get_rows (inputs[0]);
  /* the caller's may go away */
  bool *keep = g_memdup2 (rows->keep, n);
  float *weights = g_memdup2 (rows->weights, n * sizeof *weights);
  CosmosTensor *loss = cosmos_mean_squared_error (graph, inputs[0], y, keep, weights);
  for (gsize i = 0; keep && i < n; i++)
    keep[i] = true;
  for (gsize i = 0; weights && i < n; i++)
    weights[i] = 100;
  g_free (keep);
  g_free (weights);
  return loss;
}

static double want_squared_error (int64_t i, const GradientCase *self)
{
  const Rows *rows = self->data;
  const CosmosTensor *x = &self->inputs[0];
  double total = 0, counted = 0;
  g_assert_cmpint (i, ==, 0);
  for (int64_t r = 0; r < cosmos_tensor_get_rows (x); r++) {
    if (rows->keep && !rows->keep[r])
      continue;
    counted++;
    for (int64_t c = 0; c < cosmos_tensor_get_columns (x); c++)
      total += (rows->weights ? (double) rows->weights[r] : 1)
               * pow (gradient_at (x, r, c) - gradient_at (&self->inputs[1], r, c), 2) / (double) cosmos_tensor_get_columns (x);
  }
  return counted > 0 ? total / counted : 0;
}

static void test_squared_error (void)
{
  static const bool some[] = {true, false, true, true, false, true}, none[6] = {false};
  static const float weights[] = {1, 0.25, 11, 0, 2, 3};
  static const Rows all = {NULL, NULL}, rows[] = {{NULL, NULL}, {some, NULL}, {none, NULL}, {NULL, weights}, {some, weights}};
  for (size_t k = 0; k < G_N_ELEMENTS (rows); k++)
    for (int64_t gap = 0; gap <= 3; gap += 3) {
      GradientCase c = {squared_error, &rows[k], 2};
      c.inputs[0] = gradient_tensor (1, gap, 3, (int64_t[]) {2, 3, 5});
      c.inputs[1] = gradient_tensor (2, 2 * gap, 3, (int64_t[]) {2, 3, 5});
      c.inputs[1].grad = NULL;
      gradient_check_values (&c, want_squared_error, 1e-6);
      gradient_check (&c);
      gradient_check_manners (&c);
    }
  GradientCase c = {squared_error, &all, 2};
  c.inputs[0] = gradient_tensor (1, 0, 2, (int64_t[]) {300, 768});
  c.inputs[1] = gradient_tensor (2, 0, 2, (int64_t[]) {300, 768});
  gradient_check_values (&c, want_squared_error, 1e-6);
  gradient_check_threads (&c);
  for (int i = 0; i < 300 * 768; i++)
    g_assert_true (c.inputs[1].grad[i] == 0);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loss/cross-entropy", test_cross_entropy);
  g_test_add_func ("/loss/nothing-to-learn", test_nothing_to_learn);
  g_test_add_func ("/loss/chunks", test_chunks);
  g_test_add_func ("/loss/squared-error", test_squared_error);
  return g_test_run ();
}
