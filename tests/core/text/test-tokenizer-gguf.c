#include "fixture.h"

#include "../file/scratch.h"

#define KEY "tokenizer.ggml."

static char *folder, *path;

/* Saves and frees the writer, and opens what it wrote. */
static CosmosGguf *save (CosmosGgufWriter *writer)
{
  CosmosError err = {0};
  if (!cosmos_gguf_writer_save (writer, path, &err))
    g_error ("%s", err.message);
  cosmos_gguf_writer_free (writer);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  if (!file)
    g_error ("%s", err.message);
  return file;
}

static CosmosTokenizer *load (CosmosGgufWriter *writer, CosmosError *err)
{
  CosmosGguf *file = save (writer);
  CosmosTokenizer *self = cosmos_tokenizer_new_from_gguf (file, err);
  cosmos_gguf_free (file); /* a tokenizer borrows nothing */
  return self;
}

static void set_strings (CosmosGgufWriter *writer, const char *key, const char *words, const char *between)
{
  g_auto (GStrv) items = g_strsplit (words, between, -1);
  guint n = words[0] ? g_strv_length (items) : 0;
  g_autofree CosmosGgufString *strings = g_new (CosmosGgufString, n + 1);
  for (guint i = 0; i < n; i++)
    strings[i] = (CosmosGgufString) {items[i], strlen (items[i])};
  cosmos_gguf_writer_set_strings (writer, key, strings, n);
}

/* tokens: with spaces between; merges: with bars, NULL for none. */
static CosmosGgufWriter *make (const char *model, const char *tokens, const char *merges)
{
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_string (writer, KEY "model", model);
  set_strings (writer, KEY "tokens", tokens, " ");
  if (merges)
    set_strings (writer, KEY "merges", merges, "|");
  return writer;
}

static void test_round_trip (void)
{
  static const char *const texts[] = {
    "", "the<x> the", " the", "It's 1984.", "<|end|>[CLS] cats", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "caf\xc3\xa9\n"};
  CosmosTokenizer *tokenizers[] = {bpe_new (BYTE_LEVEL), bpe_new (BYTE_LEVEL_SPACE), bpe_new (DIGITS), wordpiece_new (false),
                                   wordpiece_new (true)};
  for (size_t t = 0; t < G_N_ELEMENTS (tokenizers); t++) {
    CosmosError err = {0};
    CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
    cosmos_tokenizer_write (tokenizers[t], writer);
    CosmosTokenizer *back = load (writer, &err);
    if (!back)
      g_error ("%s", err.message);
    g_assert_cmpint (cosmos_tokenizer_get_size (back), ==, cosmos_tokenizer_get_size (tokenizers[t]));
    g_assert_cmpstr (cosmos_tokenizer_get_kind (back), ==, cosmos_tokenizer_get_kind (tokenizers[t]));
    for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
      g_autofree char *ids = ids_of (tokenizers[t], texts[i]), *text = round_trip (tokenizers[t], texts[i]);
      assert_ids (back, texts[i], ids);
      assert_round_trip (back, texts[i], text);
    }
    for (int id = 0; id < cosmos_tokenizer_get_size (back); id++) {
      char a[64], b[64];
      cosmos_tokenizer_describe (tokenizers[t], id, a, sizeof a);
      cosmos_tokenizer_describe (back, id, b, sizeof b);
      g_assert_cmpstr (a, ==, b);
      g_assert_cmpint (cosmos_tokenizer_is_special (tokenizers[t], id), ==, cosmos_tokenizer_is_special (back, id));
    }
    for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++)
      g_assert_cmpint (cosmos_tokenizer_get_special (back, which), ==, cosmos_tokenizer_get_special (tokenizers[t], which));
    cosmos_tokenizer_free (back);
    cosmos_tokenizer_free (tokenizers[t]);
  }
}

