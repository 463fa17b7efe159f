#include "fixture.h"

#include "../file/scratch.h"

static CosmosTokenizer *parse (const char *lines, size_t size, CosmosError *err)
{
  return cosmos_tokenizer_new_from_vocabulary_bytes (lines, size, false, "vocab.txt", err);
}

static void test_lines (void)
{
  /* With and without a last line end, and with those of other systems. */
  static const char *const texts[] = {"[UNK]\na\n##b", "[UNK]\na\n##b\n", "[UNK]\r\na \r\n##b\r\n"};
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    CosmosError err = {0};
    CosmosTokenizer *self = parse (texts[i], strlen (texts[i]), &err);
    g_assert_nonnull (self);
    g_assert_cmpint (cosmos_tokenizer_get_size (self), ==, 3);
    g_assert_cmpint (cosmos_tokenizer_get_special (self, COSMOS_TOKEN_UNKNOWN), ==, 0);
    g_assert_cmpint (cosmos_tokenizer_get_special (self, COSMOS_TOKEN_CLS), ==, -1);
    assert_ids (self, "ab a [UNK]", "1 2 1 0");
    cosmos_tokenizer_free (self);
  }
}

static void test_refusals (void)
{
  static const struct {
    const char *lines;
    size_t size;
    CosmosStatus code;
    const char *words;
  } cases[] = {
    {"", 0, COSMOS_STATUS_RANGE, "0 lines"},
    {"[UNK]\n\na\n", 9, COSMOS_STATUS_FORMAT, "token 1 of the vocabulary is empty"},
    {"a\nb\n", 4, COSMOS_STATUS_FORMAT, "needs a token for unknown words ([UNK])"},
    {"[UNK]\na\na\n", 10, COSMOS_STATUS_FORMAT, "tokens 1 and 2 are the same, \"a\""},
    {"[UNK]\n\xff\n", 8, COSMOS_STATUS_FORMAT, "token 1 is not UTF-8"},
    {"[UNK]\na\0\n", 9, COSMOS_STATUS_FORMAT, "token 1 holds a zero byte"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    CosmosError err = {0};
    g_assert_null (parse (cases[i].lines, cases[i].size, &err));
    assert_error (err, cases[i].code, "vocab.txt: ", cases[i].words);
  }
  GString *many = g_string_new (NULL);
  for (int i = 0; i <= 1 << 20; i++)
    g_string_append (many, "x\n");
  CosmosError err = {0};
  g_assert_null (parse (many->str, many->len, &err));
  assert_error (err, COSMOS_STATUS_RANGE, "vocab.txt: ", "1048577 lines");
  g_string_free (many, TRUE);
}

static void test_file (void)
{
  char *folder = scratch_new ();
  g_autofree char *path = g_build_filename (folder, "vocab.txt", NULL);
  CosmosError err = {0};
  g_assert_null (cosmos_tokenizer_new_from_vocabulary (path, true, &err));
  assert_error (err, COSMOS_STATUS_IO, path, "");
  g_assert_true (g_file_set_contents (path, WORDPIECE_LINES, -1, NULL));
  CosmosTokenizer *self = cosmos_tokenizer_new_from_vocabulary (path, true, &err);
  assert_ids (self, "The cats", "5 6 7");
  cosmos_tokenizer_free (self);
  scratch_free (folder);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer-lines/lines", test_lines);
  g_test_add_func ("/tokenizer-lines/refusals", test_refusals);
  g_test_add_func ("/tokenizer-lines/file", test_file);
  return g_test_run ();
}
