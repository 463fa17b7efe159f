/* What the usual packages measure of the same texts: tests/golden/metrics.json, made by tools/golden/metrics.py. */
#include "core/study/cut.h"
#include "core/study/marked-words.h"
#include "core/study/mauve.h"
#include "core/study/memorised.h"
#include "core/study/metrics.h"

#include <yyjson.h>

#include <math.h>
#include <string.h>

#include <glib.h>

enum { MAX_REFERENCES = 3 };

static yyjson_doc *document;

static yyjson_val *get (const char *pointer)
{
  yyjson_val *value = yyjson_doc_ptr_get (document, pointer);
  g_assert_nonnull (value);
  return value;
}

static const char *get_candidate (size_t i)
{
  return yyjson_get_str (yyjson_arr_get (get ("/candidates"), i));
}

static size_t get_references (size_t i, const char **references)
{
  yyjson_val *array = yyjson_arr_get (get ("/references"), i);
  size_t n = yyjson_arr_size (array);
  g_assert_cmpuint (n, <=, MAX_REFERENCES);
  for (size_t k = 0; k < n; k++)
    references[k] = yyjson_get_str (yyjson_arr_get (array, k));
  return n;
}

static size_t get_n (void)
{
  return yyjson_arr_size (get ("/candidates"));
}

static void test_cut (void)
{
  for (size_t i = 0; i < get_n (); i++) {
    yyjson_val *expected = yyjson_arr_get (get ("/bleu/words"), i);
    char *text = cosmos_cut_13a (get_candidate (i));
    g_auto (GStrv) words = g_strsplit_set (text, " ", -1);
    size_t n = 0;
    for (int k = 0; words[k]; k++)
      if (*words[k])
        g_assert_cmpstr (words[k], ==, yyjson_get_str (yyjson_arr_get (expected, n++)));
    g_assert_cmpuint (n, ==, yyjson_arr_size (expected));
    free (text);
  }
}

static void test_bleu (void)
{
  CosmosBleu all = {0}, first = {0};
  for (size_t i = 0; i < get_n (); i++) {
    const char *references[MAX_REFERENCES];
    size_t n = get_references (i, references);
    g_assert_true (cosmos_bleu_add_texts (&all, get_candidate (i), references, n));
    g_assert_true (cosmos_bleu_add_texts (&first, get_candidate (i), references, 1));
  }
  g_assert_cmpfloat_with_epsilon (cosmos_bleu_get (&all, false), yyjson_get_num (get ("/bleu/all")), 1e-9);
  g_assert_cmpfloat_with_epsilon (cosmos_bleu_get (&first, false), yyjson_get_num (get ("/bleu/first")), 1e-9);
}

static void test_rouge (void)
{
  for (size_t i = 0; i < get_n (); i++) {
    yyjson_val *expected = yyjson_arr_get (get ("/rouge"), i);
    const char *references[MAX_REFERENCES];
    size_t n = get_references (i, references);
    CosmosRouge rouge;
    g_assert_true (cosmos_rouge_texts (get_candidate (i), references, n, &rouge));
    g_assert_cmpfloat_with_epsilon (rouge.rouge_1, yyjson_get_num (yyjson_arr_get (expected, 0)), 1e-9);
    g_assert_cmpfloat_with_epsilon (rouge.rouge_2, yyjson_get_num (yyjson_arr_get (expected, 1)), 1e-9);
    g_assert_cmpfloat_with_epsilon (rouge.rouge_l, yyjson_get_num (yyjson_arr_get (expected, 2)), 1e-9);
  }
}

static void test_mauve_histograms (void)
{
  yyjson_val *histograms = get ("/mauve/histograms");
  for (size_t i = 0; i < yyjson_arr_size (histograms); i++) {
    yyjson_val *object = yyjson_arr_get (histograms, i), *p = yyjson_obj_get (object, "p"), *q = yyjson_obj_get (object, "q");
    size_t k = yyjson_arr_size (p);
    double a[32], b[32];
    g_assert_cmpuint (k, <=, G_N_ELEMENTS (a));
    for (size_t j = 0; j < k; j++) {
      a[j] = yyjson_get_num (yyjson_arr_get (p, j));
      b[j] = yyjson_get_num (yyjson_arr_get (q, j));
    }
    g_assert_cmpfloat_with_epsilon (cosmos_mauve_histograms (a, b, k), yyjson_get_num (yyjson_obj_get (object, "mauve")), 1e-9);
    g_assert_cmpfloat_with_epsilon (cosmos_mauve_histograms (a, a, k), 1, 1e-9);
  }
}

