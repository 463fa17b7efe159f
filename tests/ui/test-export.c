/* Every format, made of a run of the bundled model and of texts that mean harm, and read back; without a display. */
#include "app/export/cpg-export-private.h"

#include "../engine/fixture.h"

#include <errno.h>
#include <gif_lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/resource.h>

enum { STEPS = 12 };
#define HOSTILE "=1+1, \"q\" </script><b>&amp; |`*_\\ \u2028 \xf0\x9f\x98\x80 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\nsecond"

typedef struct {
  CpgEngine *engine;
  CpgRun *run;
  char *folder;
} Fixture;

static void set_up (Fixture *fixture, gconstpointer data)
{
  /* Only what is shown is read, so that an export has to ask. */
  g_autoptr (CpgSettings) settings = fixture_settings (STEPS, 7);
  g_object_set (settings, "decode-every", 0, NULL);
  fixture->engine = fixture_engine (NULL);
  fixture->run = cpg_engine_start_run (fixture->engine, settings);
  cpg_run_set_may_follow (fixture->run, FALSE);
  fixture_finish (fixture->run);
  cpg_run_set_current_step (fixture->run, 5);
  fixture->folder = g_dir_make_tmp ("export-XXXXXX", NULL);
}

static void tear_down (Fixture *fixture, gconstpointer data)
{
  const char *name;
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (folder))) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_remove (path);
  }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_object_unref (fixture->run);
  g_object_unref (fixture->engine);
}

/* ---- exporting ---- */

typedef struct {
  GAsyncResult *result;
  double fraction;
  int n_told;
} Answer;

static void on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Answer *) data)->result = g_object_ref (result);
}

static void on_progress (double fraction, gpointer data)
{
  Answer *answer = data;
  g_assert_cmpfloat (fraction, >=, answer->fraction);
  g_assert_cmpfloat (fraction, <=, 1);
  answer->fraction = fraction;
  answer->n_told++;
}

static gboolean export_to (Fixture *fixture, const char *id, gboolean whole, const char *path, GCancellable *cancellable,
                           GError **error)
{
  Answer answer = {0};
  g_autoptr (GFile) file = g_file_new_for_path (path);
  cpg_export_async (fixture->run, whole, cpg_export_find_format (id), file, cancellable, on_progress, &answer, on_answer,
                    &answer);
  fixture_wait_until (answer.result);
  g_autoptr (GAsyncResult) result = answer.result;
  return cpg_export_finish (fixture->run, result, error);
}

/* The file's bytes, NUL behind them. */
static char *export (Fixture *fixture, const char *id, gboolean whole, gsize *length)
{
  g_autoptr (GError) error = NULL;
  const CpgExportFormat *format = cpg_export_find_format (id);
  g_autofree char *name = cpg_export_suggest_name (fixture->run, format, whole);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  char *bytes;
  export_to (fixture, id, whole, path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &bytes, length, &error));
  const char *kept = g_getenv ("EXPORTS"); /* to look at */
  if (kept) {
    g_autofree char *copy = g_build_filename (kept, name, NULL);
    g_mkdir_with_parents (kept, 0755);
    g_assert_true (g_file_set_contents (copy, bytes, (gssize) *length, NULL));
  }
  return bytes;
}

