/* Runs, steps and latents: from and to rows of the file. */
#include "store/cpg-session-log-private.h"

char *cpg_log_tags_join (const char *const *tags)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  for (; tags && *tags; tags++) {
    g_autofree char *tag = g_strstrip (g_strdelimit (g_strdup (*tags), "\r\n", ' '));
    if (*tag && !g_ptr_array_find_with_equal_func (all, tag, g_str_equal, NULL))
      g_ptr_array_add (all, g_steal_pointer (&tag));
  }
  g_ptr_array_add (all, NULL);
  return g_strjoinv ("\n", (char **) all->pdata);
}

/* ---- writing ---- */

/* A step that was there: its numbers are the new ones, and what was read of it stays until it is read again. */
#define KEPT(column) #column " = iif (excluded.decoded, excluded." #column ", " #column ")"
#define KEEPING_TEXTS                                                                                                            \
  "ON CONFLICT (run, step) DO UPDATE SET t = excluded.t, alpha = excluded.alpha, sigma = excluded.sigma, "                       \
  "change = excluded.change, seconds = excluded.seconds, " KEPT (confidence) ", " KEPT (entropy) ", " KEPT (changed) ", " KEPT ( \
      settled) ", " KEPT (text) ", " KEPT (tokens) ", decoded = max (decoded, excluded.decoded), "                               \
                                                   "noisy_text = iif (excluded.noisy_text = '', noisy_text, excluded.noisy_text)"

gboolean cpg_log_write_steps (CpgConnection *connection, gint64 run, GPtrArray *steps, GError **error)
{
  for (guint i = 0; i < steps->len; i++) {
    const CpgLogStep *step = steps->pdata[i];
    if (!cpg_connection_change (
            connection, NULL, error,
            "INSERT INTO steps (run, step, t, alpha, sigma, change, seconds, decoded, confidence, entropy, "
            "changed, settled, text, tokens, noisy_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) " KEEPING_TEXTS,
            "iidddddiddiisbs", run, (gint64) step->number, step->t, step->alpha, step->sigma, step->change, step->seconds,
            (gint64) (step->decoded != FALSE), step->confidence, step->entropy, (gint64) step->n_changed,
            (gint64) step->n_settled, step->text, step->tokens, step->noisy_text))
      return FALSE;
  }
  return TRUE;
}

gboolean cpg_log_write_latents (CpgConnection *connection, gint64 run, const CpgLogLatents *latents, GError **error)
{
  return cpg_connection_change (
      connection, NULL, error,
      "INSERT OR REPLACE INTO latents (run, step, noisy, n, width, packed, pinned) VALUES (?, ?, ?, ?, ?, ?, ?)", "iiiiibi", run,
      (gint64) latents->step, (gint64) (latents->noisy != FALSE), (gint64) latents->n, (gint64) latents->width, latents->packed,
      g_get_real_time ());
}

gboolean cpg_log_write_run (CpgConnection *connection, const CpgLogRun *run, GError **error)
{
  g_autofree char *tags = cpg_log_tags_join ((const char *const *) run->tags);
  gint64 number;
  if (!cpg_connection_change (
          connection, NULL, error,
          "INSERT INTO runs (id, parent, branched, task, source, seed, settings, model_name, model_path, "
          "model_sha256, engine, program, started, seconds, state, error, title, note, tags, output, output_hash, kind, part) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "ssississssssidissssssii", run->id, run->parent, (gint64) run->branched, run->task, run->source, (gint64) run->seed,
          run->settings, run->model_name, run->model_path, run->model_sha256, run->engine, run->program, run->started,
          run->seconds, (gint64) run->state, run->error, run->title, run->note, tags, run->output, run->output_hash,
          (gint64) run->kind, (gint64) (run->part != FALSE))
      || !cpg_connection_number (connection, &number, 0, error, "SELECT last_insert_rowid ()", ""))
    return FALSE;
  if (run->steps && !cpg_log_write_steps (connection, number, run->steps, error))
    return FALSE;
  for (guint i = 0; run->latents && i < run->latents->len; i++) {
    if (!cpg_log_write_latents (connection, number, run->latents->pdata[i], error))
      return FALSE;
  }
  for (guint i = 0; run->bookmarks && i < run->bookmarks->len; i++) {
    const CpgLogBookmark *bookmark = run->bookmarks->pdata[i];
    if (!cpg_connection_change (connection, NULL, error, "INSERT INTO bookmarks (run, step, title, made) VALUES (?, ?, ?, ?)",
                                "iisi", number, (gint64) bookmark->step, bookmark->title, bookmark->made))
      return FALSE;
  }
  return TRUE;
}