/* WordPiece tokens stand in a file as other programs expect them... */
static void test_phantom_form (void)
{
  CosmosTokenizer *self = wordpiece_new (false);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_tokenizer_write (self, writer);
  CosmosGguf *file = save (writer);
  CosmosGgufString tokens[22];
  g_assert_true (cosmos_gguf_get_strings (file, KEY "tokens", tokens, NULL));
  g_assert_cmpmem (tokens[2].data, tokens[2].length, "[CLS]", 5);
  g_assert_cmpmem (tokens[5].data, tokens[5].length, "\xe2\x96\x81the", 6);
  g_assert_cmpmem (tokens[7].data, tokens[7].length, "s", 1);
  bool plain = true;
  g_assert_true (cosmos_gguf_get_bool (file, KEY "plain_tokens", &plain, NULL) && !plain);
  cosmos_gguf_free (file);
  cosmos_tokenizer_free (self);
}

/* ... but for those that would not come back from that. */
static void test_plain_form (void)
{
  const char *lines = "[UNK]\n##\n##[odd]\na\n##b\n";
  CosmosError err = {0};
  CosmosTokenizer *self = cosmos_tokenizer_new_from_vocabulary_bytes (lines, strlen (lines), false, "v", &err);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_tokenizer_write (self, writer);
  CosmosGguf *file = save (writer);
  bool plain = false;
  g_assert_true (cosmos_gguf_get_bool (file, KEY "plain_tokens", &plain, NULL) && plain);
  CosmosTokenizer *back = cosmos_tokenizer_new_from_gguf (file, &err);
  g_assert_nonnull (back);
  cosmos_gguf_free (file);
  g_assert_cmpint (cosmos_tokenizer_find (back, "##"), ==, 1);
  g_assert_cmpint (cosmos_tokenizer_find (back, "##[odd]"), ==, 2);
  assert_ids (back, "ab", "3 4");
  cosmos_tokenizer_free (self);
  cosmos_tokenizer_free (back);
}

/* Files of others. */
static void test_foreign (void)
{
  CosmosError err = {0};
  CosmosGgufWriter *writer = make ("gpt2", "a b ab <e>", "a b");
  cosmos_gguf_writer_set_i32s (writer, KEY "token_type", (int32_t[]) {1, 1, 1, 3}, 4);
  cosmos_gguf_writer_set_u32 (writer, KEY "eos_token_id", 3);
  CosmosTokenizer *self = load (writer, &err);
  g_assert_cmpint (cosmos_tokenizer_get_special (self, COSMOS_TOKEN_SEP), ==, 3);
  g_assert_cmpint (cosmos_tokenizer_get_special (self, COSMOS_TOKEN_CLS), ==, -1);
  assert_ids (self, "ab<e>", "2 3");
  cosmos_tokenizer_free (self);

  /* Without types, tokens with a role are special; without a word on case, capitals tell. */
  static const struct {
    const char *tokens, *kind, *ids;
  } cases[] = {{"[UNK] [CLS] \xe2\x96\x81"
                "cat s",
                "WordPiece (uncased)", "1 2 3 2"},
               {"[UNK] [CLS] \xe2\x96\x81"
                "Cat s",
                "WordPiece (cased)", "1 0 0"}};
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    writer = make ("bert", cases[i].tokens, NULL);
    cosmos_gguf_writer_set_u32 (writer, KEY "unknown_token_id", 0);
    cosmos_gguf_writer_set_u32 (writer, KEY "cls_token_id", 1);
    self = load (writer, &err);
    g_assert_cmpstr (cosmos_tokenizer_get_kind (self), ==, cases[i].kind);
    g_assert_true (cosmos_tokenizer_is_special (self, 1));
    assert_ids (self, "[CLS]CATS cat", cases[i].ids);
    cosmos_tokenizer_free (self);
  }
}

static void refuse (CosmosGgufWriter *writer, CosmosStatus code, const char *words)
{
  CosmosError err = {0};
  CosmosTokenizer *self = load (writer, &err);
  if (self)
    g_error ("accepted where \"%s\" was expected", words);
  assert_error (err, code, path, words);
}

