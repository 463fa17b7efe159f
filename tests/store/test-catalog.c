#include "store/cpg-catalog.h"
#include "store/cpg-fetch-error.h"

#include "../model-folder.h"

#include <glib/gstdio.h>
#include <string.h>

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define FILES "\"files\":[{\"name\":\"a.gguf\",\"url\":\"https://example.org/a.gguf\",\"size\":5,\"sha256\":\"" SHA "\"}]"
#define MODEL(members) "{\"version\":1,\"models\":[{" members "}]}"
#define HEAD "\"id\":\"a\",\"name\":\"A\",\"kind\":\"bundle\","

static void refuses (const char *text, const char *words)
{
  g_autoptr (CpgCatalog) catalog = cpg_catalog_new ();
  g_autoptr (GError) error = NULL;
  g_assert_false (cpg_catalog_add_data (catalog, text, strlen (text), "mine.json", &error));
  g_assert_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_CATALOG);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "mine.json: ") && g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, words));
  g_assert_cmpuint (cpg_catalog_get_n_models (catalog), ==, 0);
}

static void test_good (void)
{
  static const char text[] = MODEL (
      HEAD "\"description\":\"D\",\"tasks\":[\"story\",\"detox\"],\"parameters\":24000000,\"license\":\"MIT\","
           "\"source\":\"https://example.org/\",\"card\":\"One.\\nTwo.\"," FILES);
  g_autoptr (CpgCatalog) catalog = cpg_catalog_new ();
  g_autoptr (GError) error = NULL;
  guint index;
  g_assert_true (cpg_catalog_add_data (catalog, text, strlen (text), "good", &error));
  CpgCatalogModel *model = cpg_catalog_find (catalog, "a");
  g_autofree char *name = NULL;
  guint64 size;
  gboolean verified;
  g_object_get (model, "name", &name, "size", &size, "verified", &verified, NULL);
  g_assert_cmpstr (name, ==, "A");
  g_assert_cmpuint (size, ==, 5);
  g_assert_true (verified);
  g_assert_cmpstr (cpg_catalog_model_get_card (model), ==, "One.\nTwo.");
  g_assert_cmpstr (cpg_catalog_model_get_tasks (model)[1], ==, "detox");
  g_assert_cmpuint (cpg_catalog_model_get_n_parameters (model), ==, 24000000);
  g_assert_true (cpg_catalog_find_place (catalog, "a.gguf", &index) == model && index == 0);
  g_assert_null (cpg_catalog_find (catalog, "b"));
  g_assert_null (cpg_catalog_find_place (catalog, "a", &index));
}

/* Several files lie in a folder of their own; without a checksum for each it is not verified. */
static void test_places (void)
{
  static const char text[] = MODEL (HEAD "\"files\":[{\"name\":\"x\",\"url\":\"https://example.org/x\"},"
                                         "{\"name\":\"y\",\"url\":\"http://127.0.0.1:8/y\",\"sha256\":\"" SHA "\"}]");
  g_autoptr (CpgCatalog) catalog = cpg_catalog_new ();
  g_assert_true (cpg_catalog_add_data (catalog, text, strlen (text), "good", NULL));
  CpgCatalogModel *model = cpg_catalog_get_model (catalog, 0);
  g_autofree char *place = cpg_catalog_model_get_place (model, 1);
  g_assert_cmpstr (place, ==, "a/y");
  g_assert_false (cpg_catalog_model_is_verified (model));
  g_assert_cmpuint (cpg_catalog_model_get_size (model), ==, 0);
}

