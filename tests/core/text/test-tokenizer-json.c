#include "fixture.h"

#include "../file/scratch.h"

/* A tokenizer.json of parts; each part whole, with its comma. */
#define BPE_MODEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[\"a b\"]}"
#define BPE(parts) "{" parts "\"pre_tokenizer\":" BYTE_LEVEL "," BPE_MODEL "}"
#define BERT_STEPS \
  "\"normalizer\":{\"type\":\"BertNormalizer\",\"lowercase\":true},\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
#define WORDPIECE_MODEL(more) "\"model\":{\"type\":\"WordPiece\"," more "\"vocab\":{\"[UNK]\":0,\"a\":1,\"##b\":2}}"
#define WORDPIECE(parts) "{" parts BERT_STEPS WORDPIECE_MODEL ("") "}"

static CosmosTokenizer *parse (const char *json, CosmosError *err)
{
  return cosmos_tokenizer_new_from_json_bytes (json, strlen (json), "some.json", err);
}

static CosmosTokenizer *must_parse (const char *json)
{
  CosmosError err = {0};
  CosmosTokenizer *self = parse (json, &err);
  if (!self)
    g_error ("%s: %s", json, err.message);
  return self;
}

static void test_byte_pair (void)
{
  CosmosTokenizer *self = must_parse (BPE (""));
  assert_ids (self, "aba", "2 0");
  cosmos_tokenizer_free (self);
  /* What a newer package writes, with everything spelt out. */
  self = must_parse (
      "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[{\"id\":3,\"content\":\"<e>\",\"special\":"
      "true,"
      "\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false}],\"normalizer\":null,\"pre_tokenizer\":"
      "{\"type\":\"Sequence\",\"pretokenizers\":[" BYTE_LEVEL "]},\"post_processor\":{\"type\":\"ByteLevel\"},\"decoder\":null,"
      "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,\"continuing_subword_prefix\":\"\",\"end_of_word_suffix\":"
      "null,"
      "\"fuse_unk\":false,\"byte_fallback\":false,\"ignore_merges\":false,\"vocab\":{\"b\":1,\"ab\":2,\"a\":0},\"merges\":[["
      "\"a\",\"b\"]]}}");
  assert_ids (self, "ab<e>a", "2 3 0");
  assert_round_trip (self, "ab<e>a", "aba");
  cosmos_tokenizer_free (self);
}

static void test_wordpiece (void)
{
  CosmosTokenizer *self = must_parse (WORDPIECE (""));
  assert_ids (self, "AB a c [UNK]", "1 2 1 0 0 0 0"); /* not added, so not looked for */
  assert_round_trip (self, "AB a c", "ab a");         /* but left out of texts */
  g_assert_cmpint (cosmos_tokenizer_get_special (self, COSMOS_TOKEN_UNKNOWN), ==, 0);
  cosmos_tokenizer_free (self);
  self = must_parse (WORDPIECE ("\"added_tokens\":[{\"id\":0,\"content\":\"[UNK]\",\"special\":true},{\"id\":3,\"content\":\"<u>"
                                "\",\"normalized\":false}],"));
  assert_ids (self, "a<u>[UNK]", "1 3 0");
  assert_round_trip (self, "a<u>", "a <u>");
  cosmos_tokenizer_free (self);
}

