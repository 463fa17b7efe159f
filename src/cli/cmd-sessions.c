/* cosmos sessions: what the window has logged. */

#include "cli/json.h"
#include "cli/nearest.h"
#include "cli/run-report.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "store/cpg-session-log-exchange.h"

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

static int list (CpgSessionLog *log, const CliArguments *arguments)
{
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
  {"list", NULL, false, list},           {"show", "RUN...", false, show},     {"search", "WORD...", false, search},
  {"export", "RUN...", false, export},   {"import", "FILE...", true, import}, {"delete", "RUN...", false, delete},
  {"restore", "RUN...", false, restore},
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
      "sessions cannot \"%.60s\"%s%s%s; possible: list, show, search, export, import, delete, restore. See: cosmos help sessions",
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
  = "Works on the log that the window writes of every run. The actions: list (the newest first); show RUN; search WORD (every word must "
    "occur in title, tags, note, source or text, or begin a word that does); export RUN with --output FILE, and import FILE (.cosmosrun); "
    "delete RUN and restore RUN. A RUN is its number in the list, or its id.",
  .options = "limit task tag setting deleted output log",
  .examples = "  cosmos sessions list --limit 10\n"
              "  cosmos sessions search owl moon --json\n"
              "  cosmos sessions export 12 13 --output owls.cosmosrun",
  .min_words = 1,
  .max_words = 10000,
  .run = run_sessions,
};
