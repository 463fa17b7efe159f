/* cosmos sessions: what the window has logged. */

#include "cli/again.h"
#include "cli/json.h"
#include "cli/nearest.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/run-report.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "store/cpg-session-log-exchange.h"
#include "store/cpg-session-log-shelf.h"

#include <stdio.h>
#include <string.h>

/* ---- the log, with its answers waited for ---- */

static void take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *wait_for (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static int fail (const GError *error)
{
  cli_say ("%s", error->message);
  return CLI_FAILED;
}

/* Only an import makes a log where there is none. */
static int open_log (const CliArguments *arguments, bool make, CpgSessionLog **log)
{
  g_autofree char *standard = cpg_session_log_get_default_path ();
  const char *path = arguments->log ? arguments->log : standard;
  if (!make && !g_file_test (path, G_FILE_TEST_EXISTS)) {
    cli_say ("There is no session log %s: the window makes it, and so does cosmos sessions import", path);
    return CLI_FAILED;
  }
  g_autoptr (CpgSessionLog) opened = cpg_session_log_new (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  cpg_session_log_open_async (opened, NULL, take_result, &result);
  if (!cpg_session_log_write_finish (opened, wait_for (&result), &error))
    return fail (error);
  *log = g_steal_pointer (&opened);
  return CLI_OK;
}

static int print_json (const CpgLogRun *run)
{
  CliJson json = cli_json_new ("sessions");
  cli_json_run (&json, run);
  return cli_json_finish (&json);
}

/* {"number": 12, "id": "...", what: true} for each. */
static int print_done (const CliArguments *arguments, GPtrArray *runs, const char *what)
{
  int result = CLI_OK;
  for (guint i = 0; arguments->json && i < runs->len && result == CLI_OK; i++) {
    const CpgLogRun *run = runs->pdata[i];
    CliJson json = cli_json_new ("sessions");
    if (run->number)
      cli_json_integer (&json, json.root, "number", run->number);
    cli_json_text (&json, json.root, "id", run->id);
    cli_json_bool (&json, json.root, what, true);
    result = cli_json_finish (&json);
  }
  return result;
}

/* ---- reading ---- */

static int find (CpgSessionLog *log, const CliArguments *arguments, const char *words)
{
  g_auto (GStrv) setting = arguments->setting ? g_strsplit (arguments->setting, "=", 2) : NULL;
  if (setting && g_strv_length (setting) < 2) {
    cli_say ("--setting cannot be \"%.60s\"; possible: NAME=VALUE, as sampler=ddim", arguments->setting);
    return CLI_USAGE;
  }
  CpgLogQuery query = {
    .words = words,
    .task = arguments->task,
    .tag = arguments->tag,
    .setting = setting ? setting[0] : NULL,
    .value = setting ? setting[1] : NULL,
    .deleted = arguments->deleted,
    .limit = arguments->limit,
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  cpg_session_log_find_async (log, &query, NULL, take_result, &result);
  g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (log, wait_for (&result), &error);
  if (!runs)
    return fail (error);
  int code = CLI_OK;
  for (guint i = 0; i < runs->len && code == CLI_OK; i++) {
    if (arguments->json)
      code = print_json (runs->pdata[i]);
    else
      cli_print_run_line (runs->pdata[i]);
  }
  return code == CLI_OK ? cli_finish_output () : code;
}

/* "" where a training has no checkpoint yet. */
static char *load_last_measures (CpgSessionLog *log, const CpgLogTraining *training, gint64 *step)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_session_log_load_training_points_async (log, training->id, NULL, take_result, &result);
  g_autoptr (GPtrArray) points = cpg_session_log_load_training_points_finish (log, wait_for (&result), NULL);
  const CpgLogTrainingPoint *last = points && points->len > 0 ? points->pdata[points->len - 1] : NULL;
  *step = last ? last->step : 0;
  return g_strdup (last ? last->measures : "");
}

static int print_training (const CliArguments *arguments, const CpgLogTraining *training, gint64 step, const char *measures)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local_usec (training->started);
  g_autofree char *began = time ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("");
  if (!arguments->json) {
    g_autofree char *line = g_strdup_printf ("%s  %-11s  %-11s  %s  step %" G_GINT64_FORMAT "  %s", began,
                                             cpg_log_state_get_name (training->state), training->stage, training->name, step,
                                             measures);
    cli_print_text (line);
    return CLI_OK;
  }
  CliJson json = cli_json_new ("sessions");
  cli_json_text (&json, json.root, "id", training->id);
  cli_json_text (&json, json.root, "name", training->name);
  cli_json_text (&json, json.root, "stage", training->stage);
  cli_json_text (&json, json.root, "state", cpg_log_state_get_name (training->state));
  cli_json_text (&json, json.root, "error", *training->error ? training->error : NULL);
  cli_json_text (&json, json.root, "output", training->output);
  cli_json_number (&json, json.root, "seconds", training->seconds);
  cli_json_integer (&json, json.root, "step", step);
  yyjson_doc *values = yyjson_read (measures, strlen (measures), 0);
  yyjson_mut_obj_add_val (json.doc, json.root, "measures",
                          values ? yyjson_val_mut_copy (json.doc, yyjson_doc_get_root (values)) : yyjson_mut_null (json.doc));
  yyjson_doc_free (values);
  return cli_json_finish (&json);
}

static int list_trainings (CpgSessionLog *log, const CliArguments *arguments)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  cpg_session_log_list_trainings_async (log, NULL, take_result, &result);
  g_autoptr (GPtrArray) trainings = cpg_session_log_list_trainings_finish (log, wait_for (&result), &error);
  if (!trainings)
    return fail (error);
  int code = CLI_OK;
  for (guint i = 0; i < trainings->len && code == CLI_OK && (!arguments->limit || (int) i < arguments->limit); i++) {
    gint64 step;
    g_autofree char *measures = load_last_measures (log, trainings->pdata[i], &step);
    code = print_training (arguments, trainings->pdata[i], step, measures);
  }
  return code == CLI_OK ? cli_finish_output () : code;
}

