#include "command.h"

#include "store/cpg-session-log.h"
#include <glib/gstdio.h>
#include <string.h>

static char *log_path;
static char *owl_id;

static void take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Two runs, as the window would have written them. */
static void make_log (void)
{
  static const char *const titles[] = {"The owl", ""};
  CpgSessionLog *log;
  log_path = command_path ("sessions.db");
  log = cpg_session_log_new (log_path);
  for (int i = 0; i < 2; i++) {
    CpgLogRun *run = cpg_log_run_new ();
    CpgLogStep *step = cpg_log_step_new ();
    GAsyncResult *result = NULL;
    run->title = g_strdup (titles[i]);
    run->task = g_strdup ("story");
    run->seed = G_MAXUINT64;
    run->settings = g_strdup ("{\"steps\":1}");
    run->output = g_strdup (i ? "A fox\nran." : "An owl saw the moon.");
    run->tags = i ? g_strdupv ((char *[]) {"good", NULL}) : NULL;
    run->state = CPG_LOG_DONE;
    step->decoded = TRUE;
    step->text = g_strdup ("An ox");
    run->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_step_free);
    g_ptr_array_add (run->steps, step);
    cpg_session_log_begin_run_async (log, run, NULL, take_result, &result);
    while (!result)
      g_main_context_iteration (NULL, TRUE);
    g_assert_true (cpg_session_log_write_finish (log, result, NULL));
    g_object_unref (result);
    if (i == 0)
      owl_id = g_strdup (run->id);
    cpg_log_run_free (run);
  }
  g_object_unref (log);
}

#define SESSIONS(...) "sessions", __VA_ARGS__, "--log", log_path

static guint lines (char *out)
{
  guint n = 0;
  for (const char *at = out; (at = strchr (at, '\n')); at++)
    n++;
  g_free (out);
  return n;
}

static void list_and_search (void)
{
  char *all = command_out (0, SESSIONS ("list"), NULL);
  g_assert_nonnull (strstr (all, "done"));
  g_assert_nonnull (strstr (all, "story"));
  g_assert_nonnull (strstr (all, "The owl\n"));
  g_assert_nonnull (strstr (all, "A fox ran.\n"));
  g_assert_true (strstr (all, "fox") < strstr (all, "owl")); /* the newest first */
  g_assert_cmpuint (lines (all), ==, 2);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list", "--limit", "1"), NULL)), ==, 1);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list", "--tag", "good"), NULL)), ==, 1);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list", "--task", "detox"), NULL)), ==, 0);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list", "--setting", "steps=1"), NULL)), ==, 2);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list", "--setting", "steps=2"), NULL)), ==, 0);
  command_fails (2, "NAME=VALUE", SESSIONS ("list", "--setting", "steps"), NULL);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("search", "moo", "OWL"), NULL)), ==, 1);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("search", "\" AND *", "fox"), NULL)), ==, 0);
  JsonObject *object = command_json ("sessions", SESSIONS ("search", "moon", "--json"), NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, owl_id);
  g_assert_cmpstr (json_object_get_string_member (object, "excerpt"), ==, "An owl saw the moon.");
  g_assert_false (json_object_has_member (object, "steps"));
  json_object_unref (object);
}

static void show (void)
{
  char *page = command_out (0, SESSIONS ("show", owl_id, "2"), NULL);
  g_assert_nonnull (strstr (page, "seed         18446744073709551615\n"));
  g_assert_nonnull (strstr (page, "settings     {\"steps\":1}\n"));
  g_assert_nonnull (strstr (page, "text         A fox ran.\n"));
  g_free (page);
  JsonObject *object = command_json ("sessions", SESSIONS ("show", "1", "--json"), NULL);
  JsonArray *steps = json_object_get_array_member (object, "steps");
  g_assert_cmpuint (json_array_get_length (steps), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (steps, 0), "text"), ==, "An ox");
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "settings"), "steps"), ==, 1);
  json_object_unref (object);
}

