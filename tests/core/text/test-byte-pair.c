#include "core/text/byte-pair.h"

#include <glib.h>
#include <string.h>

static CosmosGgufString string (const char *text)
{
  return (CosmosGgufString) {text, strlen (text)};
}

/* A vocabulary of the words of a line, and the merges of another ("a b|ab c"). */
static CosmosVocabulary *vocabulary;

static CosmosBytePair *make (const char *tokens, const char *merges, CosmosError *err)
{
  g_auto (GStrv) names = g_strsplit (tokens, " ", -1), lines = g_strsplit (merges, "|", -1);
  guint n_names = g_strv_length (names), n_lines = merges[0] ? g_strv_length (lines) : 0;
  g_autofree CosmosGgufString *strings = g_new (CosmosGgufString, n_names);
  g_autofree CosmosMerge *pairs = g_new (CosmosMerge, n_lines + 1);
  for (guint i = 0; i < n_names; i++)
    strings[i] = string (names[i]);
  for (guint i = 0; i < n_lines; i++)
    g_assert_true (cosmos_merge_parse (string (lines[i]), &pairs[i]));
  vocabulary = cosmos_vocabulary_new (strings, NULL, n_names, "v", NULL);
  g_assert_nonnull (vocabulary);
  return cosmos_byte_pair_new (vocabulary, pairs, n_lines, false, "some file", err);
}

static void drop (CosmosBytePair *self)
{
  cosmos_byte_pair_free (self);
  cosmos_vocabulary_free (vocabulary);
}

static char *encode (const CosmosBytePair *self, const char *text)
{
  int32_t space[256];
  CosmosIds ids = {space, G_N_ELEMENTS (space), 0};
  g_assert_true (cosmos_byte_pair_encode (self, text, strlen (text), &ids));
  g_assert_cmpuint (ids.n, <=, ids.capacity);
  GString *line = g_string_new (NULL);
  for (size_t i = 0; i < ids.n; i++)
    g_string_append_printf (line, "%s%s", i ? " " : "", cosmos_vocabulary_get_tokens (vocabulary)[ids.data[i]].data);
  return g_string_free (line, FALSE);
}

static void test_encode (void)
{
  static const struct {
    const char *merges, *text, *tokens;
  } cases[] = {
    {"", "abc", "a b c"},
    {"a b", "ababc", "ab ab c"},
    {"a b|ab c", "abcab", "abc ab"},
    {"b c|a b|ab c", "abc", "a bc"}, /* rank, not place */
    {"b c|a bc", "abcabc", "abc abc"},
    {"a a", "aaaaa", "aa aa a"}, /* of equal rank the leftmost */
    {"a a|aa aa|aa a", "aaaaaaa", "aaaa aaa"},
    {"a b", "a b", "a \xc4\xa0 b"}, /* not across words */
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    CosmosBytePair *self = make ("a b c ab bc abc aa aaaa aaa \xc4\xa0", cases[i].merges, &err);
    g_assert_nonnull (self);
    g_autofree char *tokens = encode (self, cases[i].text);
    g_assert_cmpstr (tokens, ==, cases[i].tokens);
    g_autofree char *nothing = encode (self, "");
    g_assert_cmpstr (nothing, ==, "");
    g_autofree char *unknown = encode (self, "xyz");
    g_assert_cmpstr (unknown, ==, "");
    g_assert_false (cosmos_byte_pair_has_all_bytes (self));
    g_assert_false (cosmos_byte_pair_splits_numbers (self));
    drop (self);
  }
}

/* The definition: as long as there is one, the first of the merges of the lowest rank. */
static char *encode_slowly (const char *text, GStrv lines)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  for (; *text; text++)
    g_ptr_array_add (parts, g_strndup (text, 1));
  for (guint rank = 0; lines[rank];) {
    bool merged = false;
    for (guint i = 0; i + 1 < parts->len && !merged; i++) {
      g_autofree char *pair = g_strconcat (parts->pdata[i], " ", parts->pdata[i + 1], NULL);
      if (strcmp (pair, lines[rank]) == 0) {
        char *joined = g_strconcat (parts->pdata[i], parts->pdata[i + 1], NULL);
        g_ptr_array_remove_index (parts, i + 1);
        g_free (parts->pdata[i]);
        parts->pdata[i] = joined;
        merged = true;
      }
    }
    rank = merged ? 0 : rank + 1;
  }
  g_ptr_array_add (parts, NULL);
  char *line = g_strjoinv (" ", (char **) parts->pdata);
  g_ptr_array_unref (parts);
  return line;
}

