/* The results of experiments (cpg-probes.h) as values. */
#include "engine/cpg-probes-private.h"

#include "engine/cpg-step-private.h"
#include "engine/cpg-token-private.h"

#include <stdlib.h>

/* ---- readings ---- */

int32_t *cpg_decoding_get_ids (const CosmosDecoding *decoding)
{
  int32_t *ids = g_new (int32_t, (gsize) decoding->n_positions);
  for (int i = 0; i < decoding->n_positions; i++)
    ids[i] = decoding->tokens[i].id;
  return ids;
}

CpgReading *cpg_reading_new (CpgModelInfo *info, CosmosDecoding *decoding, const int32_t *expected)
{
  CpgReading *self = g_atomic_rc_box_new0 (CpgReading);
  CpgToken *tokens = cpg_tokens_new (info, decoding, NULL);
  for (int i = 0; expected && i < decoding->n_tokens; i++)
    if (tokens[i].guess.id != expected[tokens[i].position]) {
      tokens[i].mark = COSMOS_MARK_CHANGED;
      self->n_changed++;
    }
  self->tokens = tokens;
  self->n_tokens = decoding->n_tokens;
  self->text = decoding->text;
  self->confidence = decoding->confidence;
  self->info = cpg_model_info_ref (info);
  self->decoding = decoding;
  return self;
}

CpgReading *cpg_reading_ref (CpgReading *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_reading (gpointer data)
{
  CpgReading *self = data;
  g_free ((gpointer) self->tokens);
  cosmos_decoding_free (self->decoding);
  cpg_model_info_unref (self->info);
}

void cpg_reading_unref (CpgReading *self)
{
  g_atomic_rc_box_release_full (self, clear_reading);
}

/* ---- latents ---- */

CpgLatents *cpg_latents_new (CpgModelInfo *info, float *values, CpgReading *reading)
{
  CpgLatents *self = g_atomic_rc_box_new0 (CpgLatents);
  self->values = values;
  self->n = info->config.latents;
  self->width = info->config.latent_width;
  self->reading = reading;
  self->info = cpg_model_info_ref (info);
  return self;
}

CpgLatents *cpg_latents_new_from_step (CpgStep *step)
{
  int n, width;
  const float *values = cpg_step_get_latents (step, COSMOS_SHOW_X0, &n, &width);
  gsize size = (gsize) n * (gsize) width * sizeof *values;
  float *copy = malloc (size);
  if (!copy)
    g_error ("Out of memory for latents");
  memcpy (copy, values, size);
  return cpg_latents_new (cpg_step_get_model (step), copy, NULL);
}

CpgLatents *cpg_latents_ref (CpgLatents *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_latents (gpointer data)
{
  CpgLatents *self = data;
  free ((gpointer) self->values);
  g_clear_pointer (&self->reading, cpg_reading_unref);
  cpg_model_info_unref (self->info);
}

void cpg_latents_unref (CpgLatents *self)
{
  g_atomic_rc_box_release_full (self, clear_latents);
}

/* ---- reconstructions ---- */

CpgReconstruction *cpg_reconstruction_new (CpgModelInfo *info, CosmosReconstruction *core)
{
  CpgReconstruction *self = g_atomic_rc_box_new0 (CpgReconstruction);
  CpgReading *reading = cpg_reading_new (info, g_steal_pointer (&core->decoding), core->expected);
  self->latents = cpg_latents_new (info, g_steal_pointer (&core->latents), reading);
  self->n_tokens = core->n_tokens;
  self->n_right = core->n_right;
  self->max_tokens = info->config.tokens;
  self->exact = core->exact;
  self->cut = core->cut;
  self->mse = core->mse;
  self->latent_mean = core->latent_mean;
  self->latent_std = core->latent_std;
  cosmos_reconstruction_clear (core);
  return self;
}

CpgReconstruction *cpg_reconstruction_ref (CpgReconstruction *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_reconstruction (gpointer data)
{
  CpgReconstruction *self = data;
  cpg_latents_unref (self->latents);
}

void cpg_reconstruction_unref (CpgReconstruction *self)
{
  g_atomic_rc_box_release_full (self, clear_reconstruction);
}

/* ---- perturbations ---- */

CpgPerturbation *cpg_perturbation_new (CpgModelInfo *info, CosmosPerturbation *core, const int32_t *expected)
{
  CpgPerturbation *self = g_atomic_rc_box_new0 (CpgPerturbation);
  self->sigma = core->sigma;
  self->bleu = core->bleu;
  self->kept = core->token_accuracy;
  self->reading = cpg_reading_new (info, g_steal_pointer (&core->decoding), expected);
  return self;
}

CpgPerturbation *cpg_perturbation_ref (CpgPerturbation *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_perturbation (gpointer data)
{
  CpgPerturbation *self = data;
  cpg_reading_unref (self->reading);
}

void cpg_perturbation_unref (CpgPerturbation *self)
{
  g_atomic_rc_box_release_full (self, clear_perturbation);
}

/* ---- influence ---- */

CpgInfluence *cpg_influence_new (CpgModelInfo *info, CpgReading *reading, const float *influence)
{
  CpgInfluence *self = g_atomic_rc_box_new0 (CpgInfluence);
  const int n = info->config.latents, L = info->config.tokens;
  float *values = g_new (float, (gsize) n *(gsize) reading->n_tokens);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < reading->n_tokens; j++)
      values[i * reading->n_tokens + j] = influence[i * L + reading->tokens[j].position];
  self->reading = reading;
  self->n = n;
  self->values = values;
  return self;
}

CpgInfluence *cpg_influence_ref (CpgInfluence *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void clear_influence (gpointer data)
{
  CpgInfluence *self = data;
  cpg_reading_unref (self->reading);
  g_free ((gpointer) self->values);
}

void cpg_influence_unref (CpgInfluence *self)
{
  g_atomic_rc_box_release_full (self, clear_influence);
}
