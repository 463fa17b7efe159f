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

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parallel/covers-each-item-once", test_covers_each_item_once);
  g_test_add_func ("/parallel/short-loops-are-one-piece", test_short_loops_are_one_piece);
  return g_test_run ();
}
