#include "fixture.h"

#include <math.h>
#include <string.h>

typedef struct {
  char *folder;
  CpgSessionLog *log;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->folder = fixture_folder_new ();
  self->log = fixture_log (self->folder);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_clear_object (&self->log);
  fixture_folder_remove (self->folder);
}

static void open_again (Fixture *self)
{
  g_clear_object (&self->log);
  self->log = fixture_log (self->folder);
}

static GError *write_error (CpgSessionLog *log, GAsyncResult *result)
{
  GError *error = NULL;
  g_assert_false (cpg_session_log_write_finish (log, result, &error));
  return error;
}

/* ---- a run as it goes ---- */

static void assert_equal_runs (const CpgLogRun *a, const CpgLogRun *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpstr (a->parent, ==, b->parent);
  g_assert_cmpint (a->branched, ==, b->branched);
  g_assert_cmpstr (a->task, ==, b->task);
  g_assert_cmpstr (a->source, ==, b->source);
  g_assert_cmpuint (a->seed, ==, b->seed);
  g_assert_cmpstr (a->settings, ==, b->settings);
  g_assert_cmpstr (a->model_name, ==, b->model_name);
  g_assert_cmpstr (a->model_path, ==, b->model_path);
  g_assert_cmpstr (a->model_sha256, ==, b->model_sha256);
  g_assert_cmpstr (a->engine, ==, b->engine);
  g_assert_cmpstr (a->program, ==, b->program);
  g_assert_cmpint (a->started, ==, b->started);
  g_assert_cmpfloat (a->seconds, ==, b->seconds);
  g_assert_cmpint (a->state, ==, b->state);
  g_assert_cmpstr (a->error, ==, b->error);
  g_assert_cmpstr (a->title, ==, b->title);
  g_assert_cmpstr (a->note, ==, b->note);
  g_assert_cmpstrv (a->tags, b->tags);
  g_assert_cmpstr (a->output, ==, b->output);
  g_assert_cmpstr (a->output_hash, ==, b->output_hash);
}

static void test_round_trip (Fixture *self, gconstpointer data)
{
  (void) data;
  static const float latents[] = {1, -2, 0.5f, 0};
  g_autoptr (CpgLogRun) run = fixture_run ("A title", "");
  run->parent = g_uuid_string_random ();
  run->branched = 12;
  run->source = (g_free (run->source), g_strdup ("Äpfel \"und\" Birnen"));
  run->model_path = g_strdup ("/models/story.gguf");
  run->note = g_strdup ("a\nnote");
  run->error = g_strdup ("");
  run->tags = g_strdupv ((char *[]) {"one", "two words", NULL});

  /* Without waiting in between. */
  cpg_session_log_begin_run_async (self->log, run, NULL, NULL, NULL);
  for (int i = 0; i < 5; i++)
    cpg_session_log_add_steps_async (self->log, run->id, fixture_steps (i, 1, i % 2 ? "A text" : NULL), NULL, NULL, NULL);
  GPtrArray *later = fixture_steps (2, 1, "decoded later");
  ((CpgLogStep *) later->pdata[0])->tokens = cpg_log_tokens_pack ((int[]) {5, 300}, (float[]) {1, 0}, 2);
  cpg_session_log_add_steps_async (self->log, run->id, later, NULL, NULL, NULL);
  run->state = CPG_LOG_DONE;
  run->seconds = 1.5;
  g_set_str (&run->output, "The end.");
  run->output_hash = cpg_log_hash_output (run->output, latents, G_N_ELEMENTS (latents));
  FIXTURE_WRITE (cpg_session_log_end_run_async, self->log, run);

  open_again (self);
  g_autoptr (CpgLogRun) back = fixture_load (self->log, run->id), by_number = fixture_load (self->log, "1");
  assert_equal_runs (run, back);
  assert_equal_runs (run, by_number);
  g_assert_cmpint (back->number, ==, 1);
  g_assert_cmpint (back->n_steps, ==, 5);
  g_assert_cmpuint (back->steps->len, ==, 5);
  const CpgLogStep *step = back->steps->pdata[2], *bare = back->steps->pdata[4];
  g_assert_cmpstr (step->text, ==, "decoded later");
  g_assert_true (step->decoded);
  g_assert_cmpuint (g_bytes_get_size (step->tokens), ==, 5);
  g_assert_cmpint (step->n_settled, ==, 7);
  g_assert_cmpfloat (step->change, ==, 0.125);
  g_assert_false (bare->decoded);
  g_assert_null (bare->tokens);
}

