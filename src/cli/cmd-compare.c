/* cosmos compare: diffusion and the autoregressive baseline on the same task and seeds. */

#include "cli/input.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "core/sample/trajectory.h"
#include "core/study/metrics.h"
#include "core/study/perplexity.h"
#include "core/study/trimmed-mean.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 8, SHOWN = 3 };

/* What one of the two has written. */
typedef struct {
  const char *name; /* "diffusion", "baseline" */
  const char *model;
  int n;
  char **texts;
  double *perplexities; /* NAN: a text that the judge cannot read */
  long n_tokens;
  double seconds;
  double perplexity, diversity; /* of all */
} Side;

typedef struct {
  const CliArguments *arguments;
  CliEngine engine;
  CosmosSettings settings;
  CosmosAutoregressSettings autoregress;
  char *source;
  int count;
  Side diffusion, baseline;
} Work;

static size_t source_size (const Work *self)
{
  return self->source ? strlen (self->source) : 0;
}

/* ---- diffusion ---- */

/* texts NULL: nothing is kept (weights get packed). */
static bool diffuse (Work *self, uint64_t seed, int batch, int steps, char **texts, long *n_tokens, CosmosError *err)
{
  CosmosSettings settings = self->settings;
  CosmosProgress *progress = cli_progress_get ();
  settings.seed = seed;
  settings.batch = batch;
  settings.steps = steps;
  CosmosTrajectory *run = cosmos_trajectory_new (self->engine.pipeline, self->engine.pool, &settings, self->source,
                                                 source_size (self), err);
  bool ok = run;
  while (ok && !cosmos_trajectory_is_done (run))
    ok = cosmos_trajectory_advance (run, progress, err);
  for (int b = 0; ok && b < batch; b++) {
    const CosmosDecoding *decoding = cosmos_trajectory_decode (run, steps, COSMOS_SHOW_X0, b, progress, err);
    ok = decoding;
    if (!ok || !texts)
      continue;
    *n_tokens += decoding->n_tokens;
    texts[b] = strdup (decoding->text);
    ok = texts[b] || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the texts");
  }
  cosmos_trajectory_free (run);
  return ok;
}

static bool write_diffusion (Work *self, CosmosError *err)
{
  Side *side = &self->diffusion;
  int most = self->arguments->batch ? self->arguments->batch : BATCH;
  if (!diffuse (self, self->settings.seed, self->count < most ? self->count : most, 1, NULL, NULL, err)) /* packs weights */
    return false;
  for (int first = 0; first < self->count; first += most) {
    int batch = self->count - first < most ? self->count - first : most;
    double start = cli_now ();
    if (!diffuse (self, self->settings.seed + (uint64_t) first, batch, self->settings.steps, side->texts + first, &side->n_tokens,
                  err))
      return false;
    side->seconds += cli_now () - start;
    cli_progress_show (0.4 * (first + batch) / self->count, "diffusion");
  }
  return true;
}

/* ---- the baseline ---- */

static bool autoregress (Work *self, uint64_t seed, int max_tokens, char **text, long *n_tokens, CosmosError *err)
{
  CosmosAutoregressSettings settings = self->autoregress;
  settings.seed = seed;
  settings.max_tokens = max_tokens;
  const char *task = cosmos_pipeline_get_config (self->engine.pipeline)->tasks[self->settings.task];
  CosmosAutoregress *run = cosmos_autoregress_new_for_task (self->engine.baseline, self->engine.pool, &settings, task,
                                                            self->source, source_size (self), err);
  bool ok = run, done = false;
  while (ok && !done)
    ok = cosmos_autoregress_advance (run, cli_progress_get (), &done, err);
  if (ok && text) {
    *n_tokens += cosmos_autoregress_get_n_tokens (run);
    *text = cosmos_autoregress_get_text (run);
    ok = *text || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the texts");
  }
  cosmos_autoregress_free (run);
  return ok;
}

