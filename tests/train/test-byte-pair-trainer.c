#include "train/byte-pair-trainer.h"

#include "core/text/tokenizer.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static CosmosTokenizer *train (const char *const *texts, int size, char **json)
{
  CosmosError err;
  size_t length;
  CosmosBytePairTrainer *trainer = cosmos_byte_pair_trainer_new (&err);
  for (int i = 0; texts[i]; i++)
    g_assert_true (cosmos_byte_pair_trainer_add (trainer, texts[i], strlen (texts[i]), &err));
  char *text = cosmos_byte_pair_trainer_finish (trainer, size, &length, NULL, &err);
  cosmos_byte_pair_trainer_free (trainer);
  g_assert_nonnull (text);
  g_assert_cmpuint (strlen (text), ==, length);
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_json_bytes (text, length, "made", &err);
  if (!tokenizer)
    g_error ("%s", err.message);
  if (json)
    *json = g_strdup (text);
  free (text);
  return tokenizer;
}

static void check_token (CosmosTokenizer *tokenizer, int id, const char *want)
{
  char text[32];
  cosmos_tokenizer_describe (tokenizer, id, text, sizeof text);
  g_assert_cmpstr (text, ==, want);
}

/* By hand: " low" 5 times, " lower" 2, " newest" 6, " widest" 3 (the example of the paper, with spaces for its word ends). */
static void test_merges (void)
{
  static const char *const texts[] = {"low low low low low lower lower", "newest newest newest newest newest newest",
                                      "widest widest widest", NULL};
  CosmosTokenizer *tokenizer = train (texts, 261 + 5, NULL);
  g_assert_cmpint (cosmos_tokenizer_get_size (tokenizer), ==, 266);
  /* e s: 9, then es t: 9; l o: 7, then lo w; then the space before low: all 7. Of equals the smaller numbers: " l" comes before "es". */
  check_token (tokenizer, 261, "es");
  check_token (tokenizer, 262, "est");
  check_token (tokenizer, 263, " l");
  check_token (tokenizer, 264, "ow");
  check_token (tokenizer, 265, " low");
  cosmos_tokenizer_free (tokenizer);
}

static void test_round_trip (void)
{
  static const char *const texts[] = {
    "Sally went to the park. She saw a dog!", "The dog ran to Sally. Sally was happy.",
    "\xc3\xa4\xc3\xb6\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80 and 1234 numbers, it's what they're for", NULL};
  CosmosTokenizer *tokenizer = train (texts, 400, NULL);
  for (int i = 0; texts[i]; i++) {
    int32_t ids[200];
    size_t n;
    CosmosError err;
    g_assert_true (cosmos_tokenizer_encode (tokenizer, texts[i], strlen (texts[i]), ids, 200, &n, &err));
    char *text = cosmos_tokenizer_decode (tokenizer, ids, n);
    g_assert_cmpstr (text, ==, texts[i]);
    g_assert_cmpuint (n, <, strlen (texts[i])); /* merges are used */
    free (text);
  }
  cosmos_tokenizer_free (tokenizer);
}

/* The order of texts, and where words lie in memory, change nothing. */
static void test_order (void)
{
  static const char *const there[] = {"one two three two", "aaaa aaab aaaa banana bandana", "three one", NULL},
                           *const back[] = {"three one", "aaaa aaab aaaa banana bandana", "one two three two", NULL};
  g_autofree char *first = NULL, *second = NULL;
  cosmos_tokenizer_free (train (there, 300, &first));
  cosmos_tokenizer_free (train (back, 300, &second));
  g_assert_cmpstr (first, ==, second);
}

/* Words end before the vocabulary is full: what comes once makes no token. */
static void test_few (void)
{
  static const char *const nothing[] = {NULL}, *const once[] = {"abc", NULL}, *const twice[] = {"ab ab", NULL};
  CosmosTokenizer *tokenizer = train (nothing, 1000, NULL);
  g_assert_cmpint (cosmos_tokenizer_get_size (tokenizer), ==, 261);
  cosmos_tokenizer_free (tokenizer);
  tokenizer = train (once, 1000, NULL);
  g_assert_cmpint (cosmos_tokenizer_get_size (tokenizer), ==, 261);
  cosmos_tokenizer_free (tokenizer);
  tokenizer = train (twice, 1000, NULL);
  g_assert_cmpint (cosmos_tokenizer_get_size (tokenizer), ==, 263); /* "ab" or " a", then " ab" */
  cosmos_tokenizer_free (tokenizer);
}

/* The same letter again and again: its pairs overlap. */
static void test_overlap (void)
{
  static const char *const texts[] = {"aaaaaaa aaaaaaa aaaaa aaaa aaa", NULL};
  CosmosTokenizer *tokenizer = train (texts, 270, NULL);
  int32_t ids[16];
  size_t n;
  CosmosError err;
  g_assert_true (cosmos_tokenizer_encode (tokenizer, "aaaaaaa", 7, ids, 16, &n, &err));
  g_assert_cmpuint (n, <=, 2);
  cosmos_tokenizer_free (tokenizer);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/byte-pair-trainer/merges", test_merges);
  g_test_add_func ("/byte-pair-trainer/round-trip", test_round_trip);
  g_test_add_func ("/byte-pair-trainer/order", test_order);
  g_test_add_func ("/byte-pair-trainer/few", test_few);
  g_test_add_func ("/byte-pair-trainer/overlap", test_overlap);
  return g_test_run ();
}
