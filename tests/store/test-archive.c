#include "fixture.h"

#include "store/cpg-archive-json.h"
#include "store/cpg-archive.h"
#include "store/cpg-session-log-exchange.h"
#include "store/cpg-session-log-shelf.h"

#include <math.h>
#include <string.h>
#include <zip.h>

/* ---- round trip ---- */

static GPtrArray *some_runs (void)
{
  static const float numbers[6] = {0, 1, -1, 0.5f, -0.5f, 2};
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
  CpgLogRun *run = fixture_run ("Zoë's \"run\"", "The\nend. 🐱"), *bare = fixture_run ("", "");
  run->parent = g_strdup (bare->id);
  run->branched = 2;
  g_set_str (&run->source, "A source");
  run->model_path = g_strdup ("/private/place/model.gguf");
  run->note = g_strdup ("note");
  run->tags = g_strdupv ((char *[]) {"a", "b c", NULL});
  run->state = CPG_LOG_DONE;
  run->seconds = 0.25;
  run->output_hash = cpg_log_hash_output (run->output, numbers, 6);
  run->steps = fixture_steps (0, 3, "text");
  CpgLogStep *step = run->steps->pdata[1], *undecoded = run->steps->pdata[2];
  step->tokens = cpg_log_tokens_pack ((int[]) {1, 300, 70000}, (float[]) {1, 0.5f, 0.25f}, 3);
  step->entropy = NAN;
  undecoded->decoded = FALSE;
  undecoded->noisy_text = g_strdup ("noise");
  g_clear_pointer (&undecoded->text, g_free);
  run->latents = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_latents_free);
  g_ptr_array_add (run->latents, cpg_log_latents_new (CPG_LOG_RESULT, FALSE, numbers, 2, 3));
  g_ptr_array_add (run->latents, cpg_log_latents_new (1, TRUE, numbers, 3, 2));
  run->bookmarks = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_bookmark_free);
  for (int i = 0; i < 2; i++) {
    CpgLogBookmark *bookmark = g_new0 (CpgLogBookmark, 1);
    bookmark->step = i;
    bookmark->title = g_strdup (i ? "The owl appears" : "");
    bookmark->made = run->started + i;
    g_ptr_array_add (run->bookmarks, bookmark);
  }
  bare->state = CPG_LOG_RUNNING;
  g_ptr_array_add (runs, run);
  g_ptr_array_add (runs, bare);
  return runs;
}

static void assert_same (const CpgLogRun *run, const CpgLogRun *back)
{
  g_assert_cmpstr (back->id, ==, run->id);
  g_assert_cmpstr (back->parent, ==, run->parent);
  g_assert_cmpint (back->branched, ==, run->branched);
  g_assert_cmpstr (back->source, ==, run->source);
  g_assert_cmpuint (back->seed, ==, run->seed);
  g_assert_cmpstr (back->settings, ==, run->settings);
  g_assert_cmpstr (back->model_path, ==, "");
  g_assert_cmpint (back->started, ==, run->started);
  g_assert_cmpfloat (back->seconds, ==, run->seconds);
  g_assert_cmpint (back->state, ==, run->state);
  g_assert_cmpstr (back->title, ==, run->title);
  g_assert_cmpstrv (back->tags, run->tags);
  g_assert_cmpstr (back->output, ==, run->output);
  g_assert_cmpstr (back->output_hash, ==, run->output_hash);
  g_assert_cmpuint (back->steps->len, ==, run->steps->len);
  g_assert_cmpuint (back->latents->len, ==, run->latents->len);
  g_assert_cmpint (back->kind, ==, run->kind);
  g_assert_cmpuint (back->bookmarks->len, ==, run->bookmarks->len);
  for (guint i = 0; i < run->bookmarks->len; i++) {
    const CpgLogBookmark *a = run->bookmarks->pdata[i], *b = back->bookmarks->pdata[i];
    g_assert_cmpint (a->step, ==, b->step);
    g_assert_cmpstr (a->title, ==, b->title);
    g_assert_cmpint (a->made, ==, b->made);
  }
  for (guint i = 0; i < run->steps->len; i++) {
    const CpgLogStep *a = run->steps->pdata[i], *b = back->steps->pdata[i];
    g_assert_cmpint (a->number, ==, b->number);
    g_assert_cmpfloat (a->t, ==, b->t);
    g_assert_true (a->entropy == b->entropy || isnan (b->entropy));
    g_assert_cmpint (a->decoded, ==, b->decoded);
    g_assert_cmpstr (a->text ? a->text : "", ==, b->text);
    g_assert_cmpstr (a->noisy_text ? a->noisy_text : "", ==, b->noisy_text);
    g_assert_true (a->tokens == b->tokens || g_bytes_equal (a->tokens, b->tokens));
  }
  for (guint i = 0; i < run->latents->len; i++) {
    const CpgLogLatents *a = run->latents->pdata[i], *b = back->latents->pdata[i];
    g_assert_true (a->step == b->step && a->noisy == b->noisy && a->n == b->n && a->width == b->width);
    g_assert_true (g_bytes_equal (a->packed, b->packed));
  }
}