static void test_refused (void)
{
  static const struct {
    const char *text, *words;
  } cases[] = {
    {"", "empty"},
    {"[]", "must be an object"},
    {"null", "must be an object"},
    {"{", "Parse error"},
    {"{\"a\"\xd4\x98", "Parse error"}, /* of which the parser shows half a character */
    {"{\"version\":1,\"models\":[],}", "Parse error"},
    {"{}", "version: must be 1"},
    {"{\"version\":2,\"models\":[],\"new\":1}", "newer program"},
    {"{\"version\":1.5}", "version: must be a whole number"},
    {"{\"version\":1}", "models: must be a list"},
    {"{\"version\":1,\"models\":[]}", "models: must be a list of 1 to"},
    {"{\"version\":1,\"models\":[7]}", "models[0]: must be an object"},
    {MODEL ("\"id\":\"a\"") " x", "Parse error"},
    {MODEL ("\"name\":\"A\"," FILES), "models[0].id: is missing"},
    {MODEL ("\"id\":7," FILES), "models[0].id: must be a text"},
    {MODEL ("\"id\":\"A b\"," FILES), "models[0].id: must have at most"},
    {MODEL ("\"id\":\"..\"," FILES), "models[0].id"},
    {MODEL ("\"id\":\"-a\"," FILES), "models[0].id"},
    {MODEL ("\"id\":\"a.gguf\"," FILES), "models[0].id"},
    {MODEL ("\"id\":\"a\",\"name\":\"A\\u001b[2J\",\"kind\":\"bundle\"," FILES), "cannot be seen"},
    {MODEL ("\"id\":\"a\",\"name\":\"A\\u202eB\",\"kind\":\"bundle\"," FILES), "cannot be seen"},
    {MODEL ("\"id\":\"a\",\"name\":\"A\\u0000B\",\"kind\":\"bundle\"," FILES), "a zero"},
    {MODEL ("\"id\":\"a\",\"name\":\"A\",\"kind\":\"virus\"," FILES), "models[0].kind: must be bundle"},
    {MODEL (HEAD "\"tasks\":[]," FILES), "models[0].tasks"},
    {MODEL (HEAD "\"tasks\":[{}]," FILES), "models[0].tasks"},
    {MODEL (HEAD "\"tasks\":[\"A B\"]," FILES), "models[0].tasks"},
    {MODEL (HEAD "\"parameters\":-1," FILES), "parameters: must be a whole number"},
    {MODEL (HEAD "\"parameters\":99999999999999999999999," FILES), "parameters: must be a whole number"},
    {MODEL (HEAD "\"parameters\":1e400," FILES), "parameters: must be a whole number"},
    {MODEL (HEAD "\"source\":\"file:///etc/passwd\"," FILES), "models[0].source: file:///etc/passwd: is refused"},
    {MODEL (HEAD "\"sha265\":\"x\"," FILES), "models[0].sha265: is not known here"},
    {MODEL (HEAD "\"files\":{}"), "models[0].files: must be a list"},
    {MODEL (HEAD "\"files\":[[]]"), "models[0].files[0]: must be an object"},
    {MODEL (HEAD "\"files\":[{\"url\":\"https://e.org/\"}]"), "models[0].files[0].name: is missing"},
    {MODEL (HEAD "\"files\":[{\"name\":\"../a\",\"url\":\"https://e.org/\"}]"), "models[0].files[0].name: a file"},
    {MODEL (HEAD "\"files\":[{\"name\":\".a\",\"url\":\"https://e.org/\"}]"), "files[0].name"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a/b\",\"url\":\"https://e.org/\"}]"), "files[0].name"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\\\\b\",\"url\":\"https://e.org/\"}]"), "files[0].name"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a.part\",\"url\":\"https://e.org/\"}]"), "files[0].name"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a \",\"url\":\"https://e.org/\"}]"), "files[0].name"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\\n\",\"url\":\"https://e.org/\"}]"), "files[0].name"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\"}]"), "files[0].url: is missing"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"http://e.org/a\"}]"), "files[0].url: http://e.org/a: is refused"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"ftp://127.0.0.1/a\"}]"), "files[0].url"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://u:p@e.org/a\"}]"), "files[0].url"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://e.org/a b\"}]"), "files[0].url"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://e.org/\",\"size\":0}]"), "files[0].size"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://e.org/\",\"size\":1099511627777}]"), "files[0].size"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://e.org/\",\"size\":\"5\"}]"), "files[0].size"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://e.org/\",\"sha256\":\"abc\"}]"), "files[0].sha256: must be 64"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://e.org/\",\"sha256\":null}]"), "files[0].sha256: must be a text"},
    {MODEL (HEAD "\"files\":[{\"name\":\"a\",\"url\":\"https://e.org/\"},{\"name\":\"A\",\"url\":\"https://e.org/\"}]"),
     "models[0].files[1].name: is there twice"},
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    refuses (cases[i].text, cases[i].words);
  refuses ("{\"version\":1,\"models\":\"\xff\"}", "not UTF-8");
}

static void test_limits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 200000; i++)
    g_string_append_c (text, '[');
  refuses (text->str, "Parse error");
  g_string_assign (text, "{\"version\":1,\"models\":[{\"id\":\"a\",\"name\":\"");
  for (int i = 0; i < 201; i++)
    g_string_append_c (text, 'a');
  g_string_append (text, "\"}]}");
  refuses (text->str, "models[0].name: must have 1 to 200 bytes");
  g_string_set_size (text, (1 << 20) + 1);
  memset (text->str, ' ', text->len);
  refuses (text->str, "too large");
  g_string_assign (text, "{\"version\":1,\"models\":[");
  for (int i = 0; i < 1001; i++)
    g_string_append (text, i ? ",{}" : "{}");
  g_string_append (text, "]}");
  refuses (text->str, "models: must be a list of 1 to 1000");
}