static int list (CpgSessionLog *log, const CliArguments *arguments)
{
  if (arguments->training)
    return list_trainings (log, arguments);
  return find (log, arguments, NULL);
}

static int search (CpgSessionLog *log, const CliArguments *arguments)
{
  g_autofree char *words = g_strjoinv (" ", arguments->words + 1);
  return find (log, arguments, words);
}

/* The runs that the words behind the action name; NULL after saying why not. */
static GPtrArray *load (CpgSessionLog *log, const CliArguments *arguments)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  cpg_session_log_load_async (log, (const char *const *) arguments->words + 1, FALSE, NULL, take_result, &result);
  GPtrArray *runs = cpg_session_log_runs_finish (log, wait_for (&result), &error);
  if (!runs)
    fail (error);
  return runs;
}

static int show (CpgSessionLog *log, const CliArguments *arguments)
{
  g_autoptr (GPtrArray) runs = load (log, arguments);
  int code = runs ? CLI_OK : CLI_FAILED;
  for (guint i = 0; code == CLI_OK && i < runs->len; i++) {
    if (arguments->json)
      code = print_json (runs->pdata[i]);
    else {
      if (i)
        putchar ('\n');
      cli_print_run (runs->pdata[i]);
    }
  }
  return code == CLI_OK ? cli_finish_output () : code;
}

/* ---- running again ---- */

/* A chain of branches that is longer is none that somebody made by hand. */
enum { MAX_CHAIN = 100 };

/* The run, the one that it branched from, and so on; NULL after saying why not. */
static GPtrArray *load_chain (CpgSessionLog *log, const char *id)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
  for (const char *next = id; next && chain->len < MAX_CHAIN;) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    cpg_session_log_load_async (log, (const char *[]) {next, NULL}, FALSE, NULL, take_result, &result);
    g_autoptr (GPtrArray) runs = cpg_session_log_runs_finish (log, wait_for (&result), &error);
    if (!runs) {
      if (chain->len > 0)
        cli_say ("The run that it branched from is not in the log any more");
      else
        fail (error);
      return NULL;
    }
    CpgLogRun *run = cpg_log_run_copy (runs->pdata[0]);
    g_ptr_array_add (chain, run);
    next = *run->parent && run->branched > 0 ? run->parent : NULL;
  }
  return g_steal_pointer (&chain);
}