static bool write_baseline (Work *self, CosmosError *err)
{
  Side *side = &self->baseline;
  cli_engine_find_asking (&self->engine, cosmos_pipeline_get_config (self->engine.pipeline)->tasks[self->settings.task]);
  if (!autoregress (self, self->settings.seed, 1, NULL, NULL, err)) /* packs weights */
    return false;
  for (int i = 0; i < self->count; i++) {
    double start = cli_now ();
    if (!autoregress (self, self->settings.seed + (uint64_t) i, self->autoregress.max_tokens, &side->texts[i], &side->n_tokens,
                      err))
      return false;
    side->seconds += cli_now () - start;
    cli_progress_show (0.4 + 0.4 * (i + 1) / self->count, "baseline");
  }
  return true;
}

/* ---- measures ---- */

static bool judge_side (Work *self, CosmosGraph *graph, Side *side, CosmosError *err)
{
  CosmosWords *words = cosmos_words_new ();
  bool ok = words || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the measures");
  for (int i = 0; ok && i < side->n; i++) {
    CosmosPerplexity perplexity;
    CosmosError why = {0};
    const char *task = cosmos_pipeline_get_config (self->engine.pipeline)->tasks[self->settings.task];
    size_t size = strlen (side->texts[i]);
    cosmos_graph_reset (graph);
    bool judged = cosmos_perplexity (self->engine.judge, graph, task, side->texts[i], size, &perplexity, &why);
    side->perplexities[i] = judged ? perplexity.perplexity : NAN;
    if (!judged && why.code != COSMOS_STATUS_RANGE && why.code != COSMOS_STATUS_FORMAT) { /* those: no token, or too long */
      if (err)
        *err = why;
      ok = false;
    }
    ok = ok
         && (cosmos_words_add (words, side->texts[i], size)
             || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for words"));
    cli_progress_show (0.8 + 0.2 * (i + 1) / side->n, "judging");
  }
  if (ok && !cosmos_diversity (words, &side->diversity))
    ok = cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the measures");
  side->perplexity = cosmos_trimmed_mean (side->perplexities, (size_t) side->n);
  cosmos_words_free (words);
  return ok;
}

static bool judge (Work *self, CosmosError *err)
{
  CosmosGraph *graph = cosmos_graph_new (self->engine.pool, cli_progress_get ());
  bool ok = graph ? judge_side (self, graph, &self->diffusion, err) && judge_side (self, graph, &self->baseline, err)
                  : cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the judge");
  cosmos_graph_free (graph);
  return ok;
}

/* ---- what came out ---- */

static const char judge_note[]
    = "A judge prefers texts of its own kind: a language model finds what a language model wrote more likely.";

static void print_side_texts (const Side *side)
{
  printf ("%s (%s)\n", side->name, side->model);
  for (int i = 0; i < side->n && i < SHOWN; i++) {
    fputs ("  ", stdout);
    cli_print_text (side->texts[i]);
  }
  putchar ('\n');
}

static void print_side (const Side *side)
{
  printf ("%-10s %10.3f %10.0f %11.1f %8.3f\n", side->name, side->seconds / side->n, (double) side->n_tokens / side->seconds,
          side->perplexity, side->diversity);
}

static int print_text (const Work *self)
{
  print_side_texts (&self->diffusion);
  print_side_texts (&self->baseline);
  printf ("%-10s %10s %10s %11s %8s\n", "", "s a text", "tokens/s", "perplexity", "Div-4");
  print_side (&self->diffusion);
  print_side (&self->baseline);
  printf ("\n%d text%s each; %s, %d steps against %s; perplexity under %s (mean without the outer 5 %%).\n%s\n"
          "Div-4 depends on the number of texts: compare it at the same --count only.\n",
          self->count, self->count == 1 ? "" : "s", cosmos_sampler_get_name (self->settings.sampler), self->settings.steps,
          self->autoregress.temperature > 0 ? "drawing tokens" : "greedy tokens",
          cosmos_language_model_get_name (self->engine.judge), judge_note);
  return cli_finish_output ();
}

static void add_side (CliJson *json, const Side *side)
{
  yyjson_mut_val *object = cli_json_object (json, json->root, side->name);
  cli_json_text (json, object, "model", side->model);
  cli_json_integer (json, object, "n_tokens", side->n_tokens);
  cli_json_number (json, object, "seconds", side->seconds);
  cli_json_number (json, object, "tokens_per_second", (double) side->n_tokens / side->seconds);
  cli_json_number (json, object, "perplexity", side->perplexity);
  cli_json_number (json, object, "div_4", side->diversity);
  yyjson_mut_val *texts = cli_json_array (json, object, "texts");
  for (int i = 0; i < side->n; i++) {
    yyjson_mut_val *text = cli_json_append (json, texts);
    cli_json_text (json, text, "text", side->texts[i]);
    cli_json_number (json, text, "perplexity", side->perplexities[i]);
  }
}

static int print_json (const Work *self)
{
  CliJson json = cli_json_new ("compare");
  cli_json_engine (&json, &self->engine);
  cli_json_settings (&json, cosmos_pipeline_get_config (self->engine.pipeline), &self->settings);
  cli_json_number (&json, json.root, "temperature", self->autoregress.temperature);
  cli_json_integer (&json, json.root, "top_k", self->autoregress.top_k);
  cli_json_number (&json, json.root, "top_p", self->autoregress.top_p);
  cli_json_text (&json, json.root, "source", self->source);
  cli_json_integer (&json, json.root, "count", self->count);
  cli_json_text (&json, json.root, "judge", cosmos_language_model_get_name (self->engine.judge));
  cli_json_text (&json, json.root, "judge_note", judge_note);
  add_side (&json, &self->diffusion);
  add_side (&json, &self->baseline);
  return cli_json_finish (&json);
}

/* ---- the verb ---- */

static bool side_init (Side *self, const char *name, const char *model, int n, CosmosError *err)
{
  *self = (Side) {.name = name, .model = model, .n = n};
  self->texts = calloc ((size_t) n, sizeof *self->texts);
  self->perplexities = calloc ((size_t) n, sizeof *self->perplexities);
  return (self->texts && self->perplexities) || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the texts");
}

static void side_clear (Side *self)
{
  for (int i = 0; self->texts && i < self->n; i++)
    free (self->texts[i]);
  free (self->texts);
  free (self->perplexities);
}

static int run_compare (const CliArguments *arguments)
{
  Work self = {.arguments = arguments, .count = arguments->count ? arguments->count : 1};
  CosmosError err = {0};
  cli_progress_get ();
  self.source = cli_input_source (arguments, 0, &err);
  bool ok = err.code == COSMOS_STATUS_OK && cli_engine_init (&self.engine, arguments, &err)
            && cli_engine_open_pipeline (&self.engine, arguments, self.source, &err)
            && cli_engine_get_settings (&self.engine, arguments, &self.settings, &err)
            && cli_engine_open_baseline (&self.engine, arguments, &err)
            && cli_engine_get_autoregress_settings (&self.engine, arguments, &self.autoregress, &err)
            && cli_engine_open_judge (&self.engine, arguments, &err)
            && side_init (&self.diffusion, "diffusion", cosmos_pipeline_get_name (self.engine.pipeline), self.count, &err)
            && side_init (&self.baseline, "baseline", cosmos_language_model_get_name (self.engine.baseline), self.count, &err)
            && write_diffusion (&self, &err) && write_baseline (&self, &err) && judge (&self, &err);
  cli_progress_clear ();
  int result = !ok ? cli_fail (&err) : arguments->json ? print_json (&self) : print_text (&self);
  side_clear (&self.diffusion);
  side_clear (&self.baseline);
  free (self.source);
  cli_engine_clear (&self.engine);
  return result;
}

const CliVerb cli_verb_compare = {
  .name = "compare",
  .words = "[SOURCE]",
  .summary = "diffusion against the word-by-word baseline",
  .about
  = "Lets the diffusion model and the autoregressive baseline write on the same task and seeds. Prints texts, seconds, tokens per second, "
    "perplexity under a judge and the diversity Div-4. The judge is the baseline unless --judge names another one; a judge "
    "prefers texts of its own kind, so a third model is fairer.",
  .options
  = "model baseline judge task seed count steps sampler guidance no-self-conditioning schedule-d t-end noise-scale strength return temperature top-k top-p "
    "greedy max-tokens file batch compute threads",
  .examples = "  cosmos compare --seed 7\n"
              "  cosmos compare --count 100 --steps 25 --judge SmolLM2-135M-Instruct.gguf",
  .max_words = 1,
  .run = run_compare,
};
