/* Models in words: kinds, sizes, tasks, how long a download takes. New strings, translated; g_free () them. No widgets. */
#pragma once

#include "core/model/finding.h"
#include "store/cpg-installed-model.h"

G_BEGIN_DECLS

/* "Language model"; constant. */
const char *cpg_models_words_kind (CpgModelKind kind);
/* The same of what a file turned out to be, "Weights of a text encoder (BERT)"; constant. */
const char *cpg_models_words_finding (CosmosFindingKind kind);
/* What a model can do here, of CosmosUse; never "". */
char *cpg_models_words_uses (unsigned uses);
/* What it lacks for that, of CosmosMissing; "" where that is nothing. */
char *cpg_models_words_missing (unsigned missing);
/* "Language Models", over a list; constant. */
const char *cpg_models_words_kinds (CpgModelKind kind);
/* "Story, Summary", of ids; "" where there are none. */
char *cpg_models_words_tasks (const char *const *tasks);
/* "24.2 million". */
char *cpg_models_words_parameters (guint64 n_parameters);
/* "5.2 MB of 19.1 MB"; total 0: not known. */
char *cpg_models_words_amount (guint64 done, guint64 total);
/* The same with speed and time left, as far as they are known. */
char *cpg_models_words_progress (guint64 done, guint64 total, double bytes_per_second);
/* "7 seconds left". */
char *cpg_models_words_time_left (double seconds);
/* What is known of a file's checksum; constant. */
const char *cpg_models_words_verification (CpgVerification verification);

G_END_DECLS