static JsonObject *parse (JsonParser *parser, const char *text, gssize length)
{
  g_autoptr (GError) error = NULL;
  json_parser_load_from_data (parser, text, length, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

/* ---- the table ---- */

static void test_table (void)
{
  int n;
  const CpgExportFormat *const *formats = cpg_export_get_formats (&n);
  g_assert_cmpint (n, ==, 8);
  for (int i = 0; i < n; i++) {
    g_assert_true (cpg_export_find_format (cpg_export_format_get_id (formats[i])) == formats[i]);
    g_assert_true (cpg_export_format_is_for (formats[i], TRUE) || cpg_export_format_is_for (formats[i], FALSE));
    g_assert_cmpuint (strlen (cpg_export_format_get_purpose (formats[i])), >, 5);
    g_assert_nonnull (strchr (cpg_export_format_get_mime (formats[i]), '/'));
  }
  g_assert_null (cpg_export_find_format ("docx"));
}

static void test_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *run = cpg_export_suggest_name (fixture->run, cpg_export_find_format ("json"), TRUE);
  g_autofree char *step = cpg_export_suggest_name (fixture->run, cpg_export_find_format ("png"), FALSE);
  g_assert_cmpstr (run, ==, "story-7.json");
  g_assert_cmpstr (step, ==, "story-7-step-6.png");
}

/* ---- data ---- */

static void test_json (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = export (fixture, "json", TRUE, &length);
  JsonObject *root = parse (parser, text, (gssize) length), *model = json_object_get_object_member (root, "model");
  JsonObject *settings = json_object_get_object_member (root, "settings");
  JsonArray *steps = json_object_get_array_member (root, "steps");
  g_assert_cmpstr (json_object_get_string_member (root, "format"), ==, "cosmos-run");
  g_assert_cmpstr (json_object_get_string_member (root, "state"), ==, "done");
  g_assert_cmpstr (json_object_get_string_member (root, "shown"), ==, "x0");
  g_assert_cmpstr (json_object_get_string_member (root, "result"), ==, cpg_step_get_text (cpg_run_get_result (fixture->run)));
  g_assert_cmpstr (json_object_get_string_member (model, "file"), ==, "story-first.gguf");
  g_assert_cmpuint (strlen (json_object_get_string_member (model, "sha256")), ==, 64);
  g_assert_cmpstr (json_object_get_string_member (settings, "seed"), ==, "7");
  g_assert_cmpint (json_object_get_int_member (settings, "steps"), ==, STEPS);
  g_assert_true (json_object_get_null_member (settings, "schedule-d"));
  g_assert_cmpuint (json_array_get_length (steps), ==, STEPS);
  g_assert_true (json_object_get_null_member (json_array_get_object_element (steps, 0), "change"));
  for (int i = 0; i < STEPS; i++) {
    JsonObject *step = json_array_get_object_element (steps, (guint) i);
    CpgStep *original = cpg_run_get_step (fixture->run, i);
    JsonArray *tokens = json_object_get_array_member (step, "tokens");
    int n;
    const CpgToken *token = cpg_step_get_tokens (original, &n);
    g_assert_true (cpg_step_is_decoded (original));
    g_assert_cmpint (json_object_get_int_member (step, "step"), ==, i + 1);
    /* to the last bit */
    g_assert_cmpfloat (json_object_get_double_member (step, "sigma"), ==, cpg_step_get_sigma (original));
    g_assert_cmpstr (json_object_get_string_member (step, "text"), ==, cpg_step_get_text (original));
    g_assert_cmpint ((int) json_array_get_length (tokens), ==, n);
    JsonObject *first = json_array_get_object_element (tokens, 0);
    g_assert_cmpfloat ((float) json_object_get_double_member (first, "probability"), ==, token->guess.probability);
    g_assert_cmpint (json_object_get_int_member (first, "id"), ==, token->guess.id);
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (first, "alternatives")), ==, COSMOS_TOP_K);
  }
}

static void test_json_step (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autoptr (JsonParser) parser = json_parser_new ();
  cpg_run_set_show (fixture->run, COSMOS_SHOW_XT);
  g_autofree char *text = export (fixture, "json", FALSE, &length);
  JsonObject *root = parse (parser, text, (gssize) length), *step = json_object_get_object_member (root, "step");
  g_assert_cmpstr (json_object_get_string_member (root, "format"), ==, "cosmos-step");
  g_assert_cmpstr (json_object_get_string_member (root, "shown"), ==, "x_t");
  g_assert_false (json_object_has_member (root, "steps"));
  g_assert_cmpint (json_object_get_int_member (step, "step"), ==, 6);
  g_assert_cmpstr (json_object_get_string_member (step, "text"), ==, cpg_step_get_text (cpg_run_get_current (fixture->run)));
}

