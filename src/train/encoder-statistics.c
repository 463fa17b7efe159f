#include "train/encoder-statistics.h"

#include <math.h>
#include <stdlib.h>

enum { TEXTS = 500, BATCH = 16 };
static const double least_variance = 1e-4; /* spec 1.1 */

typedef struct {
  const CosmosTraining *training;
  const CosmosEncoder *encoder;
  CosmosGraph *graph;
  int32_t *ids; /* BATCH x L */
  bool *keep;
  double *sums, *squares; /* (D) */
  int64_t n;
} Work;

static void add_states (Work *self, const CosmosTensor *h)
{
  const int64_t D = cosmos_tensor_get_columns (h);
  for (int64_t r = 0; r < cosmos_tensor_get_rows (h); r++) {
    const float *row = cosmos_tensor_row (h, r);
    self->n += self->keep[r];
    for (int64_t i = 0; self->keep[r] && i < D; i++) {
      self->sums[i] += (double) row[i];
      self->squares[i] += (double) row[i] * (double) row[i];
    }
  }
}

static bool measure_texts (Work *self, const CosmosTexts *texts, int task, CosmosError *err)
{
  const int64_t L = self->training->recipe->config.tokens;
  size_t n = texts->n < TEXTS ? texts->n : TEXTS;
  for (size_t first = 0; first < n; first += BATCH) {
    size_t count = n - first < BATCH ? n - first : BATCH;
    cosmos_progress_report (self->training->progress,
                            ((double) task + (double) first / (double) n) / self->training->recipe->config.n_tasks,
                            "measuring the encoder's states");
    for (size_t b = 0; b < count; b++)
      cosmos_stage_get_row (self->training, texts, first + b, L, self->ids + (int64_t) b * L, self->keep + (int64_t) b * L);
    cosmos_graph_reset (self->graph);
    CosmosTensor *h = cosmos_encoder_run (self->encoder, self->graph, self->ids, self->keep, (int64_t) count, L);
    if (!cosmos_graph_check (self->graph, err))
      return false;
    add_states (self, h);
  }
  return true;
}

bool cosmos_encoder_statistics_measure (const CosmosTraining *training, const CosmosEncoder *encoder, float *mean, float *std,
                                        CosmosError *err)
{
  const CosmosConfig *config = &training->recipe->config;
  const size_t D = (size_t) config->encoder.width, n = (size_t) BATCH * (size_t) config->tokens;
  Work self = {training,
               encoder,
               cosmos_graph_new (training->pool, training->progress),
               malloc (n * sizeof *self.ids),
               malloc (n * sizeof *self.keep),
               calloc (D, sizeof *self.sums),
               calloc (D, sizeof *self.squares),
               0};
  bool ok = (self.graph && self.ids && self.keep && self.sums && self.squares)
            || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the encoder's statistics");
  for (int task = 0; ok && task < config->n_tasks; task++) {
    const CosmosTexts *valid = &cosmos_corpus_get_valid (training->corpus, task)->targets;
    ok = measure_texts (&self, valid->n ? valid : &cosmos_corpus_get_train (training->corpus, task)->targets, task, err);
  }
  for (size_t i = 0; ok && i < D; i++) {
    double m = self.sums[i] / (double) self.n;
    mean[i] = (float) m;
    std[i] = (float) sqrt (fmax (self.squares[i] / (double) self.n - m * m, least_variance));
  }
  cosmos_graph_free (self.graph);
  free (self.ids);
  free (self.keep);
  free (self.sums);
  free (self.squares);
  return ok;
}
