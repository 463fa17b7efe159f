/* Makes the vocabulary of a byte-level BPE tokenizer (Sennrich et al. 2016, arXiv 1508.07909) from texts: the most frequent pair of neighbours becomes a
 * token, again and again. Words are cut as the tokenizer cuts them, with a space before each text. The same texts in any order give the same vocabulary:
 * of pairs that are equally frequent the one with the smaller numbers goes first.
 */
#pragma once

#include "core/base/progress.h"
#include "core/base/status.h"

typedef struct CosmosBytePairTrainer CosmosBytePairTrainer;

CosmosBytePairTrainer *cosmos_byte_pair_trainer_new (CosmosError *err);
void cosmos_byte_pair_trainer_free (CosmosBytePairTrainer *self);
/* Counts the words of a text, which is UTF-8 and clean (text.h). */
bool cosmos_byte_pair_trainer_add (CosmosBytePairTrainer *self, const char *text, size_t length, CosmosError *err);
/* A tokenizer.json with `size` tokens, [PAD] [UNK] [CLS] [SEP] [MASK] and the 256 bytes being the first; fewer where the texts have no more pairs
 * that come twice. Once. free() it; NULL with the error. */
char *cosmos_byte_pair_trainer_finish (CosmosBytePairTrainer *self, int size, size_t *length, CosmosProgress *progress,
                                       CosmosError *err);
