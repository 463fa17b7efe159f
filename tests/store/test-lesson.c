#include "store/cpg-lessons.h"

#include "../core/file/scratch.h"

#include <string.h>

static CpgLesson *read_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  return cpg_lesson_new (bytes, "a.json", FALSE, error);
}

static void test_whole (void)
{
  static const char text[]
      = "{\"version\":1,\"id\":\"a\",\"title\":\"T\\u00fc\",\"about\":\"A.\",\"minutes\":5,\"steps\":[{\"text\":\"One.\\n\\nTwo.\"},"
        "{\"title\":\"S\",\"text\":\"X\",\"page\":\"explore\",\"experiment\":\"edit\",\"picture\":\"path\",\"noisy\":false,\"run\":true,"
        "\"show\":12,\"hide\":[\"pictures\",\"sessions\"],\"settings\":{\"task\":\"detox\",\"source\":\"a\\nb\",\"seed\":7,"
        "\"sampler\":\"ddim\",\"guidance\":1.5,\"self-conditioning\":false},\"question\":{\"text\":\"Q?\",\"answers\":[{\"text\":\"no\"},"
        "{\"text\":\"yes\",\"why\":\"W.\",\"right\":true}]}}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgLesson) self = read_text (text, &error);
  guint n;
  g_assert_no_error (error);
  g_assert_cmpstr (cpg_lesson_get_id (self), ==, "a");
  g_assert_cmpstr (cpg_lesson_get_title (self), ==, "Tü");
  g_assert_cmpstr (cpg_lesson_get_about (self), ==, "A.");
  g_assert_cmpint (cpg_lesson_get_minutes (self), ==, 5);
  const CpgLessonStep *steps = cpg_lesson_get_steps (self, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (steps[0].text, ==, "One.\n\nTwo.");
  g_assert_cmpstr (steps[0].page, ==, "");
  g_assert_false (steps[0].has_settings || steps[0].run || steps[0].hidden || *steps[0].question);
  g_assert_cmpint (steps[0].noisy, ==, -1);
  g_assert_cmpstr (steps[1].page, ==, "explore");
  g_assert_cmpstr (steps[1].experiment, ==, "edit");
  g_assert_cmpstr (steps[1].picture, ==, "path");
  g_assert_true (steps[1].run && steps[1].noisy == 0 && steps[1].show == 12);
  g_assert_cmpuint (steps[1].hidden, ==, CPG_LESSON_HIDES_SESSIONS | CPG_LESSON_HIDES_PICTURES);
  g_assert_cmpuint (steps[1].n_settings, ==, 6);
  g_assert_cmpstr (steps[1].settings[1].text, ==, "a\nb");
  g_assert_cmpstr (steps[1].settings[2].name, ==, "seed");
  g_assert_cmpfloat (steps[1].settings[2].number, ==, 7);
  g_assert_cmpfloat (steps[1].settings[4].number, ==, 1.5);
  g_assert_cmpfloat (steps[1].settings[5].number, ==, 0);
  g_assert_cmpuint (steps[1].n_answers, ==, 2);
  g_assert_false (steps[1].answers[0].right);
  g_assert_true (steps[1].answers[1].right);
  g_assert_cmpstr (steps[1].answers[1].why, ==, "W.");
}

static void refuses (const char *text, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (read_text (text, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL) && strstr (error->message, "a.json"));
  if (!strstr (error->message, words))
    g_error ("“%s” does not say “%s”", error->message, words);
}

#define LESSON(steps) "{\"id\":\"a\",\"title\":\"T\",\"steps\":[" steps "]}"
#define STEP(members) LESSON ("{\"text\":\"x\"},{\"text\":\"y\"," members "}")

static void test_refused (void)
{
  refuses ("", G_IO_ERROR_NOT_SUPPORTED, "JSON");
  refuses ("[1]", G_IO_ERROR_NOT_SUPPORTED, "no steps");
  refuses ("{\"verb\":\"study\"}", G_IO_ERROR_NOT_SUPPORTED, "no steps");
  refuses ("{\"title\":\"T\",\"steps\":[{\"text\":\"x\"}]}", G_IO_ERROR_INVALID_DATA, "\"id\"");
  refuses ("{\"id\":\"a\",\"steps\":[{\"text\":\"x\"}]}", G_IO_ERROR_INVALID_DATA, "\"title\"");
  refuses ("{\"version\":2,\"id\":\"a\",\"title\":\"T\",\"steps\":[{\"text\":\"x\"}]}", G_IO_ERROR_INVALID_DATA, "newer");
  refuses ("{\"id\":\"a\",\"title\":\"T\",\"stepps\":1,\"steps\":[{\"text\":\"x\"}]}", G_IO_ERROR_INVALID_DATA, "stepps");
  refuses (LESSON (""), G_IO_ERROR_INVALID_DATA, "no steps");
  refuses (LESSON ("7"), G_IO_ERROR_INVALID_DATA, "step 1");
  refuses (LESSON ("{}"), G_IO_ERROR_INVALID_DATA, "\"text\"");
  refuses (STEP ("\"pages\":\"denoise\""), G_IO_ERROR_INVALID_DATA, "step 2, \"pages\": not known");
  refuses (STEP ("\"page\":\"denoize\""), G_IO_ERROR_INVALID_DATA, "\"page\"");
  refuses (STEP ("\"hide\":[\"everything\"]"), G_IO_ERROR_INVALID_DATA, "\"hide\"");
  refuses (STEP ("\"run\":1"), G_IO_ERROR_INVALID_DATA, "\"run\"");
  refuses (STEP ("\"show\":1e90"), G_IO_ERROR_INVALID_DATA, "\"show\"");
  refuses (STEP ("\"show\":1.5"), G_IO_ERROR_INVALID_DATA, "\"show\"");
  refuses (STEP ("\"settings\":[]"), G_IO_ERROR_INVALID_DATA, "\"settings\"");
  refuses (STEP ("\"settings\":{\"sampler\":\"dpm\"}"), G_IO_ERROR_INVALID_DATA, "\"sampler\"");
  refuses (STEP ("\"settings\":{\"steps\":0}"), G_IO_ERROR_INVALID_DATA, "\"steps\"");
  refuses (STEP ("\"settings\":{\"steps\":\"8\"}"), G_IO_ERROR_INVALID_DATA, "\"steps\"");
  refuses (STEP ("\"settings\":{\"temperature\":1}"), G_IO_ERROR_INVALID_DATA, "\"temperature\"");
  refuses (STEP ("\"question\":{\"text\":\"Q\",\"answers\":[{\"text\":\"a\"}]}"), G_IO_ERROR_INVALID_DATA, "right");
  refuses (STEP ("\"question\":{\"text\":\"Q\",\"answers\":[{\"why\":\"a\",\"right\":true}]}"), G_IO_ERROR_INVALID_DATA,
           "answers");
}

/* Those of the program are all there; what a user put beside them comes after them, and what is no good is told. */
static void test_found (void)
{
  g_auto (GStrv) problems = NULL;
  g_autofree char *home = scratch_new (), *folder = g_build_filename (home, "cosmos-playground", "lessons", NULL),
                  *program = g_build_filename (home, "cosmos-playground", NULL),
                  *good = g_build_filename (folder, "b.json", NULL), *bad = g_build_filename (folder, "a.json", NULL);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (good, LESSON ("{\"text\":\"x\"}"), -1, NULL));
  g_assert_true (g_file_set_contents (bad, "{", -1, NULL));
  g_autoptr (GPtrArray) all = cpg_lessons_find (&problems);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_assert_cmpuint (g_strv_length (problems), ==, 1);
  g_assert_true (g_str_has_prefix (problems[0], "“a.json”"));
  g_assert_cmpuint (all->len, ==, 7);
  g_assert_cmpstr (cpg_lesson_get_id (all->pdata[0]), ==, "noise");
  g_assert_cmpstr (cpg_lesson_get_id (all->pdata[6]), ==, "a");
  for (guint i = 0; i < all->len; i++)
    g_assert_true (g_hash_table_add (ids, (gpointer) cpg_lesson_get_id (all->pdata[i])));
  scratch_free (g_steal_pointer (&folder));
  g_rmdir (program);
  g_rmdir (home);
}

static void keep (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

static CpgLesson *load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  cpg_lesson_load_async (file, NULL, keep, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return cpg_lesson_load_finish (result, error);
}

static void test_file (void)
{
  g_autoptr (GError) missing = NULL, endless = NULL;
  g_assert_null (load ("/nothing/there.json", &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (load ("/dev/zero", &endless));
  g_assert_error (endless, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

int main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lesson/whole", test_whole);
  g_test_add_func ("/lesson/refused", test_refused);
  g_test_add_func ("/lesson/found", test_found);
  g_test_add_func ("/lesson/file", test_file);
  return g_test_run ();
}