static float *get_features (const char *pointer, size_t *n)
{
  yyjson_val *array = get (pointer), *value;
  size_t i, most;
  *n = yyjson_arr_size (array);
  float *features = g_new (float, *n);
  yyjson_arr_foreach (array, i, most, value)
    features[i] = (float) yyjson_get_num (value);
  return features;
}

static void test_mauve (void)
{
  size_t n_p, n_q, width = (size_t) yyjson_get_num (get ("/mauve/width"));
  g_autofree float *p = get_features ("/mauve/p", &n_p), *q = get_features ("/mauve/q", &n_q);
  double mauve;
  CosmosError err;
  for (uint64_t seed = 0; seed < 3; seed++) {
    g_assert_true (cosmos_mauve (p, n_p / width, q, n_q / width, width, seed, &mauve, &err));
    g_assert_cmpfloat_with_epsilon (mauve, yyjson_get_num (get ("/mauve/mauve")), 1e-9);
  }
  g_assert_false (cosmos_mauve (p, 1, q, 1, width, 0, &mauve, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  p[3] = NAN;
  g_assert_false (cosmos_mauve (p, n_p / width, q, n_q / width, width, 0, &mauve, &err));
}

static void test_memorised (void)
{
  CosmosMemorised *self = cosmos_memorised_new ();
  size_t known = 0, all = 0;
  for (size_t i = 0; i < get_n (); i++) {
    const char *references[MAX_REFERENCES];
    size_t n = get_references (i, references);
    for (size_t k = 1; k < n; k++)
      g_assert_true (cosmos_memorised_add (self, references[k], strlen (references[k])));
  }
  for (size_t i = 0; i < get_n (); i++)
    cosmos_memorised_count (self, get_candidate (i), strlen (get_candidate (i)), &known, &all);
  g_assert_cmpuint (cosmos_memorised_get_n (self), ==, (size_t) yyjson_get_num (get ("/mem/different")));
  g_assert_cmpuint (known, ==, (size_t) yyjson_get_num (get ("/mem/known")));
  g_assert_cmpuint (all, ==, (size_t) yyjson_get_num (get ("/mem/all")));
  cosmos_memorised_count (self, "too few words", 13, &known, &all);
  g_assert_cmpuint (all, ==, (size_t) yyjson_get_num (get ("/mem/all")));
  cosmos_memorised_free (self);
}

static void test_marked_words (void)
{
  CosmosMarkedWords *self = cosmos_marked_words_new ();
  const char *references[MAX_REFERENCES];
  size_t n;
  for (size_t i = 0; i < get_n (); i++) {
    get_references (i, references);
    g_assert_true (cosmos_marked_words_add (self, get_candidate (i), true));
    g_assert_true (cosmos_marked_words_add (self, references[0], false));
  }
  g_assert_true (cosmos_marked_words_count (self, "Quickly.", &n)); /* nothing is chosen yet */
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (
      cosmos_marked_words_choose (self, yyjson_get_num (get ("/marked/ratio")), yyjson_get_num (get ("/marked/deviations")), &n));
  g_assert_cmpuint (n, ==, yyjson_arr_size (get ("/marked/words")));
  for (size_t i = 0; i < get_n (); i++) {
    get_references (i, references);
    g_assert_true (cosmos_marked_words_count (self, references[0], &n));
    g_assert_cmpuint (n, ==, (size_t) yyjson_get_num (yyjson_arr_get (get ("/marked/counts"), i)));
  }
  g_assert_true (cosmos_marked_words_count (self, "never seen before", &n));
  g_assert_cmpuint (n, ==, 0);
  cosmos_marked_words_free (self);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "metrics.json", NULL);
  document = yyjson_read_file (path, 0, NULL, NULL);
  g_assert_nonnull (document);
  g_test_add_func ("/metrics-golden/cut", test_cut);
  g_test_add_func ("/metrics-golden/bleu", test_bleu);
  g_test_add_func ("/metrics-golden/rouge", test_rouge);
  g_test_add_func ("/metrics-golden/mauve-histograms", test_mauve_histograms);
  g_test_add_func ("/metrics-golden/mauve", test_mauve);
  g_test_add_func ("/metrics-golden/memorised", test_memorised);
  g_test_add_func ("/metrics-golden/marked-words", test_marked_words);
  int result = g_test_run ();
  yyjson_doc_free (document);
  return result;
}