gboolean cpg_log_write_columns (CpgConnection *connection, const CpgLogRun *comparison, GError **error)
{
  if (!cpg_connection_change (connection, NULL, error,
                              "INSERT OR REPLACE INTO comparisons (run, judge, reference) "
                              "VALUES ((SELECT number FROM runs WHERE id = ?), ?, ?)",
                              "sss", comparison->id, comparison->judge, comparison->reference)
      || !cpg_connection_change (connection, NULL, error,
                                 "DELETE FROM columns WHERE comparison = (SELECT number FROM runs WHERE id = ?)", "s",
                                 comparison->id))
    return FALSE;
  for (guint i = 0; comparison->columns && i < comparison->columns->len; i++) {
    const CpgLogColumn *column = comparison->columns->pdata[i];
    if (!cpg_connection_change (connection, NULL, error,
                                "INSERT INTO columns (comparison, position, run, variation, tokens, seconds, perplexity, "
                                "diversity, rouge_1, rouge_2, rouge_l, bleu, problem, own_judge) "
                                "VALUES ((SELECT number FROM runs WHERE id = ?), ?, (SELECT number FROM runs WHERE id = ?), ?, "
                                "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                "sissidddddddsi", comparison->id, (gint64) i, column->run, column->variation,
                                (gint64) column->n_tokens, column->seconds, column->perplexity, column->diversity,
                                column->rouge_1, column->rouge_2, column->rouge_l, column->bleu, column->problem,
                                (gint64) (column->own_judge != FALSE)))
      return FALSE;
  }
  return TRUE;
}

/* ---- reading ---- */

