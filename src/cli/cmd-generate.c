/* cosmos generate: a text out of noise. */

#include "cli/input.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/watch.h"
#include "core/sample/instruction.h"
#include "core/sample/trajectory.h"
#include "core/study/consensus.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 8 };

typedef struct {
  const CliArguments *arguments;
  CliEngine engine;
  CosmosSettings settings; /* of the whole command: the first seed, batch 1 */
  char *source;            /* or NULL */
  double seconds;
  bool noted_cut;
} Work;

static const CosmosTokenizer *get_tokenizer (const Work *self)
{
  return cosmos_pipeline_get_tokenizer (self->engine.pipeline);
}

/* A run of `batch` texts from the number `first` on. */
static CosmosTrajectory *begin (Work *self, int first, int batch, CosmosError *err)
{
  CosmosSettings settings = self->settings;
  settings.seed += (uint64_t) first;
  settings.batch = batch;
  CosmosTrajectory *run = cosmos_trajectory_new (self->engine.pipeline, self->engine.pool, &settings, self->source,
                                                 self->source ? strlen (self->source) : 0, err);
  if (run && cosmos_trajectory_is_source_cut (run) && !self->noted_cut) {
    cli_say ("The source is longer than the model reads (%d tokens); the rest of it does not count",
             cosmos_pipeline_get_config (self->engine.pipeline)->source_tokens);
    self->noted_cut = true;
  }
  return run;
}

/* K steps out of all, the last one among them, evenly spaced. */
static bool is_shown (const Work *self, int step)
{
  int k = self->arguments->steps_shown, steps = self->settings.steps;
  if (k >= steps)
    return true;
  for (int i = 1; i <= k; i++) {
    if ((int) lround ((double) i * steps / k) - 1 == step)
      return true;
  }
  return false;
}

/* ---- text and JSON ---- */

static void print_step (const Work *self, const CosmosStep *step, const CosmosDecoding *decoding)
{
  cli_progress_clear ();
  printf ("step %d of %d  noise %.2f  ", step->index + 1, self->settings.steps, step->sigma);
  cli_print_text (decoding->text);
  fflush (stdout);
}

/* All samples of the run, of the seeds from `number` on. */
static bool add_candidates (Work *self, CliJson *json, CosmosTrajectory *run, int number, const double *agreement,
                            CosmosError *err)
{
  yyjson_mut_val *array = cli_json_array (json, json->root, "candidates");
  for (int b = 0; b < self->arguments->candidates; b++) {
    const CosmosDecoding *text = cosmos_trajectory_decode (run, self->settings.steps, COSMOS_SHOW_X0, b, cli_progress_get (),
                                                           err);
    if (!text)
      return false;
    yyjson_mut_val *object = cli_json_append (json, array);
    yyjson_mut_obj_add_uint (json->doc, object, "seed", self->settings.seed + (uint64_t) (number + b));
    cli_json_text (json, object, "text", text->text);
    cli_json_number (json, object, "agreement", agreement[b]);
  }
  return true;
}

/* agreement: of every sample, where this one was chosen among them; NULL: there was no choice. */
static bool print_json (Work *self, CosmosTrajectory *run, int number, int b, const double *agreement, double seconds,
                        CosmosError *err)
{
  CosmosSettings settings = self->settings;
  settings.seed += (uint64_t) number;
  CosmosProgress *progress = cli_progress_get ();
  int steps = settings.steps;
  const CosmosDecoding *result = cosmos_trajectory_decode (run, steps, COSMOS_SHOW_X0, b, progress, err);
  if (!result)
    return false;
  CliJson json = cli_json_new ("generate");
  cli_json_engine (&json, &self->engine);
  cli_json_settings (&json, cosmos_pipeline_get_config (self->engine.pipeline), &settings);
  cli_json_text (&json, json.root, "source", self->source);
  cli_json_bool (&json, json.root, "source_cut", cosmos_trajectory_is_source_cut (run));
  cli_json_decoding (&json, json.root, get_tokenizer (self), result, true);
  cli_json_number (&json, json.root, "seconds", seconds);
  if (agreement && !add_candidates (self, &json, run, number - b, agreement, err)) {
    yyjson_mut_doc_free (json.doc);
    return false;
  }
  yyjson_mut_val *array = self->arguments->steps_shown ? cli_json_array (&json, json.root, "steps_shown") : NULL;
  for (int k = 0; array && k < steps; k++) {
    if (!is_shown (self, k))
      continue;
    const CosmosStep *step = cosmos_trajectory_get_step (run, k);
    const CosmosDecoding *decoding = cosmos_trajectory_decode (run, k, COSMOS_SHOW_X0, b, progress, err);
    if (!decoding) {
      yyjson_mut_doc_free (json.doc);
      return false;
    }
    yyjson_mut_val *object = cli_json_append (&json, array);
    cli_json_integer (&json, object, "step", k + 1);
    cli_json_number (&json, object, "t", step->t);
    cli_json_number (&json, object, "noise", step->sigma);
    cli_json_number (&json, object, "change", step->change);
    cli_json_number (&json, object, "seconds", step->seconds);
    cli_json_decoding (&json, object, get_tokenizer (self), decoding, false);
  }
  return cli_json_finish (&json) == CLI_OK;
}

