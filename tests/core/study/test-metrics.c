#include "core/study/metrics.h"

#include <math.h>
#include <string.h>

#include <glib.h>

static double bleu (const char *candidate, const char *reference, bool smooth)
{
  double value = NAN;
  g_assert_true (cosmos_bleu_texts (candidate, reference, smooth, &value));
  return value;
}

static void test_bleu_by_hand (void)
{
  /* 7 of 8 words, 5 of 7 pairs, 3 of 6 triples, 2 of 5 quadruples; no brevity penalty. */
  g_assert_cmpfloat_with_epsilon (bleu ("the cat sat on the old mat .", "the cat sat on the mat .", false),
                                  pow (7.0 / 8 * 5.0 / 7 * 3.0 / 6 * 2.0 / 5, 0.25), 1e-12);
  /* 4 words, all right, of 8: exp (1 - 8 / 4). */
  g_assert_cmpfloat_with_epsilon (bleu ("a b c d", "a b c d e f g h", false), exp (-1), 1e-12);
  /* "the" counts twice only (Papineni's example); no pair matches. */
  g_assert_cmpfloat (bleu ("the the the the the the the", "the cat is on the mat .", false), ==, 0);
  g_assert_cmpfloat_with_epsilon (bleu ("the the the the the the the", "the cat is on the mat .", true),
                                  pow (2.0 / 7 * 1.0 / 7 * 1.0 / 6 * 1.0 / 5, 0.25), 1e-12);
  g_assert_cmpfloat (bleu ("She went home early today.", "She went home early today.", false), ==, 1);
  g_assert_cmpfloat (bleu ("", "", false), ==, 1);
  g_assert_cmpfloat (bleu ("", "a", true), ==, 0);
  g_assert_cmpfloat (bleu ("a", "", true), ==, 0);
  g_assert_cmpfloat (bleu ("x y z w", "a b c d", true), ==, 0);
}