/* Rows of a CSV: cells that end where a comma or a line end stands outside quotes. */
static GPtrArray *split_csv (const char *text)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GStrvBuilder) row = g_strv_builder_new ();
  g_autoptr (GString) cell = g_string_new (NULL);
  gboolean quoted = FALSE;
  for (const char *c = text; *c; c++) {
    if (*c == '"' && quoted && c[1] == '"')
      g_string_append_c (cell, *c++);
    else if (*c == '"')
      quoted = !quoted;
    else if (!quoted && (*c == ',' || g_str_has_prefix (c, "\r\n"))) {
      g_strv_builder_add (row, cell->str);
      g_string_truncate (cell, 0);
      if (*c == '\r') {
        g_ptr_array_add (rows, g_strv_builder_end (row));
        c++;
      }
    } else
      g_string_append_c (cell, *c);
  }
  g_assert_false (quoted);
  g_assert_cmpuint (cell->len, ==, 0);
  return rows;
}

static void test_csv (Fixture *fixture, gconstpointer data)
{
  gsize length;
  int n;
  g_autofree char *text = export (fixture, "csv", TRUE, &length);
  g_autoptr (GPtrArray) rows = split_csv (text);
  g_assert_cmpuint (rows->len, ==, STEPS + 1);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpuint (g_strv_length (rows->pdata[i]), ==, 12);
  char **row = rows->pdata[4];
  CpgStep *step = cpg_run_get_step (fixture->run, 3);
  g_assert_cmpstr (row[0], ==, "4");
  g_assert_cmpfloat (g_ascii_strtod (row[3], NULL), ==, cpg_step_get_sigma (step));
  g_assert_cmpstr (row[11], ==, cpg_step_get_text (step));

  g_autofree char *tokens = export (fixture, "csv", FALSE, &length);
  g_autoptr (GPtrArray) lines = split_csv (tokens);
  cpg_step_get_tokens (cpg_run_get_current (fixture->run), &n);
  g_assert_cmpint ((int) lines->len, ==, n + 1);
  g_assert_cmpuint (g_strv_length (lines->pdata[0]), ==, 6 + 2 * COSMOS_TOP_K);
}

static void test_markdown (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autofree char *text = export (fixture, "markdown", TRUE, &length), *step = export (fixture, "markdown", FALSE, &length);
  g_assert_true (g_str_has_prefix (text, "# Story\n"));
  g_assert_nonnull (strstr (text, "### Step 1 of 12"));
  g_assert_nonnull (strstr (text, "### Step 12 of 12"));
  g_assert_nonnull (strstr (text, "| Seed | 7 |"));
  g_assert_nonnull (strstr (text, "| SHA-256 |"));
  g_assert_nonnull (strstr (step, "### Step 6 of 12"));
  g_assert_nonnull (strstr (step, "| Token | Probability |"));
}

/* ---- pictures ---- */

static void test_png (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autofree char *bytes = export (fixture, "png", FALSE, &length);
  g_assert_cmpmem (bytes, 8, "\x89PNG\r\n\x1a\n", 8);
  guint32 size[2];
  memcpy (size, bytes + 16, sizeof size);
  g_assert_cmpuint (GUINT32_FROM_BE (size[0]), ==, 1920);
  g_assert_cmpuint (GUINT32_FROM_BE (size[1]), >, 1400);
}

static void test_svg (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = export (fixture, "svg", FALSE, &length);
  GMarkupParser nothing = {0};
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&nothing, G_MARKUP_DEFAULT_FLAGS, NULL, NULL);
  g_assert_true (g_markup_parse_context_parse (context, text, (gssize) length, &error)
                 && g_markup_parse_context_end_parse (context, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "<title>Story — Step 6 of 12</title>"));
  g_autofree char *words = g_markup_escape_text (cpg_step_get_text (cpg_run_get_current (fixture->run)), -1);
  g_assert_nonnull (strstr (text, words));
}

static int count (const char *bytes, gsize length, const char *what)
{
  int n = 0;
  gsize size = strlen (what);
  for (gsize i = 0; i + size <= length; i++)
    n += memcmp (bytes + i, what, size) == 0;
  return n;
}

