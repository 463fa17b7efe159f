#include "fixture.h"

static void test_byte_pair (void)
{
  CosmosTokenizer *self = bpe_new (BYTE_LEVEL);
  g_assert_cmpstr (cosmos_tokenizer_get_kind (self), ==, "byte-level BPE");
  g_assert_cmpint (cosmos_tokenizer_get_size (self), ==, 262);
  assert_ids (self, "", "");
  assert_ids (self, "the", "258");
  assert_ids (self, " the the", "259 259");
  assert_ids (self, "th aaa", "257 33 260 98");
  assert_ids (self, "the<x>the", "258 261 258");
  assert_ids (self, "a<|end|><|end|", "98 0 61 125 102 111 101 125");
  assert_round_trip (self, "the<x> the", "the<x> the");
  assert_round_trip (self, "a<|end|>b", "ab"); /* special tokens are left out */
  assert_round_trip (self, " \t\n\xc2\xa0\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb \x01\x7f",
                     " \t\n\xc2\xa0\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb \x01\x7f");
  cosmos_tokenizer_free (self);
}

static void test_space_before (void)
{
  CosmosTokenizer *self = bpe_new (BYTE_LEVEL_SPACE);
  assert_ids (self, "", "");
  assert_ids (self, "the", "259");
  assert_ids (self, " the", "259");
  assert_ids (self, "the<x>the", "259 261 259"); /* a space before each piece, as the reference has it */
  assert_round_trip (self, "the", "the");
  assert_round_trip (self, "the cat", "the cat");
  assert_round_trip (self, "<|end|>the", "the");
  assert_round_trip (self, "<x> the", "<x> the");
  cosmos_tokenizer_free (self);
}

static void test_wordpiece (void)
{
  CosmosTokenizer *cased = wordpiece_new (false), *uncased = wordpiece_new (true);
  g_assert_cmpstr (cosmos_tokenizer_get_kind (cased), ==, "WordPiece (cased)");
  g_assert_cmpstr (cosmos_tokenizer_get_kind (uncased), ==, "WordPiece (uncased)");
  assert_ids (cased, "", "");
  assert_ids (cased, "the cats, Cat!", "5 6 7 12 16 17");
  assert_ids (cased, "[CLS]the[SEP] [sep]", "2 5 3 1 1 1");
  assert_ids (uncased, "The CATS sat.", "5 6 7 10 11");
  assert_ids (uncased, "Caf\xc3\xa9", "21");
  assert_round_trip (cased, "[CLS] the cats sat . [SEP]", "the cats sat.");
  assert_round_trip (cased, "the cat ' s", "the cat's");
  assert_round_trip (cased, "the dog sat", "the sat"); /* [UNK] is special */
  cosmos_tokenizer_free (cased);
  cosmos_tokenizer_free (uncased);
}

static void test_specials (void)
{
  CosmosTokenizer *wordpiece = wordpiece_new (false), *bpe = bpe_new (BYTE_LEVEL);
  for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++) {
    g_assert_cmpint (cosmos_tokenizer_get_special (wordpiece, which), ==, which);
    g_assert_true (cosmos_tokenizer_is_special (wordpiece, which));
    g_assert_cmpint (cosmos_tokenizer_get_special (bpe, which), ==, -1);
  }
  g_assert_false (cosmos_tokenizer_is_special (wordpiece, 5));
  g_assert_false (cosmos_tokenizer_is_special (wordpiece, -1));
  g_assert_false (cosmos_tokenizer_is_special (wordpiece, 1000));
  g_assert_true (cosmos_tokenizer_is_special (bpe, 0));
  g_assert_false (cosmos_tokenizer_is_special (bpe, 261));
  g_assert_cmpint (cosmos_tokenizer_find (wordpiece, "cat"), ==, 6);
  g_assert_cmpint (cosmos_tokenizer_find (wordpiece, "dog"), ==, -1);
  g_assert_cmpint (cosmos_tokenizer_find (wordpiece, ""), ==, -1);
  cosmos_tokenizer_free (wordpiece);
  cosmos_tokenizer_free (bpe);
}

static void test_capacity (void)
{
  CosmosTokenizer *self = bpe_new (BYTE_LEVEL);
  CosmosError err = {0};
  int32_t ids[4] = {-7, -7, -7, -7};
  size_t n = 0;
  g_assert_true (cosmos_tokenizer_encode (self, "b d f", 5, ids, 3, &n, &err));
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpint (ids[0], ==, 'b' + 1);
  g_assert_cmpint (ids[2], ==, 'd' + 1);
  g_assert_cmpint (ids[3], ==, -7);
  g_assert_true (cosmos_tokenizer_encode (self, NULL, 0, NULL, 0, &n, &err));
  g_assert_cmpuint (n, ==, 0);
  cosmos_tokenizer_free (self);
}

static void test_bad_text (void)
{
  CosmosTokenizer *tokenizers[] = {bpe_new (BYTE_LEVEL), wordpiece_new (true)};
  for (size_t i = 0; i < G_N_ELEMENTS (tokenizers); i++) {
    CosmosError err = {0};
    int32_t ids[4] = {-7};
    size_t n = 77;
    g_assert_false (cosmos_tokenizer_encode (tokenizers[i], "caf\xe9", 4, ids, 4, &n, &err)); /* Latin-1 */
    assert_error (err, COSMOS_STATUS_FORMAT, "not UTF-8 at byte 3", "save it as UTF-8");
    g_assert_false (cosmos_tokenizer_encode (tokenizers[i], "a\0b", 3, ids, 4, &n, &err));
    assert_error (err, COSMOS_STATUS_FORMAT, "zero byte at 1", "UTF-16");
    g_assert_cmpint (ids[0], ==, -7);
    g_assert_cmpuint (n, ==, 77);
    g_assert_false (cosmos_tokenizer_encode (tokenizers[i], "\xff", 1, ids, 4, &n, NULL));
    cosmos_tokenizer_free (tokenizers[i]);
  }
}

