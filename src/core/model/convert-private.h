/* Between convert.c and one file for each kind of weights that it knows. */
#pragma once

#include "core/file/gguf-writer.h"
#include "core/file/safetensors.h"
#include "core/model/convert.h"
#include "core/text/tokenizer.h"

#include <yyjson.h>

typedef struct {
  const CosmosConversion *what;
  CosmosProgress *progress;
  char *folder; /* ends with '/', or is empty */
  char *config_path, *weights_path;
  yyjson_doc *config;
  CosmosSafetensors *weights;
  CosmosTokenizer *tokenizer;
  CosmosGgufWriter *writer;
  float **values; /* of the tensors that were handed to the writer */
  size_t n_values, values_capacity;
  CosmosConverted result;
} CosmosConverter;

/* Numbers that live as long as the converter. NULL on failure. */
float *cosmos_converter_allocate (CosmosConverter *self, size_t count, CosmosError *err);
/* Values of a tensor as floats, checked to be finite: memory that lives as long as the converter and may be changed. NULL on failure. */
float *cosmos_converter_load (CosmosConverter *self, const CosmosTensorInfo *tensor, CosmosError *err);
/* Hands values to the writer: matrices in the wanted format, the rest as F32. */
void cosmos_converter_add (CosmosConverter *self, const char *name, const CosmosTensorInfo *tensor, bool matrix,
                           const float *values);
/* Notes how much of all tensors is done; false where the work was cancelled. */
bool cosmos_converter_report (CosmosConverter *self, size_t done, size_t all, CosmosError *err);

/* Keys and tensors of a BERT. */
bool cosmos_convert_bert (CosmosConverter *self, CosmosError *err);
/* Keys and tensors of the authors' checkpoints, which it opens itself. */
bool cosmos_convert_checkpoint (CosmosConverter *self, CosmosError *err);
/* Keys and tensors of a LLaMA. */
bool cosmos_convert_llama (CosmosConverter *self, CosmosError *err);
