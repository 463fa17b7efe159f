#include "fixture.h"

#include "store/cpg-session-log-shelf.h"
#include "store/cpg-session-log-space.h"

#include <math.h>

typedef struct {
  char *folder;
  CpgSessionLog *log;
  CpgLogRun *a, *b;
} Fixture;

static void set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  self->folder = fixture_folder_new ();
  self->log = fixture_log (self->folder);
  self->a = fixture_run ("a", "");
  self->b = fixture_run ("b", "");
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, self->a);
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, self->b);
}

static void tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_clear_object (&self->log);
  cpg_log_run_free (self->a);
  cpg_log_run_free (self->b);
  fixture_folder_remove (self->folder);
}

/* Declares `all`: what a list answers. */
#define LIST(all, name, log)                                                                  \
  FIXTURE_CALL (result_##all, cpg_session_log_list_##name##_async, log);                      \
  g_autoptr (GPtrArray) all = cpg_session_log_list_##name##_finish (log, result_##all, NULL); \
  g_assert_nonnull (all)

static void test_bookmarks (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  FIXTURE_CALL (one, cpg_session_log_add_bookmark_async, self->log, self->a->id, 3, "three");
  FIXTURE_CALL (two, cpg_session_log_add_bookmark_async, self->log, self->b->id, 4, "four");
  FIXTURE_CALL (again, cpg_session_log_add_bookmark_async, self->log, self->a->id, 3, "drei");
  FIXTURE_CALL (none, cpg_session_log_add_bookmark_async, self->log, "no such", 3, "x");
  gint64 first = cpg_session_log_add_finish (self->log, one, NULL), second = cpg_session_log_add_finish (self->log, two, NULL);
  g_assert_cmpint (first, >, 0);
  g_assert_cmpint (first, !=, second);
  g_assert_cmpint (cpg_session_log_add_finish (self->log, again, NULL), ==, first);
  g_assert_cmpint (cpg_session_log_add_finish (self->log, none, &error), ==, -1);
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND);
  LIST (all, bookmarks, self->log);
  g_assert_cmpuint (all->len, ==, 2);
  const CpgLogBookmark *newest = all->pdata[0], *other = all->pdata[1];
  g_assert_cmpstr (newest->run, ==, self->b->id);
  g_assert_cmpint (newest->step, ==, 4);
  g_assert_cmpstr (other->title, ==, "drei");
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, (const char *[]) {self->b->id, NULL}, TRUE);
  FIXTURE_WRITE (cpg_session_log_remove_bookmark_async, self->log, first);
  LIST (left, bookmarks, self->log);
  g_assert_cmpuint (left->len, ==, 0);
}

static CpgLogColumn *new_column (const char *run, const char *variation)
{
  CpgLogColumn *column = cpg_log_column_new ();
  column->run = g_strdup (run);
  column->variation = g_strdup (variation);
  return column;
}

/* Two runs, of which the second was made for it, and something that never began. */
static CpgLogRun *new_comparison (Fixture *self, const char *part)
{
  CpgLogRun *comparison = fixture_run ("", "Of two, this one.\n\nAnd an antelope.");
  comparison->kind = CPG_LOG_COMPARISON;
  comparison->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_column_free);
  g_ptr_array_add (comparison->columns, new_column (self->a->id, "same"));
  g_ptr_array_add (comparison->columns, new_column (part, "seed"));
  g_ptr_array_add (comparison->columns, new_column ("no such", "model"));
  return comparison;
}

static CpgLogRun *add_part (Fixture *self)
{
  CpgLogRun *part = fixture_run ("", "And an antelope.");
  part->part = TRUE;
  part->state = CPG_LOG_DONE;
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, part);
  return part;
}

