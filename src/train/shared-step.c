#include "train/shared-step.h"

#include "train/ranks.h"

#include <stdlib.h>
#include <string.h>

struct CosmosSharedStep {
  CosmosParameters *store;
  size_t n;       /* numbers of all gradients */
  float *numbers; /* gradients, then sums; NULL where there is one rank */
};

static size_t count_of (const CosmosParameter *parameter)
{
  return (size_t) ((parameter->rows ? parameter->rows : 1) * parameter->columns);
}

CosmosSharedStep *cosmos_shared_step_new (CosmosParameters *store, CosmosError *err)
{
  CosmosSharedStep *self = calloc (1, sizeof *self);
  if (self) {
    self->store = store;
    for (size_t i = 0; i < cosmos_parameters_get_n (store); i++) {
      CosmosParameter parameter = cosmos_parameters_get (store, i);
      self->n += parameter.grad ? count_of (&parameter) : 0;
    }
    if (cosmos_ranks_get_count () > 1)
      self->numbers = malloc (self->n * sizeof *self->numbers + sizeof (CosmosStepSums));
  }
  if (self && (self->numbers || cosmos_ranks_get_count () == 1))
    return self;
  free (self);
  cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory to sum the gradients of all processes");
  return NULL;
}

void cosmos_shared_step_free (CosmosSharedStep *self)
{
  if (!self)
    return;
  free (self->numbers);
  free (self);
}

/* The gradients of all parameters to the buffer, or back. */
static void copy (CosmosSharedStep *self, bool back)
{
  float *at = self->numbers;
  for (size_t i = 0; i < cosmos_parameters_get_n (self->store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (self->store, i);
    if (!parameter.grad)
      continue;
    size_t n = count_of (&parameter);
    memcpy (back ? parameter.grad : at, back ? at : parameter.grad, n * sizeof *at);
    at += n;
  }
}

void cosmos_shared_step_sum (CosmosSharedStep *self, CosmosStepSums *sums)
{
  if (!self->numbers)
    return;
  copy (self, false);
  memcpy (self->numbers + self->n, sums, sizeof *sums);
  cosmos_ranks_sum (self->numbers, self->n + sizeof *sums / sizeof *self->numbers);
  memcpy (sums, self->numbers + self->n, sizeof *sums);
  copy (self, true);
}

bool cosmos_shared_step_check (const CosmosSharedStep *self, const CosmosTraining *training, int64_t step, CosmosError *err)
{
  double weights = 0, texts = 0;
  for (size_t i = 0; i < cosmos_parameters_get_n (self->store); i++) {
    CosmosParameter parameter = cosmos_parameters_get (self->store, i);
    for (size_t k = 0; parameter.grad && k < count_of (&parameter); k++)
      weights += (double) parameter.values[k];
  }
  for (int i = 0; i < training->recipe->config.n_tasks; i++)
    texts += (double) cosmos_corpus_get_train (training->corpus, i)->targets.n;
  double firsts[] = {cosmos_ranks_get_first ((double) step), cosmos_ranks_get_first (weights), cosmos_ranks_get_first (texts)};
  if (firsts[0] == (double) step && firsts[1] == weights && firsts[2] == texts)
    return true;
  return cosmos_error_set (
      err, COSMOS_STATUS_FORMAT,
      "Process %d begins at step %lld with %.0f texts, process 0 at step %.0f with %.0f%s: recipe, --data and "
      "--out must be the same for all of them",
      cosmos_ranks_get_rank (), (long long) step, texts, firsts[0], firsts[2],
      firsts[1] == weights ? "" : ", and with other weights");
}
