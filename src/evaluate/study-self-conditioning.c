/* What does self-conditioning do? The same seeds with and without the guess of the step before as the denoiser's second input (spec 1.9), by number of steps. */
#include "evaluate/study-variants.h"

static double get_steps (const CosmosVariant *variant)
{
  return variant->steps;
}

static bool run (CosmosBench *bench, CosmosReport *report, CosmosError *err)
{
  static const int steps[] = {8, 25, 50, 100};
  enum { N_STEPS = sizeof steps / sizeof steps[0] };
  CosmosVariant variants[2 * N_STEPS];
  for (int i = 0; i < 2 * N_STEPS; i++)
    variants[i] = (CosmosVariant) {i % 2 ? "with" : "without", steps[i / 2], i % 2, bench->settings.noise_scale};
  return cosmos_study_measure_variants (
      bench, report,
      &(CosmosVariants) {
        "self_conditioning", "Texts with and without self-conditioning", "self-conditioning", {"steps", "steps", 0}, get_steps},
      variants, 2 * N_STEPS, err);
}

const CosmosStudy cosmos_study_self_conditioning = {
  .name = "self-conditioning",
  .question = "what self-conditioning does to diversity and quality",
  .run = run,
};