/* Why there is nothing to compare with, or why it came out otherwise; NULL: it came out the same. */
static char *explain (const CpgLogRun *run, const CliAgain *again, bool new_seed)
{
  if (new_seed)
    return g_strdup ("it has another seed");
  if (!*run->output_hash)
    return g_strdup ("the logged run did not reach its end");
  if (g_str_equal (run->output_hash, again->hash))
    return NULL;
  switch (cpg_log_run_find_cause (run, again->model_sha256, again->compute, COSMOS_VERSION)) {
  case CPG_LOG_CAUSE_MODEL:
    return g_strdup_printf ("the model file is another one: %.12s…, not %.12s…", again->model_sha256, run->model_sha256);
  case CPG_LOG_CAUSE_ENGINE:
    return g_strdup_printf ("the logged run was computed with %s, this one with %s", run->engine, again->compute);
  case CPG_LOG_CAUSE_PROGRAM:
    return g_strdup_printf ("version %s of the program made the logged run, this is version %s", run->program, COSMOS_VERSION);
  default:
    return g_strdup ("another computer made the logged run");
  }
}

static int print_again (const CliArguments *arguments, const CpgLogRun *run, const CliAgain *again, const char *reason)
{
  cli_progress_clear ();
  if (!arguments->json) {
    cli_print_text (again->text);
    if (reason)
      cli_say ("Not the same bits as run %" G_GINT64_FORMAT ": %s", run->number, reason);
    else
      cli_say ("The same to the last bit as run %" G_GINT64_FORMAT, run->number);
    return cli_finish_output ();
  }
  CliJson json = cli_json_new ("sessions");
  cli_json_integer (&json, json.root, "number", run->number);
  cli_json_text (&json, json.root, "id", run->id);
  cli_json_bool (&json, json.root, "identical", !reason);
  cli_json_text (&json, json.root, "reason", reason);
  yyjson_mut_obj_add_uint (json.doc, json.root, "seed", again->seed);
  cli_json_text (&json, json.root, "model_sha256", again->model_sha256);
  cli_json_text (&json, json.root, "compute", again->compute);
  cli_json_number (&json, json.root, "seconds", again->seconds);
  cli_json_text (&json, json.root, "text", again->text);
  cli_json_text (&json, json.root, "output_hash", again->hash);
  return cli_json_finish (&json);
}

static int again (CpgSessionLog *log, const CliArguments *arguments)
{
  if (arguments->n_words > 2) {
    cli_say ("sessions again takes one RUN at a time. See: cosmos help sessions");
    return CLI_USAGE;
  }
  g_autoptr (GPtrArray) chain = load_chain (log, arguments->words[1]);
  CliAgain again = {0};
  CosmosError err = {0};
  if (!chain)
    return CLI_FAILED;
  if (((CpgLogRun *) chain->pdata[0])->kind != CPG_LOG_DIFFUSION) {
    cli_say ("Run %s is %s, which the window opens; sessions again makes runs of diffusion", arguments->words[1],
             ((CpgLogRun *) chain->pdata[0])->kind == CPG_LOG_COMPARISON ? "a comparison" : "an autoregressive text");
    return CLI_FAILED;
  }
  int code;
  if (cli_again (arguments, chain, &again, &err)) {
    g_autofree char *reason = explain (chain->pdata[0], &again, arguments->has_seed);
    code = print_again (arguments, chain->pdata[0], &again, reason);
    if (code == CLI_OK && reason && !arguments->has_seed)
      code = CLI_DIFFERENT;
  } else
    code = cli_fail (&err);
  cli_again_clear (&again);
  return code;
}

/* ---- changing ---- */

static int set_deleted (CpgSessionLog *log, const CliArguments *arguments, bool deleted)
{
  g_autoptr (GPtrArray) runs = load (log, arguments);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  if (!runs)
    return CLI_FAILED;
  cpg_session_log_set_deleted_async (log, (const char *const *) arguments->words + 1, deleted, NULL, take_result, &result);
  if (!cpg_session_log_write_finish (log, wait_for (&result), &error))
    return fail (error);
  return print_done (arguments, runs, deleted ? "deleted" : "restored");
}

static int delete (CpgSessionLog *log, const CliArguments *arguments)
{
  return set_deleted (log, arguments, true);
}

static int restore (CpgSessionLog *log, const CliArguments *arguments)
{
  return set_deleted (log, arguments, false);
}

static int export (CpgSessionLog *log, const CliArguments *arguments)
{
  if (!arguments->output) {
    cli_say ("Where to? Name the file with --output FILE.cosmosrun");
    return CLI_USAGE;
  }
  g_autoptr (GPtrArray) runs = load (log, arguments);
  g_autoptr (GFile) file = g_file_new_for_path (arguments->output);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  if (!runs)
    return CLI_FAILED;
  cpg_session_log_export_async (log, (const char *const *) arguments->words + 1, file, NULL, take_result, &result);
  if (!cpg_session_log_export_finish (log, wait_for (&result), &error))
    return fail (error);
  return print_done (arguments, runs, "exported");
}

