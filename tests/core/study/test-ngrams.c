#include "core/study/ngrams.h"

#include <glib.h>

static void test_counts (void)
{
  const int32_t items[] = {1, 2, 1, 2, 1, 2, 3};
  static const size_t different[] = {3, 3, 3, 3}; /* 1 2 3; 12 21 23; 121 212 123; 1212 2121 2123 */
  static const size_t in_all[] = {7, 6, 5, 4};
  for (int n = 1; n <= COSMOS_MAX_NGRAM; n++) {
    CosmosNgrams ngrams;
    g_assert_true (cosmos_ngrams_init (&ngrams, n, G_N_ELEMENTS (items)));
    cosmos_ngrams_add (&ngrams, items, G_N_ELEMENTS (items));
    g_assert_cmpuint (ngrams.n_different, ==, different[n - 1]);
    g_assert_cmpuint (cosmos_ngrams_fit (n, G_N_ELEMENTS (items)), ==, in_all[n - 1]);
    g_assert_cmpuint (cosmos_ngrams_take (&ngrams, items, G_N_ELEMENTS (items)), ==, in_all[n - 1]);
    g_assert_cmpuint (cosmos_ngrams_take (&ngrams, items, G_N_ELEMENTS (items)), ==, 0);
    cosmos_ngrams_clear (&ngrams);
  }
}

static void test_taking_is_clipped (void)
{
  const int32_t there[] = {5, 5, 6}, asked[] = {5, 5, 5, 6, 7};
  CosmosNgrams ngrams;
  g_assert_true (cosmos_ngrams_init (&ngrams, 1, 3));
  cosmos_ngrams_add (&ngrams, there, 3);
  g_assert_cmpuint (cosmos_ngrams_take (&ngrams, asked, 5), ==, 3);
  cosmos_ngrams_clear (&ngrams);
}

static void test_too_short (void)
{
  const int32_t items[] = {1, 2};
  CosmosNgrams ngrams;
  g_assert_true (cosmos_ngrams_init (&ngrams, 3, 2));
  cosmos_ngrams_add (&ngrams, items, 2);
  g_assert_cmpuint (ngrams.n_different, ==, 0);
  g_assert_cmpuint (cosmos_ngrams_take (&ngrams, items, 2), ==, 0);
  cosmos_ngrams_clear (&ngrams);
}

static void test_raise (void)
{
  const int32_t a[] = {1, 2, 1, 2}, b[] = {2, 2, 2, 1, 2}, all[] = {1, 1, 1, 2, 2, 2, 2, 2};
  CosmosNgrams x, y;
  g_assert_true (cosmos_ngrams_init (&x, 1, 16) && cosmos_ngrams_init (&y, 1, 5));
  cosmos_ngrams_add (&x, a, 4);
  cosmos_ngrams_add (&y, b, 5);
  cosmos_ngrams_raise (&x, &y);
  g_assert_cmpuint (x.n_different, ==, 2);
  g_assert_cmpuint (cosmos_ngrams_take (&x, all, 8), ==, 2 + 4);
  cosmos_ngrams_clear (&x);
  cosmos_ngrams_clear (&y);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ngrams/counts", test_counts);
  g_test_add_func ("/ngrams/taking-is-clipped", test_taking_is_clipped);
  g_test_add_func ("/ngrams/too-short", test_too_short);
  g_test_add_func ("/ngrams/raise", test_raise);
  return g_test_run ();
}
