#include "train/stage.h"

#include "core/base/random.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const CosmosStageKind *const kinds[] = {&cosmos_stage_encoder, &cosmos_stage_autoencoder, &cosmos_stage_denoiser,
                                               &cosmos_stage_baseline};

const CosmosStageKind *cosmos_stage_get (int index)
{
  return index >= 0 && index < (int) (sizeof kinds / sizeof *kinds) ? kinds[index] : NULL;
}

const CosmosStageKind *cosmos_stage_find (const char *name)
{
  for (int i = 0; cosmos_stage_get (i); i++)
    if (strcmp (kinds[i]->name, name) == 0)
      return kinds[i];
  return NULL;
}

void cosmos_evaluation_add (CosmosEvaluation *self, double value, const char *name, ...)
{
  va_list arguments;
  if (self->n == COSMOS_MAX_EVALUATIONS)
    return;
  va_start (arguments, name);
  vsnprintf (self->items[self->n].name, sizeof self->items[self->n].name, name, arguments);
  va_end (arguments);
  self->items[self->n++].value = value;
}

void cosmos_evaluation_add_sample (CosmosEvaluation *self, const char *task, char *source, char *text)
{
  if (text && self->n_samples < COSMOS_MAX_SAMPLES) {
    self->samples[self->n_samples++] = (CosmosSample) {task, source, text};
    return;
  }
  free (source);
  free (text);
}

void cosmos_evaluation_clear_samples (CosmosEvaluation *self)
{
  for (int i = 0; i < self->n_samples; i++) {
    free (self->samples[i].source);
    free (self->samples[i].text);
  }
  self->n_samples = 0;
}

uint64_t cosmos_stage_get_seed (const CosmosTraining *training, const CosmosStageKind *kind)
{
  uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a of the name */
  for (const char *c = kind->name; *c; c++)
    hash = (hash ^ (unsigned char) *c) * 0x100000001B3u;
  return hash ^ training->recipe->seed;
}

size_t cosmos_stage_choose (uint64_t seed, int64_t step, uint64_t index, size_t n)
{
  size_t chosen = (size_t) (cosmos_random_uniform (seed, (uint32_t) step, index) * (double) n);
  return chosen < n ? chosen : n - 1;
}

void cosmos_stage_get_row (const CosmosTraining *training, const CosmosTexts *texts, size_t i, int64_t length, int32_t *ids,
                           bool *keep)
{
  cosmos_texts_get_row (texts, i, length, cosmos_tokenizer_get_special (training->tokenizer, COSMOS_TOKEN_PAD),
                        cosmos_tokenizer_get_special (training->tokenizer, COSMOS_TOKEN_SEP), ids, keep);
}

static int compare_places (const void *a, const void *b)
{
  const CosmosPlace *x = a, *y = b;
  if (x->length != y->length)
    return x->length > y->length ? -1 : 1;
  return x->place - y->place;
}

void cosmos_stage_sort_places (CosmosPlace *places, int n)
{
  qsort (places, (size_t) n, sizeof *places, compare_places);
}

char *cosmos_stage_get_path (const CosmosTraining *training, const char *stage)
{
  char *path;
  return asprintf (&path, "%s/%s.gguf", training->folder, stage) < 0 ? NULL : path;
}

static void scale (const CosmosParameter *parameter, double factor)
{
  for (int64_t i = 0; i < parameter->rows * parameter->columns; i++)
    parameter->values[i] *= (float) factor;
}

void cosmos_stage_set_deviation (CosmosParameters *store, const char *part, double deviation)
{
  for (size_t i = 0; i < cosmos_parameters_get_n (store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (store, i);
    if (parameter.is_matrix && strstr (parameter.name, part))
      scale (&parameter, deviation * sqrt ((double) parameter.columns));
  }
}

void cosmos_stage_scale_matrices (CosmosParameters *store)
{
  for (size_t i = 0; i < cosmos_parameters_get_n (store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (store, i);
    if (parameter.is_matrix)
      scale (&parameter, sqrt (1.0 / 3));
  }
}
