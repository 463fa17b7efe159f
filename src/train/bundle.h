/* Trained stages as one file for people: encoder, autoencoder and denoiser as a bundle, or the baseline as a language model that llama.cpp reads. */
#pragma once

#include "train/stage.h"

typedef struct {
  const char *output;
  CosmosDtype dtype;      /* of matrices */
  const char *provenance; /* NULL: what the recipe and the checkpoints say */
  bool baseline;
} CosmosBundleRequest;

typedef struct {
  size_t n_tensors, size; /* bytes */
  int64_t n_parameters;
} CosmosBundleResult;

/* From the checkpoints in `folder`, and the bundles that the recipe names in their place (origin.h). Whole or not at all, and only after it was opened as what it is. */
bool cosmos_bundle_write (const CosmosRecipe *recipe, const char *folder, const CosmosBundleRequest *request,
                          CosmosBundleResult *result, CosmosError *err);
