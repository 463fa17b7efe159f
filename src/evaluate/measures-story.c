/* How good, how various, how much its own, and how like the texts of people: measures of texts that are written from nothing (spec 1.15), or go on from an
 * opening sentence. */
#include "evaluate/measures.h"

#include "core/study/mauve.h"
#include "core/study/memorised.h"
#include "core/study/metrics.h"
#include "core/study/perplexity.h"
#include "core/study/trimmed-mean.h"
#include "core/text/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  CosmosBench *bench;
  CosmosGraph *graph;
  CosmosMemorised *memorised; /* NULL: no training texts are named */
  float *features;            /* of the references that the judge could read, n_features x width */
  size_t n_features;
} Story;

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the measures");
}

static void story_free (void *data)
{
  Story *self = data;
  if (!self)
    return;
  cosmos_graph_free (self->graph);
  cosmos_memorised_free (self->memorised);
  free (self->features);
  free (self);
}

static size_t get_width (const Story *self)
{
  return (size_t) cosmos_language_model_get_sizes (self->bench->judge)->width;
}

/* Perplexities (NAN where the judge cannot read a text) and states of those that it could: *n_states x width. */
static bool judge (Story *self, const char *const *texts, size_t n, double *perplexities, float *states, size_t *n_states,
                   CosmosError *err)
{
  *n_states = 0;
  for (size_t i = 0; i < n; i++) {
    CosmosPerplexity result;
    CosmosError why = {0};
    bool ok = cosmos_perplexity_and_state (self->bench->judge, self->graph, self->bench->task, texts[i], strlen (texts[i]),
                                           &result, states + *n_states * get_width (self), &why);
    perplexities[i] = ok ? result.perplexity : NAN;
    *n_states += ok;
    if (!ok && why.code != COSMOS_STATUS_RANGE && why.code != COSMOS_STATUS_FORMAT) { /* those: no token, or too long */
      if (err)
        *err = why;
      return false;
    }
    cosmos_bench_advance (self->bench, cosmos_measures_story.judging, "judging");
  }
  return true;
}

static bool take_row (CosmosRowText target, CosmosRowText source, void *data, CosmosError *err)
{
  (void) source;
  return cosmos_memorised_add (data, target.data, target.length) || no_memory (err);
}

static bool memorise (Story *self, CosmosError *err)
{
  const CosmosBench *bench = self->bench;
  if (!*bench->texts.train)
    return true;
  self->memorised = cosmos_memorised_new ();
  return (self->memorised || no_memory (err))
         && cosmos_rows_read (&bench->texts, bench->folder, bench->texts.train, take_row, self->memorised, bench->progress, err);
}

static bool judge_references (Story *self, CosmosError *err)
{
  size_t n = self->bench->examples.n;
  const char **texts = cosmos_examples_get_references (&self->bench->examples);
  double *perplexities = calloc (n + 1, sizeof *perplexities);
  self->features = calloc (n * get_width (self) + 1, sizeof *self->features);
  bool ok = (texts && perplexities && self->features) || no_memory (err);
  ok = ok && judge (self, texts, n, perplexities, self->features, &self->n_features, err);
  free (texts);
  free (perplexities);
  return ok;
}

static void *prepare (CosmosBench *bench, CosmosError *err)
{
  Story *self = calloc (1, sizeof *self);
  if (self) {
    self->bench = bench;
    self->graph = cosmos_graph_new (bench->pool, bench->progress);
  }
  bool ok = (self && self->graph) || no_memory (err);
  ok = ok && memorise (self, err) && (!bench->judge || judge_references (self, err));
  if (ok)
    return self;
  story_free (self);
  return NULL;
}

static bool measure_judged (Story *self, const char *const *texts, size_t n, double *perplexity, double *mauve, CosmosError *err)
{
  double *perplexities = calloc (n + 1, sizeof *perplexities);
  float *states = calloc (n * get_width (self) + 1, sizeof *states);
  size_t n_states;
  bool ok = ((perplexities && states) || no_memory (err)) && judge (self, texts, n, perplexities, states, &n_states, err);
  if (ok) {
    *perplexity = cosmos_trimmed_mean (perplexities, n);
    if (n_states >= 2 && self->n_features >= 2)
      ok = cosmos_mauve (states, n_states, self->features, self->n_features, get_width (self), self->bench->settings.seed, mauve,
                         err);
  }
  free (perplexities);
  free (states);
  return ok;
}

