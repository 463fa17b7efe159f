/* cosmos study: an experiment with a model, or with models that are trained for it. */

#include "cli/measuring.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "evaluate/study.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 200 };

static int unknown_study (const char *name)
{
  char list[256] = "";
  for (int i = 0; cosmos_study_get (i); i++)
    snprintf (list + strlen (list), sizeof list - strlen (list), "%s%s", i ? ", " : "", cosmos_study_get (i)->name);
  cli_say ("There is no study \"%.60s\"; there are %s. See: cosmos help study", name, list);
  return CLI_USAGE;
}

/* For a study that trains: no model, but a recipe and a folder. */
static bool prepare_training (CliMeasuring *self, const CliArguments *arguments, CosmosRecipe *recipe, CosmosError *err)
{
  CosmosBench *bench = &self->bench;
  if (arguments->n_words < 2 || !arguments->data || !arguments->out)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "The study trains models: it needs a RECIPE behind its name, --data DIR and --out DIR");
  if (!cosmos_recipe_read (recipe, arguments->words[1], err) || !cli_measuring_init_models (self, arguments, COUNT, err))
    return false;
  bench->task = recipe->config.tasks[0];
  bench->texts = recipe->tasks[0].texts;
  bench->settings.seed = arguments->has_seed ? arguments->seed : 0;
  bench->recipe = recipe;
  bench->out = arguments->out;
  bench->compute = self->engine.compute;
  return *bench->texts.valid
         || cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: the task %s names no validation texts", arguments->words[1],
                              bench->task);
}

static int run_study (const CliArguments *arguments)
{
  const CosmosStudy *study = cosmos_study_find (arguments->words[0]);
  CliMeasuring self = {0};
  CosmosReport *report = NULL;
  CosmosError err = {0};
  if (!study)
    return unknown_study (arguments->words[0]);
  CosmosRecipe *recipe = calloc (1, sizeof *recipe);
  bool ok = recipe || cosmos_error_set (&err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the recipe");
  ok = ok
       && (study->trains
               ? prepare_training (&self, arguments, recipe, &err)
               : cli_measuring_init (&self, arguments, arguments->n_words > 1 ? arguments->words[1] : NULL, COUNT, &err));
  if (ok) {
    report = cosmos_report_new ("study", study->name);
    ok = (report || cosmos_error_set (&err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the results"))
         && study->run (&self.bench, report, &err);
  }
  int result = cli_measuring_finish (arguments, report, ok, &err);
  cosmos_report_free (report);
  cli_measuring_clear (&self);
  free (recipe);
  return result;
}

const CliVerb cli_verb_study = {
  .name = "study",
  .words = "NAME [RECIPE]",
  .summary = "an experiment: noise, interpolation, compression ...",
  .about
  = "Makes one of these experiments on the validation texts. noise: how much noise the latents bear. interpolation: how smooth the way from text to text "
    "is, by the judge's perplexity. self-conditioning: what it does to diversity and quality. noise-scale: what less noise in the sampler does to them. normalisation: whether normalised latents have mean 0 and "
    "deviation 1. compression: how few latents will do; trains autoencoder and denoiser of RECIPE with a half to an eighth of a latent a token, into "
    "--out, where it goes on after a Ctrl-C. What was expected stands beside what was found. docs/evaluation.md defines everything.",
  .options
  = "data+ out model judge task seed count+ sampler guidance schedule-d t-end noise-scale batch compute threads json+ svg open progress",
  .examples = "  cosmos study noise --data texts --svg noise.svg\n"
              "  cosmos study normalisation --data texts --open          and see it in the window\n"
              "  cosmos study interpolation --data texts --judge SmolLM2-135M.gguf --count 100\n"
              "  cosmos study compression models/recipes/compression.ini --data texts --out sweep\n",
  .min_words = 1,
  .max_words = 2,
  .run = run_study,
};