/* What a run pays for being logged, on the thread that makes it, and how late its steps are in the file. */
static void test_cost (Fixture *self, gconstpointer data)
{
  (void) data;
  enum { STEPS = 50 };
  g_autofree char *text = g_strnfill (400, 'x');
  g_autoptr (CpgLogRun) run = fixture_run ("", "");
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
  gint64 paid = 0, late = 0, latest = 0;
  for (int i = 0; i < STEPS; i++) {
    g_autoptr (GAsyncResult) result = NULL;
    gint64 begin = g_get_monotonic_time ();
    GPtrArray *steps = fixture_steps (i, 1, text);
    ((CpgLogStep *) steps->pdata[0])->tokens = cpg_log_tokens_pack ((int[128]) {0}, (float[128]) {0}, 128);
    cpg_session_log_add_steps_async (self->log, run->id, steps, NULL, fixture_answer, &result);
    paid += g_get_monotonic_time () - begin;
    fixture_wait_until (result);
    gint64 wait = g_get_monotonic_time () - begin;
    late += wait;
    latest = MAX (latest, wait);
  }
  g_test_message ("a step costs its maker %.1f us, and is in the file after %.2f ms (latest %.2f ms)", (double) paid / STEPS,
                  1e-3 * (double) late / STEPS, 1e-3 * (double) latest);
  g_assert_cmpint (late / STEPS, <, 100000);
}

/* Numbers that nobody measured stay unmeasured. */
static void test_unmeasured (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgLogRun) run = cpg_log_run_new ();
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_step_free);
  g_ptr_array_add (steps, cpg_log_step_new ());
  run->steps = steps;
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
  g_autoptr (CpgLogRun) back = fixture_load (self->log, run->id);
  g_assert_true (isnan (back->seconds));
  g_assert_true (isnan (((CpgLogStep *) back->steps->pdata[0])->confidence));
  g_assert_cmpstr (back->title, ==, "");
  g_assert_cmpuint (g_strv_length (back->tags), ==, 0);
}

static void test_no_such_run (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgLogRun) run = cpg_log_run_new ();
  FIXTURE_CALL (steps, cpg_session_log_add_steps_async, self->log, run->id, fixture_steps (0, 1, NULL));
  FIXTURE_CALL (end, cpg_session_log_end_run_async, self->log, run);
  FIXTURE_CALL (title, cpg_session_log_set_title_async, self->log, "77", "T");
  FIXTURE_CALL (gone, cpg_session_log_set_deleted_async, self->log, (const char *[]) {"0", NULL}, TRUE);
  GAsyncResult *results[] = {steps, end, title, gone};
  for (gsize i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = write_error (self->log, results[i]);
    g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND);
  }
  FIXTURE_CALL (load, cpg_session_log_load_async, self->log, (const char *[]) {"x", NULL}, FALSE);
  g_assert_null (cpg_session_log_runs_finish (self->log, load, NULL));
}

/* What ran when the program ended; but not what another program runs just now. */
static void test_interrupted (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgLogRun) run = fixture_run ("", ""), done = fixture_run ("", "");
  done->state = CPG_LOG_DONE;
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, done);
  g_autoptr (CpgSessionLog) other = fixture_log (self->folder);
  g_autoptr (CpgLogRun) running = fixture_load (other, run->id);
  g_assert_cmpint (running->state, ==, CPG_LOG_RUNNING);
  g_clear_object (&other);
  open_again (self);
  g_autoptr (CpgLogRun) interrupted = fixture_load (self->log, run->id), still = fixture_load (self->log, done->id);
  g_assert_cmpint (interrupted->state, ==, CPG_LOG_INTERRUPTED);
  g_assert_cmpint (still->state, ==, CPG_LOG_DONE);
}

/* ---- lists ---- */

static void test_pages (Fixture *self, gconstpointer data)
{
  (void) data;
  enum { N = 25, PAGE = 10 };
  for (int i = 0; i < N; i++) {
    g_autofree char *title = g_strdup_printf ("run %d", i);
    g_autoptr (CpgLogRun) run = fixture_run (title, "");
    run->started = 1000 + i / 2; /* two at a time */
    FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
  }
  CpgLogQuery query = {.limit = PAGE};
  g_autoptr (CpgLogRun) last = NULL;
  int seen = 0;
  for (;;) {
    g_autoptr (GPtrArray) page = fixture_find (self->log, &query);
    for (guint i = 0; i < page->len; i++) {
      const CpgLogRun *run = page->pdata[i];
      g_autofree char *title = g_strdup_printf ("run %d", N - 1 - seen++);
      g_assert_cmpstr (run->title, ==, title);
      g_assert_null (run->steps);
    }
    if (page->len < PAGE)
      break;
    g_clear_pointer (&last, cpg_log_run_free);
    query.after = last = cpg_log_run_copy (page->pdata[PAGE - 1]);
  }
  g_assert_cmpint (seen, ==, N);
}