GPtrArray *cpg_log_read_all (CpgConnection *connection, CpgRows *query, gpointer (*read) (CpgRows *rows),
                             GDestroyNotify free_record, GError **error)
{
  g_autoptr (CpgRows) rows = query;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (free_record);
  g_autoptr (GError) local = NULL;
  if (!rows)
    return NULL;
  while (cpg_connection_next (connection, rows, &local))
    g_ptr_array_add (all, read (rows));
  if (!local)
    return g_steal_pointer (&all);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

CpgLogState cpg_log_read_state (CpgRows *rows, int column)
{
  gint64 state = cpg_rows_get_number (rows, column);
  return state >= 0 && state < CPG_LOG_N_STATES ? (CpgLogState) state : CPG_LOG_INTERRUPTED;
}

gpointer cpg_log_read_run (CpgRows *rows)
{
  CpgLogRun *run = g_new0 (CpgLogRun, 1);
  g_autofree char *tags = cpg_rows_get_text (rows, 19);
  run->number = cpg_rows_get_number (rows, 0);
  run->id = cpg_rows_get_text (rows, 1);
  run->parent = cpg_rows_get_text (rows, 2);
  run->branched = (int) cpg_rows_get_number (rows, 3);
  run->task = cpg_rows_get_text (rows, 4);
  run->source = cpg_rows_get_text (rows, 5);
  run->seed = (guint64) cpg_rows_get_number (rows, 6);
  run->settings = cpg_rows_get_text (rows, 7);
  run->model_name = cpg_rows_get_text (rows, 8);
  run->model_path = cpg_rows_get_text (rows, 9);
  run->model_sha256 = cpg_rows_get_text (rows, 10);
  run->engine = cpg_rows_get_text (rows, 11);
  run->program = cpg_rows_get_text (rows, 12);
  run->started = cpg_rows_get_number (rows, 13);
  run->seconds = cpg_rows_get_double (rows, 14);
  run->state = cpg_log_read_state (rows, 15);
  run->error = cpg_rows_get_text (rows, 16);
  run->title = cpg_rows_get_text (rows, 17);
  run->note = cpg_rows_get_text (rows, 18);
  run->tags = *tags ? g_strsplit (tags, "\n", -1) : g_new0 (char *, 1);
  run->output = cpg_rows_get_text (rows, 20);
  run->output_hash = cpg_rows_get_text (rows, 21);
  run->deleted = cpg_rows_get_number (rows, 22) != 0;
  run->n_steps = (int) cpg_rows_get_number (rows, 23);
  gint64 kind = cpg_rows_get_number (rows, 24);
  run->kind = kind >= 0 && kind < CPG_LOG_N_KINDS ? (CpgLogKind) kind : CPG_LOG_DIFFUSION;
  run->part = cpg_rows_get_number (rows, 25) != 0;
  run->n_columns = (int) cpg_rows_get_number (rows, 26);
  run->judge = g_strdup ("");
  run->reference = g_strdup ("");
  return run;
}

static gpointer read_step (CpgRows *rows)
{
  CpgLogStep *step = g_new (CpgLogStep, 1);
  *step = (CpgLogStep) {
    .number = (int) cpg_rows_get_number (rows, 0),
    .t = cpg_rows_get_double (rows, 1),
    .alpha = cpg_rows_get_double (rows, 2),
    .sigma = cpg_rows_get_double (rows, 3),
    .change = cpg_rows_get_double (rows, 4),
    .seconds = cpg_rows_get_double (rows, 5),
    .decoded = cpg_rows_get_number (rows, 6) != 0,
    .confidence = cpg_rows_get_double (rows, 7),
    .entropy = cpg_rows_get_double (rows, 8),
    .n_changed = (int) cpg_rows_get_number (rows, 9),
    .n_settled = (int) cpg_rows_get_number (rows, 10),
    .text = cpg_rows_get_text (rows, 11),
    .tokens = cpg_rows_get_bytes (rows, 12),
    .noisy_text = cpg_rows_get_text (rows, 13),
  };
  return step;
}

GPtrArray *cpg_log_read_steps (CpgConnection *connection, gint64 run, GError **error)
{
  CpgRows *rows = cpg_connection_query (connection, error,
                                        "SELECT step, t, alpha, sigma, change, seconds, decoded, confidence, entropy, changed, "
                                        "settled, text, tokens, noisy_text FROM steps WHERE run = ? ORDER BY step",
                                        "i", run);
  return cpg_log_read_all (connection, rows, read_step, (GDestroyNotify) cpg_log_step_free, error);
}

static gpointer read_latents (CpgRows *rows)
{
  CpgLogLatents *latents = g_new (CpgLogLatents, 1);
  *latents = (CpgLogLatents) {
    .step = (int) cpg_rows_get_number (rows, 0),
    .noisy = cpg_rows_get_number (rows, 1) != 0,
    .n = (int) cpg_rows_get_number (rows, 2),
    .width = (int) cpg_rows_get_number (rows, 3),
    .packed = cpg_rows_get_bytes (rows, 4),
  };
  return latents;
}

GPtrArray *cpg_log_read_latents (CpgConnection *connection, gint64 run, GError **error)
{
  CpgRows *rows = cpg_connection_query (
      connection, error, "SELECT step, noisy, n, width, packed FROM latents WHERE run = ? ORDER BY step, noisy", "i", run);
  return cpg_log_read_all (connection, rows, read_latents, (GDestroyNotify) cpg_log_latents_free, error);
}

gpointer cpg_log_read_bookmark (CpgRows *rows)
{
  CpgLogBookmark *bookmark = g_new0 (CpgLogBookmark, 1);
  bookmark->number = cpg_rows_get_number (rows, 0);
  bookmark->run = cpg_rows_get_text (rows, 1);
  bookmark->step = (int) cpg_rows_get_number (rows, 2);
  bookmark->title = cpg_rows_get_text (rows, 3);
  bookmark->made = cpg_rows_get_number (rows, 4);
  return bookmark;
}

GPtrArray *cpg_log_read_bookmarks (CpgConnection *connection, gint64 run, GError **error)
{
  CpgRows *rows = cpg_connection_query (connection, error,
                                        "SELECT bookmarks.number, runs.id, step, bookmarks.title, made FROM bookmarks "
                                        "JOIN runs ON runs.number = run WHERE run = ? ORDER BY step",
                                        "i", run);
  return cpg_log_read_all (connection, rows, cpg_log_read_bookmark, (GDestroyNotify) cpg_log_bookmark_free, error);
}

static gpointer read_column (CpgRows *rows)
{
  CpgLogColumn *column = g_new (CpgLogColumn, 1);
  *column = (CpgLogColumn) {
    .run = cpg_rows_get_text (rows, 0),
    .variation = cpg_rows_get_text (rows, 1),
    .n_tokens = (int) cpg_rows_get_number (rows, 2),
    .seconds = cpg_rows_get_double (rows, 3),
    .perplexity = cpg_rows_get_double (rows, 4),
    .diversity = cpg_rows_get_double (rows, 5),
    .rouge_1 = cpg_rows_get_double (rows, 6),
    .rouge_2 = cpg_rows_get_double (rows, 7),
    .rouge_l = cpg_rows_get_double (rows, 8),
    .bleu = cpg_rows_get_double (rows, 9),
    .problem = cpg_rows_get_text (rows, 10),
    .own_judge = cpg_rows_get_number (rows, 11) != 0,
  };
  return column;
}

gboolean cpg_log_read_columns (CpgConnection *connection, CpgLogRun *comparison, GError **error)
{
  CpgRows *rows = cpg_connection_query (connection, error,
                                        "SELECT runs.id, variation, tokens, columns.seconds, perplexity, diversity, rouge_1, "
                                        "rouge_2, rouge_l, bleu, problem, own_judge FROM columns "
                                        "LEFT JOIN runs ON runs.number = run WHERE comparison = ? ORDER BY position",
                                        "i", comparison->number);
  comparison->columns = cpg_log_read_all (connection, rows, read_column, (GDestroyNotify) cpg_log_column_free, error);
  if (!comparison->columns)
    return FALSE;
  g_autoptr (CpgRows) words = cpg_connection_query (connection, error, "SELECT judge, reference FROM comparisons WHERE run = ?",
                                                    "i", comparison->number);
  g_autoptr (GError) local = NULL;
  if (!words)
    return FALSE;
  if (cpg_connection_next (connection, words, &local)) {
    g_free (comparison->judge);
    g_free (comparison->reference);
    comparison->judge = cpg_rows_get_text (words, 0);
    comparison->reference = cpg_rows_get_text (words, 1);
  }
  if (!local)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