static void test_refusals (void)
{
  refuse (cosmos_gguf_writer_new (), COSMOS_STATUS_FORMAT, KEY "model");
  refuse (make ("llama", "a b", NULL), COSMOS_STATUS_UNSUPPORTED, KEY "model is \"llama\"");
  refuse (make ("gpt2", "", ""), COSMOS_STATUS_FORMAT, KEY "tokens is empty");
  refuse (make ("gpt2", "a b ab", NULL), COSMOS_STATUS_FORMAT, KEY "merges");
  refuse (make ("gpt2", "a b ab", "a b|ab"), COSMOS_STATUS_FORMAT, KEY "merges: entry 1");
  refuse (make ("gpt2", "a b ab", "a c"), COSMOS_STATUS_FORMAT, "merge 0 names \"c\"");
  refuse (make ("gpt2", "a b a", ""), COSMOS_STATUS_FORMAT, "tokens 0 and 2 are the same");
  refuse (make ("bert", "a b", NULL), COSMOS_STATUS_FORMAT, "needs a token for unknown words");

  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_u32 (writer, KEY "model", 3);
  refuse (writer, COSMOS_STATUS_FORMAT, KEY "model");
  writer = cosmos_gguf_writer_new ();
  cosmos_gguf_writer_set_string (writer, KEY "model", "gpt2");
  refuse (writer, COSMOS_STATUS_FORMAT, KEY "tokens");
  cosmos_gguf_writer_set_i32s (writer = make ("gpt2", "", ""), KEY "tokens", (int32_t[]) {1, 2}, 2);
  refuse (writer, COSMOS_STATUS_FORMAT, KEY "tokens");
  cosmos_gguf_writer_set_i32s (writer = make ("gpt2", "a b", ""), KEY "token_type", (int32_t[]) {1}, 1);
  refuse (writer, COSMOS_STATUS_FORMAT, KEY "token_type has 1 entries for 2 tokens");
  cosmos_gguf_writer_set_i32s (writer = make ("gpt2", "a b", ""), KEY "token_type", (int32_t[]) {1, 99}, 2);
  refuse (writer, COSMOS_STATUS_FORMAT, "token 1 has the unknown type 99");
  cosmos_gguf_writer_set_i32s (writer = make ("gpt2", "a b", ""), KEY "token_type", (int32_t[]) {1, -1}, 2);
  refuse (writer, COSMOS_STATUS_FORMAT, "token 1 has the unknown type");
  cosmos_gguf_writer_set_u32 (writer = make ("gpt2", "a b", ""), KEY "eos_token_id", 2);
  refuse (writer, COSMOS_STATUS_RANGE, KEY "eos_token_id");
  cosmos_gguf_writer_set_string (writer = make ("gpt2", "a b", ""), KEY "pre", "llama-bpe");
  refuse (writer, COSMOS_STATUS_UNSUPPORTED, KEY "pre is \"llama-bpe\"; only gpt-2 and smollm");
  writer = make ("gpt2", "a b", "");
  cosmos_gguf_writer_set_string (writer, KEY "pre", "smollm");
  cosmos_gguf_writer_set_bool (writer, KEY "add_space_prefix", true);
  refuse (writer, COSMOS_STATUS_UNSUPPORTED, KEY "add_space_prefix");
  cosmos_gguf_writer_set_u32 (writer = make ("gpt2", "a b", ""), KEY "add_space_prefix", 1);
  refuse (writer, COSMOS_STATUS_FORMAT, KEY "add_space_prefix");
  cosmos_gguf_writer_set_string (writer = make ("bert", "[UNK]", NULL), KEY "lower_case", "yes");
  refuse (writer, COSMOS_STATUS_FORMAT, KEY "lower_case");
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = scratch_new ();
  path = g_build_filename (folder, "tokenizer.gguf", NULL);
  g_test_add_func ("/tokenizer-gguf/round-trip", test_round_trip);
  g_test_add_func ("/tokenizer-gguf/phantom-form", test_phantom_form);
  g_test_add_func ("/tokenizer-gguf/plain-form", test_plain_form);
  g_test_add_func ("/tokenizer-gguf/foreign", test_foreign);
  g_test_add_func ("/tokenizer-gguf/refusals", test_refusals);
  int result = g_test_run ();
  scratch_free (folder);
  g_free (path);
  return result;
}
