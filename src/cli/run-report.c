#include "cli/run-report.h"

#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- text ---- */

static char *local_time (const CpgLogRun *run, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local_usec (run->started);
  return time ? g_date_time_format (time, format) : g_strdup ("");
}

/* An excerpt without the marks around what was found. */
static char *unmarked (const char *excerpt)
{
  char *text = g_strdup (excerpt), *to = text;
  for (const char *from = excerpt; *from; from++) {
    if (*from != '\001' && *from != '\002')
      *to++ = *from;
  }
  *to = 0;
  return text;
}

void cli_print_run_line (const CpgLogRun *run)
{
  g_autofree char *time = local_time (run, "%Y-%m-%d %H:%M");
  g_autofree char *words = run->excerpt ? unmarked (run->excerpt) : cpg_log_run_get_heading (run);
  g_autofree char *line = g_strdup_printf ("%5" G_GINT64_FORMAT "  %s  %-11s  %-8s  %s", run->number, time,
                                           cpg_log_state_get_name (run->state), run->task, words);
  cli_print_text (line);
}

static void print_value (const char *name, const char *value)
{
  g_autofree char *line = *value ? g_strdup_printf ("%-12s %s", name, value) : NULL;
  if (line)
    cli_print_text (line);
}

void cli_print_run (const CpgLogRun *run)
{
  g_autofree char *time = local_time (run, "%Y-%m-%d %H:%M:%S"), *tags = g_strjoinv (", ", run->tags);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, run->number);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, run->seed);
  g_autofree char *steps = g_strdup_printf ("%d", run->n_steps);
  g_autofree char *seconds = isfinite (run->seconds) ? g_strdup_printf ("%.2f", run->seconds) : g_strdup ("");
  g_autofree char *branch = *run->parent ? g_strdup_printf ("%s, from step %d", run->parent, run->branched + 1) : g_strdup ("");
  print_value ("number", number);
  print_value ("id", run->id);
  print_value ("title", run->title);
  print_value ("tags", tags);
  print_value ("note", run->note);
  print_value ("began", time);
  print_value ("state", cpg_log_state_get_name (run->state));
  print_value ("error", run->error);
  print_value ("deleted", run->deleted ? "yes" : "");
  print_value ("branch of", branch);
  print_value ("task", run->task);
  print_value ("seed", seed);
  print_value ("settings", run->settings);
  print_value ("model", run->model_name);
  print_value ("model file", run->model_path);
  print_value ("engine", run->engine);
  print_value ("program", run->program);
  print_value ("steps", steps);
  print_value ("seconds", seconds);
  print_value ("output hash", run->output_hash);
  print_value ("source", run->source);
  print_value ("text", run->output);
}

/* ---- JSON ---- */

static void add_steps (CliJson *json, GPtrArray *steps)
{
  yyjson_mut_val *list = cli_json_array (json, json->root, "steps");
  for (guint i = 0; i < steps->len; i++) {
    const CpgLogStep *step = steps->pdata[i];
    yyjson_mut_val *object = cli_json_append (json, list);
    cli_json_integer (json, object, "step", step->number);
    cli_json_number (json, object, "t", step->t);
    cli_json_number (json, object, "sigma", step->sigma);
    cli_json_number (json, object, "change", step->change);
    cli_json_number (json, object, "seconds", step->seconds);
    cli_json_text (json, object, "text", step->decoded ? step->text : NULL);
    cli_json_text (json, object, "noisy_text", *step->noisy_text ? step->noisy_text : NULL);
    cli_json_number (json, object, "confidence", step->confidence);
    cli_json_number (json, object, "entropy", step->entropy);
  }
}

void cli_json_run (CliJson *json, const CpgLogRun *run)
{
  yyjson_mut_val *root = json->root;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (run->started);
  g_autofree char *started = time ? g_date_time_format_iso8601 (time) : NULL;
  g_autofree char *excerpt = run->excerpt ? unmarked (run->excerpt) : NULL;
  cli_json_integer (json, root, "number", run->number);
  cli_json_text (json, root, "id", run->id);
  cli_json_text (json, root, "title", run->title);
  yyjson_mut_val *tags = cli_json_array (json, root, "tags");
  for (char **tag = run->tags; *tag; tag++)
    yyjson_mut_arr_add_strcpy (json->doc, tags, *tag);
  cli_json_text (json, root, "note", run->note);
  cli_json_text (json, root, "started", started);
  cli_json_text (json, root, "state", cpg_log_state_get_name (run->state));
  cli_json_text (json, root, "error", *run->error ? run->error : NULL);
  cli_json_bool (json, root, "deleted", run->deleted);
  cli_json_text (json, root, "parent", *run->parent ? run->parent : NULL);
  cli_json_text (json, root, "task", run->task);
  yyjson_mut_obj_add_uint (json->doc, root, "seed", run->seed);
  yyjson_doc *settings = yyjson_read (run->settings, strlen (run->settings), 0);
  yyjson_mut_val *copy = settings ? yyjson_val_mut_copy (json->doc, yyjson_doc_get_root (settings)) : yyjson_mut_null (json->doc);
  yyjson_mut_obj_add_val (json->doc, root, "settings", copy);
  yyjson_doc_free (settings);
  cli_json_text (json, root, "model", run->model_name);
  cli_json_text (json, root, "compute", run->engine);
  cli_json_text (json, root, "program", run->program);
  cli_json_integer (json, root, "n_steps", run->n_steps);
  cli_json_number (json, root, "seconds", run->seconds);
  cli_json_text (json, root, "source", run->source);
  cli_json_text (json, root, "text", run->output);
  cli_json_text (json, root, "output_hash", *run->output_hash ? run->output_hash : NULL);
  if (excerpt)
    cli_json_text (json, root, "excerpt", excerpt);
  if (run->steps)
    add_steps (json, run->steps);
}
