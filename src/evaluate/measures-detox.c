/* Whether a text says the same without the offence: BLEU against people's paraphrases, the share of offensive words that are gone, and how near it lies to
 * its source in the encoder's space. Which words offend is counted in the training pairs (core/study/marked-words.h). */
#include "evaluate/measures.h"

#include "core/study/marked-words.h"
#include "core/study/metrics.h"
#include "evaluate/likeness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Far above: five times as often in sources as in targets, and not by chance. */
static const double RATIO = 5, DEVIATIONS = 2;

typedef struct {
  CosmosBench *bench;
  CosmosMarkedWords *words; /* NULL: no training texts are named */
  size_t n_words;
} Detox;

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the measures");
}

static void detox_free (void *data)
{
  Detox *self = data;
  if (!self)
    return;
  cosmos_marked_words_free (self->words);
  free (self);
}

static bool add_copy (CosmosMarkedWords *words, CosmosRowText text, bool marked, CosmosError *err)
{
  char *copy = strndup (text.data, text.length);
  bool ok = copy && cosmos_marked_words_add (words, copy, marked);
  free (copy);
  return ok || no_memory (err);
}

static bool take_row (CosmosRowText target, CosmosRowText source, void *data, CosmosError *err)
{
  return add_copy (data, target, false, err) && add_copy (data, source, true, err);
}

static bool find_words (Detox *self, CosmosError *err)
{
  const CosmosBench *bench = self->bench;
  if (!*bench->texts.train || !*bench->texts.source)
    return true;
  self->words = cosmos_marked_words_new ();
  return (self->words || no_memory (err))
         && cosmos_rows_read (&bench->texts, bench->folder, bench->texts.train, take_row, self->words, bench->progress, err)
         && (cosmos_marked_words_choose (self->words, RATIO, DEVIATIONS, &self->n_words) || no_memory (err));
}

static void *prepare (CosmosBench *bench, CosmosError *err)
{
  Detox *self = calloc (1, sizeof *self);
  if (!self) {
    no_memory (err);
    return NULL;
  }
  self->bench = bench;
  if (find_words (self, err))
    return self;
  detox_free (self);
  return NULL;
}

/* 1 - offensive words in the texts / in their sources. */
static bool measure_gone (Detox *self, const char *const *texts, size_t n, double *gone, CosmosError *err)
{
  size_t before = 0, after = 0;
  for (size_t i = 0; self->words && i < n; i++) {
    size_t in_source = 0, in_text = 0;
    const char *source = self->bench->examples.items[i].source;
    if ((source && !cosmos_marked_words_count (self->words, source, &in_source))
        || !cosmos_marked_words_count (self->words, texts[i], &in_text))
      return no_memory (err);
    before += in_source;
    after += in_text;
  }
  *gone = before > 0 ? 1 - (double) after / (double) before : NAN;
  return true;
}

static bool measure (void *data, const char *const *texts, size_t n, double *values, CosmosError *err)
{
  Detox *self = data;
  CosmosBench *bench = self->bench;
  CosmosBleu bleu = {0};
  for (size_t i = 0; i < n; i++) {
    const CosmosExample *example = &bench->examples.items[i];
    if (!cosmos_bleu_add_texts (&bleu, texts[i], (const char *const *) example->references, example->n_references))
      return no_memory (err);
  }
  values[0] = cosmos_bleu_get (&bleu, false);
  const char **sources = calloc (n + 1, sizeof *sources);
  for (size_t i = 0; sources && i < n; i++)
    sources[i] = bench->examples.items[i].source ? bench->examples.items[i].source : "";
  bool ok = sources || no_memory (err);
  ok = ok && measure_gone (self, texts, n, &values[1], err)
       && cosmos_measure_likeness (bench->pipeline, bench->pool, texts, sources, n, &values[2], bench->progress, err);
  free (sources);
  return ok;
}

static void explain (const void *data, CosmosReport *report)
{
  const Detox *self = data;
  cosmos_report_add_note (
      report,
      "BLEU of all texts together, as sacrebleu, against all paraphrases of people. Gone: share of the sources' offensive words "
      "that the texts do not have; %zu words that stand at least %g times as often in training sources as in training targets.",
      self->n_words, RATIO);
  cosmos_report_add_note (
      report,
      "Likeness: cosine of the means of the encoder's states of text and source, in units of their own statistics. Copy: the sources "
      "themselves.");
}

const CosmosMeasureFamily cosmos_measures_detox = {
  .name = "detox",
  .row = "copy",
  .stand_in = COSMOS_STAND_IN_COPY,
  .columns = {{"bleu", "BLEU", 3}, {"gone", "gone", 3}, {"likeness", "likeness", 3}},
  .n_columns = 3,
  .prepare = prepare,
  .free = detox_free,
  .measure = measure,
  .explain = explain,
};