static void test_pdf (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autofree char *run = export (fixture, "pdf", TRUE, &length);
  g_assert_true (g_str_has_prefix (run, "%PDF-"));
  g_assert_cmpint (count (run, length, "/Type /Pages"), ==, 1);
  g_assert_cmpint (count (run, length, "/Count 6\n"), ==, 1);
  g_autofree char *step = export (fixture, "pdf", FALSE, &length);
  g_assert_cmpint (count (step, length, "/Count 1\n"), ==, 1);
}

typedef struct {
  const char *bytes;
  gsize left;
} Bytes;

static int read_bytes (GifFileType *gif, GifByteType *to, int n)
{
  Bytes *bytes = gif->UserData;
  n = (int) MIN ((gsize) n, bytes->left);
  memcpy (to, bytes->bytes, (gsize) n);
  bytes->bytes += n;
  bytes->left -= (gsize) n;
  return n;
}

static void test_gif (Fixture *fixture, gconstpointer data)
{
  gsize length;
  int code;
  g_autofree char *bytes = export (fixture, "gif", TRUE, &length);
  Bytes reader = {bytes, length};
  GifFileType *gif = DGifOpen (&reader, read_bytes, &code);
  g_assert_nonnull (gif);
  g_assert_cmpint (DGifSlurp (gif), ==, GIF_OK);
  g_assert_cmpint (gif->ImageCount, ==, STEPS);
  g_assert_cmpint (gif->SWidth, ==, 640);
  g_assert_cmpint (count (bytes, length, "NETSCAPE2.0"), ==, 1);
  for (int i = 0; i < gif->ImageCount; i++) {
    GraphicsControlBlock control;
    g_assert_cmpint (DGifSavedExtensionToGCB (gif, i, &control), ==, GIF_OK);
    g_assert_cmpint (control.DelayTime, ==, i == STEPS - 1 ? 300 : 25);
  }
  g_assert_cmpint (gif->SavedImages[0].ImageDesc.Width, ==, 640);
  DGifCloseFile (gif, &code);
}

/* ---- the replay ---- */

/* What stands between the tags of a script; length it has. */
static const char *find_script (const char *page, const char *id, gsize *length)
{
  g_autofree char *tag = g_strdup_printf ("id=\"%s\">", id);
  const char *start = strstr (page, tag);
  g_assert_nonnull (start);
  start += strlen (tag);
  *length = (gsize) (strstr (start, "</script>") - start);
  return start;
}

static void check_page (const char *page)
{
  /* Nothing is fetched: the only addresses are names. */
  for (const char *at = page; (at = strstr (at, "http")); at++)
    g_assert_true (g_str_has_prefix (at, "http-equiv") || g_str_has_prefix (at, "http://www.w3.org/2000/svg\""));
  g_assert_null (strstr (page, "{{"));
  g_assert_null (strstr (page, " src="));
  g_assert_nonnull (strstr (page, "default-src 'none'"));
  g_assert_cmpint (count (page, strlen (page), "<script"), ==, 3);
  g_assert_cmpint (count (page, strlen (page), "</script"), ==, 3);
}

static void test_html (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autofree char *page = export (fixture, "html", TRUE, &length);
  g_autoptr (JsonParser) run = json_parser_new (), words = json_parser_new ();
  check_page (page);
  const char *script = find_script (page, "run", &length);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (parse (run, script, (gssize) length), "steps")), ==,
                    STEPS);
  script = find_script (page, "words", &length);
  JsonObject *said = parse (words, script, (gssize) length);
  g_assert_cmpstr (json_object_get_string_member (said, "play"), ==, "Play");
  /* Every word that the script asks for is there. */
  g_autoptr (GRegex) asks = g_regex_new ("words\\.(\\w+)|say \\(?\"(\\w+)\"|data-words=\"(\\w+)\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  int n = 0;
  for (g_regex_match (asks, page, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL), n++) {
    g_autofree char *a = g_match_info_fetch (match, 1), *b = g_match_info_fetch (match, 2), *c = g_match_info_fetch (match, 3);
    const char *word = c && *c ? c : b && *b ? b : a;
    g_assert_true (json_object_has_member (said, word));
  }
  g_assert_cmpint (n, >, 10);
}

