/* Is the way between two texts paved with texts? Decodes between pairs of validation texts, on the straight line and on the great circle, under the judge
 * (spec 2.5, at t = 0 and without a denoising pass). */
#include "evaluate/study.h"

#include "core/sample/decoding.h"
#include "core/study/metrics.h"
#include "core/study/perplexity.h"
#include "core/study/probe.h"
#include "core/study/trimmed-mean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 11, KINDS = 2, JUDGING = 10 };
static const char *const kinds[KINDS] = {"straight", "spherical"};
static const CosmosColumn columns[] = {
  {"mu", "mu", 1},           {"perplexity", "perplexity", 1}, {"bleu_a", "BLEU to first", 3}, {"bleu_b", "BLEU to second", 3},
  {"changed", "changed", 3},
};

typedef struct {
  CosmosBench *bench;
  CosmosGraph *graph;
  size_t n_pairs;
  double *perplexities; /* KINDS x POINTS x pairs */
  CosmosBleu to_first[KINDS][POINTS], to_second[KINDS][POINTS];
  double changed[KINDS][POINTS]; /* sums over pairs of the share of positions that differ from the point before */
} Work;

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts on the way");
}

static double *get_perplexities (Work *self, int kind, int point)
{
  return self->perplexities + (size_t) (kind * POINTS + point) * self->n_pairs;
}

static bool judge (Work *self, const char *text, double *perplexity, CosmosError *err)
{
  CosmosPerplexity result;
  CosmosError why = {0};
  *perplexity = NAN;
  if (!self->bench->judge)
    return true;
  if (cosmos_perplexity (self->bench->judge, self->graph, self->bench->task, text, strlen (text), &result, &why))
    *perplexity = result.perplexity;
  else if (why.code != COSMOS_STATUS_RANGE && why.code != COSMOS_STATUS_FORMAT) { /* those: no token, or too long */
    if (err)
      *err = why;
    return false;
  }
  return true;
}

/* Share of the positions with a text in either of both that show different tokens. */
static double get_changed (const CosmosDecoding *a, const CosmosDecoding *b)
{
  int most = a->n_tokens > b->n_tokens ? a->n_tokens : b->n_tokens;
  return most > 0 ? (double) cosmos_decoding_count_changed (a, b) / most : 0;
}

static bool judge_way (Work *self, int kind, size_t pair, CosmosDecoding **way, CosmosError *err)
{
  for (int k = 0; k < POINTS; k++) {
    if (!judge (self, way[k]->text, &get_perplexities (self, kind, k)[pair], err))
      return false;
    cosmos_bench_advance (self->bench, self->bench->judge ? JUDGING + 1 : 1, "going from text to text");
  }
  return true;
}

static bool count (Work *self, int kind, CosmosDecoding **way, CosmosError *err)
{
  const char *first = way[0]->text, *second = way[POINTS - 1]->text;
  for (int k = 0; k < POINTS; k++) {
    if (!cosmos_bleu_add_texts (&self->to_first[kind][k], way[k]->text, &first, 1)
        || !cosmos_bleu_add_texts (&self->to_second[kind][k], way[k]->text, &second, 1))
      return no_memory (err);
    self->changed[kind][k] += k > 0 ? get_changed (way[k], way[k - 1]) : 0;
  }
  return true;
}

/* Counts a pair whole or, where it was cancelled, not at all. */
static bool walk (Work *self, size_t pair, CosmosError *err)
{
  const CosmosBench *bench = self->bench;
  const char *a = bench->examples.items[2 * pair].references[0], *b = bench->examples.items[2 * pair + 1].references[0];
  CosmosDecoding *ways[KINDS][POINTS];
  bool ok = true;
  int n = 0;
  while (ok && n < KINDS) {
    CosmosProgress quiet = {0}; /* its own fractions are of one pair */
    ok = cosmos_bench_go_on (bench, err)
         && cosmos_interpolate (bench->pipeline, bench->pool, a, b, POINTS, n == 1, ways[n], &quiet, err);
    if (ok) {
      ok = judge_way (self, n, pair, ways[n], err);
      n++;
    }
  }
  for (int kind = 0; ok && kind < KINDS; kind++)
    ok = count (self, kind, ways[kind], err);
  for (int kind = 0; kind < n; kind++)
    for (int k = 0; k < POINTS; k++)
      cosmos_decoding_free (ways[kind][k]);
  return ok;
}