static void test_refusals (void)
{
  static const struct {
    const char *json;
    CosmosStatus code;
    const char *words;
  } cases[] = {
    {"", COSMOS_STATUS_FORMAT, "not JSON"},
    {"{\"model\":", COSMOS_STATUS_FORMAT, "not JSON at byte"},
    {"\xff", COSMOS_STATUS_FORMAT, "not JSON"},
    {"[]", COSMOS_STATUS_FORMAT, "no object \"model\""},
    {"{\"model\":3}", COSMOS_STATUS_FORMAT, "no object \"model\""},
    {"{\"model\":{\"type\":\"Unigram\"}}", COSMOS_STATUS_UNSUPPORTED, "model \"Unigram\" is not supported"},
    {"{\"model\":{}}", COSMOS_STATUS_UNSUPPORTED, "model \"\""},

    {BPE ("\"normalizer\":{\"type\":\"NFC\"},"), COSMOS_STATUS_UNSUPPORTED, "normalizer \"NFC\""},
    {BPE ("\"decoder\":{\"type\":\"Metaspace\"},"), COSMOS_STATUS_UNSUPPORTED, "decoder \"Metaspace\""},
    {"{" BPE_MODEL "}", COSMOS_STATUS_UNSUPPORTED, "pre_tokenizer \"\""},
    {"{\"pre_tokenizer\":{\"type\":\"Metaspace\"}," BPE_MODEL "}", COSMOS_STATUS_UNSUPPORTED, "pre_tokenizer \"Metaspace\""},
    {"{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"use_regex\":false}," BPE_MODEL "}", COSMOS_STATUS_UNSUPPORTED, "use_regex"},
    {"{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[]}," BPE_MODEL "}", COSMOS_STATUS_UNSUPPORTED, "Sequence"},
    {"{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\"}," BYTE_LEVEL "]}," BPE_MODEL "}",
     COSMOS_STATUS_UNSUPPORTED, "begins with \"Split\""},
    {"{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\"}," BYTE_LEVEL "]}," BPE_MODEL "}",
     COSMOS_STATUS_UNSUPPORTED, "individual_digits"},
    {"{\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\",\"individual_digits\":true}"
     "," BYTE_LEVEL_SPACE "]}," BPE_MODEL "}",
     COSMOS_STATUS_UNSUPPORTED, "add_prefix_space"},
#define MODEL(parts) "{\"pre_tokenizer\":" BYTE_LEVEL ",\"model\":{\"type\":\"BPE\"," parts "}}"
#define VOCAB "\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},"
    {MODEL (VOCAB "\"merges\":[],\"byte_fallback\":true"), COSMOS_STATUS_UNSUPPORTED, "byte_fallback"},
    {MODEL (VOCAB "\"merges\":[],\"ignore_merges\":true"), COSMOS_STATUS_UNSUPPORTED, "ignore_merges"},
    {MODEL (VOCAB "\"merges\":[],\"dropout\":0.1"), COSMOS_STATUS_UNSUPPORTED, "dropout"},
    {MODEL (VOCAB "\"merges\":[],\"end_of_word_suffix\":\"</w>\""), COSMOS_STATUS_UNSUPPORTED, "end_of_word_suffix"},
    {MODEL (VOCAB "\"merges\":[],\"continuing_subword_prefix\":\"##\""), COSMOS_STATUS_UNSUPPORTED, "continuing_subword_prefix"},
    {MODEL (VOCAB "\"merges\":[],\"unk_token\":\"a\""), COSMOS_STATUS_UNSUPPORTED, "unk_token"},
    {MODEL ("\"merges\":[]"), COSMOS_STATUS_FORMAT, "model.vocab is not"},
    {MODEL (VOCAB "\"merges\":{}"), COSMOS_STATUS_FORMAT, "model.merges is not a list"},
    {MODEL (VOCAB "\"merges\":[3]"), COSMOS_STATUS_FORMAT, "model.merges: entry 0"},
    {MODEL (VOCAB "\"merges\":[{\"a\":\"b\"}]"), COSMOS_STATUS_FORMAT, "model.merges: entry 0"},
    {MODEL (VOCAB "\"merges\":[\"a b\",\"ab\"]"), COSMOS_STATUS_FORMAT, "model.merges: entry 1"},
    {MODEL (VOCAB "\"merges\":[[\"a\"]]"), COSMOS_STATUS_FORMAT, "model.merges: entry 0"},
    {MODEL (VOCAB "\"merges\":[[\"a\",1]]"), COSMOS_STATUS_FORMAT, "model.merges: entry 0"},
    {MODEL (VOCAB "\"merges\":[\"b a\"]"), COSMOS_STATUS_FORMAT, "\"ba\", which is not in the vocabulary"},
    {MODEL ("\"merges\":[],\"vocab\":{}"), COSMOS_STATUS_RANGE, "0 tokens"},
    {MODEL ("\"merges\":[],\"vocab\":{\"a\":\"0\"}"), COSMOS_STATUS_FORMAT, "whole number"},
    {MODEL ("\"merges\":[],\"vocab\":{\"a\":-1}"), COSMOS_STATUS_FORMAT, "whole number"},
    {MODEL ("\"merges\":[],\"vocab\":{\"a\":1}"), COSMOS_STATUS_RANGE, "\"a\" has the id 1"},
    {MODEL ("\"merges\":[],\"vocab\":{\"a\":0,\"b\":18446744073709551615}"), COSMOS_STATUS_RANGE, "18446744073709551615"},
    {MODEL ("\"merges\":[],\"vocab\":{\"a\":0,\"b\":0}"), COSMOS_STATUS_FORMAT, "the same id 0"},
    {MODEL ("\"merges\":[],\"vocab\":{\"a\":0,\"a\":1}"), COSMOS_STATUS_FORMAT, "tokens 0 and 1 are the same"},
    {MODEL ("\"merges\":[],\"vocab\":{\"\":0}"), COSMOS_STATUS_FORMAT, "token 0 of the vocabulary is empty"},
    {MODEL ("\"merges\":[],\"vocab\":{\"a\\u0000b\":0}"), COSMOS_STATUS_FORMAT, "token 0 holds a zero byte"},
#undef VOCAB
#undef MODEL
    {BPE ("\"added_tokens\":{},"), COSMOS_STATUS_FORMAT, "added_tokens is not a list"},
    {BPE ("\"added_tokens\":[3],"), COSMOS_STATUS_FORMAT, "an entry of added_tokens"},
    {BPE ("\"added_tokens\":[{\"id\":3}],"), COSMOS_STATUS_FORMAT, "an entry of added_tokens"},
    {BPE ("\"added_tokens\":[{\"id\":5,\"content\":\"x\"}],"), COSMOS_STATUS_RANGE, "\"x\" has the id 5"},
    {BPE ("\"added_tokens\":[{\"id\":1,\"content\":\"x\"}],"), COSMOS_STATUS_FORMAT, "\"b\" and \"x\" have the same id 1"},
    {BPE ("\"added_tokens\":[{\"id\":3,\"content\":\"x\",\"lstrip\":true}],"), COSMOS_STATUS_UNSUPPORTED, "\"x\" is lstrip"},
    {BPE ("\"added_tokens\":[{\"id\":0,\"content\":\"a\"},{\"id\":1,\"content\":\"b\"},{\"id\":4,\"content\":\"x\"}],"),
     COSMOS_STATUS_FORMAT, "no token has the id 3"},
    {BPE ("\"added_tokens\":[{\"id\":0,\"content\":\"a\"},{\"id\":1,\"content\":\"b\",\"normalized\":false}],"),
     COSMOS_STATUS_UNSUPPORTED, "only some are \"normalized\""},

    {"{\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"}," WORDPIECE_MODEL ("") "}", COSMOS_STATUS_UNSUPPORTED,
     "normalizer \"\""},
    {"{\"normalizer\":{\"type\":\"BertNormalizer\"}," WORDPIECE_MODEL ("") "}", COSMOS_STATUS_UNSUPPORTED, "pre_tokenizer \"\""},
    {WORDPIECE ("\"decoder\":{\"type\":\"WordPiece\",\"cleanup\":false},"), COSMOS_STATUS_UNSUPPORTED, "clean-up"},
    {"{\"normalizer\":{\"type\":\"BertNormalizer\",\"lowercase\":true,\"strip_accents\":false},\"pre_tokenizer\":{\"type\":"
     "\"BertPreTokenizer\"}," WORDPIECE_MODEL ("") "}",
     COSMOS_STATUS_UNSUPPORTED, "strip_accents"},
    {"{\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":false},\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"}"
     "," WORDPIECE_MODEL ("") "}",
     COSMOS_STATUS_UNSUPPORTED, "clean_text"},
    {"{" BERT_STEPS WORDPIECE_MODEL ("\"continuing_subword_prefix\":\"@@\",") "}", COSMOS_STATUS_UNSUPPORTED,
     "continuing_subword_prefix \"@@\""},
    {"{" BERT_STEPS WORDPIECE_MODEL ("\"max_input_chars_per_word\":200,") "}", COSMOS_STATUS_UNSUPPORTED,
     "max_input_chars_per_word"},
    {"{" BERT_STEPS WORDPIECE_MODEL ("\"unk_token\":\"<unk>\",") "}", COSMOS_STATUS_UNSUPPORTED, "unk_token \"<unk>\""},
    {"{" BERT_STEPS "\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}}}", COSMOS_STATUS_FORMAT,
     "needs a token for unknown words"},
    {WORDPIECE ("\"added_tokens\":[{\"id\":3,\"content\":\"<u>\",\"special\":false}],"), COSMOS_STATUS_UNSUPPORTED,
     "WordPiece with added tokens that are"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    CosmosTokenizer *self = parse (cases[i].json, &err);
    if (self)
      g_error ("accepted: %s", cases[i].json);
    assert_error (err, cases[i].code, "some.json: ", cases[i].words);
    g_assert_null (parse (cases[i].json, NULL));
  }
}

