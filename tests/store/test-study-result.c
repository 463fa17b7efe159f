#include "store/cpg-study-result.h"

#include <glib/gstdio.h>
#include <math.h>

static CpgStudyResult *read_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  return cpg_study_result_new (bytes, "a.json", error);
}

static const char whole[]
    = "{\"verb\":\"study\",\"what\":\"noise\",\"facts\":{\"model\":\"M\\u00fc\\nx\",\"texts\":200,\"guidance\":1.5,\"none\":null},"
      "\"tables\":[{\"key\":\"noise\",\"title\":\"T\",\"row_label\":\"model\",\"columns\":[{\"key\":\"sigma\",\"label\":\"sigma\","
      "\"digits\":2},{\"key\":\"mse\",\"label\":\"MSE\"}],\"rows\":[{\"name\":\"M\",\"sigma\":0.5,\"mse\":null},{\"name\":\"N\",\"mse\":2}]},"
      "{\"key\":\"none\"}],\"charts\":[{\"table\":\"noise\",\"x\":\"sigma\",\"y\":\"mse\",\"log_x\":true}],\"notes\":[\"One.\",\"Two.\"],"
      "\"later\":{\"a\":[1]}}";

static void test_whole (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgStudyResult) self = read_text (whole, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cpg_study_result_get_name (self), ==, "a.json");
  g_assert_cmpstr (cpg_study_result_get_verb (self), ==, "study");
  g_assert_cmpstr (cpg_study_result_get_what (self), ==, "noise");
  guint n;
  cpg_study_result_get_facts (self, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (cpg_study_result_find_fact (self, "model"), ==, "Mü x");
  g_assert_cmpstr (cpg_study_result_find_fact (self, "texts"), ==, "200");
  g_assert_cmpstr (cpg_study_result_find_fact (self, "guidance"), ==, "1.5");
  g_assert_cmpstr (cpg_study_result_find_fact (self, "none"), ==, "");
  g_assert_null (cpg_study_result_find_fact (self, "judge"));
  const CpgStudyTable *table = cpg_study_result_get_tables (self, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (cpg_study_result_find_table (self, "noise") == table);
  g_assert_null (cpg_study_result_find_table (self, "other"));
  g_assert_cmpint (cpg_study_table_find_column (table, "mse"), ==, 1);
  g_assert_cmpint (cpg_study_table_find_column (table, "name"), ==, -1);
  g_assert_cmpstr (table->row_label, ==, "model");
  g_assert_cmpint (table->columns[0].digits, ==, 2);
  g_assert_cmpint (table->columns[1].digits, ==, 3);
  g_assert_cmpfloat (table->rows[0].values[0], ==, .5);
  g_assert_true (isnan (table->rows[0].values[1]) && isnan (table->rows[1].values[0]));
  const CpgStudyChart *chart = cpg_study_result_get_charts (self, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (chart->table == 0 && chart->x == 0 && chart->y == 1 && chart->log_x);
  g_assert_cmpstr (cpg_study_result_get_notes (self)[1], ==, "Two.");
  g_assert_null (cpg_study_result_get_notes (self)[2]);
  g_assert_cmpuint (g_bytes_get_size (cpg_study_result_get_json (self)), ==, strlen (whole));
}

static void test_alike (void)
{
  g_autoptr (CpgStudyResult) a = read_text ("{\"verb\":\"study\",\"what\":\"noise\"}", NULL),
                             b = read_text ("{\"verb\":\"evaluate\",\"what\":\"noise\"}", NULL),
                             c = read_text ("{\"verb\":\"study\",\"what\":\"normalisation\"}", NULL),
                             d = read_text ("{\"verb\":\"study\",\"what\":\"noise\",\"facts\":{\"seed\":1}}", NULL);
  g_assert_true (cpg_study_result_is_alike (a, d));
  g_assert_false (cpg_study_result_is_alike (a, b));
  g_assert_false (cpg_study_result_is_alike (a, c));
}

#define STUDY "{\"verb\":\"study\",\"what\":\"noise\","
#define TABLE STUDY "\"tables\":[{\"key\":\"t\",\"columns\":[{\"key\":\"x\"}]"

static void test_refused (void)
{
  static const struct {
    const char *json, *words;
  } cases[] = {
    {"", "no JSON"},
    {"{", "no JSON"},
    {"{\"verb\":\"\xff\"}", "no JSON"},
    {"[]", "no result of a study"},
    {"{}", "no result of a study"},
    {"{\"verb\":\"study\"}", "no result of a study"},
    {"{\"verb\":\"rm\",\"what\":\"noise\"}", "no result of a study"},
    {"{\"verb\":1,\"what\":\"noise\"}", "no result of a study"},
    {STUDY "\"facts\":[]}", "\"facts\": no object"},
    {STUDY "\"facts\":{\"a\":{}}}", "\"a\": no text"},
    {STUDY "\"tables\":{}}", "\"tables\": no list"},
    {STUDY "\"tables\":[1]}", "\"tables\": one without a key"},
    {STUDY "\"tables\":[{\"key\":\"t\\u0000\"}]}", "\"key\": a text with a zero"},
    {STUDY "\"tables\":[{\"key\":\"t\",\"columns\":[{}]}]}", "\"columns\": one without a key"},
    {TABLE ",\"rows\":[{\"x\":\"1\"}]}]}", "\"x\": no number"},
    {TABLE ",\"rows\":[{\"x\":1e999}]}]}", "no JSON"},
    {TABLE "}],\"charts\":[{\"table\":\"t\",\"x\":\"x\",\"y\":\"z\"}]}", "\"y\": no column"},
    {TABLE "}],\"charts\":[{\"table\":\"u\",\"x\":\"x\",\"y\":\"x\"}]}", "\"x\": no column"},
    {STUDY "\"notes\":[7]}", "\"notes\": no text"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (read_text (cases[i].json, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_nonnull (strstr (error->message, "a.json"));
    g_assert_nonnull (strstr (error->message, cases[i].words));
  }
}

/* One more of each than there may be. */
static void test_too_many (void)
{
  static const struct {
    const char *before, *item, *after;
    int most;
  } cases[] = {
    {STUDY "\"tables\":[", "{\"key\":\"t\"}", "]}", CPG_STUDY_RESULT_TABLES},
    {STUDY "\"tables\":[{\"key\":\"t\",\"columns\":[", "{\"key\":\"c\"}", "]}]}", CPG_STUDY_RESULT_COLUMNS},
    {TABLE ",\"rows\":[", "{}", "]}]}", CPG_STUDY_RESULT_ROWS},
    {STUDY "\"notes\":[", "\"\"", "]}", CPG_STUDY_RESULT_NOTES},
    {STUDY "\"facts\":{", "\"f\":1", "}}", CPG_STUDY_RESULT_FACTS},
    {STUDY "\"what\":\"", "x", "\"}", 0}, /* the first of two that have one key counts */
    {TABLE "}],\"charts\":[", "{\"table\":\"t\",\"x\":\"x\",\"y\":\"x\"}", "]}", CPG_STUDY_RESULT_CHARTS},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int more = 0; more < 2; more++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = g_string_new (cases[i].before);
      const char *comma = cases[i].most ? "," : "";
      for (int k = 0; k < cases[i].most + more; k++)
        g_string_append_printf (text, "%s%s", k ? comma : "", cases[i].item);
      g_string_append (text, cases[i].after);
      g_autoptr (CpgStudyResult) self = read_text (text->str, &error);
      g_assert_true ((self != NULL) == (more == 0 || cases[i].most == 0));
      g_assert_true (self || strstr (error->message, "too long"));
    }
  g_autofree char *large = g_malloc0 (CPG_STUDY_RESULT_BYTES + 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static (large, CPG_STUDY_RESULT_BYTES + 1);
  g_autoptr (GError) error = NULL;
  g_assert_null (cpg_study_result_new (bytes, "a.json", &error));
  g_assert_nonnull (strstr (error->message, "too large"));
}

static void take (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

static CpgStudyResult *load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  cpg_study_result_load_async (file, NULL, take, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return cpg_study_result_load_finish (result, error);
}

static void test_file (void)
{
  g_autoptr (GError) error = NULL, missing = NULL, endless = NULL;
  g_autofree char *folder = g_dir_make_tmp ("cosmos-study-XXXXXX", NULL), *path = g_build_filename (folder, "b.json", NULL);
  g_assert_true (g_file_set_contents (path, whole, -1, NULL));
  g_autoptr (CpgStudyResult) self = load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cpg_study_result_get_name (self), ==, "b.json");
  g_remove (path);
  g_rmdir (folder);
  g_assert_null (load (path, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (load ("/dev/zero", &endless));
  g_assert_error (endless, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study-result/whole", test_whole);
  g_test_add_func ("/study-result/alike", test_alike);
  g_test_add_func ("/study-result/refused", test_refused);
  g_test_add_func ("/study-result/too-many", test_too_many);
  g_test_add_func ("/study-result/file", test_file);
  return g_test_run ();
}
