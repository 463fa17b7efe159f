#include "core/study/words.h"

#include <string.h>

#include <glib.h>

static void test_cutting (void)
{
  static const struct {
    const char *text;
    int words;
  } cases[] = {
    {"", 0},
    {" \t\n\xc2\xa0", 0}, /* no-break space */
    {"Tom ran home.", 4},
    {"He didn't, she did!", 6},
    {"Don\xe2\x80\x99t stop", 2},
    {"3,5 kg", 4},
    {"na\xc3\xafve caf\xc3\xa9", 2},
    {"nai\xcc\x88ve", 1}, /* with a combining mark */
    {"\xe2\x80\x9cYes\xe2\x80\x9d", 3},
    {"a\xff\xfe"
     "b",
     4}, /* two bytes that are no UTF-8 */
    {"a-b", 3},
  };
  CosmosWords *words = cosmos_words_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    size_t n;
    g_assert_true (cosmos_words_add (words, cases[i].text, strlen (cases[i].text)));
    cosmos_words_get_text (words, i, &n);
    g_assert_cmpuint (n, ==, cases[i].words);
  }
  g_assert_cmpuint (cosmos_words_get_n_texts (words), ==, G_N_ELEMENTS (cases));
  cosmos_words_free (words);
}

static void test_numbers_are_shared (void)
{
  CosmosWords *words = cosmos_words_new ();
  size_t n;
  g_assert_true (cosmos_words_add (words, "the cat saw The cat", 19));
  g_assert_true (cosmos_words_add (words, "cat the", 7));
  const int32_t *first = cosmos_words_get_text (words, 0, &n), *second;
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpint (first[1], ==, first[4]);
  g_assert_cmpint (first[0], !=, first[3]); /* capitals count */
  g_assert_cmpint (first[0], !=, first[1]);
  second = cosmos_words_get_text (words, 1, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (second[0], ==, first[1]);
  g_assert_cmpint (second[1], ==, first[0]);
  cosmos_words_free (words);
}

/* The table grows many times; every word is found again. */
static void test_many_words (void)
{
  enum { N = 20000 };
  CosmosWords *words = cosmos_words_new ();
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < N; i++) {
      g_autofree char *word = g_strdup_printf ("w%d", i);
      size_t n;
      g_assert_true (cosmos_words_add (words, word, strlen (word)));
      const int32_t *id = cosmos_words_get_text (words, (size_t) (round * N + i), &n);
      g_assert_cmpuint (n, ==, 1);
      g_assert_cmpint (id[0], ==, i);
    }
  cosmos_words_free (words);
}

static void test_words_by_number (void)
{
  CosmosWords *words = cosmos_words_new ();
  size_t n, length;
  g_assert_true (cosmos_words_add (words, "One, two.", 9));
  g_assert_true (cosmos_words_add_parted (words, "  two-three One,  ", 18));
  const int32_t *ids = cosmos_words_get_text (words, 1, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (cosmos_words_get_n_different (words), ==, 6);
  const char *const expected[] = {"One", ",", "two", ".", "two-three", "One,"};
  g_assert_cmpint (ids[0], ==, 4);
  for (int32_t id = 0; id < 6; id++) {
    const char *word = cosmos_words_get_word (words, id, &length);
    g_assert_cmpmem (word, length, expected[id], strlen (expected[id]));
  }
  cosmos_words_free (words);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/cutting", test_cutting);
  g_test_add_func ("/words/numbers-are-shared", test_numbers_are_shared);
  g_test_add_func ("/words/many-words", test_many_words);
  g_test_add_func ("/words/words-by-number", test_words_by_number);
  return g_test_run ();
}