/* Every beginning of a good file is refused, whatever it breaks off. */
static void test_truncated (void)
{
  const char *json = WORDPIECE ("\"added_tokens\":[{\"id\":0,\"content\":\"[UNK]\",\"special\":true}],");
  for (size_t length = 0; length < strlen (json); length++) {
    g_autofree char *part = g_memdup2 (json, length + 1); /* no terminating 0 to run into */
    CosmosError err = {0};
    g_assert_null (cosmos_tokenizer_new_from_json_bytes (part, length, "some.json", &err));
    assert_error (err, COSMOS_STATUS_FORMAT, "some.json: ", "not JSON");
  }
}

static void test_file (void)
{
  char *folder = scratch_new ();
  g_autofree char *path = g_build_filename (folder, "tokenizer.json", NULL);
  CosmosError err = {0};
  g_assert_null (cosmos_tokenizer_new_from_json (path, &err));
  assert_error (err, COSMOS_STATUS_IO, path, "");
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_null (cosmos_tokenizer_new_from_json (path, &err));
  g_assert_true (strstr (err.message, path) != NULL);
  g_assert_true (g_file_set_contents (path, BPE (""), -1, NULL));
  CosmosTokenizer *self = cosmos_tokenizer_new_from_json (path, &err);
  assert_ids (self, "ab", "2");
  cosmos_tokenizer_free (self);
  scratch_free (folder);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer-json/byte-pair", test_byte_pair);
  g_test_add_func ("/tokenizer-json/wordpiece", test_wordpiece);
  g_test_add_func ("/tokenizer-json/refusals", test_refusals);
  g_test_add_func ("/tokenizer-json/truncated", test_truncated);
  g_test_add_func ("/tokenizer-json/file", test_file);
  return g_test_run ();
}
