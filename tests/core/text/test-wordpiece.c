#include "core/text/wordpiece.h"

#include <glib.h>
#include <string.h>

static const char *const names[] = {"[UNK]", "the", "cat",        "##s",        "s",          "##at",         ".",
                                    ",",     "'",   "stra",       "##\xc3\x9f", "##e",        "cafe",         "\xe7\x8c\xab",
                                    "Cat",   "x",   "##x",        "\xd7\xa9",   "##\xd7\x9c", "\xe1\x84\x92", "##\xe1\x85\xa1",
                                    "i",     "ss",  "##\xcc\x81", "$",          "-"};
static CosmosVocabulary *vocabulary;

static CosmosIds encode_into (bool lower_case, const char *text, size_t length, int32_t *space, size_t capacity)
{
  CosmosIds ids = {space, capacity, 0};
  g_assert_true (cosmos_wordpiece_encode (vocabulary, lower_case, 0, text, length, &ids));
  return ids;
}

static char *encode (bool lower_case, const char *text)
{
  int32_t space[256];
  CosmosIds ids = encode_into (lower_case, text, strlen (text), space, G_N_ELEMENTS (space));
  g_assert_cmpuint (ids.n, <=, ids.capacity);
  GString *line = g_string_new (NULL);
  for (size_t i = 0; i < ids.n; i++)
    g_string_append_printf (line, "%s%s", i ? " " : "", names[space[i]]);
  return g_string_free (line, FALSE);
}

static void test_encode (void)
{
  static const struct {
    const char *text, *cased, *uncased;
  } cases[] = {
    {"", "", ""},
    {" \t\n", "", ""},
    {"the cats", "the cat ##s", "the cat ##s"},
    {"sat.", "s ##at .", "s ##at ."},
    {"The Cat", "[UNK] Cat", "the cat"},
    {"cat's,.", "cat ' s , .", "cat ' s , ."},
    {"caty", "[UNK]", "[UNK]"}, /* not "cat" and a rest */
    {"caf\xc3\xa9 cafe\xcc\x81", "[UNK] cafe ##\xcc\x81", "cafe cafe"},
    {"Stra\xc3\x9f"
     "e",
     "[UNK]", "stra ##\xc3\x9f ##e"},
    {"\xe7\x8c\xab\xe7\x8c\xab", "\xe7\x8c\xab \xe7\x8c\xab", "\xe7\x8c\xab \xe7\x8c\xab"}, /* each ideograph is a word */
    {"\xd7\xa9\xd7\x9c \xd7\xa9", "\xd7\xa9 ##\xd7\x9c \xd7\xa9", "\xd7\xa9 ##\xd7\x9c \xd7\xa9"},
    {"c\x01"
     "a\xe2\x80\x8dt",
     "cat", "cat"}, /* controls and joiners are dropped */
    {"the\xc2\xa0"
     "cat\xe3\x80\x80the",
     "the cat the", "the cat the"},
    {"$-", "$ -", "$ -"},
    {"\xc4\xb0", "[UNK]", "i"},                               /* capital i with dot */
    {"\xed\x95\x98", "[UNK]", "\xe1\x84\x92 ##\xe1\x85\xa1"}, /* a Hangul syllable comes apart */
    {"\xf0\x9f\x98\x80", "[UNK]", "[UNK]"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *cased = encode (false, cases[i].text), *uncased = encode (true, cases[i].text);
    g_assert_cmpstr (cased, ==, cases[i].cased);
    g_assert_cmpstr (uncased, ==, cases[i].uncased);
  }
}

static void test_longest_word (void)
{
  int32_t space[256];
  g_autofree char *word = g_strnfill (COSMOS_WORDPIECE_MAX_CHARACTERS + 1, 'x');
  CosmosIds ids = encode_into (false, word, COSMOS_WORDPIECE_MAX_CHARACTERS, space, G_N_ELEMENTS (space));
  g_assert_cmpuint (ids.n, ==, COSMOS_WORDPIECE_MAX_CHARACTERS);
  ids = encode_into (false, word, COSMOS_WORDPIECE_MAX_CHARACTERS + 1, space, G_N_ELEMENTS (space));
  g_assert_cmpuint (ids.n, ==, 1);
  g_assert_cmpint (space[0], ==, 0);
  /* Characters are counted, not bytes. */
  GString *wide = g_string_new (NULL);
  for (int i = 0; i < COSMOS_WORDPIECE_MAX_CHARACTERS; i++)
    g_string_append (wide, i ? "\xd7\x9c" : "\xd7\xa9");
  ids = encode_into (false, wide->str, wide->len, space, G_N_ELEMENTS (space));
  g_assert_cmpuint (ids.n, ==, COSMOS_WORDPIECE_MAX_CHARACTERS);
  g_string_free (wide, TRUE);
}

static void test_huge (void)
{
  static const char *const units[] = {"x",     "x ",           ".", "\xe7\x8c\xab", "\xcc\x81", "\xcc\x81\xcc\xa7",
                                      "cats ", "\xe2\x80\x8b", " "};
  static const size_t counts[] = {1, 500000, 1000000, 333333, 0, 0, 400000, 0, 0}; /* of ids, uncased */
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++) {
    GString *text = g_string_new (NULL);
    while (text->len + strlen (units[i]) <= 1000000)
      g_string_append (text, units[i]);
    CosmosIds ids = encode_into (true, text->str, text->len, NULL, 0);
    g_assert_cmpuint (ids.n, ==, counts[i]);
    g_string_free (text, TRUE);
  }
}

static void test_join (void)
{
  static const struct {
    const char *tokens, *text;
  } cases[] = {
    {"", ""},
    {"the cat ##s", "the cats"},
    {"##s cat", "##s cat"}, /* nothing to join it to */
    {"the cat , the cat .", "the cat, the cat."},
    {"cat ' s", "cat's"},
    {"the ##s ##at ##e", "thesate"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) words = g_strsplit (cases[i].tokens, " ", -1);
    CosmosGgufString tokens[8];
    guint n = cases[i].tokens[0] ? g_strv_length (words) : 0;
    for (guint j = 0; j < n; j++)
      tokens[j] = (CosmosGgufString) {words[j], strlen (words[j])};
    g_autofree char *text = cosmos_wordpiece_join (tokens, n);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CosmosGgufString tokens[G_N_ELEMENTS (names)];
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    tokens[i] = (CosmosGgufString) {names[i], strlen (names[i])};
  vocabulary = cosmos_vocabulary_new (tokens, NULL, G_N_ELEMENTS (names), "v", NULL);
  g_assert_nonnull (vocabulary);
  g_test_add_func ("/wordpiece/encode", test_encode);
  g_test_add_func ("/wordpiece/longest-word", test_longest_word);
  g_test_add_func ("/wordpiece/huge", test_huge);
  g_test_add_func ("/wordpiece/join", test_join);
  int result = g_test_run ();
  cosmos_vocabulary_free (vocabulary);
  return result;
}