/* ---- texts that mean harm ---- */

static CpgRecord *new_hostile (Fixture *fixture)
{
  CpgRecord *record = cpg_record_new (fixture->run, TRUE);
  for (int i = 0; i < record->n_steps; i++) {
    record->steps[i].text = HOSTILE;
    for (int k = 0; k < record->steps[i].n_tokens; k++) {
      record->steps[i].tokens[k].text = k % 2 ? " \xff\xfe@x" : HOSTILE;
      record->steps[i].tokens[k].top_text[1] = HOSTILE;
    }
  }
  g_free (record->model_name);
  record->model_name = g_strdup (HOSTILE);
  g_free (record->result);
  record->result = g_strdup (HOSTILE);
  return record;
}

static GBytes *make (CpgRecord *record, const char *id, gboolean whole)
{
  g_autoptr (GError) error = NULL;
  CpgExportWork work = {.record = record, .whole_run = whole};
  GBytes *bytes = cpg_export_find_format (id)->make (&work, &error);
  g_assert_no_error (error);
  return bytes;
}

static char *make_text (CpgRecord *record, const char *id, gboolean whole)
{
  g_autoptr (GBytes) bytes = make (record, id, whole);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void test_hostile (Fixture *fixture, gconstpointer data)
{
  gsize length;
  int n;
  g_autofree char *whole = export (fixture, "json", TRUE, &length); /* so that all is read */
  g_autoptr (CpgRecord) record = new_hostile (fixture);
  const CpgExportFormat *const *formats = cpg_export_get_formats (&n);
  for (int i = 0; i < 2 * n; i++)
    if (cpg_export_format_is_for (formats[i / 2], i % 2)) {
      g_autoptr (GBytes) bytes = make (record, cpg_export_format_get_id (formats[i / 2]), i % 2);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 100);
    }

  g_autofree char *json = make_text (record, "json", TRUE), *page = make_text (record, "html", TRUE);
  g_autoptr (JsonParser) parser = json_parser_new (), again = json_parser_new ();
  g_assert_cmpstr (json_object_get_string_member (parse (parser, json, -1), "result"), ==, HOSTILE);
  check_page (page);
  g_assert_nonnull (strstr (page, "dir=\"rtl\""));
  const char *script = find_script (page, "run", &length);
  g_assert_cmpstr (json_object_get_string_member (parse (again, script, (gssize) length), "result"), ==, HOSTILE);
  g_assert_null (g_strstr_len (script, (gssize) length, "\u2028"));

  g_autofree char *csv = make_text (record, "csv", TRUE), *markdown = make_text (record, "markdown", TRUE);
  g_autoptr (GPtrArray) rows = split_csv (csv);
  g_assert_cmpuint (rows->len, ==, STEPS + 1);
  g_assert_cmpstr (((char **) rows->pdata[1])[11], ==, "'" HOSTILE);
  g_autofree char *tokens = make_text (record, "csv", FALSE);
  g_autoptr (GPtrArray) lines = split_csv (tokens);
  for (guint i = 1; i < lines->len; i++)
    g_assert_null (strchr ("=+-@", *((char **) lines->pdata[i])[2]));
  g_assert_null (strstr (markdown, "<b>"));
  g_assert_nonnull (strstr (markdown, "&lt;/script>") ? markdown : strstr (markdown, "&lt;/script\\>"));
}

/* ---- what goes wrong ---- */

static int count_files (const char *path)
{
  int n = 0;
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  while (g_dir_read_name (folder))
    n++;
  return n;
}

/* A failed export leaves nothing, or what was there. */
static void check_failure (Fixture *fixture, const char *path, int domain_code, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (export_to (fixture, "json", TRUE, path, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, name));
  if (domain_code >= 0)
    g_assert_cmpint (error->code, ==, domain_code);
}

