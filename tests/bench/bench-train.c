/* Steps of a stage of training, timed: what `cosmos train` does between two reports.
 *
 *   build/tests/bench/bench-train RECIPE DATA FOLDER STAGE STEPS [THREADS]
 *
 * FOLDER holds tokenizer.json and the checkpoints of the stages before (cosmos train makes them). One step comes first, in which memory is taken and
 * products are made. Prints a line of JSON: milliseconds of the median step and of its parts, texts a second, and the least processor time of a step, which other
 * programs disturb less. tests/bench/train-step.py runs it beside PyTorch.
 */
#include "core/base/clock.h"
#include "train/optimiser.h"
#include "train/trainer.h"

#include <stdio.h>
#include <stdlib.h>

enum { DRAW, FORWARD, BACKWARD, OPTIMISER, N_PARTS, MAX_STEPS = 1000 };
static const char *const parts[] = {"draw", "forward", "backward", "optimiser"};

typedef struct {
  const CosmosStageKind *kind;
  const CosmosStageRecipe *recipe;
  void *stage;
  CosmosGraph *graph;
  CosmosOptimiser *optimiser;
} Bench;

static void stop (const CosmosError *err)
{
  fprintf (stderr, "%s\n", err->message);
  exit (1);
}

static void make_step (const Bench *self, int64_t step, double seconds[N_PARTS])
{
  CosmosError err;
  double measures[COSMOS_MAX_MEASURES] = {0}, time = cosmos_clock_now ();
#define LAP(part) (seconds[part] += cosmos_clock_now () - time, time = cosmos_clock_now ())
  if (!self->kind->draw (self->stage, step, &err))
    stop (&err);
  LAP (DRAW);
  for (int first = 0; first < self->recipe->batch; first += self->recipe->micro_batch) {
    cosmos_graph_reset (self->graph);
    cosmos_graph_start_tape (self->graph);
    CosmosTensor *loss = self->kind->lose (self->stage, self->graph, first, self->recipe->micro_batch, measures);
    LAP (FORWARD);
    if (!cosmos_graph_check (self->graph, &err) || (loss && !cosmos_graph_backward (self->graph, loss, &err)))
      stop (&err);
    LAP (BACKWARD);
  }
  if (!cosmos_optimiser_step (self->optimiser, 1e-4, 1, &err))
    stop (&err);
  LAP (OPTIMISER);
#undef LAP
}

static double get_processor_time (void)
{
  struct timespec now;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static int compare (const void *a, const void *b)
{
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static double get_median (double *values, int n)
{
  qsort (values, (size_t) n, sizeof *values, compare);
  return values[n / 2];
}

static double get_least (double *values, int n)
{
  get_median (values, n);
  return values[0];
}

static void measure (const Bench *self, int steps)
{
  static double all[MAX_STEPS], processor[MAX_STEPS], of_part[N_PARTS][MAX_STEPS];
  for (int i = -1; i < steps; i++) {
    double seconds[N_PARTS] = {0}, begun = cosmos_clock_now (), time = get_processor_time ();
    make_step (self, i + 1, seconds);
    if (i < 0)
      continue;
    all[i] = cosmos_clock_now () - begun;
    processor[i] = get_processor_time () - time;
    for (int part = 0; part < N_PARTS; part++)
      of_part[part][i] = seconds[part];
  }
  double median = get_median (all, steps);
  printf ("{\"stage\":\"%s\",\"ms\":%.1f,\"texts_per_second\":%.2f,\"processor_ms\":%.1f", self->kind->name, 1e3 * median,
          self->recipe->batch / median, 1e3 * get_least (processor, steps));
  for (int part = 0; part < N_PARTS; part++)
    printf (",\"%s_ms\":%.1f", parts[part], 1e3 * get_median (of_part[part], steps));
  printf ("}\n");
}

int main (int argc, char **argv)
{
  CosmosError err;
  CosmosRecipe recipe;
  char path[1024];
  if (argc < 6 || !cosmos_stage_find (argv[4]) || atoi (argv[5]) < 1 || atoi (argv[5]) > MAX_STEPS) {
    fprintf (stderr, "usage: bench-train RECIPE DATA FOLDER STAGE STEPS [THREADS]\n");
    return 2;
  }
  snprintf (path, sizeof path, "%s/tokenizer.json", argv[3]);
  CosmosTokenizer *tokenizer = cosmos_tokenizer_new_from_json (path, &err);
  if (!tokenizer || !cosmos_recipe_read (&recipe, argv[1], &err))
    stop (&err);
  recipe.config.vocabulary = cosmos_tokenizer_get_size (tokenizer);
  CosmosCorpus *corpus = cosmos_corpus_load (&recipe, tokenizer, argv[2], NULL, &err);
  if (!corpus)
    stop (&err);
  CosmosTraining training = {.recipe = &recipe,
                             .tokenizer = tokenizer,
                             .corpus = corpus,
                             .folder = argv[3],
                             .pool = cosmos_pool_new (argc > 6 ? atoi (argv[6]) : 0),
                             .compute = cosmos_compute_get_best ()};
  Bench self = {.kind = cosmos_stage_find (argv[4]), .graph = cosmos_graph_new (training.pool, NULL)};
  self.recipe = self.kind->get_recipe (&recipe);
  CosmosParameters *store = cosmos_parameters_new_random (recipe.seed, training.compute);
  CosmosOptimiserSettings settings = cosmos_optimiser_settings_default ();
  settings.average_decay = self.recipe->average_decay;
  settings.muon = self.recipe->muon;
  settings.compute = training.compute;
  self.stage = self.kind->make (&training, store, &err);
  if (!self.stage || !cosmos_parameters_make_gradients (store, &err)
      || !(self.optimiser = cosmos_optimiser_new (store, training.pool, &settings, &err)))
    stop (&err);
  measure (&self, atoi (argv[5]));
  self.kind->free (self.stage);
  cosmos_optimiser_free (self.optimiser);
  cosmos_graph_free (self.graph);
  cosmos_parameters_free (store);
  cosmos_corpus_free (corpus);
  cosmos_tokenizer_free (tokenizer);
  cosmos_pool_free (training.pool);
  return 0;
}
