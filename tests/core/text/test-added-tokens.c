#include "core/text/added-tokens.h"

#include <glib.h>
#include <string.h>

static CosmosVocabulary *vocabulary;

/* Ids: normal "the", "<", control "<s>", user "<s><t>", "<t>s", "\n", "end", "\xc3\xa9". */
static CosmosAddedTokens *add (void)
{
  static const char *const names[] = {"the", "<", "<s>", "<s><t>", "<t>s", "\n", "end", "\xc3\xa9"};
  static const int32_t types[] = {1, 1, 3, 4, 4, 4, 4, 3};
  CosmosGgufString tokens[G_N_ELEMENTS (names)];
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    tokens[i] = (CosmosGgufString) {names[i], strlen (names[i])};
  vocabulary = cosmos_vocabulary_new (tokens, types, G_N_ELEMENTS (names), "v", NULL);
  CosmosAddedTokens *self = cosmos_added_tokens_new (vocabulary, "v", NULL);
  g_assert_nonnull (self);
  return self;
}

static void assert_found (const CosmosAddedTokens *self, const char *text, int id, size_t start, size_t end)
{
  size_t s = 99, e = 99;
  g_assert_cmpint (cosmos_added_tokens_find (self, text, strlen (text), &s, &e), ==, id);
  g_assert_cmpuint (s, ==, start);
  g_assert_cmpuint (e, ==, end);
}

static void test_find (void)
{
  CosmosAddedTokens *self = add ();
  assert_found (self, "", -1, 0, 0);
  assert_found (self, "the < en d", -1, 10, 10); /* normal tokens are not looked for */
  assert_found (self, "a<s>b", 2, 1, 4);
  assert_found (self, "<s><t>s", 3, 0, 6); /* the longest of those at the first place */
  assert_found (self, "<s><t", 2, 0, 3);
  assert_found (self, "<<t>s", 4, 1, 5);
  assert_found (self, "<s", -1, 2, 2);
  assert_found (self, "weekend\n", 6, 4, 7);
  assert_found (self, "caf\xc3\xa9", 7, 3, 5);
  assert_found (self, "\xc3\xa8", -1, 2, 2);
  cosmos_added_tokens_free (self);
  cosmos_vocabulary_free (vocabulary);
}

static void test_huge (void)
{
  CosmosAddedTokens *self = add ();
  GString *text = g_string_new (NULL);
  while (text->len < 1000000)
    g_string_append (text, "<s");
  assert_found (self, text->str, -1, text->len, text->len);
  g_string_append (text, "><t>");
  assert_found (self, text->str, 3, text->len - 6, text->len);
  g_string_free (text, TRUE);
  cosmos_added_tokens_free (self);
  cosmos_vocabulary_free (vocabulary);
}

static void test_length (void)
{
  for (size_t length = COSMOS_ADDED_TOKEN_MAX_LENGTH; length <= COSMOS_ADDED_TOKEN_MAX_LENGTH + 1; length++) {
    g_autofree char *name = g_strnfill (length, 'x');
    vocabulary = cosmos_vocabulary_new (&(CosmosGgufString) {name, length}, (int32_t[]) {COSMOS_TOKEN_TYPE_USER}, 1, "v", NULL);
    CosmosError err = {0};
    CosmosAddedTokens *self = cosmos_added_tokens_new (vocabulary, "some file", &err);
    if (length > COSMOS_ADDED_TOKEN_MAX_LENGTH) {
      g_assert_null (self);
      g_assert_cmpint (err.code, ==, COSMOS_STATUS_RANGE);
      g_assert_cmpstr (err.message, ==, "some file: the added token 0 has 257 bytes; at most 256 are possible");
    } else {
      assert_found (self, name, 0, 0, length);
    }
    cosmos_added_tokens_free (self);
    cosmos_vocabulary_free (vocabulary);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/added-tokens/find", test_find);
  g_test_add_func ("/added-tokens/huge", test_huge);
  g_test_add_func ("/added-tokens/length", test_length);
  return g_test_run ();
}