/* Cut anywhere: refused; with a byte changed anywhere: refused or read whole, but never more. */
static void test_cut (void)
{
  static const char text[] = MODEL (HEAD "\"tasks\":[\"story\"],\"card\":\"One \\u00e9.\"," FILES);
  gsize size = strlen (text);
  for (gsize length = 0; length < size; length++) {
    g_autofree char *cut = g_strndup (text, length);
    refuses (cut, "mine.json: ");
  }
  for (gsize i = 0; i < size; i++) {
    g_autoptr (CpgCatalog) catalog = cpg_catalog_new ();
    g_autoptr (GError) error = NULL;
    g_autofree char *changed = g_memdup2 (text, size); /* to the byte, so that the sanitizer sees its end */
    changed[i] ^= (char) g_test_rand_int_range (1, 256);
    gboolean taken = cpg_catalog_add_data (catalog, changed, size, "mine.json", &error);
    g_assert_true (taken == (error == NULL));
    g_assert_cmpuint (cpg_catalog_get_n_models (catalog), ==, taken);
    g_assert_true (taken || g_utf8_validate (error->message, -1, NULL));
  }
}

/* A catalogue must not say anew what another one has said, nor take its file. */
static void test_twice (void)
{
  static const char first[] = MODEL (HEAD FILES), other_id[] = MODEL ("\"id\":\"b\",\"name\":\"B\",\"kind\":\"bundle\"," FILES);
  g_autoptr (CpgCatalog) catalog = cpg_catalog_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (cpg_catalog_add_data (catalog, first, strlen (first), "first", &error));
  g_assert_false (cpg_catalog_add_data (catalog, first, strlen (first), "second", &error));
  g_assert_nonnull (strstr (error->message, "second: the model “a” is in a catalogue already"));
  g_clear_error (&error);
  g_assert_false (cpg_catalog_add_data (catalog, other_id, strlen (other_id), "third", &error));
  g_assert_nonnull (strstr (error->message, "third: the model “b” would take the name"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (catalog)), ==, 1);
}

/* The bundled one is right, and those of the user are added or refused one by one. */
static void test_default (void)
{
  char *home = model_folder_new_temporary ();
  g_autofree char *data = g_build_filename (home, "data", NULL),
                  *folder = g_build_filename (data, "cosmos-playground", "catalogs", NULL);
  g_autofree char *good = g_build_filename (folder, "good.json", NULL), *bad = g_build_filename (folder, "bad.json", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (good, MODEL (HEAD FILES), -1, NULL);
  g_file_set_contents (bad, "{\"version\":1}", -1, NULL);
  g_auto (GStrv) problems = NULL;
  g_autoptr (CpgCatalog) catalog = cpg_catalog_new_default (&problems);
  g_assert_cmpuint (g_strv_length (problems), ==, 1);
  g_assert_true (g_str_has_prefix (problems[0], "bad.json: models: "));
  g_assert_nonnull (cpg_catalog_find (catalog, "a"));
  CpgCatalogModel *model = cpg_catalog_find (catalog, "stories15m-q4-0");
  g_assert_nonnull (model);
  g_assert_true (cpg_catalog_model_is_verified (model));
  g_assert_true (cpg_catalog_model_is_verified (cpg_catalog_find (catalog, "smollm2-135m-instruct-q8-0")));
  g_assert_true (cpg_catalog_model_is_verified (cpg_catalog_find (catalog, "smollm2-135m-instruct-q4-1")));
  /* Nobody has published a checksum of the authors' files: the program asks first. */
  g_assert_false (cpg_catalog_model_is_verified (cpg_catalog_find (catalog, "cosmos-diffusion-rocstories-16")));
  for (guint i = 0; i < cpg_catalog_get_n_models (catalog); i++)
    for (guint k = 0; k < cpg_catalog_model_get_n_files (cpg_catalog_get_model (catalog, i)); k++)
      g_assert_true (g_str_has_prefix (cpg_catalog_model_get_file (cpg_catalog_get_model (catalog, i), k)->url, "https://"));
  model_folder_remove (home);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/good", test_good);
  g_test_add_func ("/catalog/places", test_places);
  g_test_add_func ("/catalog/refused", test_refused);
  g_test_add_func ("/catalog/limits", test_limits);
  g_test_add_func ("/catalog/cut", test_cut);
  g_test_add_func ("/catalog/twice", test_twice);
  g_test_add_func ("/catalog/default", test_default);
  return g_test_run ();
}