/* Ids come out of a network, so any may stand anywhere. */
static void test_any_ids (void)
{
  CosmosTokenizer *tokenizers[] = {bpe_new (BYTE_LEVEL), bpe_new (BYTE_LEVEL_SPACE), wordpiece_new (true)};
  GRand *random = g_rand_new_with_seed (3);
  for (size_t i = 0; i < G_N_ELEMENTS (tokenizers); i++) {
    int size = cosmos_tokenizer_get_size (tokenizers[i]);
    for (int round = 0; round < 200; round++) {
      int32_t ids[40];
      for (size_t j = 0; j < G_N_ELEMENTS (ids); j++)
        ids[j] = g_rand_int_range (random, -2, size + 2);
      g_autofree char *text = cosmos_tokenizer_decode (tokenizers[i], ids, G_N_ELEMENTS (ids));
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
    g_autofree char *empty = cosmos_tokenizer_decode (tokenizers[i], NULL, 0);
    g_assert_cmpstr (empty, ==, "");
    cosmos_tokenizer_free (tokenizers[i]);
  }
  g_rand_free (random);
}

/* A token of the byte 0 ends no text. */
static void test_zero_byte (void)
{
  CosmosTokenizer *self = bpe_new (BYTE_LEVEL);
  const int32_t ids[] = {'a' + 1, 1, 'b' + 1};
  g_autofree char *text = cosmos_tokenizer_decode (self, ids, 3);
  g_assert_cmpstr (text, ==,
                   "a\xef\xbf\xbd"
                   "b");
  char shown[16];
  cosmos_tokenizer_describe (self, 1, shown, sizeof shown);
  g_assert_cmpstr (shown, ==, "\xef\xbf\xbd");
  cosmos_tokenizer_free (self);
}

static void assert_description (const CosmosTokenizer *self, int id, size_t size, const char *expected)
{
  char text[32] = "unchanged";
  cosmos_tokenizer_describe (self, id, text, size);
  g_assert_cmpstr (text, ==, expected);
}

static void test_describe (void)
{
  CosmosTokenizer *bpe = bpe_new (BYTE_LEVEL), *wordpiece = wordpiece_new (false);
  assert_description (bpe, 259, 32, " the");
  assert_description (bpe, 259, 4, " th");
  assert_description (bpe, 0, 32, "<|end|>");
  assert_description (bpe, 261, 32, "<x>");
  assert_description (bpe, 0xc3 + 1, 32, "\xef\xbf\xbd"); /* half a character */
  assert_description (bpe, 0xc3 + 1, 3, "");
  assert_description (wordpiece, 7, 32, "s");
  assert_description (wordpiece, 19, 32, "\xc3\x9f");
  assert_description (wordpiece, 19, 2, "");
  assert_description (wordpiece, 2, 32, "[CLS]");
  assert_description (wordpiece, -1, 32, "");
  assert_description (wordpiece, 1000, 32, "");
  assert_description (wordpiece, 5, 1, "");
  assert_description (wordpiece, 5, 0, "unchanged");
  cosmos_tokenizer_free (bpe);
  cosmos_tokenizer_free (wordpiece);
}

static void test_huge (void)
{
  static const char *const units[] = {"a", "the ", " ", "\n", "<x", "<x>", "\xcc\x81", "\xd7\xa9\xd7\x9c ", "\xf0\x9f\x98\x80",
                                      "1", "'s"};
  CosmosTokenizer *tokenizers[] = {bpe_new (BYTE_LEVEL), bpe_new (DIGITS), wordpiece_new (true)};
  enum { CAPACITY = 1000016 };
  g_autofree int32_t *ids = g_new (int32_t, CAPACITY);
  for (size_t t = 0; t < G_N_ELEMENTS (tokenizers); t++) {
    for (size_t i = 0; i < G_N_ELEMENTS (units); i++) {
      GString *text = g_string_new (NULL);
      while (text->len < 1000000)
        g_string_append (text, units[i]);
      size_t n;
      CosmosError err = {0};
      g_assert_true (cosmos_tokenizer_encode (tokenizers[t], text->str, text->len, ids, CAPACITY, &n, &err));
      g_assert_cmpuint (n, <=, CAPACITY);
      g_autofree char *back = cosmos_tokenizer_decode (tokenizers[t], ids, n);
      if (t < 2)
        g_assert_cmpstr (back, ==, text->str);
      g_string_free (text, TRUE);
    }
    cosmos_tokenizer_free (tokenizers[t]);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer/byte-pair", test_byte_pair);
  g_test_add_func ("/tokenizer/space-before", test_space_before);
  g_test_add_func ("/tokenizer/wordpiece", test_wordpiece);
  g_test_add_func ("/tokenizer/specials", test_specials);
  g_test_add_func ("/tokenizer/capacity", test_capacity);
  g_test_add_func ("/tokenizer/bad-text", test_bad_text);
  g_test_add_func ("/tokenizer/any-ids", test_any_ids);
  g_test_add_func ("/tokenizer/zero-byte", test_zero_byte);
  g_test_add_func ("/tokenizer/describe", test_describe);
  g_test_add_func ("/tokenizer/huge", test_huge);
  return g_test_run ();
}