static void delete_and_restore (void)
{
  command_fails (1, "has no run 77", SESSIONS ("delete", "1", "77"), NULL);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list"), NULL)), ==, 2);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("delete", "1", "2"), NULL)), ==, 0);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list"), NULL)), ==, 0);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list", "--deleted"), NULL)), ==, 2);
  JsonObject *object = command_json ("sessions", SESSIONS ("restore", "2", "1", "--json"), NULL);
  g_assert_true (json_object_get_boolean_member (object, "restored"));
  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, owl_id);
  json_object_unref (object);
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list"), NULL)), ==, 2);
}

static void exchange (void)
{
  char *file = command_path ("two.cosmosrun"), *other = command_path ("other.db"), *junk = command_path ("junk.cosmosrun");
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("export", "1", "2", "--output", file), NULL)), ==, 0);
  char *said = command_out (0, "sessions", "import", file, "--log", other, NULL);
  g_assert_nonnull (strstr (said, "2 runs, 2 of them new"));
  g_free (said);
  said = command_out (0, "sessions", "import", file, "--log", other, NULL);
  g_assert_nonnull (strstr (said, "2 runs, 0 of them new"));
  g_free (said);
  JsonObject *object = command_json ("sessions", "sessions", "show", owl_id, "--log", other, "--json", NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "title"), ==, "The owl");
  json_object_unref (object);
  json_object_unref (command_json ("sessions", "sessions", "import", file, "--log", other, "--json", NULL));
  g_assert_true (g_file_set_contents (junk, "no archive", -1, NULL));
  command_fails (1, "junk.cosmosrun: The file cannot be imported", "sessions", "import", junk, "--log", other, NULL);
  command_fails (2, "--output", SESSIONS ("export", "1"), NULL);
  command_fails (1, "nowhere", SESSIONS ("export", "1", "--output", "/nowhere/x.cosmosrun"), NULL);
  g_free (file);
  g_free (other);
  g_free (junk);
}

/* ---- again ---- */

/* Its id. Takes the run. */
static char *write_run (CpgLogRun *run)
{
  CpgSessionLog *log = cpg_session_log_new (log_path);
  GAsyncResult *result = NULL;
  cpg_session_log_begin_run_async (log, run, NULL, take_result, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cpg_session_log_write_finish (log, result, NULL));
  g_object_unref (result);
  g_object_unref (log);
  char *id = g_strdup (run->id);
  cpg_log_run_free (run);
  return id;
}

/* A run by the tiny model that is in the folder of the test. hash, engine, program: as the log says. */
static char *add_run (const char *hash, const char *sha256, const char *engine, const char *program, const char *parent)
{
  CpgLogRun *run = cpg_log_run_new ();
  run->task = g_strdup ("story");
  run->seed = parent ? 8 : 7;
  run->settings = g_strdup ("{\"steps\":4,\"sampler\":\"dpm-sde\"}");
  run->model_name = g_strdup ("Tiny");
  run->model_path = command_path ("story-first.gguf");
  run->model_sha256 = g_strdup (sha256);
  run->engine = g_strdup (engine);
  run->program = g_strdup (program);
  run->state = CPG_LOG_DONE;
  run->output_hash = g_strdup (hash);
  run->parent = g_strdup (parent);
  run->branched = parent ? 2 : 0;
  return write_run (run);
}

static JsonObject *again_json (int code, const char *id, const char *reason)
{
  Result result = command_run (NULL, SESSIONS ("again", id, "--json"), NULL);
  g_assert_cmpint (result.code, ==, code);
  g_autoptr (JsonNode) node = json_from_string (result.out, NULL);
  JsonObject *object = json_object_ref (json_node_get_object (node));
  g_assert_cmpint (json_object_get_boolean_member (object, "identical"), ==, code == 0);
  if (reason)
    g_assert_nonnull (strstr (json_object_get_string_member (object, "reason"), reason));
  result_clear (&result);
  return object;
}

static void again_fails (const char *id, const char *reason)
{
  JsonObject *object = again_json (3, id, reason);
  json_object_unref (object);
}

