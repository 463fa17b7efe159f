/* Makes a GGUF of a folder of weights: model.safetensors, config.json and a tokenizer; or of the COSMOS authors' PyTorch checkpoints.
 *
 * Three kinds of folders are known. A COSMOS one ("format", "tasks" ...) becomes a bundle: names are kept. A Hugging Face
 * LLaMA ("architectures": ["LlamaForCausalLM"]) becomes a file of architecture "llama" with the names and keys that llama.cpp reads; rows of
 * queries and keys are put in the order of adjacent RoPE pairs. A Hugging Face BERT, with any head or none, becomes a text encoder alone (architecture
 * "cosmos-encoder", encoder.h's names, no statistics) for a training to take; it may lack the config.json, and of a vocab.txt is seen whether it
 * is uncased. The file is written under a temporary name, opened to prove that it
 * loads, and only then gets its name.
 *
 * Checkpoints (convert-checkpoint.c) are two files .pth or .pt, the autoencoder's and the diffusion's, which become a bundle of the paper's form; their
 * tokenizer, bert-base-cased's vocab.txt, lies beside the first or is named.
 */
#pragma once

#include "core/base/progress.h"
#include "core/base/status.h"
#include "core/file/dtype.h"

typedef struct {
  const char *key; /* of a-z 0-9 _ */
  double value;
} CosmosQuality;

/* Strings are borrowed; NULL where nothing is known. */
typedef struct {
  const char *input;     /* the folder, its model file, or a checkpoint */
  const char *diffusion; /* the other checkpoint; they may be named in any order */
  double
      schedule_d; /* of a checkpoint's denoiser; 0: what stands in its path as "d=5", else the authors' for this number of latents */
  const char *tokenizer; /* tokenizer.json or vocab.txt; NULL: in the folder */
  bool lower_case;       /* of a vocab.txt */
  const char *output;
  CosmosDtype dtype; /* of matrices, one that can be written; vectors and tables are F32 */
  const char *name, *license, *description, *provenance;
  const CosmosQuality *qualities;
  size_t n_qualities;
} CosmosConversion;

typedef struct {
  const char *architecture; /* "cosmos", "cosmos-encoder" or "llama" */
  size_t n_tensors;
  int64_t n_parameters;
  size_t size;               /* bytes of the file */
  int guessed_heads;         /* of a BERT without config.json; 0: nothing was guessed */
  double guessed_schedule_d; /* of a checkpoint, where neither schedule_d nor the path said it; 0: nothing was guessed */
} CosmosConverted;

/* Refuses, with file and name in words: what is missing, of another shape, not known, or not finite. */
bool cosmos_convert (const CosmosConversion *self, CosmosConverted *result, CosmosProgress *progress, CosmosError *err);