static void test_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (fixture->folder, "no such folder", "a.json", NULL);
  check_failure (fixture, nowhere, G_FILE_ERROR_NOENT, "a.json");
  check_failure (fixture, fixture->folder, G_IO_ERROR_NOT_REGULAR_FILE, fixture->folder);
  check_failure (fixture, "/dev/full", G_IO_ERROR_NOT_REGULAR_FILE, "/dev/full");
  if (g_access ("/proc/version", F_OK) == 0)
    check_failure (fixture, "/proc/version", -1, "/proc/version");
}

/* A limit on the size of files stands for a disk that is full. */
static void test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.json", NULL), *kept = NULL;
  struct rlimit before, limit;
  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  getrlimit (RLIMIT_FSIZE, &before);
  limit = before;
  limit.rlim_cur = 4096;
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &limit);
  check_failure (fixture, path, G_FILE_ERROR_FAILED, "a.json");
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "before");
  g_assert_cmpint (count_files (fixture->folder), ==, 1);
}

static void test_replaced (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.csv", NULL),
                  *link = g_build_filename (fixture->folder, "b.csv", NULL), *text = NULL;
  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  g_assert_cmpint (symlink ("a.csv", link), ==, 0);
  g_assert_true (export_to (fixture, "csv", TRUE, link, NULL, NULL));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK)); /* and what it leads to is new */
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "step,"));
}

static void test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.gif", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  Answer answer = {0};
  g_cancellable_cancel (cancellable);
  g_assert_false (export_to (fixture, "gif", TRUE, path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* On the way, in the thread. */
  g_cancellable_reset (cancellable);
  cpg_export_async (fixture->run, TRUE, cpg_export_find_format ("gif"), file, cancellable, on_progress, &answer, on_answer,
                    &answer);
  fixture_wait_until (answer.fraction >= .5 || answer.result);
  g_cancellable_cancel (cancellable);
  fixture_wait_until (answer.result);
  g_autoptr (GAsyncResult) result = answer.result;
  gboolean done = cpg_export_finish (fixture->run, result, &error);
  g_assert_true (done || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_assert_cmpint (count_files (fixture->folder), ==, done);
}

/* A run that goes on is written as far as it is; the engine may go. */
static void test_unfinished (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autoptr (CpgSettings) settings = fixture_settings (400, 3);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_clear_object (&fixture->run);
  fixture->run = cpg_engine_start_run (fixture->engine, settings);
  fixture_wait_until (cpg_run_get_n_done (fixture->run) >= 3);
  g_autofree char *text = export (fixture, "json", TRUE, &length);
  JsonObject *root = parse (parser, text, (gssize) length);
  g_assert_cmpstr (json_object_get_string_member (root, "state"), ==, "running");
  g_assert_true (json_object_get_null_member (root, "result"));
  g_assert_cmpint (json_object_get_int_member (root, "steps-planned"), ==, 400);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "steps")), >=, 3);
  cpg_run_cancel (fixture->run);
}

static void test_engine_gone (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.json", NULL);
  g_autoptr (GError) error = NULL;
  g_clear_object (&fixture->engine);
  g_assert_false (export_to (fixture, "json", TRUE, path, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_test_message ("%s", error->message);
  fixture->engine = cpg_engine_new (1, "auto");
}

int main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    {"/export/names", test_names},
    {"/export/json", test_json},
    {"/export/json-step", test_json_step},
    {"/export/csv", test_csv},
    {"/export/markdown", test_markdown},
    {"/export/png", test_png},
    {"/export/svg", test_svg},
    {"/export/pdf", test_pdf},
    {"/export/gif", test_gif},
    {"/export/html", test_html},
    {"/export/hostile", test_hostile},
    {"/export/unwritable", test_unwritable},
    {"/export/full-disk", test_full_disk},
    {"/export/replaced", test_replaced},
    {"/export/cancelled", test_cancelled},
    {"/export/unfinished", test_unfinished},
    {"/export/engine-gone", test_engine_gone},
  };
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/table", test_table);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
