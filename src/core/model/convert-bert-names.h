/* Which tensors of a BERT checkpoint each tensor of our encoder is made of.
 *
 * Checkpoints differ in what stands before the names ("", "bert.", "text_encoder.") and in how the LayerNorms' numbers are called. The pooler and the
 * heads of pre-training are no part of an encoder, and neither are buffers of positions (cosmos_bert_names_has_no_use).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  const char *prefix;  /* "bert.", or "" */
  bool has_gamma_beta; /* LayerNorm.gamma and .beta in place of .weight and .bias */
} CosmosBertNames;

enum { COSMOS_BERT_MAX_PARTS = 3 };

typedef enum {
  COSMOS_BERT_COPIED,  /* the one part */
  COSMOS_BERT_STACKED, /* the rows (of a vector: the numbers) of the first part, then those of the next */
  COSMOS_BERT_SUMMED,  /* the first row of the second part is added to every row of the first: positions and token type 0 */
} CosmosBertMaking;

typedef struct {
  char ours[64]; /* "encoder.layers.0.attention.qkv.weight" */
  CosmosBertMaking making;
  int n_parts;
  char parts[COSMOS_BERT_MAX_PARTS][96];
} CosmosBertTensor;

/* Tensors of our encoder, its statistics encoder.mean and encoder.std aside: no BERT has them. */
size_t cosmos_bert_names_count (int layers);
/* The index-th of them. The prefix may have 32 bytes. */
void cosmos_bert_names_get (const CosmosBertNames *self, size_t index, CosmosBertTensor *tensor);
/* True of a name with the prefix that an encoder has no use for: pooler, heads, position_ids. */
bool cosmos_bert_names_has_no_use (const CosmosBertNames *self, const char *name);
