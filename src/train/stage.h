/* A stage of training: networks over a store of parameters, and the loss of a batch. What goes down the loss, and when, is trainer.c's.
 *
 * Everything drawn by chance is a function of (seed, stage, step, place in the batch), so that a resumed run goes on bit by bit, and how a batch is cut
 * into micro-batches changes only the order of sums.
 */
#pragma once

#include "core/math/graph.h"
#include "train/corpus.h"

enum { COSMOS_MAX_MEASURES = 3, COSMOS_MAX_EVALUATIONS = 96, COSMOS_MAX_SAMPLES = 256 };

/* A text that a model wrote. */
typedef struct {
  const char *task;
  char *source, *text; /* source NULL: none */
} CosmosSample;

/* What a stage measures of itself on texts that it was not trained on, and what it writes. */
typedef struct {
  int n, n_samples;
  struct {
    char name[48];
    double value;
  } items[COSMOS_MAX_EVALUATIONS];
  CosmosSample samples[COSMOS_MAX_SAMPLES];
} CosmosEvaluation;

void cosmos_evaluation_add (CosmosEvaluation *self, double value, const char *name, ...) __attribute__ ((format (printf, 3, 4)));
/* Takes the two texts over (text NULL: out of memory, nothing is added). */
void cosmos_evaluation_add_sample (CosmosEvaluation *self, const char *task, char *source, char *text);
void cosmos_evaluation_clear_samples (CosmosEvaluation *self);

/* What the stages of one training share; all borrowed. */
typedef struct {
  const CosmosRecipe *recipe;
  const CosmosTokenizer *tokenizer;
  const CosmosCorpus *corpus;
  const char *folder; /* where the checkpoints of the stages lie, NAME.gguf */
  CosmosPool *pool;
  CosmosCompute compute;
  CosmosProgress *progress;
  const struct CosmosProvenance *provenance; /* for the checkpoints, see provenance.h; may be NULL */
} CosmosTraining;

typedef struct {
  const char *name;
  const char *measures[COSMOS_MAX_MEASURES]; /* parts of the loss, NULL beyond */
  const char *const *slow;                   /* tables of positions, see optimiser.h */
  const CosmosStageRecipe *(*get_recipe) (const CosmosRecipe *recipe);
  /* Asks the store for all parameters and gives them their first values. NULL with the error. */
  void *(*make) (const CosmosTraining *training, CosmosParameters *store, CosmosError *err);
  void (*free) (void *stage);
  /* Draws the batch of a step. */
  bool (*draw) (void *stage, int64_t step, CosmosError *err);
  /* Texts first .. first + count - 1 of the batch: their share of the batch's loss, on the graph's tape; measures get theirs added. NULL: no share. */
  CosmosTensor *(*lose) (void *stage, CosmosGraph *graph, int first, int count, double *measures);
  /* Of the weights as they are (the trainer puts the average in their place). May be NULL. */
  bool (*evaluate) (void *stage, CosmosEvaluation *evaluation, CosmosError *err);
  /* After the last step: what depends on the trained values (statistics). May be NULL. */
  bool (*finish) (void *stage, CosmosError *err);
} CosmosStageKind;

extern const CosmosStageKind cosmos_stage_encoder, cosmos_stage_autoencoder, cosmos_stage_denoiser, cosmos_stage_baseline;
/* In their order; NULL for an unknown name. */
const CosmosStageKind *cosmos_stage_get (int index);
const CosmosStageKind *cosmos_stage_find (const char *name);

/* ---- what stages share ---- */

/* seed of a stage's chance. */
uint64_t cosmos_stage_get_seed (const CosmosTraining *training, const CosmosStageKind *kind);
/* U{0 .. n - 1} */
size_t cosmos_stage_choose (uint64_t seed, int64_t step, uint64_t index, size_t n);
/* Text i as a row of `length`, see cosmos_texts_get_row (). */
void cosmos_stage_get_row (const CosmosTraining *training, const CosmosTexts *texts, size_t i, int64_t length, int32_t *ids,
                           bool *keep);
/* A text of the batch: where it was drawn, and how long it is. */
typedef struct {
  int place;
  int64_t length;
} CosmosPlace;
/* The longest first, equal ones in their order: neighbours, who share a micro-batch, are padded little. Chance stays that of the place. */
void cosmos_stage_sort_places (CosmosPlace *places, int n);
/* Where the checkpoint of a stage lies; free() it. NULL: out of memory. */
char *cosmos_stage_get_path (const CosmosTraining *training, const char *stage);
/* Matrices whose names contain `part` ("" all) get this standard deviation (0: zeros) instead of 1 / sqrt (in). */
void cosmos_stage_set_deviation (CosmosParameters *store, const char *part, double deviation);
/* The usual start of a linear layer, 1 / sqrt (3 in), for all matrices. */
void cosmos_stage_scale_matrices (CosmosParameters *store);