static void test_comparisons (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (CpgLogRun) part = add_part (self), comparison = new_comparison (self, part->id);
  FIXTURE_WRITE (cpg_session_log_write_comparison_async, self->log, comparison);
  g_assert_cmpuint (fixture_count (self->log, ""), ==, 3); /* a, b, and the comparison */
  g_autoptr (GPtrArray) found = fixture_search (self->log, "antelope");
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (((CpgLogRun *) found->pdata[0])->id, ==, comparison->id);
  g_assert_cmpint (((CpgLogRun *) found->pdata[0])->n_columns, ==, 3);

  /* Its end, with what was measured. */
  CpgLogColumn *second = comparison->columns->pdata[1];
  comparison->state = CPG_LOG_DONE;
  second->perplexity = 12.5;
  second->n_tokens = 4;
  second->own_judge = TRUE;
  g_set_str (&comparison->judge, "A judge");
  g_set_str (&comparison->reference, "A reference");
  FIXTURE_WRITE (cpg_session_log_write_comparison_async, self->log, comparison);
  g_autoptr (CpgLogRun) back = fixture_load (self->log, comparison->id);
  g_assert_cmpint (back->kind, ==, CPG_LOG_COMPARISON);
  g_assert_cmpint (back->state, ==, CPG_LOG_DONE);
  g_assert_cmpstr (back->judge, ==, "A judge");
  g_assert_cmpstr (back->reference, ==, "A reference");
  g_assert_cmpuint (back->columns->len, ==, 3);
  const CpgLogColumn *one = back->columns->pdata[0], *two = back->columns->pdata[1], *three = back->columns->pdata[2];
  g_assert_cmpstr (one->run, ==, self->a->id);
  g_assert_true (isnan (one->perplexity));
  g_assert_cmpstr (two->run, ==, part->id);
  g_assert_cmpfloat (two->perplexity, ==, 12.5);
  g_assert_cmpint (two->n_tokens, ==, 4);
  g_assert_true (two->own_judge);
  g_assert_cmpstr (three->run, ==, "");
  g_assert_cmpstr (three->variation, ==, "model");

  /* Deleted and had back as a run is. */
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, (const char *[]) {comparison->id, NULL}, TRUE);
  g_assert_cmpuint (fixture_count (self->log, "antelope"), ==, 0);
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, (const char *[]) {comparison->id, NULL}, FALSE);
  g_assert_cmpuint (fixture_count (self->log, "antelope"), ==, 1);
}

static void test_trainings (Fixture *self, gconstpointer data)
{
  (void) data;
  CpgLogTraining *training = cpg_log_training_new ();
  training->name = g_strdup ("Story");
  training->stage = g_strdup ("denoiser");
  training->recipe = g_strdup ("{\"steps\":100}");
  FIXTURE_WRITE (cpg_session_log_write_training_async, self->log, training);
  FIXTURE_WRITE (cpg_session_log_add_training_point_async, self->log, training->id, 20, "{\"loss\":2}");
  FIXTURE_WRITE (cpg_session_log_add_training_point_async, self->log, training->id, 10, "{\"loss\":3}");
  FIXTURE_WRITE (cpg_session_log_add_training_point_async, self->log, training->id, 20, "{\"loss\":1}");
  training->state = CPG_LOG_DONE;
  training->seconds = 12;
  FIXTURE_WRITE (cpg_session_log_write_training_async, self->log, training);
  LIST (all, trainings, self->log);
  g_assert_cmpuint (all->len, ==, 1);
  const CpgLogTraining *back = all->pdata[0];
  g_assert_cmpstr (back->recipe, ==, training->recipe);
  g_assert_cmpint (back->state, ==, CPG_LOG_DONE);
  g_assert_cmpfloat (back->seconds, ==, 12);
  FIXTURE_CALL (result, cpg_session_log_load_training_points_async, self->log, training->id);
  g_autoptr (GPtrArray) points = cpg_session_log_load_training_points_finish (self->log, result, NULL);
  g_assert_cmpuint (points->len, ==, 2);
  g_assert_cmpint (((CpgLogTrainingPoint *) points->pdata[0])->step, ==, 10);
  g_assert_cmpstr (((CpgLogTrainingPoint *) points->pdata[1])->measures, ==, "{\"loss\":1}");
  FIXTURE_WRITE (cpg_session_log_remove_training_async, self->log, training->id);
  FIXTURE_CALL (gone, cpg_session_log_load_training_points_async, self->log, training->id);
  g_autoptr (GError) error = NULL;
  g_assert_null (cpg_session_log_load_training_points_finish (self->log, gone, &error));
  g_assert_error (error, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NOT_FOUND);
  cpg_log_training_free (training);
}

/* ---- room ---- */

static CpgLogSpace measure (CpgSessionLog *log)
{
  CpgLogSpace space;
  FIXTURE_CALL (result, cpg_session_log_measure_async, log);
  g_assert_true (cpg_session_log_measure_finish (log, result, &space, NULL));
  return space;
}

static int clean_up (CpgSessionLog *log, CpgLogPolicy policy)
{
  g_autoptr (GError) error = NULL;
  FIXTURE_CALL (result, cpg_session_log_clean_up_async, log, &policy);
  int n = cpg_session_log_clean_up_finish (log, result, &error);
  g_assert_no_error (error);
  return n;
}

/* A run that began some days ago, with steps. */
static CpgLogRun *add_old (Fixture *self, int days, const char *title, CpgLogState state)
{
  g_autofree char *text = g_strnfill (4000, 'x');
  CpgLogRun *run = fixture_run (title, text);
  run->started -= days * G_TIME_SPAN_DAY;
  run->state = state;
  run->steps = fixture_steps (0, 50, text);
  FIXTURE_WRITE (cpg_session_log_begin_run_async, self->log, run);
  return run;
}

