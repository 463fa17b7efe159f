/* What does less noise do? The same seeds, while the sampler adds a share of its noise after each step (S_noise of Karras et al. 2022): likelier texts, and less
 * varied ones, as a low temperature makes them word by word. */
#include "evaluate/study-variants.h"

static double get_noise_scale (const CosmosVariant *variant)
{
  return variant->noise_scale;
}

static bool run (CosmosBench *bench, CosmosReport *report, CosmosError *err)
{
  static const double scales[] = {0.6, 0.7, 0.8, 0.9, 1.0, 1.1};
  enum { N_SCALES = sizeof scales / sizeof scales[0] };
  CosmosVariant variants[N_SCALES];
  const CosmosSettings *settings = &bench->settings;
  const char *sampler = cosmos_sampler_get_name (settings->sampler);
  if (!cosmos_sampler_is_stochastic (settings->sampler))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The sampler %s adds no noise; dpm-sde, euler and ddpm do", sampler);
  for (int i = 0; i < N_SCALES; i++)
    variants[i] = (CosmosVariant) {sampler, settings->steps, settings->self_conditioning, scales[i]};
  return cosmos_study_measure_variants (bench, report,
                                        &(CosmosVariants) {"noise_scale",
                                                           "Texts with a share of the sampler's noise",
                                                           "sampler",
                                                           {"noise_scale", "noise scale", 2},
                                                           get_noise_scale},
                                        variants, N_SCALES, err);
}

const CosmosStudy cosmos_study_noise_scale = {
  .name = "noise-scale",
  .question = "what less noise in the sampler does to diversity and quality",
  .run = run,
};
