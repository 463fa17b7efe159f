#include "cli/measuring.h"

#include "cli/progress.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "cli/window.h"
#include "core/file/output.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 8 };

/* Where the task's texts are: as the recipe says, or where the program has its own. */
static bool find_texts (CosmosBench *bench, const char *recipe_path, CosmosError *err)
{
  CosmosRecipe recipe;
  if (!recipe_path) {
    return cosmos_examples_find_texts (bench->task, &bench->texts)
           || cosmos_error_set (err, COSMOS_STATUS_RANGE,
                                "The task %s is none of the program's own; name the recipe that says which texts it has",
                                bench->task);
  }
  if (!cosmos_recipe_read (&recipe, recipe_path, err))
    return false;
  int task = cosmos_config_find_task (&recipe.config, bench->task);
  if (task < 0)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: has no task %s", recipe_path, bench->task);
  bench->texts = recipe.tasks[task].texts;
  return *bench->texts.valid
         || cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: the task %s names no validation texts", recipe_path, bench->task);
}

/* The baseline where there is one for the task; one that was named must be there. */
static bool open_language_models (CliEngine *engine, const CliArguments *arguments, CosmosError *err)
{
  CosmosError why = {0};
  if (!cli_engine_open_baseline (engine, arguments, &why) && arguments->baseline) {
    *err = why;
    return false;
  }
  return (!arguments->judge && !engine->baseline) || cli_engine_open_judge (engine, arguments, err);
}

bool cli_measuring_init_models (CliMeasuring *self, const CliArguments *arguments, int count, CosmosError *err)
{
  CosmosBench *bench = &self->bench;
  CliEngine *engine = &self->engine;
  *self = (CliMeasuring) {0};
  bench->progress = cli_progress_get ();
  if (arguments->progress)
    cli_progress_use_lines (0);
  if (!arguments->data)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "--data DIR is needed: the folder where the texts to measure on lie");
  if (!cli_engine_init (engine, arguments, err) || !open_language_models (engine, arguments, err)
      || !cli_engine_get_autoregress_settings (engine, arguments, &bench->autoregress, err))
    return false;
  bench->baseline = engine->baseline;
  bench->judge = engine->judge;
  bench->pool = engine->pool;
  bench->folder = arguments->data;
  bench->count = (size_t) (arguments->count ? arguments->count : count);
  bench->batch = arguments->batch ? arguments->batch : BATCH;
  bench->candidates = arguments->candidates;
  return bench->batch <= COSMOS_MAX_BATCH
         || cosmos_error_set (err, COSMOS_STATUS_RANGE, "--batch is %d; it can be at most %d", bench->batch, COSMOS_MAX_BATCH);
}

bool cli_measuring_init (CliMeasuring *self, const CliArguments *arguments, const char *recipe, int count, CosmosError *err)
{
  CosmosBench *bench = &self->bench;
  CliEngine *engine = &self->engine;
  if (!cli_measuring_init_models (self, arguments, count, err) || !cli_engine_open_pipeline (engine, arguments, false, err)
      || !cli_engine_get_settings (engine, arguments, &bench->settings, err))
    return false;
  const CosmosConfig *config = cosmos_pipeline_get_config (engine->pipeline);
  bench->pipeline = engine->pipeline;
  bench->task = arguments->task ? arguments->task : config->n_tasks > 0 ? config->tasks[0] : "story";
  return find_texts (bench, recipe, err) && cosmos_bench_prepare (bench, err);
}

void cli_measuring_clear (CliMeasuring *self)
{
  cosmos_bench_clear (&self->bench);
  cli_engine_clear (&self->engine);
}

/* Takes the text over. */
static bool write_file (const char *path, char *text, CosmosError *err)
{
  CosmosOutput *output = text ? cosmos_output_new (path, err) : NULL;
  if (!text)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
  if (output)
    cosmos_output_write (output, text, strlen (text));
  free (text);
  return output && cosmos_output_commit (output, err);
}

/* JSON on standard output takes the table's place. */
static bool write_json (const CliArguments *arguments, const CosmosReport *report, CosmosError *err)
{
  const char *path = arguments->json_file;
  if (!path)
    return true;
  char *json = cosmos_report_to_json (report);
  if (strcmp (path, "-") != 0)
    return write_file (path, json, err);
  if (json)
    fputs (json, stdout);
  free (json);
  return json || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the JSON output");
}

static void add_date (CosmosReport *report)
{
  char date[32];
  time_t now = time (NULL);
  struct tm utc;
  if (gmtime_r (&now, &utc) && strftime (date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc))
    cosmos_report_add_text (report, "made", date);
}

/* From the file that --json names, else from one of its own. */
static bool open_in_window (const CliArguments *arguments, const CosmosReport *report, CosmosError *err)
{
  const char *named = arguments->json_file && strcmp (arguments->json_file, "-") != 0 ? arguments->json_file : NULL;
  char *path = named ? NULL : cli_window_name_file (cosmos_report_get_what (report), err);
  bool ok = (named || path) && (named || write_file (path, cosmos_report_to_json (report), err))
            && cli_window_open (named ? named : path, err);
  free (path);
  return ok;
}

int cli_measuring_finish (const CliArguments *arguments, CosmosReport *report, bool ok, const CosmosError *err)
{
  CosmosError why = {0};
  cli_progress_clear ();
  if (report)
    add_date (report);
  bool shown = report && cosmos_report_get_n_rows (report) > 0,
       on_stdout = arguments->json_file && strcmp (arguments->json_file, "-") == 0;
  if (shown && !on_stdout)
    cosmos_report_print (report, stdout);
  bool written = !shown
                 || (write_json (arguments, report, &why)
                     && (!arguments->svg_file || write_file (arguments->svg_file, cosmos_report_to_svg (report), &why))
                     && (!arguments->open || open_in_window (arguments, report, &why)));
  int result = cli_finish_output ();
  if (!written)
    return cli_fail (&why);
  if (ok)
    return result;
  if (shown)
    cli_say ("That is not all: it was stopped before the end");
  return cli_fail (err);
}