static void test_filters (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgLogRun) a = fixture_run ("a", ""), b = fixture_run ("b", "");
  g_set_str (&a->task, "detox");
  g_set_str (&b->model_name, "Other");
  b->tags = g_strdupv ((char *[]) {"good", "very good", NULL});
  g_autoptr (CpgLogRun) broken = fixture_run ("c", "");
  g_set_str (&a->settings, "{\"steps\":25,\"guidance\":1.0,\"on\":true,\"sampler\":\"ddim\"}");
  g_set_str (&broken->settings, "{");
  g_set_str (&broken->model_name, "Third");
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, broken);
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, a);
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, b);
  static const struct {
    CpgLogQuery query;
    const char *title; /* NULL: none */
  } cases[] = {{{.task = "detox"}, "a"},
               {{.model = "Other"}, "b"},
               {{.tag = "good"}, "b"},
               {{.tag = "very"}, NULL},
               {{.tag = "very good"}, "b"},
               {{.task = "story", .words = "b"}, "b"},
               {{.task = "none"}, NULL},
               {{.setting = "sampler", .value = "ddim"}, "a"},
               {{.setting = "guidance", .value = "1"}, "a"},
               {{.setting = "steps", .value = "50"}, "b"},
               {{.setting = "on", .value = "true"}, "a"},
               {{.setting = "on", .value = "1"}, NULL},
               {{.setting = "steps", .value = "x"}, NULL},
               {{.setting = "sampler", .value = "ddim", .words = "b"}, NULL},
               {{.setting = "sampler", .value = "dpm-sde", .words = "b"}, "b"},
               {{.tag = "%"}, NULL},
               {{.words = "good", .model = "Story"}, NULL},
               {{.deleted = TRUE}, NULL},
               {{.words = "a", .tag = "good"}, NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) runs = fixture_find (self->log, &cases[i].query);
    g_assert_cmpuint (runs->len, ==, cases[i].title ? 1 : 0);
    if (cases[i].title)
      g_assert_cmpstr (((CpgLogRun *) runs->pdata[0])->title, ==, cases[i].title);
  }
}

/* ---- what people do ---- */

static void test_edit (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgLogRun) run = fixture_run ("before", "");
  const char *tags[] = {" spaced ", "", "twice", "twice", "two\nlines", NULL};
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
  FIXTURE_WRITE (cpg_session_log_set_title_async, self->log, run->id, "Zebra");
  FIXTURE_WRITE (cpg_session_log_set_note_async, self->log, run->id, "Quagga");
  FIXTURE_WRITE (cpg_session_log_set_tags_async, self->log, run->id, tags);
  FIXTURE_WRITE (cpg_session_log_set_checksum_async, self->log, run->id, "abc123");
  g_autoptr (CpgLogRun) back = fixture_load (self->log, run->id);
  g_assert_cmpstr (back->model_sha256, ==, "abc123");
  g_assert_cmpstr (back->title, ==, "Zebra");
  g_assert_cmpstr (back->note, ==, "Quagga");
  g_assert_cmpstrv (back->tags, ((const char *[]) {"spaced", "twice", "two lines", NULL}));
  g_assert_cmpuint (fixture_count (self->log, "before"), ==, 0);
  g_assert_cmpuint (fixture_count (self->log, "zebra quagga twice"), ==, 1);
}

static void test_undo_delete (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgLogRun) a = fixture_run ("walrus", ""), b = fixture_run ("walrus", "");
  const char *both[] = {a->id, b->id, NULL}, *one_and_none[] = {a->id, "no such", NULL};
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, a);
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, b);
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, both, TRUE);
  g_assert_cmpuint (fixture_count (self->log, ""), ==, 0);
  g_assert_cmpuint (fixture_count (self->log, "walrus"), ==, 0);
  g_autoptr (GPtrArray) deleted = fixture_find (self->log, &(CpgLogQuery) {.deleted = TRUE});
  g_assert_cmpuint (deleted->len, ==, 2);
  g_assert_true (((CpgLogRun *) deleted->pdata[0])->deleted);
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, both, FALSE);
  g_assert_cmpuint (fixture_count (self->log, "walrus"), ==, 2);
  FIXTURE_CALL (half, cpg_session_log_set_deleted_async, self->log, one_and_none, TRUE); /* all or none */
  g_autoptr (GError) error = write_error (self->log, half);
  g_assert_cmpuint (fixture_count (self->log, "walrus"), ==, 2);
}

