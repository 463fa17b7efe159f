#include "core/math/parallel.h"

#include <glib.h>

enum { MAX_ITEMS = 5000 };

typedef struct {
  int visits[MAX_ITEMS];
  int firsts[MAX_ITEMS];
} Notes;

static void visit (int64_t first, int64_t count, void *data)
{
  Notes *notes = data;
  g_assert_cmpint (count, >, 0);
  for (int64_t i = first; i < first + count; i++)
    notes->visits[i]++;
  notes->firsts[first]++;
}

static void test_covers_each_item_once (void)
{
  static const int64_t counts[] = {0, 1, 2, 3, 127, 128, 129, 1000, MAX_ITEMS};
  static const double costs[] = {0, 1, 100, 3000, 1e6, 1e15};
  CosmosPool *one = cosmos_pool_new (1), *three = cosmos_pool_new (3);
  for (size_t k = 0; k < G_N_ELEMENTS (counts); k++)
    for (size_t c = 0; c < G_N_ELEMENTS (costs); c++) {
      Notes a = {0}, b = {0};
      cosmos_parallel (one, counts[k], costs[c], visit, &a);
      cosmos_parallel (three, counts[k], costs[c], visit, &b);
      for (int64_t i = 0; i < MAX_ITEMS; i++)
        g_assert_cmpint (a.visits[i], ==, i < counts[k] ? 1 : 0);
      g_assert_cmpmem (&a, sizeof a, &b, sizeof b); /* the same pieces */

      a = b = (Notes) {0};
      cosmos_parallel_columns (one, counts[k], costs[c], visit, &a);
      cosmos_parallel_columns (three, counts[k], costs[c], visit, &b);
      for (int64_t i = 0; i < MAX_ITEMS; i++) {
        g_assert_cmpint (a.visits[i], ==, i < counts[k] ? 1 : 0);
        g_assert_true (i % 32 == 0 || a.firsts[i] == 0);
      }
      g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
    }
  cosmos_pool_free (one);
  cosmos_pool_free (three);
}

static void test_short_loops_are_one_piece (void)
{
  CosmosPool *pool = cosmos_pool_new (3);
  Notes notes = {0};
  cosmos_parallel (pool, 16, 150, visit, &notes); /* 2.4 microseconds */
  for (int i = 1; i < 16; i++)
    g_assert_cmpint (notes.firsts[i], ==, 0);
  notes = (Notes) {0};
  cosmos_parallel (pool, 16, 15000, visit, &notes);
  for (int i = 0; i < 16; i++)
    g_assert_cmpint (notes.firsts[i], ==, 1);
  cosmos_pool_free (pool);
}

static void add_rows (int64_t first, int64_t count, float *sums, void *data)
{
  const float *values = data;
  for (int64_t r = first; r < first + count; r++)
    for (int i = 0; i < 6; i++)
      sums[i] += values[r * 6 + i];
}

/* Two totals of three numbers each: added to what is there, in an order that the number of threads does not change. */
static void test_sums (void)
{
  static float values[MAX_ITEMS * 6];
  static const double costs[] = {0, 100, 1e6};
  for (int i = 0; i < MAX_ITEMS * 6; i++)
    values[i] = 1 + (float) (i * 7919 % 1000) / 997;
  CosmosPool *one = cosmos_pool_new (1), *three = cosmos_pool_new (3);
  CosmosArena *arena = cosmos_arena_new (1);
  for (int64_t rows = 0; rows <= MAX_ITEMS; rows = rows * 3 + 1)
    for (size_t c = 0; c < G_N_ELEMENTS (costs); c++) {
      float a[2][3] = {{1, 2, 3}, {4, 5, 6}}, b[2][3] = {{1, 2, 3}, {4, 5, 6}};
      double want[6] = {1, 2, 3, 4, 5, 6};
      for (int64_t i = 0; i < rows * 6; i++)
        want[i % 6] += (double) values[i];
      g_assert_true (cosmos_parallel_sums (one, arena, rows, costs[c], add_rows, values, 3, 2, (float *const[]) {a[0], a[1]}));
      g_assert_true (cosmos_parallel_sums (three, arena, rows, costs[c], add_rows, values, 3, 2, (float *const[]) {b[0], b[1]}));
      g_assert_cmpmem (a, sizeof a, b, sizeof b);
      for (int i = 0; i < 6; i++)
        g_assert_cmpfloat_with_epsilon ((double) a[i / 3][i % 3], want[i], 1e-4 * want[i]);
      g_assert_true (cosmos_parallel_sums (three, arena, rows, costs[c], add_rows, values, 3, 2, (float *const[]) {NULL, b[1]}));
      g_assert_cmpmem (b[0], sizeof b[0], a[0], sizeof a[0]);
    }
  cosmos_arena_free (arena);
  cosmos_pool_free (one);
  cosmos_pool_free (three);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parallel/covers-each-item-once", test_covers_each_item_once);
  g_test_add_func ("/parallel/sums", test_sums);
  g_test_add_func ("/parallel/short-loops-are-one-piece", test_short_loops_are_one_piece);
  return g_test_run ();
}