static void test_rouge_by_hand (void)
{
  /* Lin's example: police killed the gunman / police kill the gunman / the gunman kill police */
  const int32_t reference[] = {1, 2, 3, 4}, close[] = {1, 5, 3, 4}, far[] = {3, 4, 5, 1};
  CosmosRouge rouge;
  g_assert_true (cosmos_rouge (close, 4, reference, 4, &rouge));
  g_assert_cmpfloat_with_epsilon (rouge.rouge_1, 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (rouge.rouge_2, 1.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (rouge.rouge_l, 0.75, 1e-12);
  g_assert_true (cosmos_rouge (far, 4, reference, 4, &rouge));
  g_assert_cmpfloat_with_epsilon (rouge.rouge_1, 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (rouge.rouge_2, 1.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (rouge.rouge_l, 0.5, 1e-12);
  /* Precision 1, recall 2 / 4: F1 = 2 / 3. */
  g_assert_true (cosmos_rouge (reference, 2, reference, 4, &rouge));
  g_assert_cmpfloat_with_epsilon (rouge.rouge_1, 2.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (rouge.rouge_2, 2 * 1.0 * (1.0 / 3) / (1.0 + 1.0 / 3), 1e-12);
  g_assert_true (cosmos_rouge (NULL, 0, reference, 4, &rouge));
  g_assert_cmpfloat (rouge.rouge_1 + rouge.rouge_2 + rouge.rouge_l, ==, 0);
}

static double diversity (const char *const *texts, size_t n)
{
  CosmosWords *words = cosmos_words_new ();
  double value = NAN;
  for (size_t i = 0; i < n; i++)
    g_assert_true (cosmos_words_add (words, texts[i], strlen (texts[i])));
  g_assert_true (cosmos_diversity (words, &value));
  cosmos_words_free (words);
  return value;
}

static void test_diversity_by_hand (void)
{
  const char *const once[] = {"a b c d e"}, *const twice[] = {"a b c d e", "a b c d e"}, *const mixed[] = {"a b a b a", "b a b"};
  const char *const short_ones[] = {"a b c", "d"};
  g_assert_cmpfloat (diversity (once, 1), ==, 1);
  g_assert_cmpfloat_with_epsilon (diversity (twice, 2), 1.0 / 8, 1e-12);
  /* pairs ab ba of 6, triples aba bab of 4, quadruples abab baba of 2: no n-gram crosses from one text into the next */
  g_assert_cmpfloat_with_epsilon (diversity (mixed, 2), 2.0 / 6 * 2.0 / 4 * 2.0 / 2, 1e-12);
  g_assert_cmpfloat (diversity (short_ones, 2), ==, 0);
  g_assert_cmpfloat (diversity (NULL, 0), ==, 0);
}

/* ---- against slow definitions on random sequences ---- */

static int occurrences (const int32_t *ngram, int n, const int32_t *items, size_t length)
{
  int count = 0;
  for (size_t i = 0; i + (size_t) n <= length; i++)
    count += memcmp (items + i, ngram, (size_t) n * sizeof *items) == 0;
  return count;
}

static int slow_matches (int n, const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
  int sum = 0;
  for (size_t i = 0; i + (size_t) n <= n_a; i++)
    if (occurrences (a + i, n, a, i + (size_t) n - 1) == 0) /* first time that it is seen */
      sum += MIN (occurrences (a + i, n, a, n_a), occurrences (a + i, n, b, n_b));
  return sum;
}

static size_t slow_subsequence (const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
  if (n_a == 0 || n_b == 0)
    return 0;
  if (a[0] == b[0])
    return 1 + slow_subsequence (a + 1, n_a - 1, b + 1, n_b - 1);
  return MAX (slow_subsequence (a + 1, n_a - 1, b, n_b), slow_subsequence (a, n_a, b + 1, n_b - 1));
}

static size_t fill (GRand *random, int32_t *items, int max, int alphabet)
{
  size_t n = (size_t) g_rand_int_range (random, 0, max + 1);
  for (size_t i = 0; i < n; i++)
    items[i] = g_rand_int_range (random, 0, alphabet);
  return n;
}

static void test_bleu_against_definition (void)
{
  enum { PAIRS = 3, MAX_LENGTH = 30 };
  GRand *random = g_rand_new_with_seed (1);
  for (int round = 0; round < 200; round++) {
    int32_t a[PAIRS][MAX_LENGTH], b[PAIRS][MAX_LENGTH];
    const int32_t *candidates[PAIRS], *references[PAIRS];
    size_t n_a[PAIRS], n_b[PAIRS];
    double matches[4] = {0}, totals[4] = {0}, length_a = 0, length_b = 0, value, expected = 1;
    bool smooth = round % 2;
    for (int i = 0; i < PAIRS; i++) {
      candidates[i] = a[i];
      references[i] = b[i];
      length_a += (double) (n_a[i] = fill (random, a[i], MAX_LENGTH, 3));
      length_b += (double) (n_b[i] = fill (random, b[i], MAX_LENGTH, 3));
      for (int n = 1; n <= 4; n++) {
        matches[n - 1] += slow_matches (n, a[i], n_a[i], b[i], n_b[i]);
        totals[n - 1] += MAX (0, (int) n_a[i] - n + 1);
      }
    }
    for (int n = 1; n <= 4; n++) {
      double extra = smooth && n > 1;
      expected *= matches[n - 1] + extra > 0 ? pow ((matches[n - 1] + extra) / (totals[n - 1] + extra), 0.25) : 0;
    }
    if (length_a < length_b)
      expected *= exp (1 - length_b / length_a);
    g_assert_true (cosmos_bleu (candidates, n_a, references, n_b, PAIRS, smooth, &value));
    g_assert_cmpfloat_with_epsilon (value, expected, 1e-12);
  }
  g_rand_free (random);
}

static void test_rouge_against_definition (void)
{
  GRand *random = g_rand_new_with_seed (2);
  for (int round = 0; round < 200; round++) {
    int32_t a[9], b[9];
    size_t n_a = fill (random, a, 9, 3), n_b = fill (random, b, 9, 3);
    CosmosRouge rouge;
    if (n_a + n_b == 0)
      continue;
    g_assert_true (cosmos_rouge (a, n_a, b, n_b, &rouge));
    g_assert_cmpfloat_with_epsilon (rouge.rouge_1, 2.0 * slow_matches (1, a, n_a, b, n_b) / (double) (n_a + n_b), 1e-12);
    g_assert_cmpfloat_with_epsilon (rouge.rouge_l, 2.0 * (double) slow_subsequence (a, n_a, b, n_b) / (double) (n_a + n_b),
                                    1e-12);
    if (n_a > 1 && n_b > 1)
      g_assert_cmpfloat_with_epsilon (rouge.rouge_2, 2.0 * slow_matches (2, a, n_a, b, n_b) / (double) (n_a + n_b - 2), 1e-12);
  }
  g_rand_free (random);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/bleu-by-hand", test_bleu_by_hand);
  g_test_add_func ("/metrics/rouge-by-hand", test_rouge_by_hand);
  g_test_add_func ("/metrics/diversity-by-hand", test_diversity_by_hand);
  g_test_add_func ("/metrics/bleu-against-definition", test_bleu_against_definition);
  g_test_add_func ("/metrics/rouge-against-definition", test_rouge_against_definition);
  return g_test_run ();
}