/* Texts first .. first + batch - 1. */
static bool write_batch (Work *self, int first, int batch, int count, CosmosError *err)
{
  double start = cli_now ();
  CosmosProgress *progress = cli_progress_get ();
  CosmosTrajectory *run = begin (self, first, batch, err);
  bool ok = run;
  for (int k = 0; ok && k < self->settings.steps; k++) {
    ok = cosmos_trajectory_advance (run, progress, err);
    cli_progress_show ((first + batch * (k + 1.0) / self->settings.steps) / count, "writing");
    for (int b = 0; ok && !self->arguments->json && is_shown (self, k) && b < batch; b++) {
      const CosmosDecoding *decoding = cosmos_trajectory_decode (run, k, COSMOS_SHOW_X0, b, progress, err);
      ok = decoding;
      if (ok)
        print_step (self, cosmos_trajectory_get_step (run, k), decoding);
    }
  }
  for (int b = 0; ok && b < batch; b++) {
    const CosmosDecoding *result = cosmos_trajectory_decode (run, self->settings.steps, COSMOS_SHOW_X0, b, progress, err);
    ok = result;
    self->seconds += b == 0 ? cli_now () - start : 0;
    if (ok && self->arguments->json)
      ok = print_json (self, run, first + b, b, NULL, (cli_now () - start) / batch, err);
    else if (ok)
      cli_print_text (result->text);
  }
  cosmos_trajectory_free (run);
  return ok;
}

/* ---- of several, the one that the others agree with ---- */

static bool print_chosen (Work *self, CosmosTrajectory *run, int b, CosmosError *err)
{
  CosmosProgress *progress = cli_progress_get ();
  const CosmosDecoding *text;
  for (int k = 0; k < self->settings.steps; k++) {
    if (!is_shown (self, k))
      continue;
    if (!(text = cosmos_trajectory_decode (run, k, COSMOS_SHOW_X0, b, progress, err)))
      return false;
    print_step (self, cosmos_trajectory_get_step (run, k), text);
  }
  if ((text = cosmos_trajectory_decode (run, self->settings.steps, COSMOS_SHOW_X0, b, progress, err)))
    cli_print_text (text->text);
  return text;
}

/* Text `number` of the command. */
static bool write_best (Work *self, int number, int count, CosmosError *err)
{
  const int n = self->arguments->candidates;
  double start = cli_now (), agreement[COSMOS_MAX_BATCH];
  int best;
  CosmosTrajectory *run = begin (self, number * n, n, err);
  bool ok = run;
  for (int k = 0; ok && k < self->settings.steps; k++) {
    ok = cosmos_trajectory_advance (run, cli_progress_get (), err);
    cli_progress_show ((number + (k + 1.0) / self->settings.steps) / count, "writing");
  }
  ok = ok && cosmos_consensus_find_sample (run, agreement, &best, cli_progress_get (), err);
  self->seconds += cli_now () - start;
  if (ok)
    ok = self->arguments->json ? print_json (self, run, number * n + best, best, agreement, cli_now () - start, err)
                               : print_chosen (self, run, best, err);
  cosmos_trajectory_free (run);
  return ok;
}

/* ---- in place ---- */

static bool watch_text (Work *self, int number, CosmosError *err)
{
  double start = cli_now ();
  CosmosProgress *progress = cli_progress_get ();
  CosmosTrajectory *run = begin (self, number, 1, err);
  if (!run)
    return false;
  CliWatch *watch = cli_watch_new (get_tokenizer (self), isnan (self->arguments->pace) ? 0.06 : self->arguments->pace);
  bool ok = watch || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the terminal");
  const CosmosDecoding *before = NULL, *decoding = NULL;
  for (int k = 0; ok && k < self->settings.steps; k++) {
    ok = cosmos_trajectory_advance (run, progress, err)
         && (decoding = cosmos_trajectory_decode (run, k, COSMOS_SHOW_X0, 0, progress, err))
         && cli_watch_show (watch, cosmos_trajectory_get_step (run, k), self->settings.steps, decoding, before, err);
    before = decoding;
    if (ok && cli_progress_is_cancelled ())
      ok = cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
  }
  decoding = ok ? cosmos_trajectory_decode (run, self->settings.steps, COSMOS_SHOW_X0, 0, progress, err) : NULL;
  if (watch)
    cli_watch_finish (watch, decoding);
  cosmos_trajectory_free (run);
  self->seconds += cli_now () - start;
  return decoding;
}

