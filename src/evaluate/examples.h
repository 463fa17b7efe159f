/* What a task is measured on: its validation texts, and the names of the files with its training texts.
 *
 * Rows whose sources are equal and stand one behind the other are one example with several references. Texts are cleaned (core/text/text.h).
 */
#pragma once

#include "core/base/progress.h"
#include "train/rows.h"

enum { COSMOS_EXAMPLE_REFERENCES = 8 };

typedef struct {
  char *source; /* NULL where the task has none */
  char *references[COSMOS_EXAMPLE_REFERENCES];
  size_t n_references; /* at least 1 */
} CosmosExample;

typedef struct {
  CosmosExample *items;
  size_t n, capacity;
} CosmosExamples;

/* Where the program's own four tasks have their texts below a data folder, and in which fields; false for another task. A recipe can say otherwise. */
bool cosmos_examples_find_texts (const char *task, CosmosTextsRecipe *texts);
/* All validation rows. */
bool cosmos_examples_load (CosmosExamples *self, const CosmosTextsRecipe *texts, const char *folder, CosmosProgress *progress,
                           CosmosError *err);
void cosmos_examples_clear (CosmosExamples *self);
/* Keeps those that are wanted, one bool each. */
void cosmos_examples_keep (CosmosExamples *self, const bool *wanted);
/* Keeps n of them at equal distances, first to last; all where there are not more. */
void cosmos_examples_thin (CosmosExamples *self, size_t n);
/* Those with an odd number go to others (which is cleared), the even ones stay. */
bool cosmos_examples_split (CosmosExamples *self, CosmosExamples *others, CosmosError *err);
