/* Every text of tests/golden/tokenizer against the Hugging Face tokenizers package (tools/golden/tokenizer-golden.py). */
#include "fixture.h"

#include "../file/scratch.h"

#include <yyjson.h>

static yyjson_doc *read_json (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("GOLDEN"), "tokenizer", name, NULL);
  yyjson_read_err err;
  yyjson_doc *document = yyjson_read_file (path, YYJSON_READ_NOFLAG, NULL, &err);
  if (!document)
    g_error ("%s: %s", path, err.msg);
  return document;
}

static CosmosTokenizer *open_tokenizer (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL),
                  *path = g_build_filename (g_getenv ("GOLDEN"), "tokenizer", file, NULL);
  CosmosError err = {0};
  CosmosTokenizer *self = cosmos_tokenizer_new_from_json (path, &err);
  if (!self)
    g_error ("%s", err.message);
  return self;
}

static void compare_ids (const char *text, const int32_t *ids, size_t n, const uint8_t **golden, const uint8_t *end)
{
  g_assert_true (end - *golden >= 2);
  size_t expected = (*golden)[0] | (size_t) (*golden)[1] << 8;
  *golden += 2;
  g_assert_true ((size_t) (end - *golden) >= expected * 2);
  for (size_t i = 0; i < n && i < expected; i++) {
    int id = (*golden)[2 * i] | (*golden)[2 * i + 1] << 8;
    if (ids[i] != id)
      g_error ("\"%s\": id %zu is %d, not %d", text, i, ids[i], id);
  }
  if (n != expected)
    g_error ("\"%s\": %zu ids, not %zu", text, n, expected);
  *golden += expected * 2;
}

/* The whole golden of one tokenizer. */
static void compare (const CosmosTokenizer *self, const char *name)
{
  g_autofree char *ids_file = g_strconcat (name, "-ids.bin", NULL), *decoded_file = g_strconcat (name, "-decoded.json", NULL);
  g_autofree char *ids_path = g_build_filename (g_getenv ("GOLDEN"), "tokenizer", ids_file, NULL);
  g_autofree char *bytes = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (ids_path, &bytes, &size, NULL));
  const uint8_t *golden = (const uint8_t *) bytes, *end = golden + size;
  yyjson_doc *texts = read_json ("texts.json"), *decoded = read_json (decoded_file);
  g_assert_cmpuint (yyjson_arr_size (yyjson_doc_get_root (texts)), ==, 2000);
  yyjson_arr_iter expected = yyjson_arr_iter_with (yyjson_doc_get_root (decoded));
  size_t i, n_texts;
  yyjson_val *value;
  yyjson_arr_foreach (yyjson_doc_get_root (texts), i, n_texts, value) {
    const char *text = yyjson_get_str (value);
    size_t n;
    g_autofree int32_t *ids = encode_all (self, text, yyjson_get_len (value), &n);
    compare_ids (text, ids, n, &golden, end);
    g_autofree char *back = cosmos_tokenizer_decode (self, ids, n);
    yyjson_val *other = yyjson_arr_iter_next (&expected);
    g_assert_cmpstr (back, ==, yyjson_is_null (other) ? text : yyjson_get_str (other));
  }
  g_assert_true (golden == end);
  yyjson_doc_free (texts);
  yyjson_doc_free (decoded);
}

static void test_golden (gconstpointer name)
{
  CosmosTokenizer *self = open_tokenizer (name);
  compare (self, name);
  cosmos_tokenizer_free (self);
}

/* Written to a GGUF and read back, it still is the same tokenizer. */
static void test_golden_gguf (gconstpointer name)
{
  char *folder = scratch_new ();
  g_autofree char *path = g_build_filename (folder, "tokenizer.gguf", NULL);
  CosmosTokenizer *self = open_tokenizer (name);
  CosmosGgufWriter *writer = cosmos_gguf_writer_new ();
  cosmos_tokenizer_write (self, writer);
  CosmosError err = {0};
  if (!cosmos_gguf_writer_save (writer, path, &err))
    g_error ("%s", err.message);
  cosmos_gguf_writer_free (writer);
  CosmosGguf *file = cosmos_gguf_open (path, &err);
  CosmosTokenizer *back = file ? cosmos_tokenizer_new_from_gguf (file, &err) : NULL;
  if (!back)
    g_error ("%s", err.message);
  cosmos_gguf_free (file);
  compare (back, name);
  g_assert_cmpstr (cosmos_tokenizer_get_kind (back), ==, cosmos_tokenizer_get_kind (self));
  for (int which = 0; which < COSMOS_N_SPECIAL_TOKENS; which++)
    g_assert_cmpint (cosmos_tokenizer_get_special (back, which), ==, cosmos_tokenizer_get_special (self, which));
  cosmos_tokenizer_free (back);
  cosmos_tokenizer_free (self);
  scratch_free (folder);
}

/* Byte-level BPE gives back every text that holds no added token; where a space is put before a text, one in front is lost. */
static void test_exact (gconstpointer name)
{
  CosmosTokenizer *self = open_tokenizer (name);
  bool space_before = strcmp (name, "story") == 0;
  yyjson_doc *texts = read_json ("texts.json");
  int n_exact = 0;
  size_t i, n;
  yyjson_val *value;
  yyjson_arr_foreach (yyjson_doc_get_root (texts), i, n, value) {
    const char *text = yyjson_get_str (value);
    bool added = strstr (text, "<|end|>") || strstr (text, "<x>") || strstr (text, "<y>z");
    static const char *const specials[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    for (size_t j = 0; j < G_N_ELEMENTS (specials) && space_before; j++)
      added = added || strstr (text, specials[j]);
    if (added)
      continue;
    assert_round_trip (self, text, text + (space_before && text[0] == ' '));
    n_exact++;
  }
  g_assert_cmpint (n_exact, >, 1800);
  yyjson_doc_free (texts);
  cosmos_tokenizer_free (self);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  static const char *const names[] = {"story", "byte-pair", "byte-pair-digits", "wordpiece-cased", "wordpiece-uncased"};
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *json = g_strconcat ("/tokenizer/golden/", names[i], NULL), *gguf = g_strconcat (json, "-gguf", NULL);
    g_test_add_data_func (json, names[i], test_golden);
    g_test_add_data_func (gguf, names[i], test_golden_gguf);
    if (i < 3) {
      g_autofree char *exact = g_strconcat (json, "-exact", NULL);
      g_test_add_data_func (exact, names[i], test_exact);
    }
  }
  return g_test_run ();
}
