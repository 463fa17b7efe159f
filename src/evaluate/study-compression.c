/* How few latents will do? Autoencoder and denoiser of a recipe trained at N/L from 1/2 to 1/8, the encoder being the same (spec 2.1, 2.3). */
#include "evaluate/study.h"

#include "evaluate/measures.h"
#include "evaluate/robustness.h"
#include "evaluate/writing.h"
#include "train/bundle.h"
#include "train/recipe-tokenizer.h"
#include "train/trainer.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int ratios[] = {2, 3, 4, 6, 8}; /* tokens a latent */
enum { N_RATIOS = sizeof ratios / sizeof ratios[0], STEPS = 50, N_COLUMNS = 11 };
static const CosmosColumn columns[N_COLUMNS] = {
  {"latents", "latents", 0},
  {"tokens_per_latent", "tokens/latent", 1},
  {"token_accuracy", "token accuracy", 4},
  {"exact", "exact", 3},
  {"mse", "MSE", 3},
  {"bleu", "BLEU", 3},
  {"noisy_bleu", "BLEU at 0.5", 3},
  {"perplexity", "perplexity", 1},
  {"div_4", "Div-4", 3},
  {"mem", "Mem", 3},
  {"mauve", "MAUVE", 3},
};
/* Shares of a round's work, of 100 in all; the encoder, once, takes as much as an autoencoder. */
static const double AUTOENCODER = 45, DENOISER = 45, MEASURING = 10;

typedef struct {
  CosmosBench *bench;
  CosmosRecipe recipe;
  CosmosTokenizer *tokenizer;
  CosmosCorpus *corpus;
  double stage_done, stage_units; /* of the whole work: before the stage that runs, and it alone */
} Work;

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the study");
}

/* ---- folders ---- */

static bool make_folder (const char *path, CosmosError *err)
{
  return mkdir (path, 0777) == 0 || errno == EEXIST
         || cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be made: %s", path, strerror (errno));
}