/* ---- the verb ---- */

static bool write_all (Work *self, CosmosError *err)
{
  const CliArguments *arguments = self->arguments;
  int count = arguments->count ? arguments->count : 1, most = arguments->batch ? arguments->batch : BATCH;
  bool in_place = arguments->watch && !arguments->json && cli_terminal_is_usable (STDOUT_FILENO);
  const bool chooses = arguments->candidates > 1;
  if (in_place)
    cli_progress_silence ();
  for (int i = 0; chooses && i < count; i++)
    if (!write_best (self, i, count, err))
      return false;
  for (int first = 0; !chooses && first < count;) {
    /* Steps on the way are easier to read one text after another. */
    int batch = arguments->steps_shown && !arguments->json ? 1 : most;
    if (batch > count - first)
      batch = count - first;
    if (in_place ? !watch_text (self, first, err) : !write_batch (self, first, batch, count, err))
      return false;
    first += in_place ? 1 : batch;
  }
  cli_print_note ("%s · seed %" PRIu64 " · %s · %d steps · %.2f s", cosmos_pipeline_get_name (self->engine.pipeline),
                  self->settings.seed, cosmos_sampler_get_name (self->settings.sampler), self->settings.steps, self->seconds);
  return true;
}

/* Of a task that needs one the model writes something without, too; but a person should know what that is. */
static void note_no_source (const Work *self)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (self->engine.pipeline);
  const char *task = self->settings.task >= 0 && self->settings.task < config->n_tasks ? config->tasks[self->settings.task] : "";
  if (!self->source && config->denoiser.source_layers >= 0 && cosmos_instruction_needs_source (task))
    cli_say ("There is no text to read: this is what the model writes out of nothing. Give a text, or --file");
}

static int run_generate (const CliArguments *arguments)
{
  CliArguments given = *arguments;
  /* Without a terminal, watching is a line a step. */
  if (given.watch && !given.steps_shown && (given.json || !cli_terminal_is_usable (STDOUT_FILENO)))
    given.steps_shown = 1000;
  Work self = {.arguments = &given};
  CosmosError err = {0};
  cli_progress_get ();
  self.source = cli_input_source (arguments, 0, &err);
  bool ok = err.code == COSMOS_STATUS_OK
            && (!arguments->watch || arguments->candidates < 2
                || cosmos_error_set (
                    &err, COSMOS_STATUS_RANGE,
                    "--watch shows a text as it is written; which of the --candidates it will be is not known then"))
            && cli_engine_init (&self.engine, arguments, &err)
            && cli_engine_open_pipeline (&self.engine, arguments, self.source, &err)
            && cli_engine_get_settings (&self.engine, arguments, &self.settings, &err);
  if (ok) {
    note_no_source (&self);
    ok = write_all (&self, &err);
  }
  int result = ok ? cli_finish_output () : cli_fail (&err);
  free (self.source);
  cli_engine_clear (&self.engine);
  return result;
}

const CliVerb cli_verb_generate = {
  .name = "generate",
  .words = "[SOURCE]",
  .summary = "write a text out of noise",
  .about
  = "Writes a text with the diffusion model: latent vectors of pure noise are cleaned step by step, then decoded to words. "
    "The same model, settings and seed write the same text. SOURCE is what a summary, question or rewording is made from (-: "
    "standard input), or the sentence that a story is to begin with. A task alone is short for this verb: cosmos story --seed 7.",
  .options
  = "task model seed count steps sampler guidance no-self-conditioning schedule-d t-end noise-scale strength return steps-shown watch pace file batch candidates "
    "compute threads",
  .examples = "  cosmos story --seed 7                        a story\n"
              "  cosmos story --seed random --watch           another one, condensing before your eyes\n"
              "  cosmos story --seed 7 --steps-shown 5        with five steps on the way\n"
              "  cosmos story --count 200 >stories.txt        a file of stories, a line each\n"
              "  cosmos story \"Anna had lost her keys.\"       one that begins so\n"
              "  cosmos summary --file article.txt            a summary of a file\n"
              "  cosmos detox --file rude.txt --candidates 10  the best of ten, by what they have in common\n"
              "  cosmos story --sampler euler --steps 200     as the paper does it",
  .max_words = 1,
  .run = run_generate,
};
