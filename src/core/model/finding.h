/* What a file (or a folder of weights) turns out to be, before anything is done with it: for `cosmos inspect`, and for the question before an import.
 *
 * Files are known by their first bytes, never by their names. A new kind of file is one more entry in CosmosFindingKind and one more reader in finding.c.
 */
#pragma once

#include "core/base/status.h"
#include "core/file/dtype.h"
#include "core/model/config.h"

typedef enum {
  COSMOS_FINDING_BUNDLE,         /* GGUF: all networks of a COSMOS */
  COSMOS_FINDING_ENCODER,        /* GGUF: a text encoder alone */
  COSMOS_FINDING_CHECKPOINT,     /* GGUF: a stage of a training of ours */
  COSMOS_FINDING_LANGUAGE_MODEL, /* GGUF: one that this program runs */
  COSMOS_FINDING_FOREIGN,        /* GGUF: of an architecture that it does not */
  COSMOS_FINDING_COSMOS_WEIGHTS, /* safetensors, to be converted */
  COSMOS_FINDING_LLAMA_WEIGHTS,
  COSMOS_FINDING_BERT_WEIGHTS,
  COSMOS_FINDING_FOREIGN_WEIGHTS,     /* safetensors of something else */
  COSMOS_FINDING_PYTORCH_AUTOENCODER, /* .pth, .pt of the COSMOS authors: one of two files */
  COSMOS_FINDING_PYTORCH_DIFFUSION,
  COSMOS_FINDING_PYTORCH_FOREIGN,
  COSMOS_N_FINDING_KINDS
} CosmosFindingKind;

/* What it can do here, perhaps after it was converted. */
typedef enum {
  COSMOS_USE_DENOISE = 1,
  COSMOS_USE_BASELINE = 2,
  COSMOS_USE_JUDGE = 4,
  COSMOS_USE_ENCODER = 8, /* of a training */
} CosmosUse;

/* What must lie beside it, and does not. */
typedef enum {
  COSMOS_MISSING_TOKENIZER = 1, /* tokenizer.json or vocab.txt */
  COSMOS_MISSING_CONFIG = 2,    /* config.json */
  COSMOS_MISSING_PARTNER = 4,   /* of an autoencoder its diffusion, or the other way round */
} CosmosMissing;

typedef struct {
  CosmosFindingKind kind;
  char format[16];                               /* "GGUF", "safetensors", "PyTorch" */
  char architecture[64];                         /* as the file or its config.json says it; "" where nothing does */
  char name[128], license[64], description[512]; /* "": unknown */
  char stage[32];                                /* of a checkpoint of ours */
  unsigned uses, missing;                        /* CosmosUse, CosmosMissing */
  uint64_t size;                                 /* bytes of the file */
  size_t n_tensors;
  uint64_t n_parameters, bytes[COSMOS_N_DTYPES]; /* bytes: of tensors, by number format */
  CosmosConfig config;                           /* of a COSMOS; of an encoder or BERT vocabulary and encoder alone; else zeros */
  int64_t layers, width, context, vocabulary;    /* of a language model; 0: the file does not say */
  bool needs_conversion;
  uint64_t converted_size; /* about, with matrices in BF16; 0: not known */
} CosmosFinding;

/* Reads heads of files alone: some milliseconds. path: a file, or a folder with model.safetensors. Fails where it is no model, or one that is cut or damaged. */
bool cosmos_finding_read (CosmosFinding *self, const char *path, CosmosError *err);

/* In English, constant: "text encoder", "safetensors of a BERT". */
const char *cosmos_finding_describe_kind (CosmosFindingKind kind);
/* "denoise, baseline"; "nothing here". size: of text. */
void cosmos_finding_describe_uses (const CosmosFinding *self, char *text, size_t size);
/* "tokenizer.json or vocab.txt, config.json"; "" where nothing is missing. */
void cosmos_finding_describe_missing (const CosmosFinding *self, char *text, size_t size);
/* The most frequent number format, by bytes. */
CosmosDtype cosmos_finding_get_dtype (const CosmosFinding *self);
