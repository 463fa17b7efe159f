/* How much of the references a text has: ROUGE for summaries, BLEU-4 and ROUGE-L for questions. */
#include "evaluate/measures.h"

#include "core/study/metrics.h"

#include <string.h>

static void *prepare (CosmosBench *bench, CosmosError *err)
{
  (void) err;
  return bench;
}

static void release (void *self)
{
  (void) self;
}

static bool measure_overlap (const CosmosBench *bench, const char *const *texts, size_t n, CosmosBleu *bleu, CosmosRouge *rouge,
                             CosmosError *err)
{
  *bleu = (CosmosBleu) {0};
  *rouge = (CosmosRouge) {0};
  for (size_t i = 0; i < n; i++) {
    const CosmosExample *example = &bench->examples.items[i];
    const char *const *references = (const char *const *) example->references;
    CosmosRouge one;
    if (!cosmos_bleu_add_texts (bleu, texts[i], references, example->n_references)
        || !cosmos_rouge_texts (texts[i], references, example->n_references, &one))
      return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the measures");
    rouge->rouge_1 += one.rouge_1 / (double) n;
    rouge->rouge_2 += one.rouge_2 / (double) n;
    rouge->rouge_l += one.rouge_l / (double) n;
  }
  return true;
}

static bool measure_summary (void *self, const char *const *texts, size_t n, double *values, CosmosError *err)
{
  CosmosBleu bleu;
  CosmosRouge rouge;
  if (!measure_overlap (self, texts, n, &bleu, &rouge, err))
    return false;
  memcpy (values, (double[]) {rouge.rouge_1, rouge.rouge_2, rouge.rouge_l}, 3 * sizeof *values);
  return true;
}

static bool measure_question (void *self, const char *const *texts, size_t n, double *values, CosmosError *err)
{
  CosmosBleu bleu;
  CosmosRouge rouge;
  if (!measure_overlap (self, texts, n, &bleu, &rouge, err))
    return false;
  values[0] = cosmos_bleu_get (&bleu, false);
  values[1] = rouge.rouge_l;
  return true;
}

static void explain (const void *self, CosmosReport *report)
{
  (void) self;
  cosmos_report_add_note (
      report,
      "BLEU-4 of all texts together by the words of mteval-v13a, unsmoothed, as sacrebleu; ROUGE as rouge-score without stemmer: "
      "the mean of F1, the best reference counting.");
}

const CosmosMeasureFamily cosmos_measures_summary = {
  .name = "summary",
  .row = "first sentence",
  .stand_in = COSMOS_STAND_IN_FIRST_SENTENCE,
  .columns = {{"rouge_1", "ROUGE-1", 3}, {"rouge_2", "ROUGE-2", 3}, {"rouge_l", "ROUGE-L", 3}},
  .n_columns = 3,
  .prepare = prepare,
  .free = release,
  .measure = measure_summary,
  .explain = explain,
};

const CosmosMeasureFamily cosmos_measures_question = {
  .name = "question",
  .row = "most frequent",
  .stand_in = COSMOS_STAND_IN_FREQUENT,
  .columns = {{"bleu_4", "BLEU-4", 3}, {"rouge_l", "ROUGE-L", 3}},
  .n_columns = 2,
  .prepare = prepare,
  .free = release,
  .measure = measure_question,
  .explain = explain,
};

const CosmosMeasureFamily *cosmos_measures_find (const char *task, bool has_source)
{
  const CosmosMeasureFamily *const all[] = {&cosmos_measures_story, &cosmos_measures_summary, &cosmos_measures_question,
                                            &cosmos_measures_detox};
  if (has_source && strcmp (cosmos_measures_story.name, task) == 0)
    return &cosmos_measures_opened_story;
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (strcmp (all[i]->name, task) == 0)
      return all[i];
  return has_source ? &cosmos_measures_summary : &cosmos_measures_story;
}