static bool measure_words (Story *self, const char *const *texts, size_t n, double *diversity, double *known_share,
                           CosmosError *err)
{
  CosmosWords *words = cosmos_words_new ();
  size_t known = 0, all = 0;
  bool ok = words != NULL;
  for (size_t i = 0; ok && i < n; i++) {
    ok = cosmos_words_add (words, texts[i], strlen (texts[i]));
    if (self->memorised)
      cosmos_memorised_count (self->memorised, texts[i], strlen (texts[i]), &known, &all);
  }
  ok = ok && cosmos_diversity (words, diversity);
  cosmos_words_free (words);
  if (ok && all > 0)
    *known_share = (double) known / (double) all;
  return ok || no_memory (err);
}

static bool measure (void *data, const char *const *texts, size_t n, double *values, CosmosError *err)
{
  Story *self = data;
  values[0] = values[1] = values[2] = values[3] = NAN;
  return measure_words (self, texts, n, &values[1], &values[2], err)
         && (!self->bench->judge || measure_judged (self, texts, n, &values[0], &values[3], err));
}

/* How much of the opening sentences the texts begin with. */
static bool measure_openings (const Story *self, const char *const *texts, size_t n, double *value, CosmosError *err)
{
  const CosmosExamples *examples = &self->bench->examples;
  const size_t n_pairs = n < examples->n ? n : examples->n;
  double sum = 0;
  for (size_t i = 0; i < n_pairs; i++) {
    const char *const openings[] = {examples->items[i].source};
    char *first = strndup (texts[i], cosmos_text_find_first_sentence (texts[i], strlen (texts[i])));
    CosmosRouge rouge;
    const bool ok = first && cosmos_rouge_texts (first, openings, 1, &rouge);
    free (first);
    if (!ok)
      return no_memory (err);
    sum += rouge.rouge_l;
  }
  *value = n_pairs ? sum / (double) n_pairs : NAN;
  return true;
}

static bool measure_opened (void *data, const char *const *texts, size_t n, double *values, CosmosError *err)
{
  return measure (data, texts, n, values, err) && measure_openings (data, texts, n, &values[4], err);
}

static void explain (const void *data, CosmosReport *report)
{
  const Story *self = data;
  if (self->bench->judge)
    cosmos_report_add_note (
        report,
        "Perplexity: a token under %s, mean without the outer 5 %%. A judge prefers texts of its own kind. MAUVE: against "
        "%zu texts of people, by the judge's last state.",
        cosmos_language_model_get_name (self->bench->judge), self->n_features);
  cosmos_report_add_note (
      report,
      "Div-4 and MAUVE depend on the number of texts: compare equal numbers. Mem: share of runs of four words that stand in "
      "the training texts. People: other validation texts.");
}

static void explain_opened (const void *data, CosmosReport *report)
{
  explain (data, report);
  cosmos_report_add_note (
      report,
      "Opening: ROUGE-L of a text's first sentence with the sentence that it was to begin with; that of people, who began "
      "otherwise, is what chance does.");
}

#define COLUMNS {"perplexity", "perplexity", 1}, {"div_4", "Div-4", 3}, {"mem", "Mem", 3}, {"mauve", "MAUVE", 3}

const CosmosMeasureFamily cosmos_measures_opened_story = {
  .name = "story",
  .row = "people",
  .stand_in = COSMOS_STAND_IN_PEOPLE,
  .columns = {COLUMNS, {"opening", "opening", 3}},
  .n_columns = 5,
  .judging = 10,
  .prepare = prepare,
  .free = story_free,
  .measure = measure_opened,
  .explain = explain_opened,
};

const CosmosMeasureFamily cosmos_measures_story = {
  .name = "story",
  .row = "people",
  .stand_in = COSMOS_STAND_IN_PEOPLE,
  .columns = {COLUMNS},
  .n_columns = 4,
  .judging = 10,
  .prepare = prepare,
  .free = story_free,
  .measure = measure,
  .explain = explain,
};
