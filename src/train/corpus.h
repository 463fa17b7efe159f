/* The texts of a recipe as tokens: targets, and the sources they belong to, for each task, and prose.
 *
 * A text is [CLS] text [SEP], a longer one is cut, its last token stays [SEP]. Constant after loading; any thread may read.
 */
#pragma once

#include "core/base/pool.h"
#include "core/base/progress.h"
#include "core/text/tokenizer.h"
#include "train/byte-pair-trainer.h"
#include "train/recipe.h"
#include "train/rows.h"

/* Texts one behind the other: text i is ids[starts[i]] .. ids[starts[i + 1] - 1]. */
typedef struct {
  int32_t *ids;
  size_t *starts; /* n + 1 */
  size_t n, n_ids, capacity, ids_capacity;
} CosmosTexts;

typedef struct {
  CosmosTexts targets, sources; /* sources of as many, or none */
} CosmosPairs;

typedef struct CosmosCorpus CosmosCorpus;

/* folder: where the patterns of the recipe begin. */
CosmosCorpus *cosmos_corpus_load (const CosmosRecipe *recipe, const CosmosTokenizer *tokenizer, const char *folder,
                                  CosmosProgress *progress, CosmosError *err);
/* Only counts the words of all texts that train, for a tokenizer that is still to be made. */
bool cosmos_corpus_count_words (const CosmosRecipe *recipe, const char *folder, CosmosBytePairTrainer *words,
                                CosmosProgress *progress, CosmosError *err);
/* Each file of the recipe's patterns, texts for validation included. */
bool cosmos_corpus_each_file (const CosmosRecipe *recipe, const char *folder, CosmosTakeFile take, void *data, CosmosError *err);
void cosmos_corpus_free (CosmosCorpus *self);
const CosmosPairs *cosmos_corpus_get_train (const CosmosCorpus *self, int task);
const CosmosPairs *cosmos_corpus_get_valid (const CosmosCorpus *self, int task);
const CosmosTexts *cosmos_corpus_get_prose (const CosmosCorpus *self);
/* Text i as a row of `length`, the rest pads (id `pad`); keep is false there. Cut as above; end: [SEP]. */
void cosmos_texts_get_row (const CosmosTexts *self, size_t i, int64_t length, int32_t pad, int32_t end, int32_t *ids, bool *keep);