static int import (CpgSessionLog *log, const CliArguments *arguments)
{
  int code = CLI_OK;
  for (char **path = arguments->words + 1; *path && code == CLI_OK; path++) {
    g_autoptr (GFile) file = g_file_new_for_path (*path);
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    int n_new;
    cpg_session_log_import_async (log, file, NULL, take_result, &result);
    g_autoptr (GPtrArray) runs = cpg_session_log_import_finish (log, wait_for (&result), &n_new, &error);
    if (!runs) {
      cli_say ("%s: %s", *path, error->message);
      code = CLI_FAILED;
    } else if (arguments->json)
      code = print_done (arguments, runs, "imported");
    else
      printf ("%s: %u run%s, %d of them new\n", *path, runs->len, runs->len == 1 ? "" : "s", n_new);
  }
  return code == CLI_OK ? cli_finish_output () : code;
}

/* ---- the verb ---- */

typedef struct {
  const char *name, *words; /* what must follow; NULL: nothing may */
  bool makes_log;
  int (*run) (CpgSessionLog *log, const CliArguments *arguments);
} Action;

static const Action actions[] = {
  {"list", NULL, false, list},         {"show", "RUN...", false, show},       {"search", "WORD...", false, search},
  {"again", "RUN", false, again},      {"export", "RUN...", false, export},   {"import", "FILE...", true, import},
  {"delete", "RUN...", false, delete}, {"restore", "RUN...", false, restore},
};
enum { N_ACTIONS = sizeof actions / sizeof actions[0] };

static const Action *find_action (const char *name)
{
  const char *names[N_ACTIONS];
  for (int i = 0; i < N_ACTIONS; i++) {
    if (strcmp (actions[i].name, name) == 0)
      return &actions[i];
    names[i] = actions[i].name;
  }
  const char *nearest = cli_nearest (name, names, N_ACTIONS);
  cli_say (
      "sessions cannot \"%.60s\"%s%s%s; possible: list, show, search, again, export, import, delete, restore. See: cosmos help sessions",
      name, nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
  return NULL;
}

static int run_sessions (const CliArguments *arguments)
{
  const Action *action = find_action (arguments->words[0]);
  g_autoptr (CpgSessionLog) log = NULL;
  if (!action)
    return CLI_USAGE;
  if ((arguments->n_words > 1) != (action->words != NULL)) {
    cli_say ("sessions %s takes %s. See: cosmos help sessions", action->name, action->words ? action->words : "no more words");
    return CLI_USAGE;
  }
  g_setenv ("GIO_USE_VFS", "local", FALSE); /* plain files: no daemon is asked */
  /* As a list that ends with NULL, for the log. */
  g_autofree char **words = g_new0 (char *, (gsize) arguments->n_words + 1);
  memcpy (words, arguments->words, (gsize) arguments->n_words * sizeof *words);
  CliArguments ended = *arguments;
  ended.words = words;
  int code = open_log (&ended, action->makes_log, &log);
  return code == CLI_OK ? action->run (log, &ended) : code;
}

const CliVerb cli_verb_sessions = {
  .name = "sessions",
  .words = "ACTION [RUN|WORD|FILE]...",
  .summary = "find, show, export and import logged runs",
  .about
  = "Works on the log that the window writes of every run. The actions: list (the newest first; with --training, what cosmos train did); show RUN; search WORD (every word must "
    "occur in title, tags, note, source or text, or begin a word that does); again RUN (makes it once more and says whether it came out the same to "
    "the last bit, or why it did not; then the exit status is 3); export RUN with --output FILE, and import FILE (.cosmosrun); "
    "delete RUN and restore RUN. A RUN is its number in the list, or its id.",
  .options = "limit task tag setting deleted training seed model compute threads output log",
  .examples = "  cosmos sessions list --limit 10\n"
              "  cosmos sessions search owl moon --json\n"
              "  cosmos sessions again 12\n"
              "  cosmos sessions export 12 13 --output owls.cosmosrun",
  .min_words = 1,
  .max_words = 10000,
  .run = run_sessions,
};