static void test_latents (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autofree float *numbers = g_new (float, 12);
  g_autoptr (CpgLogRun) run = fixture_run ("", "");
  for (int i = 0; i < 12; i++)
    numbers[i] = (float) (i - 6) / 8;
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
  FIXTURE_WRITE (cpg_session_log_pin_async, self->log, run->id, cpg_log_latents_new (3, TRUE, numbers, 4, 3));
  FIXTURE_WRITE (cpg_session_log_pin_async, self->log, run->id, cpg_log_latents_new (CPG_LOG_RESULT, FALSE, numbers, 2, 3));
  FIXTURE_WRITE (cpg_session_log_pin_async, self->log, run->id, cpg_log_latents_new (CPG_LOG_RESULT, FALSE, numbers, 4, 3));
  g_autoptr (CpgLogRun) back = fixture_load (self->log, run->id);
  g_assert_cmpuint (back->latents->len, ==, 2);
  const CpgLogLatents *result = back->latents->pdata[0], *noisy = back->latents->pdata[1];
  g_assert_cmpint (result->step, ==, CPG_LOG_RESULT);
  g_assert_true (noisy->step == 3 && noisy->noisy && noisy->n == 4 && noisy->width == 3);
  g_autofree float *unpacked = cpg_log_latents_unpack (result->packed, result->n, result->width);
  g_assert_cmpmem (unpacked, 12 * sizeof *unpacked, numbers, 12 * sizeof *numbers); /* eighths are exact in f16 */
  FIXTURE_WRITE (cpg_session_log_unpin_async, self->log, run->id, 3, TRUE);
  g_autoptr (CpgLogRun) less = fixture_load (self->log, run->id);
  g_assert_cmpuint (less->latents->len, ==, 1);
}

/* A whole run again: it is here already. */
static void test_add_runs (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
  CpgLogRun *run = fixture_run ("first", "");
  run->steps = fixture_steps (0, 3, "text");
  g_ptr_array_add (runs, run);
  g_ptr_array_add (runs, fixture_run ("second", ""));
  FIXTURE_CALL (once, cpg_session_log_add_runs_async, self->log, g_ptr_array_ref (runs));
  g_assert_cmpint (cpg_session_log_add_runs_finish (self->log, once, &error), ==, 2);
  g_ptr_array_add (runs, fixture_run ("third", ""));
  FIXTURE_CALL (twice, cpg_session_log_add_runs_async, self->log, runs);
  g_assert_cmpint (cpg_session_log_add_runs_finish (self->log, twice, &error), ==, 1);
  g_assert_cmpuint (fixture_count (self->log, ""), ==, 3);
}

static void test_heading (void)
{
  static const struct {
    const char *title, *output, *source, *heading;
  } cases[] = {{"T", "O", "S", "T"}, {"", "O\nP", "S", "O P"}, {NULL, NULL, "S", "S"}, {"", "", "", ""}};
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    CpgLogRun run = {.title = (char *) cases[i].title, .output = (char *) cases[i].output, .source = (char *) cases[i].source};
    g_autofree char *heading = cpg_log_run_get_heading (&run);
    g_assert_cmpstr (heading, ==, cases[i].heading);
  }
  g_autofree char *many = g_strnfill (500, 'x'), *heading = cpg_log_run_get_heading (&(CpgLogRun) {.output = many});
  g_assert_cmpuint (g_utf8_strlen (heading, -1), ==, 81);
}

static void test_default_path (void)
{
  g_autofree char *path = cpg_session_log_get_default_path ();
  g_assert_true (g_str_has_suffix (path, "/cosmos-playground/sessions.db"));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/session-log/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("cost", test_cost);
  ADD ("unmeasured", test_unmeasured);
  ADD ("no-such-run", test_no_such_run);
  ADD ("interrupted", test_interrupted);
  ADD ("pages", test_pages);
  ADD ("filters", test_filters);
  ADD ("edit", test_edit);
  ADD ("undo-delete", test_undo_delete);
  ADD ("latents", test_latents);
  ADD ("add-runs", test_add_runs);
#undef ADD
  g_test_add_func ("/session-log/heading", test_heading);
  g_test_add_func ("/session-log/default-path", test_default_path);
  return g_test_run ();
}