/* Of so little strength the source comes back, which from noise it does not. */
static void again_from_source (void)
{
  static const char SOURCE[] = "we had a good time in the mountains";
  for (int little = 0; little < 2; little++) {
    CpgLogRun *run = cpg_log_run_new ();
    run->task = g_strdup ("detox");
    run->source = g_strdup (SOURCE);
    run->seed = 3;
    run->settings = g_strdup_printf ("{\"steps\":4,\"strength\":%s}", little ? "0.1" : "1");
    run->model_name = g_strdup ("playground");
    run->model_path = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "playground.gguf", NULL);
    run->state = CPG_LOG_DONE;
    g_autofree char *id = write_run (run);
    JsonObject *object = again_json (3, id, NULL);
    g_assert_cmpint (g_str_equal (json_object_get_string_member (object, "text"), SOURCE), ==, little);
    json_object_unref (object);
  }
}

static void again (void)
{
  g_autofree char *unfinished = add_run ("", "", "", "", NULL);
  JsonObject *object = again_json (3, unfinished, "did not reach its end");
  g_autofree char *hash = g_strdup (json_object_get_string_member (object, "output_hash")),
                  *sha256 = g_strdup (json_object_get_string_member (object, "model_sha256")),
                  *engine = g_strdup (json_object_get_string_member (object, "compute"));
  json_object_unref (object);

  g_autofree char *good = add_run (hash, sha256, engine, "0.0.1", NULL);
  json_object_unref (again_json (0, good, NULL)); /* the same bits, whatever the version */
  char *text = command_out (0, SESSIONS ("again", good), NULL);
  g_assert_cmpuint (lines (text), ==, 1);

  g_autofree char *model = add_run ("other", "00ff", engine, "0.0.1", NULL),
                  *compute = add_run ("other", sha256, "Abacus f64", "0.0.1", NULL),
                  *program = add_run ("other", sha256, engine, "0.0.1", NULL),
                  *computer = add_run ("other", sha256, engine, "", NULL);
  again_fails (model, "the model file is another one");
  again_fails (compute, "computed with Abacus f64");
  again_fails (program, "version 0.0.1 of the program");
  again_fails (computer, "another computer");
  command_fails (2, "one RUN", SESSIONS ("again", model, compute), NULL);

  /* Another arithmetic than the log's, by wish. */
  if (!g_str_equal (engine, "OpenBLAS f32")) {
    Result other = command_run (NULL, SESSIONS ("again", good, "--compute", "openblas"), NULL);
    g_assert_true (other.code == 0 || (other.code == 3 && strstr (other.err, "this one with OpenBLAS f32")));
    result_clear (&other);
  }

  /* Another seed is no comparison. */
  object = command_json ("sessions", SESSIONS ("again", good, "--seed", "9", "--json"), NULL);
  g_assert_cmpint (json_object_get_int_member (object, "seed"), ==, 9);
  g_assert_cmpstr (json_object_get_string_member (object, "output_hash"), !=, hash);
  g_assert_cmpstr (json_object_get_string_member (object, "reason"), ==, "it has another seed");
  json_object_unref (object);

  /* A branch is made behind the run that it comes from. */
  g_autofree char *branch = add_run ("", "", "", "", good);
  object = again_json (3, branch, NULL);
  g_autofree char *branch_hash = g_strdup (json_object_get_string_member (object, "output_hash"));
  g_assert_cmpstr (branch_hash, !=, hash);
  json_object_unref (object);
  g_autofree char *whole = add_run (branch_hash, sha256, engine, "", good), *orphan = add_run ("", "", "", "", "no such run");
  json_object_unref (again_json (0, whole, NULL));
  command_fails (1, "not in the log any more", SESSIONS ("again", orphan), NULL);
}

/* ---- trainings ---- */

