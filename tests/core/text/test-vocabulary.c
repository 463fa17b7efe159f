#include "core/text/vocabulary.h"

#include <glib.h>
#include <string.h>

static CosmosGgufString string (const char *text)
{
  return (CosmosGgufString) {text, strlen (text)};
}

static void test_find (void)
{
  enum { N = 5000 };
  CosmosGgufString *tokens = g_new (CosmosGgufString, N);
  for (int i = 0; i < N; i++)
    tokens[i] = string (g_strdup_printf ("%s%d", i % 2 ? "\xc4\xa0" : "", i * 7));
  CosmosError err = {0};
  CosmosVocabulary *self = cosmos_vocabulary_new (tokens, NULL, N, "v", &err);
  g_assert_nonnull (self);
  g_assert_cmpuint (cosmos_vocabulary_get_size (self), ==, N);
  g_assert_cmpuint (cosmos_vocabulary_get_longest (self), ==, 7);
  for (int i = 0; i < N; i++) {
    g_assert_cmpint (cosmos_vocabulary_find (self, tokens[i].data, tokens[i].length), ==, i);
    CosmosGgufString kept = cosmos_vocabulary_get_tokens (self)[i];
    g_assert_cmpstr (kept.data, ==, tokens[i].data);
    g_assert_true (kept.data != tokens[i].data);
    g_assert_cmpint (cosmos_vocabulary_get_type (self, i), ==, COSMOS_TOKEN_TYPE_NORMAL);
    g_free ((char *) tokens[i].data);
  }
  g_assert_cmpint (cosmos_vocabulary_find (self, "1", 1), ==, -1);
  g_assert_cmpint (cosmos_vocabulary_find (self, "", 0), ==, -1);
  g_assert_cmpint (cosmos_vocabulary_find (self, "a much longer name", 18), ==, -1);
  cosmos_vocabulary_free (self);
  g_free (tokens);
}

static void test_types (void)
{
  const CosmosGgufString tokens[] = {string ("a"), string ("b"), string ("c")};
  const int32_t types[] = {COSMOS_TOKEN_TYPE_CONTROL, COSMOS_TOKEN_TYPE_UNKNOWN, COSMOS_TOKEN_TYPE_BYTE};
  CosmosVocabulary *self = cosmos_vocabulary_new (tokens, types, 3, "v", NULL);
  g_assert_cmpmem (cosmos_vocabulary_get_types (self), sizeof types, types, sizeof types);
  g_assert_true (cosmos_token_type_is_special (cosmos_vocabulary_get_type (self, 0)));
  g_assert_true (cosmos_token_type_is_special (cosmos_vocabulary_get_type (self, 1)));
  g_assert_false (cosmos_token_type_is_special (cosmos_vocabulary_get_type (self, 2)));
  cosmos_vocabulary_free (self);
}

static void refuse (const CosmosGgufString *tokens, const int32_t *types, size_t n, CosmosStatus code, const char *words)
{
  CosmosError err = {0};
  g_assert_null (cosmos_vocabulary_new (tokens, types, n, "some file", &err));
  g_assert_cmpint (err.code, ==, code);
  g_assert_true (g_str_has_prefix (err.message, "some file: "));
  if (!strstr (err.message, words))
    g_error ("\"%s\" does not say \"%s\"", err.message, words);
  g_assert_null (cosmos_vocabulary_new (tokens, types, n, "some file", NULL));
}

static void test_refusals (void)
{
  g_autofree char *longest = g_strnfill (COSMOS_VOCABULARY_MAX_TOKEN + 1, 'x');
  const CosmosGgufString good = string ("good");
  refuse (NULL, NULL, 0, COSMOS_STATUS_RANGE, "0 tokens");
  refuse (&good, NULL, COSMOS_VOCABULARY_MAX_SIZE + 1, COSMOS_STATUS_RANGE, "1048577 tokens");
  refuse ((CosmosGgufString[]) {good, string ("")}, NULL, 2, COSMOS_STATUS_FORMAT, "token 1 of the vocabulary is empty");
  refuse ((CosmosGgufString[]) {good, string (longest)}, NULL, 2, COSMOS_STATUS_RANGE, "token 1 has 4097 bytes");
  refuse ((CosmosGgufString[]) {good, string ("ab\xff")}, NULL, 2, COSMOS_STATUS_FORMAT, "token 1 is not UTF-8 (its byte 2)");
  refuse ((CosmosGgufString[]) {good, {"a\0b", 3}}, NULL, 2, COSMOS_STATUS_FORMAT, "token 1 holds a zero byte");
  refuse ((CosmosGgufString[]) {good, string ("b"), good}, NULL, 3, COSMOS_STATUS_FORMAT,
          "tokens 0 and 2 are the same, \"good\"");
  refuse (&good, (int32_t[]) {0}, 1, COSMOS_STATUS_FORMAT, "token 0 has the unknown type 0");
  refuse (&good, (int32_t[]) {7}, 1, COSMOS_STATUS_FORMAT, "token 0 has the unknown type 7");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vocabulary/find", test_find);
  g_test_add_func ("/vocabulary/types", test_types);
  g_test_add_func ("/vocabulary/refusals", test_refusals);
  return g_test_run ();
}
