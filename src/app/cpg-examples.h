/* Things to try with one press, by task: a text to read for the tasks that read one, ways to run for stories out of nothing. */
#pragma once

#include "engine/cpg-settings.h"

G_BEGIN_DECLS

typedef struct {
  const char *task;
  const char *title;  /* marked for translation: _ (title) */
  const char *source; /* in the model's language; NULL: none */
  /* What differs from the model's own settings; 0: nothing. */
  int steps;
  const char *sampler; /* the core's name, or NULL */
  gboolean no_self_conditioning;
} CpgExample;

/* Those of a task, as an array of n. takes_source: whether the model reads a source. (transfer container) */
const CpgExample **cpg_examples_find (const char *task, gboolean takes_source, size_t *n);
/* What a task that needs a source (cosmos_instruction_needs_source ()) reads at first: its first example; "" for one that does without. */
const char *cpg_examples_get_source (const char *task);
/* The settings, which must be the model's own ones (cpg_settings_reset ()), become the example's. The seed stays. */
void cpg_example_apply (const CpgExample *self, CpgSettings *settings);

G_END_DECLS