static void test_clean_up (Fixture *self, gconstpointer data)
{
  (void) data;
  const CpgLogPolicy nothing = {-1, -1, -1, TRUE};
  float *numbers = g_new0 (float, 1000);
  g_autoptr (CpgLogRun) young = add_old (self, 5, "", CPG_LOG_DONE), old = add_old (self, 50, "", CPG_LOG_DONE),
                        named = add_old (self, 50, "mine", CPG_LOG_DONE), running = add_old (self, 50, "", CPG_LOG_RUNNING),
                        marked = add_old (self, 50, "", CPG_LOG_DONE), gone = add_old (self, 1, "", CPG_LOG_DONE);
  FIXTURE_CALL (bookmark, cpg_session_log_add_bookmark_async, self->log, marked->id, 1, "");
  for (int i = 0; i < 1000; i++)
    numbers[i] = (float) g_test_rand_double ();
  FIXTURE_WRITE (cpg_session_log_pin_async, self->log, young->id, cpg_log_latents_new (1, FALSE, numbers, 10, 100));
  g_free (numbers);
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, (const char *[]) {gone->id, NULL}, TRUE);

  CpgLogSpace before = measure (self->log);
  g_assert_cmpint (before.n_runs, ==, 7); /* with a and b */
  g_assert_cmpint (before.n_deleted, ==, 1);
  g_assert_cmpint (before.n_steps, ==, 300);
  g_assert_cmpint (before.latents_bytes, >, 1500);
  g_assert_cmpint (before.latents_bytes, <, 2100);
  g_assert_cmpint (clean_up (self->log, nothing), ==, 0);
  g_assert_cmpint (measure (self->log).n_steps, ==, 300);

  g_assert_cmpint (clean_up (self->log, (CpgLogPolicy) {.text_days = 30, .latents_days = 30, .deleted_days = 30}), ==, 1);
  g_assert_cmpint (measure (self->log).latents_bytes, ==, before.latents_bytes);
  FIXTURE_CALL (load, cpg_session_log_load_async, self->log, (const char *[]) {old->id, NULL}, FALSE);
  g_assert_null (cpg_session_log_runs_finish (self->log, load, NULL));

  g_assert_cmpint (clean_up (self->log, (CpgLogPolicy) {.text_days = -1, .latents_days = 0, .deleted_days = 0}), ==, 1);
  CpgLogSpace after = measure (self->log);
  g_assert_cmpint (after.latents_bytes, ==, 0);
  g_assert_cmpint (after.n_deleted, ==, 0);
  g_assert_cmpint (after.free_bytes, >, 0);
  g_assert_cmpint (clean_up (self->log, nothing), ==, 0);
  CpgLogSpace shrunk = measure (self->log);
  g_assert_cmpint (shrunk.free_bytes, ==, 0);
  g_assert_cmpint (shrunk.bytes, <=, after.bytes);
  GStatBuf file;
  g_assert_cmpint (g_stat (cpg_session_log_get_path (self->log), &file), ==, 0);
  g_assert_cmpint (file.st_size, ==, shrunk.bytes);
  g_assert_cmpint (shrunk.n_steps, ==, 200);
}

/* What a comparison shows stays as long as it does; its parts go with it. */
static void test_clean_up_comparison (Fixture *self, gconstpointer data)
{
  (void) data;
  const CpgLogPolicy deleted = {.text_days = -1, .latents_days = -1, .deleted_days = 0};
  g_autoptr (CpgLogRun) part = add_part (self), comparison = new_comparison (self, part->id);
  comparison->state = self->a->state = CPG_LOG_DONE;
  FIXTURE_WRITE (cpg_session_log_end_run_async, self->log, self->a);
  FIXTURE_WRITE (cpg_session_log_write_comparison_async, self->log, comparison);
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, (const char *[]) {self->a->id, NULL}, TRUE);
  g_assert_cmpint (clean_up (self->log, deleted), ==, 0);
  cpg_log_run_free (fixture_load (self->log, self->a->id));
  FIXTURE_WRITE (cpg_session_log_set_deleted_async, self->log, (const char *[]) {comparison->id, NULL}, TRUE);
  g_assert_cmpint (clean_up (self->log, deleted), ==, 1); /* and its part, which is no entry */
  g_assert_cmpint (measure (self->log).n_deleted, ==, 1);
  FIXTURE_CALL (load, cpg_session_log_load_async, self->log, (const char *[]) {part->id, NULL}, FALSE);
  g_assert_null (cpg_session_log_runs_finish (self->log, load, NULL));
  g_assert_cmpint (clean_up (self->log, deleted), ==, 1);
  g_assert_cmpint (measure (self->log).n_runs, ==, 1); /* b */
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/shelf/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("bookmarks", test_bookmarks);
  ADD ("comparisons", test_comparisons);
  ADD ("trainings", test_trainings);
  ADD ("clean-up", test_clean_up);
  ADD ("clean-up-comparison", test_clean_up_comparison);
#undef ADD
  return g_test_run ();
}
