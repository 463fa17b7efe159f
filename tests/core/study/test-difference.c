#include "core/study/difference.h"

#include "core/base/random.h"
#include "core/study/words.h"

#include <string.h>

#include <glib.h>

/* "x" for a word that differs, "." for one that does not. */
static char *mark (const char *a, const char *b)
{
  CosmosWords *words = cosmos_words_new ();
  size_t n_a, n_b;
  g_assert_true (cosmos_words_add (words, a, strlen (a)) && cosmos_words_add (words, b, strlen (b)));
  const int32_t *ids_a = cosmos_words_get_text (words, 0, &n_a), *ids_b = cosmos_words_get_text (words, 1, &n_b);
  bool differs[64];
  g_assert_true (cosmos_difference (ids_a, n_a, ids_b, n_b, differs));
  GString *marks = g_string_new (NULL);
  for (size_t i = 0; i < n_a; i++)
    g_string_append_c (marks, differs[i] ? 'x' : '.');
  cosmos_words_free (words);
  return g_string_free_and_steal (marks);
}

static void test_marks (void)
{
  static const struct {
    const char *a, *b, *marks;
  } cases[] = {
    {"", "", ""},
    {"", "Tom ran", ""},
    {"Tom ran", "", "xx"},
    {"Tom ran home.", "Tom ran home.", "...."},
    {"Tom ran home.", "Anna ran home.", "x..."},
    {"Tom ran home.", "Tom ran.", "..x."},
    {"Tom ran.", "Tom ran home.", "..."},
    {"a b c d", "b c d a", "x..."},
    {"a x b y c", "a b c", ".x.x."},
    {"the cat and the dog", "the dog and the cat", ".x..x"},
    {"Tom", "tom", "x"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *marks = mark (cases[i].a, cases[i].b);
    g_assert_cmpstr (marks, ==, cases[i].marks);
  }
}

/* What does not differ stands in the other text in the same order, and as much of it whichever text is asked. */
static void test_random (void)
{
  for (uint32_t round = 0; round < 200; round++) {
    int32_t a[40], b[40];
    bool differs_a[40], differs_b[40];
    size_t n[2], kept[2] = {0, 0};
    for (uint32_t k = 0; k < 2; k++)
      n[k] = (size_t) (cosmos_random_uniform (round, k, 1) * 40);
    for (uint32_t i = 0; i < 40; i++) {
      a[i] = (int32_t) (cosmos_random_uniform (round, i, 2) * 6);
      b[i] = (int32_t) (cosmos_random_uniform (round, i, 3) * 6);
    }
    g_assert_true (cosmos_difference (a, n[0], b, n[1], differs_a));
    g_assert_true (cosmos_difference (b, n[1], a, n[0], differs_b));
    size_t j = 0;
    for (size_t i = 0; i < n[0]; i++) {
      if (differs_a[i])
        continue;
      while (j < n[1] && b[j] != a[i])
        j++;
      g_assert_cmpuint (j, <, n[1]);
      j++;
      kept[0]++;
    }
    for (size_t i = 0; i < n[1]; i++)
      kept[1] += !differs_b[i];
    g_assert_cmpuint (kept[0], ==, kept[1]);
  }
}

static void test_too_long (void)
{
  enum { N = 9000 };
  g_autofree int32_t *a = g_new (int32_t, N), *b = g_new (int32_t, N);
  g_autofree bool *differs = g_new (bool, N);
  for (int i = 0; i < N; i++) {
    a[i] = i;
    b[i] = -i - 1;
  }
  g_assert_false (cosmos_difference (a, N, b, N, differs));
  g_assert_true (cosmos_difference (a, N, a, N, differs));
  g_assert_false (differs[0] || differs[N - 1]);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/difference/marks", test_marks);
  g_test_add_func ("/difference/random", test_random);
  g_test_add_func ("/difference/too-long", test_too_long);
  return g_test_run ();
}
