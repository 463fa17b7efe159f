/* Makes a session log of many runs, to measure what the program does with it.
 *
 *   build/tests/bench/make-log FILE [RUNS [STEPS]]       2000 runs of 50 steps
 *
 * Runs are spread over the two years before, the newest an hour ago; titles, tags, notes and texts are of a few hundred words.
 */
#include "store/cpg-log-pack.h"
#include "store/cpg-session-log.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOGETHER = 50, TOKENS = 60 };

static const char *const words[] = {
  "owl",    "moon",   "river", "kite",   "dog",    "red",   "blue",    "windy", "morning", "garden",
  "friend", "little", "happy", "played", "jumped", "found", "lost",    "home",  "mother",  "school",
  "cake",   "rain",   "tree",  "bird",   "boat",   "hat",   "laughed", "ran",
};

static char *make_text (GRand *random, int n)
{
  GString *text = g_string_new (NULL);
  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s%d", i ? " " : "", words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))],
                            g_rand_int_range (random, 0, 10));
  return g_string_free (text, FALSE);
}

static CpgLogStep *make_step (GRand *random, int number, int steps)
{
  CpgLogStep *step = cpg_log_step_new ();
  int ids[TOKENS];
  float probabilities[TOKENS];
  for (int i = 0; i < TOKENS; i++) {
    ids[i] = g_rand_int_range (random, 0, 30000);
    probabilities[i] = (float) g_rand_double (random);
  }
  step->number = number;
  step->t = 1 - (double) number / steps;
  step->alpha = 1 - step->t;
  step->sigma = step->t;
  step->change = 0.1;
  step->seconds = 0.01;
  step->decoded = TRUE;
  step->confidence = 0.8;
  step->entropy = 1.2;
  step->n_changed = 4;
  step->n_settled = 30;
  step->text = make_text (random, TOKENS * 2 / 3);
  step->tokens = cpg_log_tokens_pack (ids, probabilities, TOKENS);
  return step;
}

static CpgLogRun *make_run (GRand *random, gint64 age, int steps)
{
  CpgLogRun *run = cpg_log_run_new ();
  run->task = g_strdup ("story");
  run->source = g_strdup ("");
  run->seed = g_rand_int (random);
  g_set_str (&run->settings, "{\"sampler\":\"dpm-sde\",\"steps\":50}");
  run->model_name = g_strdup ("story-first");
  run->engine = g_strdup ("oneDNN bf16");
  run->program = g_strdup ("0.1.0");
  run->started = g_get_real_time () - age;
  run->seconds = 1.5;
  run->state = CPG_LOG_DONE;
  run->title = g_rand_int_range (random, 0, 10) ? NULL : make_text (random, 3);
  run->note = g_rand_int_range (random, 0, 20) ? NULL : make_text (random, 20);
  run->output = make_text (random, TOKENS * 2 / 3);
  run->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_step_free);
  for (int i = 0; i < steps; i++)
    g_ptr_array_add (run->steps, make_step (random, i, steps));
  return run;
}

static void take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

int main (int argc, char **argv)
{
  if (argc < 2) {
    fprintf (stderr, "make-log FILE [RUNS [STEPS]]\n");
    return 2;
  }
  int runs = argc > 2 ? MAX (1, atoi (argv[2])) : 2000, steps = argc > 3 ? MAX (0, atoi (argv[3])) : 50;
  gint64 between = 730 * G_TIME_SPAN_DAY / runs;
  g_autoptr (CpgSessionLog) log = cpg_session_log_new (argv[1]);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  for (int done = 0; done < runs;) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    GPtrArray *some = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
    for (int i = 0; i < TOGETHER && done < runs; i++, done++)
      g_ptr_array_add (some, make_run (random, G_TIME_SPAN_HOUR + between * (runs - 1 - done), steps));
    cpg_session_log_add_runs_async (log, some, NULL, take_result, &result);
    while (!result)
      g_main_context_iteration (NULL, TRUE);
    if (cpg_session_log_add_runs_finish (log, result, &error) < 0) {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  }
  cpg_session_log_close (log);
  printf ("%s: %d runs of %d steps\n", argv[1], runs, steps);
  return 0;
}