static void test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = some_runs ();
  g_autoptr (GBytes) bytes = cpg_archive_write (runs, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) back = cpg_archive_read (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, 2);
  assert_same (runs->pdata[0], back->pdata[0]);
  const CpgLogRun *bare = back->pdata[1];
  g_assert_cmpint (bare->state, ==, CPG_LOG_INTERRUPTED); /* it does not run where it comes to */
  g_assert_cmpuint (bare->steps->len, ==, 0);
  g_autoptr (GBytes) again = cpg_archive_write (runs, &error);
  g_assert_true (g_bytes_equal (bytes, again)); /* nothing of the moment in it */
}

/* A comparison takes what it shows along. */
static void test_comparison (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
  CpgLogRun *comparison = fixture_run ("Two", "Both"), *text = fixture_run ("", "A hare."), *other = fixture_run ("", "");
  CpgLogColumn *column = cpg_log_column_new (), *none = cpg_log_column_new ();
  comparison->kind = CPG_LOG_COMPARISON;
  comparison->state = text->state = other->state = CPG_LOG_DONE;
  comparison->judge = g_strdup ("A judge");
  comparison->reference = g_strdup ("A reference");
  comparison->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_column_free);
  column->run = g_strdup (text->id);
  column->variation = g_strdup ("autoregressive");
  column->perplexity = 12.5;
  column->own_judge = TRUE;
  none->problem = g_strdup ("No judge");
  g_ptr_array_add (comparison->columns, column);
  g_ptr_array_add (comparison->columns, none);
  text->kind = CPG_LOG_AUTOREGRESSIVE;
  text->part = other->part = TRUE;
  g_ptr_array_add (runs, comparison);
  g_ptr_array_add (runs, text);
  g_ptr_array_add (runs, other);
  g_autoptr (GBytes) bytes = cpg_archive_write (runs, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) back = cpg_archive_read (bytes, &error);
  g_assert_no_error (error);
  const CpgLogRun *read = back->pdata[0], *read_text = back->pdata[1], *read_other = back->pdata[2];
  g_assert_cmpint (read->kind, ==, CPG_LOG_COMPARISON);
  g_assert_cmpuint (read->columns->len, ==, 2);
  g_assert_cmpstr (read->judge, ==, "A judge");
  g_assert_cmpstr (read->reference, ==, "A reference");
  const CpgLogColumn *first = read->columns->pdata[0], *second = read->columns->pdata[1];
  g_assert_cmpstr (first->run, ==, text->id);
  g_assert_cmpfloat (first->perplexity, ==, 12.5);
  g_assert_true (isnan (first->bleu) && first->own_judge && !second->own_judge);
  g_assert_cmpstr (second->problem, ==, "No judge");
  g_assert_cmpint (read_text->kind, ==, CPG_LOG_AUTOREGRESSIVE);
  g_assert_true (read_text->part);
  g_assert_false (read_other->part); /* of nothing in the file */
}

