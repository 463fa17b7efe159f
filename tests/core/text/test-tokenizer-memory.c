/* Whatever allocation fails, the answer is "out of memory", and nothing leaks or is left half done. */
#include "fixture.h"

#include "core/text/text.h"

#include "../failing-malloc.h"
#include "../file/scratch.h"

/* Does work with more and more memory until it succeeds. */
#define LOOP(work)                                               \
  do {                                                           \
    int n_ = 0;                                                  \
    for (bool done_ = false; !done_; n_++) {                     \
      g_assert_cmpint (n_, <, 10000);                            \
      CosmosError err = {0};                                     \
      failing_malloc_left = n_;                                  \
      done_ = (work);                                            \
      failing_malloc_left = -1;                                  \
      if (!done_ && uses_error)                                  \
        g_assert_cmpint (err.code, ==, COSMOS_STATUS_NO_MEMORY); \
    }                                                            \
    g_assert_cmpint (n_, >, 1);                                  \
  } while (0)

static bool take (CosmosTokenizer *self)
{
  cosmos_tokenizer_free (self);
  return self != NULL;
}

static bool take_text (char *text)
{
  free (text);
  return text != NULL;
}

static void test_load (void)
{
  const bool uses_error = true;
  g_autofree char *json = bpe_json (BYTE_LEVEL);
  LOOP (take (cosmos_tokenizer_new_from_json_bytes (json, strlen (json), "j", &err)));
  LOOP (take (cosmos_tokenizer_new_from_vocabulary_bytes (WORDPIECE_LINES, strlen (WORDPIECE_LINES), true, "v", &err)));

  CosmosTokenizer *tokenizers[] = {bpe_new (BYTE_LEVEL), wordpiece_new (true)};
  for (size_t i = 0; i < G_N_ELEMENTS (tokenizers); i++) {
    char *folder = scratch_new ();
    g_autofree char *path = g_build_filename (folder, "t.gguf", NULL);
    CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
    cosmos_tokenizer_write (tokenizers[i], writer);
    g_assert_true (cosmos_gguf_writer_save (writer, path, NULL));
    cosmos_gguf_writer_free (writer);
    CosmosGguf *file = cosmos_gguf_open (path, NULL);
    LOOP (take (cosmos_tokenizer_new_from_gguf (file, &err)));
    cosmos_gguf_free (file);
    cosmos_tokenizer_free (tokenizers[i]);
    scratch_free (folder);
  }
}

static void test_texts (void)
{
  bool uses_error = true;
  const char *text = "The ca\xcc\xa8\xcc\x81\xcc\xa8ts \xe2\x80\x94 the<x> the <|end|> \xe7\x8c\xab.";
  LOOP (take_text (cosmos_text_clean (text, strlen (text), &err)));
  CosmosTokenizer *tokenizers[] = {bpe_new (BYTE_LEVEL), bpe_new (BYTE_LEVEL_SPACE), wordpiece_new (true)};
  for (size_t i = 0; i < G_N_ELEMENTS (tokenizers); i++) {
    int32_t ids[100];
    size_t n = 0;
    LOOP (cosmos_tokenizer_encode (tokenizers[i], text, strlen (text), ids, 100, &n, &err));
    uses_error = false;
    LOOP (take_text (cosmos_tokenizer_decode (tokenizers[i], ids, n)));
    uses_error = true;
    failing_malloc_left = 0;
    char shown[8] = "x";
    cosmos_tokenizer_describe (tokenizers[i], 5, shown, sizeof shown);
    failing_malloc_left = -1;
    g_assert_true (shown[0] == 0 || strcmp (shown, "the") == 0); /* WordPiece needs no memory for it */
    cosmos_tokenizer_free (tokenizers[i]);
  }
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer-memory/load", test_load);
  g_test_add_func ("/tokenizer-memory/texts", test_texts);
  return g_test_run ();
}