/* Of all pairs. */
static void fill (Work *self, size_t n, int table, int expectations, CosmosReport *report)
{
  double peak[KINDS] = {0}, ends[KINDS] = {0};
  for (int kind = 0; kind < KINDS; kind++)
    for (int k = 0; k < POINTS; k++) {
      double perplexity = cosmos_trimmed_mean (get_perplexities (self, kind, k), n);
      cosmos_report_add_row (report, table, kinds[kind],
                             (double[]) {(double) k / (POINTS - 1), perplexity, cosmos_bleu_get (&self->to_first[kind][k], false),
                                         cosmos_bleu_get (&self->to_second[kind][k], false),
                                         k > 0 ? self->changed[kind][k] / (double) n : NAN});
      peak[kind] = fmax (peak[kind], perplexity);
      ends[kind] += k == 0 || k == POINTS - 1 ? perplexity / 2 : 0;
    }
  if (!self->bench->judge)
    return;
  for (int kind = 0; kind < KINDS; kind++) {
    char name[COSMOS_REPORT_NAME];
    snprintf (name, sizeof name, "%s: peak to ends", kinds[kind]);
    cosmos_study_add_expectation (report, expectations, name, true, 10, peak[kind] / ends[kind]);
  }
}

static bool run (CosmosBench *bench, CosmosReport *report, CosmosError *err)
{
  Work *self = calloc (1, sizeof *self);
  if (!self)
    return no_memory (err);
  self->bench = bench;
  self->graph = cosmos_graph_new (bench->pool, bench->progress);
  self->n_pairs = bench->examples.n / 2;
  self->perplexities = calloc (KINDS * POINTS * self->n_pairs + 1, sizeof *self->perplexities);
  bench->total = (double) (self->n_pairs * KINDS * POINTS) * (bench->judge ? JUDGING + 1 : 1);
  cosmos_study_add_facts (bench, report);
  int table = cosmos_report_add_table (report, "interpolation", "Between two texts", "way", columns,
                                       sizeof columns / sizeof columns[0]);
  int expectations = cosmos_study_add_expectations (report);
  for (int column = 1; column < (int) (sizeof columns / sizeof columns[0]); column++)
    cosmos_report_add_chart (report, table, 0, column, false);
  bool ok = (self->graph && self->perplexities) || no_memory (err);
  if (ok && self->n_pairs == 0)
    ok = cosmos_error_set (err, COSMOS_STATUS_RANGE, "Two texts are needed to go from one to the other");
  size_t n_walked = 0;
  while (ok && n_walked < self->n_pairs && (ok = walk (self, n_walked, err)))
    n_walked++;
  if (!ok)
    cosmos_report_add_shortfall (report, n_walked, self->n_pairs, "pairs were walked");
  if (n_walked > 0)
    fill (self, n_walked, table, ok ? expectations : -1, report);
  if (ok) {
    cosmos_report_add_note (
        report,
        "%zu pairs; mu 0 is the first text, 1 the second, as the model decodes them. Changed: share of positions whose token is "
        "another one than at the point before. The paper's peak at mu 0.5 is about ten times its ends, an autoencoder without corruption "
        "has twenty-five (spec 2.5, other judge).",
        self->n_pairs);
    ok = cosmos_report_check (report, err);
  }
  cosmos_graph_free (self->graph);
  free (self->perplexities);
  free (self);
  return ok;
}

const CosmosStudy cosmos_study_interpolation = {
  .name = "interpolation",
  .question = "how smooth the way from text to text is",
  .run = run,
};
