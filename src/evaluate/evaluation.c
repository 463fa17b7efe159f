#include "evaluate/evaluation.h"

#include "evaluate/measures.h"
#include "evaluate/robustness.h"
#include "evaluate/writing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS, SECONDS, TOKENS, FIRST_MEASURE }; /* columns of the table of writing */

typedef struct {
  CosmosBench *bench;
  const CosmosEvaluationPlan *plan;
  const CosmosMeasureFamily *family;
  void *measures;
  CosmosReport *report;
  int reconstruction, writing; /* tables */
} Work;

CosmosEvaluationPlan cosmos_evaluation_plan_default (void)
{
  CosmosEvaluationPlan self = {.steps = {8, 16, 25, 50, 100, 200}, .n_steps = 6, .n_samplers = COSMOS_N_SAMPLERS, .n_sigmas = 9};
  for (int i = 0; i < COSMOS_N_SAMPLERS; i++)
    self.samplers[i] = (CosmosSampler) i;
  for (int i = 0; i < self.n_sigmas; i++)
    self.sigmas[i] = 0.25 * i;
  return self;
}

/* How many texts a writer writes: one an example where there are sources. */
static size_t get_n (const CosmosBench *bench)
{
  return *bench->texts.source ? bench->examples.n : bench->count;
}

static void plan_work (Work *self)
{
  CosmosBench *bench = self->bench;
  const double n = (double) get_n (bench), tries = fmax (1, bench->candidates),
               judging = bench->judge ? self->family->judging : 0;
  bench->done = 0;
  bench->total = (double) bench->examples.n * self->plan->n_sigmas + judging * (double) (bench->examples.n + bench->others.n);
  for (int i = 0; i < self->plan->n_steps; i++)
    bench->total += n * self->plan->n_samplers * (tries * self->plan->steps[i] + judging);
  if (bench->baseline)
    bench->total += n * (tries * cosmos_pipeline_get_config (bench->pipeline)->tokens + judging);
}

static void add_tables (Work *self)
{
  CosmosColumn columns[COSMOS_REPORT_COLUMNS] = {{"steps", "steps", 0}, {"seconds", "s/text", 3}, {"tokens", "tokens", 1}};
  const int n = self->family->n_columns;
  memcpy (columns + FIRST_MEASURE, self->family->columns, (size_t) n * sizeof *columns);
  self->reconstruction = cosmos_report_add_table (self->report, "reconstruction", "Text to latents to text, with noise", "model",
                                                  cosmos_robustness_columns, COSMOS_ROBUSTNESS_COLUMNS);
  self->writing = cosmos_report_add_table (self->report, "writing", "Texts by sampler and number of steps", "writer", columns,
                                           FIRST_MEASURE + n);
  for (int c = FIRST_MEASURE; c < FIRST_MEASURE + n; c++)
    cosmos_report_add_chart (self->report, self->writing, STEPS, c, true);
  cosmos_report_add_chart (self->report, self->writing, STEPS, SECONDS, true);
  cosmos_report_add_chart (self->report, self->reconstruction, 0, 4, false);
  cosmos_report_add_chart (self->report, self->reconstruction, 0, 3, false);
}

static bool reconstruct (Work *self, CosmosError *err)
{
  const CosmosEvaluationPlan *plan = self->plan;
  CosmosRobustness results[COSMOS_EVALUATION_SIGMAS];
  const char **texts = cosmos_examples_get_references (&self->bench->examples);
  size_t n_measured = 0;
  bool ok = texts || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts");
  ok = ok
       && cosmos_measure_robustness (self->bench, texts, self->bench->examples.n, plan->sigmas, (size_t) plan->n_sigmas, results,
                                     &n_measured, err);
  for (int i = 0; n_measured > 0 && i < plan->n_sigmas; i++) {
    double values[COSMOS_ROBUSTNESS_COLUMNS];
    cosmos_robustness_to_values (&results[i], plan->sigmas[i], values);
    cosmos_report_add_row (self->report, self->reconstruction, cosmos_pipeline_get_name (self->bench->pipeline), values);
  }
  if (!ok)
    cosmos_report_add_shortfall (self->report, n_measured, self->bench->examples.n, "texts went through the latents");
  free (texts);
  return ok;
}