static void test_how_many (void)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new ();
  g_autoptr (GError) error = NULL, other = NULL;
  g_autoptr (CpgLogRun) run = fixture_run ("", "");
  g_assert_null (cpg_archive_write (runs, &error));
  g_assert_error (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_TOO_LARGE);
  for (int i = 0; i <= CPG_ARCHIVE_MAX_RUNS; i++)
    g_ptr_array_add (runs, run);
  g_assert_null (cpg_archive_write (runs, &other));
  g_assert_error (other, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_TOO_LARGE);
}

/* ---- hostile archives ---- */

typedef struct {
  const char *name;
  GBytes *bytes;
} Entry;

static GBytes *make_zip (const Entry *entries, int n)
{
  g_autofree char *path = NULL, *data = NULL;
  gsize size;
  int number = g_file_open_tmp ("cosmos-zip-XXXXXX", &path, NULL);
  g_assert_cmpint (number, >=, 0);
  g_close (number, NULL);
  zip_t *zip = zip_open (path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  for (int i = 0; i < n; i++) {
    const void *bytes = g_bytes_get_data (entries[i].bytes, &size);
    g_assert_cmpint (zip_file_add (zip, entries[i].name, zip_source_buffer (zip, bytes, size, 0), ZIP_FL_ENC_UTF_8), >=, 0);
  }
  g_assert_cmpint (zip_close (zip), ==, 0);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_unlink (path);
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

static void refused_bytes (GBytes *bytes, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = cpg_archive_read (bytes, &error);
  g_assert_null (runs);
  g_assert_error (error, CPG_ARCHIVE_ERROR, code);
  g_test_message ("%s", error->message);
}

static void refused (const Entry *entries, int n, int code)
{
  g_autoptr (GBytes) bytes = make_zip (entries, n);
  refused_bytes (bytes, code);
}

#define MINIMAL "\"id\":\"6ba7b810-9dad-41d1-80b4-00c04fd430c8\",\"seed\":\"1\",\"state\":\"done\""
#define WITH_LATENTS                                                                                                      \
  "{\"format\":\"cosmosrun\",\"version\":1,\"runs\":[{" MINIMAL ",\"latents\":[{\"step\":0,\"n\":2,\"width\":2,\"file\":" \
  "\"latents/0.zst\"}]}]}"

static GBytes *text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* Every place where `before` stands becomes `after`, of the same length. */
static GBytes *patch (GBytes *bytes, const char *before, const char *after, gsize length)
{
  gsize size;
  const char *from = g_bytes_get_data (bytes, &size);
  char *data = g_memdup2 (from, size);
  int n = 0;
  for (gsize i = 0; i + length <= size; i++) {
    if (memcmp (data + i, before, length) == 0) {
      memcpy (data + i, after, length);
      n++;
    }
  }
  g_assert_cmpint (n, >, 0);
  return g_bytes_new_take (data, size);
}

static void test_hostile_zip (void)
{
  static const float zeros[4];
  g_autoptr (GBytes) good = text_bytes (WITH_LATENTS), latents = cpg_log_latents_pack (zeros, 2, 2), junk = text_bytes ("junk"),
                     bomb = g_bytes_new_take (g_malloc0 (60 << 20), 60 << 20),
                     larger = g_bytes_new_take (g_malloc0 (65 << 20), 65 << 20), empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) fine = make_zip ((Entry[]) {{"run.json", good}, {"latents/0.zst", latents}}, 2);
  g_autoptr (GPtrArray) runs = cpg_archive_read (fine, &error);
  g_assert_no_error (error);

  refused_bytes (empty, CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  refused_bytes (junk, CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  refused ((Entry[]) {{"latents/0.zst", latents}}, 1, CPG_ARCHIVE_ERROR_INVALID);
  refused ((Entry[]) {{"run.json", good}}, 1, CPG_ARCHIVE_ERROR_INVALID);
  refused ((Entry[]) {{"run.json", good}, {"latents/0.zst", junk}}, 2, CPG_ARCHIVE_ERROR_INVALID);
  refused ((Entry[]) {{"run.json", bomb}}, 1, CPG_ARCHIVE_ERROR_TOO_LARGE);
  refused ((Entry[]) {{"run.json", larger}}, 1, CPG_ARCHIVE_ERROR_TOO_LARGE);
  refused ((Entry[]) {{"run.json", good}, {"latents/0.zst", bomb}}, 2, CPG_ARCHIVE_ERROR_TOO_LARGE);
  static const char *const names[] = {"../run.json",
                                      "/etc/passwd",
                                      "latents/../x.zst",
                                      "latents/00.zst",
                                      "latents/-1.zst",
                                      "latents/.zst",
                                      "latents/1.zst/",
                                      "RUN.JSON",
                                      "latents\\0.zst",
                                      "run.json ",
                                      "latents/99999999999999999999.zst"};
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    refused ((Entry[]) {{"run.json", good}, {"latents/0.zst", latents}, {names[i], junk}}, 3, CPG_ARCHIVE_ERROR_INVALID);

  g_autoptr (GBytes) two = make_zip ((Entry[]) {{"run.json", good}, {"latents/0.zst", latents}, {"latents/1.zst", latents}}, 3);
  g_autoptr (GBytes) twice = patch (two, "latents/1", "latents/0", 9);
  refused_bytes (twice, CPG_ARCHIVE_ERROR_NO_ARCHIVE); /* libzip sees it first */
  g_autoptr (GBytes) traversal = patch (two, "latents/1.zst", "../../../etc1", 13);
  refused_bytes (traversal, CPG_ARCHIVE_ERROR_INVALID);
}

/* The flag of encryption, another method, another size: in the list and before the file. */
static void test_lying_zip (void)
{
  static const float zeros[4];
  g_autoptr (GBytes) good = text_bytes (WITH_LATENTS), latents = cpg_log_latents_pack (zeros, 2, 2),
                     fine = make_zip ((Entry[]) {{"run.json", good}, {"latents/0.zst", latents}}, 2);
  gsize size;
  const guint8 *data = g_bytes_get_data (fine, &size);
  int n = 0;
  for (gsize i = 0; i + 46 < size; i++) {
    gboolean local = memcmp (data + i, "PK\3\4", 4) == 0, central = memcmp (data + i, "PK\1\2", 4) == 0;
    if (!local && !central)
      continue;
    const gsize flags = i + (local ? 6 : 8), method = flags + 2, length = i + (local ? 22 : 24);
    for (int what = 0; what < 3; what++) {
      guint8 *copy = g_memdup2 (data, size);
      if (what == 0)
        copy[flags] |= 1;
      else if (what == 1)
        copy[method] = 14; /* LZMA */
      else
        memset (copy + length, 0x7f, 4);
      g_autoptr (GBytes) bytes = g_bytes_new_take (copy, size);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) runs = cpg_archive_read (bytes, &error);
      g_assert_true (local || !runs); /* the list counts; what stands before a file may be passed over */
      g_assert_true (runs || error->domain == CPG_ARCHIVE_ERROR);
      n++;
    }
  }
  g_assert_cmpint (n, ==, 2 * 2 * 3);
}

static void test_many_entries (void)
{
  enum { N = 20001 };
  g_autoptr (GBytes) good = text_bytes (WITH_LATENTS);
  g_autofree Entry *entries = g_new (Entry, N);
  g_auto (GStrv) names = g_new0 (char *, N + 1);
  for (int i = 0; i < N; i++) {
    names[i] = cpg_archive_json_latents_name ((guint) i);
    entries[i] = (Entry) {names[i], good};
  }
  refused (entries, N, CPG_ARCHIVE_ERROR_TOO_LARGE);
}

/* Cut anywhere, and with a byte changed anywhere: refused or read, but never more. */
static void test_broken_zip (void)
{
  g_autoptr (GPtrArray) runs = some_runs ();
  g_autoptr (GBytes) bytes = cpg_archive_write (runs, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  for (gsize length = 0; length < size; length++) {
    g_autoptr (GBytes) cut = g_bytes_new (data, length); /* a copy, so that the sanitizer sees its end */
    refused_bytes (cut, CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  }
  for (gsize i = 0; i < size; i++) {
    guint8 *copy = g_memdup2 (data, size);
    copy[i] ^= (guint8) g_test_rand_int_range (1, 256);
    g_autoptr (GBytes) changed = g_bytes_new_take (copy, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) read = cpg_archive_read (changed, &error);
    g_assert_true ((read == NULL) == (error != NULL));
  }
}

/* ---- hostile JSON ---- */

static void test_json (void)
{
  static const struct {
    const char *run; /* what stands in the run besides the least */
    gboolean fine;
  } cases[] = {{"", TRUE},
               {",\"unknown\":[1,{}]", TRUE},
               {",\"title\":null", TRUE},
               {",\"title\":7", FALSE},
               {",\"title\":\"a\\u0000b\"", FALSE},
               {",\"title\":\"\xff\"", FALSE},
               {",\"title\":\"\\ud800\"", FALSE},
               {",\"branched\":-1", FALSE},
               {",\"branched\":1001", FALSE},
               {",\"branched\":1.5", FALSE},
               {",\"branched\":18446744073709551615", FALSE},
               {",\"started\":-1", FALSE},
               {",\"started\":1e300", FALSE},
               {",\"seconds\":1e999", FALSE},
               {",\"seconds\":-1", FALSE},
               {",\"seconds\":NaN", FALSE},
               {",\"seconds\":3", TRUE},
               {",\"parent\":\"../x\"", FALSE},
               {",\"settings\":[]", FALSE},
               {",\"settings\":{\"a\":[[1]]}", TRUE},
               {",\"tags\":{}", FALSE},
               {",\"tags\":[1]", FALSE},
               {",\"tags\":[\"a\"]", TRUE},
               {",\"steps\":{}", FALSE},
               {",\"steps\":[1]", FALSE},
               {",\"steps\":[{}]", FALSE},
               {",\"steps\":[{\"step\":0}]", TRUE},
               {",\"steps\":[{\"step\":0},{\"step\":0}]", FALSE},
               {",\"steps\":[{\"step\":1},{\"step\":0}]", FALSE},
               {",\"steps\":[{\"step\":2147483648}]", FALSE},
               {",\"steps\":[{\"step\":0,\"t\":2}]", FALSE},
               {",\"steps\":[{\"step\":0,\"confidence\":\"1\"}]", FALSE},
               {",\"steps\":[{\"step\":0,\"token_ids\":[1]}]", FALSE},
               {",\"steps\":[{\"step\":0,\"token_ids\":[1],\"token_probabilities\":[0.5]}]", TRUE},
               {",\"steps\":[{\"step\":0,\"token_ids\":[-1],\"token_probabilities\":[0.5]}]", FALSE},
               {",\"steps\":[{\"step\":0,\"token_ids\":[2147483648],\"token_probabilities\":[0.5]}]", FALSE},
               {",\"steps\":[{\"step\":0,\"token_ids\":[1],\"token_probabilities\":[1.5]}]", FALSE},
               {",\"latents\":[{\"n\":1,\"width\":1,\"file\":\"latents/1.zst\"}]", FALSE},
               {",\"latents\":[{\"n\":1,\"width\":1,\"file\":\"../x\"}]", FALSE},
               {",\"latents\":[{\"n\":0,\"width\":1,\"file\":\"latents/0.zst\"}]", FALSE},
               {",\"latents\":[{\"n\":4194304,\"width\":2,\"file\":\"latents/0.zst\"}]", FALSE},
               {",\"latents\":[{\"step\":-2,\"n\":1,\"width\":1,\"file\":\"latents/0.zst\"}]", FALSE},
               {",\"latents\":[{\"n\":2,\"width\":1,\"file\":\"latents/0.zst\"}]", TRUE},
               {",\"kind\":\"autoregressive\"", TRUE},
               {",\"kind\":\"other\"", FALSE},
               {",\"kind\":2", FALSE},
               {",\"kind\":\"comparison\"", FALSE},
               {",\"kind\":\"comparison\",\"columns\":[]", FALSE},
               {",\"kind\":\"comparison\",\"columns\":[{}]", TRUE},
               {",\"kind\":\"comparison\",\"columns\":[{\"run\":\"../x\"}]", FALSE},
               {",\"kind\":\"comparison\",\"columns\":[{\"perplexity\":-1}]", FALSE},
               {",\"kind\":\"comparison\",\"columns\":[{\"tokens\":70000}]", FALSE},
               {",\"kind\":\"comparison\",\"columns\":[{\"seconds\":\"1\"}]", FALSE},
               {",\"kind\":\"comparison\",\"columns\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]", FALSE},
               {",\"bookmarks\":{}", FALSE},
               {",\"bookmarks\":[1]", FALSE},
               {",\"bookmarks\":[{\"step\":0},{\"step\":0}]", FALSE},
               {",\"bookmarks\":[{\"step\":1001}]", FALSE},
               {",\"bookmarks\":[{\"step\":3,\"title\":7}]", FALSE},
               {",\"bookmarks\":[{\"step\":3,\"made\":-1}]", FALSE},
               {",\"bookmarks\":[{\"step\":0,\"title\":\"A\",\"made\":1},{\"step\":7}]", TRUE}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat ("{\"format\":\"cosmosrun\",\"version\":1,\"runs\":[{" MINIMAL, cases[i].run, "}]}",
                                         NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) runs = cpg_archive_json_read (text, strlen (text), &error);
    if ((runs != NULL) != cases[i].fine)
      g_error ("%s: %s", cases[i].run, error ? error->message : "was read");
    if (error)
      g_test_message ("case %" G_GSIZE_FORMAT " -> %s", i, error->message);
  }
}

static void json_fails (const char *text, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (cpg_archive_json_read (text, strlen (text), &error));
  g_assert_error (error, CPG_ARCHIVE_ERROR, code);
}

static void test_json_root (void)
{
  json_fails ("", CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  json_fails ("[]", CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  json_fails ("{\"format\":\"cosmosrun\"", CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  json_fails ("{\"format\":\"other\",\"version\":1}", CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  json_fails ("{\"format\":\"cosmosrun\",\"version\":3,\"runs\":[{}]}", CPG_ARCHIVE_ERROR_NEWER);
  json_fails ("{\"format\":\"cosmosrun\",\"version\":\"1\",\"runs\":[{}]}", CPG_ARCHIVE_ERROR_INVALID);
  json_fails ("{\"format\":\"cosmosrun\",\"runs\":[{" MINIMAL "}]}", CPG_ARCHIVE_ERROR_INVALID);
  json_fails ("{\"format\":\"cosmosrun\",\"version\":1}", CPG_ARCHIVE_ERROR_INVALID);
  json_fails ("{\"format\":\"cosmosrun\",\"version\":1,\"runs\":[]}", CPG_ARCHIVE_ERROR_INVALID);
  json_fails ("{\"format\":\"cosmosrun\",\"version\":1,\"runs\":[{\"seed\":\"1\",\"state\":\"done\"}]}",
              CPG_ARCHIVE_ERROR_INVALID);
  json_fails ("{\"format\":\"cosmosrun\",\"version\":1,\"runs\":[{" MINIMAL "},{" MINIMAL "}]}", CPG_ARCHIVE_ERROR_INVALID);
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autofree char *text = g_strconcat (
      "{\"format\":\"cosmosrun\",\"version\":1,\"runs\":[{" MINIMAL ",\"settings\":{\"a\":", deep, NULL);
  json_fails (text, CPG_ARCHIVE_ERROR_NO_ARCHIVE);
}

/* ---- from log to log ---- */

static void test_exchange (void)
{
  char *here = fixture_folder_new (), *there = fixture_folder_new ();
  CpgSessionLog *from = fixture_log (here), *to = fixture_log (there);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (here, "two.cosmosrun", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path), nowhere = g_file_new_for_path ("/nowhere/x.cosmosrun"),
                    database = g_file_new_for_path (cpg_session_log_get_path (from));
  GPtrArray *runs = some_runs ();
  const CpgLogRun *run = runs->pdata[0], *bare = runs->pdata[1];
  const char *ids[] = {run->id, bare->id, NULL}, *none[] = {"no such", NULL};
  FIXTURE_CALL (added, cpg_session_log_add_runs_async, from, g_ptr_array_ref (runs));

  FIXTURE_CALL (exported, cpg_session_log_export_async, from, ids, file);
  g_assert_true (cpg_session_log_export_finish (from, exported, &error));
  for (int i = 0; i < 2; i++) {
    int n_new;
    FIXTURE_CALL (imported, cpg_session_log_import_async, to, file);
    g_autoptr (GPtrArray) back = cpg_session_log_import_finish (to, imported, &n_new, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (back->len, ==, 2);
    g_assert_cmpint (n_new, ==, i == 0 ? 2 : 0);
  }
  g_autoptr (CpgLogRun) back = fixture_load (to, run->id);
  g_assert_cmpstr (back->title, ==, run->title);
  g_assert_cmpuint (back->latents->len, ==, 2);
  FIXTURE_CALL (marked, cpg_session_log_list_bookmarks_async, to);
  g_autoptr (GPtrArray) bookmarks = cpg_session_log_list_bookmarks_finish (to, marked, NULL);
  g_assert_cmpuint (bookmarks->len, ==, 2);
  g_assert_cmpstr (((CpgLogBookmark *) bookmarks->pdata[0])->title, ==, "The owl appears");
  g_assert_cmpstr (((CpgLogBookmark *) bookmarks->pdata[0])->run, ==, run->id);

  FIXTURE_CALL (no_run, cpg_session_log_export_async, from, none, file);
  g_assert_false (cpg_session_log_export_finish (from, no_run, &error));
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  FIXTURE_CALL (no_place, cpg_session_log_export_async, from, ids, nowhere);
  g_assert_false (cpg_session_log_export_finish (from, no_place, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  FIXTURE_CALL (no_file, cpg_session_log_import_async, to, nowhere);
  g_assert_null (cpg_session_log_import_finish (to, no_file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  FIXTURE_CALL (no_archive, cpg_session_log_import_async, to, database);
  g_assert_null (cpg_session_log_import_finish (to, no_archive, NULL, &error));
  g_assert_error (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_NO_ARCHIVE);
  g_ptr_array_unref (runs);
  g_object_unref (from);
  g_object_unref (to);
  fixture_folder_remove (here);
  fixture_folder_remove (there);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/archive/round-trip", test_round_trip);
  g_test_add_func ("/archive/comparison", test_comparison);
  g_test_add_func ("/archive/how-many", test_how_many);
  g_test_add_func ("/archive/hostile-zip", test_hostile_zip);
  g_test_add_func ("/archive/lying-zip", test_lying_zip);
  g_test_add_func ("/archive/many-entries", test_many_entries);
  g_test_add_func ("/archive/broken-zip", test_broken_zip);
  g_test_add_func ("/archive/json", test_json);
  g_test_add_func ("/archive/json-root", test_json_root);
  g_test_add_func ("/archive/exchange", test_exchange);
  return g_test_run ();
}
