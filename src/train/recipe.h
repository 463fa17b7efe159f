/* What is trained, on what, and how: an .ini file (models/recipes), every size and rate in it.
 *
 * Sections: [model] [tokenizer] [encoder] [autoencoder] [denoiser] [baseline] [prose], and one [task NAME] for each task. A key that is left out has
 * the value of cosmos_recipe_default(); a key or section that is not known is an error, so that a slip of the pen does not train something else.
 */
#pragma once

#include "core/model/config.h"
#include "core/model/language-model.h"

enum { COSMOS_RECIPE_NAME = 64, COSMOS_RECIPE_PATH = 256 };

/* How a stage goes down its loss. */
typedef struct {
  char
      file[COSMOS_RECIPE_PATH]; /* a bundle whose networks of this stage are taken as they are, nothing being trained; "": none */
  int steps, batch;
  int micro_batch;   /* texts that are on the way at once: bounds the memory; the gradients of a batch are summed */
  double rate;       /* at its highest */
  int warm_up;       /* steps */
  double final_rate; /* share of `rate` that the cosine ends at */
  double decay, clip;
  double average_decay; /* of the moving average of the weights; 0: none */
  double muon;          /* 0: AdamW; else matrices go by Muon at so many times the rate, see optimiser.h */
  double slow_rate;     /* share of the rate for tables of positions */
} CosmosStageRecipe;

/* Texts: files by a pattern (train-*.jsonl.xz) below the data folder, and which fields are read. */
typedef struct {
  char train[COSMOS_RECIPE_PATH], valid[COSMOS_RECIPE_PATH]; /* patterns, more than one apart by spaces; "" none */
  char target[COSMOS_RECIPE_NAME];                           /* a field */
  char source[COSMOS_RECIPE_PATH]; /* fields, apart by spaces, joined by " | "; "first-sentence": of the target; "": none */
} CosmosTextsRecipe;

typedef struct {
  CosmosTextsRecipe texts;
  double share;         /* of the batches of the denoiser and the baseline */
  double unconditional; /* share of texts whose source is left out */
  int source_tokens;    /* longer sources are cut */
  int noises; /* a text of the denoiser's batch is seen so many times in it, each at a time and with a noise of its own: its source is read once */
} CosmosTaskRecipe;

typedef struct {
  char name[COSMOS_RECIPE_NAME], license[COSMOS_RECIPE_NAME], description[COSMOS_RECIPE_PATH];
  uint64_t seed;
  char from
      [COSMOS_RECIPE_PATH]; /* a bundle with whose values stages begin, and whose networks stand for stages without a checkpoint; "": none */
  CosmosConfig config; /* sizes, schedule, tasks; vocabulary: of the tokenizer that is to be made */

  char tokenizer_file[COSMOS_RECIPE_PATH]; /* a tokenizer.json or a bundle to take it from; "": one is made from the texts */

  struct {
    CosmosStageRecipe stage;
    double masked;  /* share of tokens to be guessed */
    double as_mask; /* share of those that are seen as [MASK] */
  } encoder;
  struct {
    CosmosStageRecipe stage;
    double masked;  /* share of tokens that the compressor does not see, in one half of the texts (spec 1.4) */
    double delta;   /* what is left of the states beside the noise, in the other half */
    double dropout; /* share of latent numbers that are 0 */
    double
        latent_noise; /* largest noise on the latents, in deviations, of a quarter of the texts, that meets no other corruption; 0: none */
    double mse;   /* weight of the squared error beside the cross entropy */
    bool aligned; /* position-aligned initialisation, of a folded decompressor (config.folded); false: the paper's */
  } autoencoder;
  struct {
    CosmosStageRecipe stage;
    double self_condition;      /* share of batches with it */
    double snr_cap;             /* the loss at a time counts 1 + min (SNR, this) times; 0: all alike (spec 1.8) */
    double t_mean, t_deviation; /* of ln (t / (1 - t)), normal, where the deviation is not 0; else t is uniform (spec 1.10) */
    int samples, sample_steps;  /* texts a task at each checkpoint, and with how many steps */
  } denoiser;
  struct {
    CosmosStageRecipe stage;
    CosmosLanguageModelSizes sizes;       /* vocabulary and context follow */
    char description[COSMOS_RECIPE_PATH]; /* of the model */
    CosmosLanguageModelSampling sampling; /* with which it writes best, also on the way */
    double source_weight;                 /* of the loss of the source's tokens, beside 1 of the target's */
    int samples;                          /* texts a task at each checkpoint */
  } baseline;

  CosmosTextsRecipe prose;                  /* further texts for encoder and autoencoder */
  CosmosTaskRecipe tasks[COSMOS_MAX_TASKS]; /* config.n_tasks of them */
} CosmosRecipe;

/* A small model for one task "story", not yet checked. */
CosmosRecipe cosmos_recipe_default (void);
/* *self is untouched on failure; messages name file, line, section and key. */
bool cosmos_recipe_read (CosmosRecipe *self, const char *path, CosmosError *err);
/* The same with n values "SECTION.KEY=VALUE" in place of the file's. *text: the whole as one .ini, free() it; NULL: not wanted. */
bool cosmos_recipe_read_with (CosmosRecipe *self, const char *path, const char *const *values, int n, char **text,
                              CosmosError *err);