static void test_against_definition (void)
{
  static const char *const merges[] = {"a b|b a|ab ab|c ab|ba a|abab c", "c ab|a b|b c|ab c|abc abc|a a|aa a",
                                       "b b|bb bb|a bb|a bbbb|bbbb bbbb|c a|ca b"};
  for (size_t m = 0; m < G_N_ELEMENTS (merges); m++) {
    CosmosError err = {0};
    CosmosBytePair *self = make ("a b c ab ba abab cab baa ababc bc abc abcabc aa aaa bb bbbb abb abbbb bbbbbbbb ca", merges[m],
                                 &err);
    g_assert_nonnull (self);
    g_auto (GStrv) lines = g_strsplit (merges[m], "|", -1);
    GRand *random = g_rand_new_with_seed (7);
    for (int round = 0; round < 300; round++) {
      char text[64] = "";
      int length = g_rand_int_range (random, 0, 40);
      for (int i = 0; i < length; i++)
        text[i] = (char) ('a' + g_rand_int_range (random, 0, 3));
      g_autofree char *fast = encode (self, text), *slow = encode_slowly (text, lines);
      g_assert_cmpstr (fast, ==, slow);
    }
    g_rand_free (random);
    drop (self);
  }
}

static void test_merges (void)
{
  CosmosBytePair *self = make ("a b c ab abc", "a b|ab c", NULL);
  size_t n;
  const CosmosGgufString *lines = cosmos_byte_pair_get_merges (self, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpmem (lines[0].data, lines[0].length, "a b", 3);
  g_assert_cmpmem (lines[1].data, lines[1].length, "ab c", 4);
  drop (self);
  self = make ("a b ab", "a b", NULL);
  g_autofree char *between = encode (self, "axb"); /* a byte without a token is as if it were not there */
  g_assert_cmpstr (between, ==, "ab");
  drop (self);
  CosmosMerge merge;
  g_assert_false (cosmos_merge_parse (string ("ab"), &merge));
  g_assert_false (cosmos_merge_parse ((CosmosGgufString) {NULL, 0}, &merge));
}

static void test_refusals (void)
{
  static const struct {
    const char *merges, *words;
  } cases[] = {
    {"a x", "merge 0 names \"x\""},         {"a b|x a", "merge 1 names \"x\""},
    {"a a", "merge 0 names \"aa\""},        {"a b|a b", "merges 0 and 1 are the same"},
    {"a b c", "merge 0 is not two tokens"}, {"a ", "merge 0 is not two tokens"},
    {" a", "merge 0 is not two tokens"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    g_assert_null (make ("a b c ab", cases[i].merges, &err));
    g_assert_cmpint (err.code, ==, COSMOS_STATUS_FORMAT);
    g_assert_true (g_str_has_prefix (err.message, "some file: "));
    if (!strstr (err.message, cases[i].words))
      g_error ("\"%s\" does not say \"%s\"", err.message, cases[i].words);
    cosmos_vocabulary_free (vocabulary);
  }
  g_autofree char *half = g_strnfill (COSMOS_VOCABULARY_MAX_TOKEN / 2 + 1, 'x'), *line = g_strconcat (half, " ", half, NULL);
  CosmosError err = {0};
  g_assert_null (make ("a", line, &err));
  g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
  cosmos_vocabulary_free (vocabulary);
}

static void test_append_bytes (void)
{
  CosmosTextBuffer bytes = {0};
  cosmos_byte_pair_append_bytes (string ("\xc4\xa0the"), &bytes);
  cosmos_byte_pair_append_bytes (string ("\xc3\x83\xc2\xa9"), &bytes); /* the two bytes of an e with acute */
  cosmos_byte_pair_append_bytes (string ("\xe2\x96\x81x"), &bytes);    /* not in the alphabet: as it stands */
  g_autofree char *text = cosmos_text_buffer_finish (&bytes);
  g_assert_cmpstr (text, ==, " the\xc3\xa9\xe2\x96\x81x");
}

/* One word of a megabyte, where every place can merge. */
static void test_huge (void)
{
  CosmosBytePair *self = make ("a b aa aaaa aaaaaaaa ab", "a a|aa aa|aaaa aaaa|a b", NULL);
  g_autofree char *text = g_strnfill (1000000, 'a');
  CosmosIds ids = {NULL, 0, 0};
  g_assert_true (cosmos_byte_pair_encode (self, text, 1000000, &ids));
  g_assert_cmpuint (ids.n, ==, 125000);
  for (size_t i = 1; i < 1000000; i += 2)
    text[i] = 'b';
  ids.n = 0;
  g_assert_true (cosmos_byte_pair_encode (self, text, 1000000, &ids));
  g_assert_cmpuint (ids.n, ==, 500000);
  drop (self);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/byte-pair/encode", test_encode);
  g_test_add_func ("/byte-pair/against-definition", test_against_definition);
  g_test_add_func ("/byte-pair/merges", test_merges);
  g_test_add_func ("/byte-pair/refusals", test_refusals);
  g_test_add_func ("/byte-pair/append-bytes", test_append_bytes);
  g_test_add_func ("/byte-pair/huge", test_huge);
  return g_test_run ();
}