/* A row of the table of writing; the texts' steps, seconds and tokens are NAN where they were not written. */
static bool add_row (Work *self, const char *name, double steps, const char *const *texts, size_t n, double seconds,
                     double n_tokens, CosmosError *err)
{
  double values[COSMOS_REPORT_COLUMNS] = {[STEPS] = steps, [SECONDS] = seconds, [TOKENS] = n_tokens};
  if (!self->family->measure (self->measures, texts, n, values + FIRST_MEASURE, err))
    return false;
  cosmos_report_add_row (self->report, self->writing, name, values);
  return cosmos_report_check (self->report, err);
}

static bool add_written (Work *self, const char *name, double steps, CosmosWritten *written, CosmosError *err)
{
  const double n = (double) written->n;
  bool ok = add_row (self, name, steps, (const char *const *) written->items, written->n, written->seconds / n,
                     (double) written->n_tokens / n, err);
  cosmos_written_clear (written);
  return ok;
}

static bool measure_stand_ins (Work *self, CosmosError *err)
{
  CosmosStandIns others;
  bool ok = cosmos_stand_ins_make (&others, self->family->stand_in, self->bench, err);
  if (ok && others.n > 0)
    ok = add_row (self, self->family->row, NAN, (const char *const *) others.items, others.n, NAN, NAN, err);
  cosmos_stand_ins_clear (&others);
  return ok;
}

static bool write_all (Work *self, CosmosError *err)
{
  CosmosBench *bench = self->bench;
  CosmosWritten written;
  if (bench->baseline
      && !(cosmos_write_by_baseline (bench, get_n (bench), &written, err) && add_written (self, "baseline", NAN, &written, err)))
    return false;
  for (int s = 0; s < self->plan->n_samplers; s++)
    for (int i = 0; i < self->plan->n_steps; i++) {
      const CosmosSampler sampler = self->plan->samplers[s];
      const int steps = self->plan->steps[i];
      if (!cosmos_write_by_diffusion (bench, sampler, steps, bench->settings.self_conditioning, get_n (bench), &written, err)
          || !add_written (self, cosmos_sampler_get_name (sampler), steps, &written, err))
        return false;
    }
  return true;
}

static void add_facts (const Work *self)
{
  const CosmosBench *bench = self->bench;
  cosmos_report_add_text (self->report, "model", cosmos_pipeline_get_name (bench->pipeline));
  if (bench->baseline)
    cosmos_report_add_text (self->report, "baseline", cosmos_language_model_get_name (bench->baseline));
  if (bench->judge)
    cosmos_report_add_text (self->report, "judge", cosmos_language_model_get_name (bench->judge));
  cosmos_report_add_number (self->report, "texts", (double) get_n (bench));
  cosmos_report_add_number (self->report, "references", (double) bench->examples.n);
  cosmos_report_add_number (self->report, "seed", (double) bench->settings.seed);
  cosmos_report_add_number (self->report, "batch", *bench->texts.source ? 1 : bench->batch);
  cosmos_report_add_number (self->report, "candidates", fmax (1, bench->candidates));
  cosmos_report_add_number (self->report, "guidance", bench->settings.guidance);
  cosmos_report_add_number (self->report, "noise_scale", bench->settings.noise_scale);
  if (bench->settings.strength < 1)
    cosmos_report_add_number (self->report, "strength", bench->settings.strength);
  cosmos_report_add_number (self->report, "threads", cosmos_pool_get_threads (bench->pool));
  cosmos_report_add_number (self->report, "temperature", bench->autoregress.temperature);
  if (bench->autoregress.top_k > 0)
    cosmos_report_add_number (self->report, "top_k", bench->autoregress.top_k);
  if (bench->autoregress.top_p < 1)
    cosmos_report_add_number (self->report, "top_p", bench->autoregress.top_p);
}

bool cosmos_evaluate (CosmosBench *bench, const CosmosEvaluationPlan *plan, CosmosReport *report, CosmosError *err)
{
  Work self = {
    .bench = bench, .plan = plan, .family = cosmos_measures_find (bench->task, *bench->texts.source), .report = report};
  add_facts (&self);
  add_tables (&self);
  plan_work (&self);
  bool ok = cosmos_report_check (report, err) && reconstruct (&self, err) && (self.measures = self.family->prepare (bench, err));
  if (ok && self.family->explain)
    self.family->explain (self.measures, report);
  ok = ok && measure_stand_ins (&self, err) && write_all (&self, err);
  if (self.measures)
    self.family->free (self.measures);
  return ok;
}