/* Texts and a recipe of a few steps in the folder of the test. */
static void make_texts (char **recipe, char **data)
{
  g_autofree char *tiny = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "recipes", "tiny.ini", NULL), *text = NULL;
  g_autoptr (GString) texts = g_string_new (NULL), short_recipe = NULL;
  *data = command_path ("texts");
  *recipe = command_path ("short.ini");
  g_autofree char *story = g_build_filename (*data, "story", NULL);
  g_assert_cmpint (g_mkdir_with_parents (story, 0777), ==, 0);
  for (int i = 0; i < 200; i++)
    g_string_append_printf (texts, "{\"text\":\"The %s saw %d mice.\"}\n", i % 2 ? "owl" : "cat", i);
  for (int i = 0; i < 2; i++) {
    g_autofree char *path = g_build_filename (story, i ? "valid.jsonl" : "train.jsonl", NULL);
    g_assert_true (g_file_set_contents (path, texts->str, -1, NULL));
  }
  g_assert_true (g_file_get_contents (tiny, &text, NULL, NULL));
  short_recipe = g_string_new (text);
  g_string_replace (short_recipe, "steps = 800", "steps = 3", 0);
  g_assert_true (g_file_set_contents (*recipe, short_recipe->str, -1, NULL));
}

static void remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  for (const char *name; folder && (name = g_dir_read_name (folder));) {
    g_autofree char *inside = g_build_filename (path, name, NULL);
    remove_tree (inside);
  }
  g_remove (path);
}

static void training (void)
{
  g_autofree char *recipe = NULL, *data = NULL, *out = command_path ("trained"), *missing = command_path ("missing.db");
  make_texts (&recipe, &data);
  g_free (
      command_out (0, "train", recipe, "--data", data, "--out", out, "--stage", "encoder", "--no-log", "--log", log_path, NULL));
  g_assert_cmpuint (lines (command_out (0, SESSIONS ("list", "--training"), NULL)), ==, 0);
  g_free (command_out (0, "train", recipe, "--data", data, "--out", out, "--stage", "encoder", "--log", missing, NULL));
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS)); /* a training makes no log */
  g_free (command_out (0, "train", recipe, "--data", data, "--out", out, "--stage", "encoder", "--log", log_path, NULL));
  char *list = command_out (0, SESSIONS ("list", "--training"), NULL);
  g_assert_nonnull (strstr (list, "done         encoder      tiny  step 3"));
  g_assert_cmpuint (lines (list), ==, 1);
  JsonObject *object = command_json ("sessions", SESSIONS ("list", "--training", "--json"), NULL);
  g_assert_cmpint (json_object_get_int_member (object, "step"), ==, 3);
  g_assert_true (json_object_has_member (json_object_get_object_member (object, "measures"), "loss"));
  json_object_unref (object);
  remove_tree (data);
  remove_tree (out);
}

static void wrong_words (void)
{
  char *missing = command_path ("missing.db"), *junk = command_path ("junk.db");
  command_fails (2, "needs ACTION", "sessions", NULL);
  command_fails (2, "did you mean search?", "sessions", "serch", NULL);
  command_fails (2, "takes no more words", SESSIONS ("list", "1"), NULL);
  command_fails (2, "takes RUN...", SESSIONS ("show"), NULL);
  command_fails (1, "There is no session log", "sessions", "list", "--log", missing, NULL);
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (junk, "This is no database but a letter of some length, as letters are.", -1, NULL));
  command_fails (1, "is damaged", "sessions", "list", "--log", junk, NULL);
  g_free (missing);
  g_free (junk);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_start ();
  make_log ();
  g_test_add_func ("/sessions/list-and-search", list_and_search);
  g_test_add_func ("/sessions/show", show);
  g_test_add_func ("/sessions/delete-and-restore", delete_and_restore);
  g_test_add_func ("/sessions/exchange", exchange);
  g_test_add_func ("/sessions/again", again);
  g_test_add_func ("/sessions/again-from-source", again_from_source);
  g_test_add_func ("/sessions/training", training);
  g_test_add_func ("/sessions/wrong-words", wrong_words);
  int result = g_test_run ();
  g_free (owl_id);
  g_free (log_path);
  command_finish ();
  return result;
}