/* The encoder of all rounds, under the folder of one. */
static bool share_encoder (const char *out, const char *folder, CosmosError *err)
{
  char *from = NULL, *to = NULL;
  bool ok = (asprintf (&from, "%s/encoder.gguf", out) >= 0 && asprintf (&to, "%s/encoder.gguf", folder) >= 0) || no_memory (err);
  ok = ok
       && (link (from, to) == 0 || errno == EEXIST
           || cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be made: %s", to, strerror (errno)));
  free (from);
  free (to);
  return ok;
}

/* ---- training ---- */

static void tell (const CosmosTrainingReport *report, void *data)
{
  Work *self = data;
  CosmosBench *bench = self->bench;
  bench->done = self->stage_done + self->stage_units * (double) report->step / (double) report->steps;
  cosmos_bench_advance (bench, 0, report->kind->name);
}

static bool train (Work *self, const CosmosStageKind *kind, const char *folder, double units, CosmosError *err)
{
  CosmosTraining training = {.recipe = &self->recipe,
                             .tokenizer = self->tokenizer,
                             .corpus = self->corpus,
                             .folder = folder,
                             .pool = self->bench->pool,
                             .compute = self->bench->compute,
                             .progress = self->bench->progress};
  CosmosTrainingOptions options = {.resume = true, .checkpoint_seconds = 180, .report_seconds = 1, .report = tell, .data = self};
  bool done = false;
  self->stage_done = self->bench->done;
  self->stage_units = units;
  if (!cosmos_train_stage (&training, kind, &options, &done, err) || (!done && !cosmos_bench_go_on (self->bench, err)))
    return false;
  self->bench->done = self->stage_done + units;
  return true;
}

/* ---- a round ---- */

/* On a bench of its own, whose work is MEASURING units of the study's. */
static bool measure_model (CosmosBench *bench, double values[N_COLUMNS], CosmosError *err)
{
  const double sigmas[] = {0, 0.5};
  const CosmosMeasureFamily *family = &cosmos_measures_story;
  CosmosRobustness results[2];
  CosmosWritten written = {0};
  const char **texts = cosmos_examples_get_references (&bench->examples);
  size_t n_measured;
  bool ok = texts || no_memory (err);
  ok = ok && cosmos_measure_robustness (bench, texts, bench->examples.n, sigmas, 2, results, &n_measured, err);
  size_t n = *bench->texts.source ? bench->examples.n : bench->count;
  void *measures = ok ? family->prepare (bench, err) : NULL;
  ok = measures && cosmos_write_by_diffusion (bench, bench->settings.sampler, STEPS, true, n, &written, err)
       && family->measure (measures, (const char *const *) written.items, n, values + 7, err);
  if (ok)
    memcpy (values + 2,
            (double[]) {results[0].token_accuracy, results[0].exact, results[0].mse, results[0].bleu, results[1].bleu},
            5 * sizeof *values);
  family->free (measures);
  cosmos_written_clear (&written);
  free (texts);
  return ok;
}

static bool measure_file (Work *self, const char *path, double values[N_COLUMNS], CosmosError *err)
{
  CosmosBench bench = *self->bench;
  CosmosPipeline *pipeline = cosmos_pipeline_open (path, bench.compute, err);
  if (!pipeline)
    return false;
  const uint64_t seed = bench.settings.seed;
  bench.pipeline = pipeline;
  bench.settings = cosmos_settings_default (cosmos_pipeline_get_config (pipeline));
  bench.settings.seed = seed;
  bench.settings.batch = 1;
  bool ok = cosmos_bench_prepare (&bench, err);
  if (ok) {
    double work = (double) bench.count * (STEPS + 2 + (bench.judge ? 2 * cosmos_measures_story.judging : 0));
    bench.done *= work / MEASURING;
    bench.total *= work / MEASURING;
    ok = measure_model (&bench, values, err);
  }
  cosmos_bench_clear (&bench);
  cosmos_pipeline_free (pipeline);
  self->bench->done += MEASURING;
  return ok;
}

static bool go_round (Work *self, int ratio, double values[N_COLUMNS], CosmosError *err)
{
  const CosmosBundleRequest request = {.dtype = COSMOS_DTYPE_BF16};
  CosmosConfig *config = &self->recipe.config;
  CosmosBundleResult written;
  char *folder = NULL, *file = NULL;
  config->latents = config->tokens / ratio;
  bool ok = (asprintf (&folder, "%s/latents-%d", self->bench->out, config->latents) >= 0
             && asprintf (&file, "%s.gguf", folder) >= 0)
            || no_memory (err);
  ok = ok && make_folder (folder, err) && share_encoder (self->bench->out, folder, err)
       && train (self, &cosmos_stage_autoencoder, folder, AUTOENCODER, err)
       && train (self, &cosmos_stage_denoiser, folder, DENOISER, err);
  if (ok) {
    CosmosBundleRequest to = request;
    to.output = file;
    values[0] = config->latents;
    values[1] = (double) config->tokens / config->latents;
    ok = cosmos_bundle_write (&self->recipe, folder, &to, &written, err) && measure_file (self, file, values, err);
  }
  free (folder);
  free (file);
  return ok;
}

static bool run_rounds (Work *self, CosmosReport *report, CosmosError *err)
{
  CosmosBench *bench = self->bench;
  int table = cosmos_report_add_table (report, "compression", "By number of latents", "model", columns, N_COLUMNS);
  int expectations = cosmos_study_add_expectations (report);
  double accuracy[N_RATIOS];
  for (int column = 2; column < N_COLUMNS; column++)
    cosmos_report_add_chart (report, table, 1, column, false);
  bench->done = 0;
  bench->total = AUTOENCODER + N_RATIOS * (AUTOENCODER + DENOISER + MEASURING);
  bool ok = train (self, &cosmos_stage_encoder, bench->out, AUTOENCODER, err);
  for (int i = 0; ok && i < N_RATIOS; i++) {
    double values[N_COLUMNS];
    ok = go_round (self, ratios[i], values, err);
    if (!ok)
      break;
    accuracy[i] = values[2];
    cosmos_report_add_row (report, table, self->recipe.name, values);
  }
  if (ok)
    cosmos_study_add_expectation (report, expectations, "token accuracy lost from 1/2 to 1/8", true, 0.05,
                                  accuracy[0] - accuracy[N_RATIOS - 1]);
  return ok;
}

static bool run (CosmosBench *bench, CosmosReport *report, CosmosError *err)
{
  Work self = {.bench = bench, .recipe = *bench->recipe};
  cosmos_report_add_text (report, "recipe", self.recipe.name);
  if (bench->judge)
    cosmos_report_add_text (report, "judge", cosmos_language_model_get_name (bench->judge));
  cosmos_report_add_number (report, "tokens", self.recipe.config.tokens);
  cosmos_report_add_number (report, "latent width", self.recipe.config.latent_width);
  cosmos_report_add_number (report, "autoencoder steps", self.recipe.autoencoder.stage.steps);
  cosmos_report_add_number (report, "denoiser steps", self.recipe.denoiser.stage.steps);
  cosmos_report_add_number (report, "seed", (double) bench->settings.seed);
  bool ok = make_folder (bench->out, err)
            && (self.tokenizer = cosmos_recipe_open_tokenizer (&self.recipe, NULL, bench->folder, bench->out, bench->progress,
                                                               err))
            && (self.corpus = cosmos_corpus_load (&self.recipe, self.tokenizer, bench->folder, bench->progress, err))
            && run_rounds (&self, report, err);
  if (ok)
    cosmos_report_add_note (
        report,
        "Every model was trained for as many steps. Texts: %d steps of %s. BLEU at 0.5: with noise of half a deviation on the "
        "latents.",
        STEPS, cosmos_sampler_get_name (COSMOS_SAMPLER_DPM_SDE));
  cosmos_corpus_free (self.corpus);
  cosmos_tokenizer_free (self.tokenizer);
  return ok && cosmos_report_check (report, err);
}

const CosmosStudy cosmos_study_compression = {
  .name = "compression",
  .question = "how few latents will do (trains models)",
  .trains = true,
  .run = run,
};
