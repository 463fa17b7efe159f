/* The autoregressive baseline on the same texts: [CLS] target [SEP], or, of several tasks or with sources, [CLS] [TASK] source [SEP] target [SEP]; the
 * tokens of the target are learnt, and with source-weight those of the source beside them. */
#include "train/samples.h"
#include "train/task-tokens.h"

#include "core/base/random.h"
#include "core/math/elementwise.h"
#include "core/math/loss.h"
#include "core/sample/autoregress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EVALUATED_TEXTS = 128 };
/* Streams of chance beside the batch's own. */
enum { STREAM_TASK = 1, STREAM_SOURCE };
/* Of a row's tokens, by what they are learnt for. */
enum { PART_SOURCE, PART_TARGET, PARTS };

typedef struct {
  const CosmosTexts *sources, *targets; /* sources NULL: left out, or there are none */
  size_t text;
  int task;
} Pick;

typedef struct {
  const CosmosTraining *training;
  CosmosLanguageModelSizes sizes;
  CosmosLanguageModelTasks tasks;
  CosmosLanguageModel *model;
  uint64_t seed;
  int batch;

  /* the batch, the longest text first: batch x context; and of a micro-batch, as long as its own longest */
  CosmosPlace *places;
  int32_t *ids, *micro_ids, *wanted; /* wanted: what follows each of micro_ids, -1 where it is not asked for */
  int64_t n_of_part[PARTS];
  Pick *picks;
} Stage;

static void stage_free (void *data)
{
  Stage *self = data;
  if (!self)
    return;
  cosmos_language_model_free (self->model);
  free (self->places);
  free (self->ids);
  free (self->micro_ids);
  free (self->wanted);
  free (self->picks);
  free (self);
}

static void *make (const CosmosTraining *training, CosmosParameters *store, CosmosError *err)
{
  Stage *self = calloc (1, sizeof *self);
  if (self) {
    self->training = training;
    self->sizes = training->recipe->baseline.sizes;
    self->sizes.vocabulary = cosmos_task_tokens_find (training->recipe, training->tokenizer, &self->tasks);
    self->seed = cosmos_stage_get_seed (training, &cosmos_stage_baseline);
    self->batch = training->recipe->baseline.stage.batch;
    size_t n = (size_t) self->batch * (size_t) self->sizes.context;
    self->ids = malloc (n * sizeof *self->ids);
    self->micro_ids = malloc (n * sizeof *self->micro_ids);
    self->wanted = malloc (n * sizeof *self->wanted);
    self->places = malloc ((size_t) self->batch * sizeof *self->places);
    self->picks = malloc ((size_t) self->batch * sizeof *self->picks);
  }
  if (!self || !self->ids || !self->micro_ids || !self->wanted || !self->places || !self->picks) {
    stage_free (self);
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the baseline's batches");
    return NULL;
  }
  self->model = cosmos_language_model_new (&self->sizes, store, err);
  if (!self->model) {
    stage_free (self);
    return NULL;
  }
  cosmos_stage_scale_matrices (store);
  cosmos_stage_set_deviation (store, "token_embd", .02);
  return self;
}

/* ---- the batch ---- */

static int64_t get_length (const CosmosTexts *texts, size_t text)
{
  return (int64_t) (texts->starts[text + 1] - texts->starts[text]);
}

/* What stands before the target's tokens; ids NULL: only its length. */
static int64_t fill_prompt (const Stage *self, const Pick *pick, int32_t *ids)
{
  const int64_t source = pick->sources ? get_length (pick->sources, pick->text) : 2;
  if (self->tasks.n == 0) {
    if (ids)
      ids[0] = cosmos_tokenizer_get_special (self->training->tokenizer, COSMOS_TOKEN_CLS);
    return 1;
  }
  if (ids) {
    ids[0] = cosmos_tokenizer_get_special (self->training->tokenizer, COSMOS_TOKEN_CLS);
    ids[1] = self->tasks.tokens[pick->task];
    if (pick->sources) /* without its [CLS] */
      memcpy (ids + 2, pick->sources->ids + pick->sources->starts[pick->text] + 1, (size_t) (source - 1) * sizeof *ids);
    ids[source] = cosmos_tokenizer_get_special (self->training->tokenizer, COSMOS_TOKEN_SEP);
  }
  return source + 1;
}

static int64_t get_row_length (const Stage *self, const Pick *pick)
{
  return fill_prompt (self, pick, NULL) + get_length (pick->targets, pick->text) - 1;
}

/* What the token after token i of a row is learnt for; -1: for nothing. */
static int get_part (const Stage *self, const CosmosPlace *place, int64_t i)
{
  const Pick *pick = &self->picks[place->place];
  if (i + 1 >= place->length)
    return -1;
  if (i + 1 >= fill_prompt (self, pick, NULL))
    return PART_TARGET;
  return pick->sources && i > 0 ? PART_SOURCE : -1;
}

/* Prompt and target one behind the other, without the target's [CLS]. */
static void fill_row (Stage *self, int b)
{
  const CosmosPlace *place = &self->places[b];
  const Pick *pick = &self->picks[place->place];
  int32_t *ids = self->ids + b * self->sizes.context;
  const int64_t prompt = fill_prompt (self, pick, ids), n = place->length;
  memcpy (ids + prompt, pick->targets->ids + pick->targets->starts[pick->text] + 1, (size_t) (n - prompt) * sizeof *ids);
  for (int64_t i = n; i < self->sizes.context; i++)
    ids[i] = ids[n - 1];
  for (int64_t i = 0; i < n; i++) {
    const int part = get_part (self, place, i);
    if (part >= 0)
      self->n_of_part[part]++;
  }
}

/* The picks as rows, the longest first. */
static void fill_rows (Stage *self, int count)
{
  for (int b = 0; b < count; b++)
    self->places[b] = (CosmosPlace) {b, get_row_length (self, &self->picks[b])};
  cosmos_stage_sort_places (self->places, count);
  memset (self->n_of_part, 0, sizeof self->n_of_part);
  for (int b = 0; b < count; b++)
    fill_row (self, b);
}

/* By the tasks' shares. */
static int choose_task (const Stage *self, int64_t step, uint64_t b)
{
  const CosmosTaskRecipe *tasks = self->training->recipe->tasks;
  const int n = self->training->recipe->config.n_tasks;
  double all = 0;
  for (int i = 0; i < n; i++)
    all += tasks[i].share;
  double chosen = all * cosmos_random_uniform (self->seed + STREAM_TASK, (uint32_t) step, b);
  for (int i = 0; i < n - 1; i++) {
    if (chosen < tasks[i].share)
      return i;
    chosen -= tasks[i].share;
  }
  return n - 1;
}

static Pick pick_text (const Stage *self, int64_t step, uint64_t b)
{
  const int task = choose_task (self, step, b);
  const CosmosPairs *pairs = cosmos_corpus_get_train (self->training->corpus, task);
  const bool has_source = pairs->sources.n
                          && cosmos_random_uniform (self->seed + STREAM_SOURCE, (uint32_t) step, b)
                                 >= self->training->recipe->tasks[task].unconditional;
  return (Pick) {.task = task,
                 .text = cosmos_stage_choose (self->seed, step, b, pairs->targets.n),
                 .targets = &pairs->targets,
                 .sources = has_source ? &pairs->sources : NULL};
}

static bool draw (void *data, int64_t step, CosmosError *err)
{
  (void) err;
  Stage *self = data;
  for (int b = 0; b < self->batch; b++)
    self->picks[b] = pick_text (self, step, (uint64_t) b);
  fill_rows (self, self->batch);
  return true;
}

/* ---- the loss ---- */

/* The states of texts first .. first + count - 1: (count T, D), T the length of the longest. */
static CosmosTensor *run (Stage *self, CosmosGraph *graph, int first, int count)
{
  const int64_t T = self->places[first].length;
  for (int64_t b = 0; b < count; b++)
    memcpy (self->micro_ids + b * T, self->ids + (first + b) * self->sizes.context, (size_t) T * sizeof *self->ids);
  CosmosTensor *h = cosmos_language_model_run (self->model, graph, self->micro_ids, count, T); /* (B, T, D) */
  return cosmos_reshape (graph, h, 2, (int64_t[]) {count * T, self->sizes.width});
}

/* Mean cross entropy of a part of those texts' tokens, of which there are *n; NULL: of none. */
static CosmosTensor *foresee (Stage *self, CosmosGraph *graph, const CosmosTensor *h, int part, int first, int count, int64_t *n)
{
  const int64_t T = self->places[first].length;
  *n = 0;
  for (int64_t b = 0; b < count; b++)
    for (int64_t i = 0; i < T; i++) {
      const bool is_wanted = get_part (self, &self->places[first + b], i) == part;
      self->wanted[b * T + i] = is_wanted ? self->ids[(first + b) * self->sizes.context + i + 1] : -1;
      *n += is_wanted;
    }
  return *n ? cosmos_cross_entropy (graph, h, cosmos_language_model_get_head (self->model), self->wanted) : NULL;
}

/* Sum over the parts of their weight times the mean cross entropy of their tokens in the batch. */
static CosmosTensor *lose (void *data, CosmosGraph *graph, int first, int count, double *measures)
{
  Stage *self = data;
  const double weights[PARTS] = {[PART_SOURCE] = self->training->recipe->baseline.source_weight, [PART_TARGET] = 1};
  CosmosTensor *h = run (self, graph, first, count), *sum = NULL;
  for (int part = 0; part < PARTS; part++) {
    int64_t n;
    if (weights[part] <= 0) {
      measures[part] = NAN;
      continue;
    }
    CosmosTensor *loss = foresee (self, graph, h, part, first, count, &n);
    if (!loss)
      continue;
    const double share = (double) n / (double) self->n_of_part[part];
    if (!cosmos_graph_has_failed (graph))
      measures[part] += share * (double) loss->data[0];
    loss = cosmos_scale (graph, loss, (float) (weights[part] * share));
    sum = sum ? cosmos_add (graph, sum, loss) : loss;
  }
  return sum;
}

/* ---- how well it foresees texts that it has not seen, and what it writes ---- */

static bool measure_task (Stage *self, CosmosGraph *graph, int task, CosmosEvaluation *evaluation, CosmosError *err)
{
  const CosmosPairs *valid = cosmos_corpus_get_valid (self->training->corpus, task);
  const size_t n = valid->targets.n < EVALUATED_TEXTS ? valid->targets.n : EVALUATED_TEXTS,
               batch = (size_t) self->training->recipe->baseline.stage.micro_batch;
  double loss = 0;
  int64_t n_tokens = 0;
  for (size_t first = 0; first < n; first += batch) {
    const int count = n - first < batch ? (int) (n - first) : (int) batch;
    int64_t found;
    for (int b = 0; b < count; b++)
      self->picks[b] = (Pick) {valid->sources.n ? &valid->sources : NULL, &valid->targets, first + (size_t) b, task};
    fill_rows (self, count);
    cosmos_graph_reset (graph);
    CosmosTensor *mean = foresee (self, graph, run (self, graph, 0, count), PART_TARGET, 0, count, &found);
    if (!cosmos_graph_check (graph, err))
      return false;
    loss += mean ? (double) mean->data[0] * (double) found : 0;
    n_tokens += found;
  }
  if (n_tokens)
    cosmos_evaluation_add (evaluation, exp (loss / (double) n_tokens), "%s perplexity",
                           self->training->recipe->config.tasks[task]);
  return true;
}

/* Text i of a task: of the source of validation text i, where it has one. */
static bool write_sample (Stage *self, int task, int i, int32_t *ids, CosmosEvaluation *evaluation, CosmosError *err)
{
  const CosmosTraining *training = self->training;
  const CosmosPairs *valid = cosmos_corpus_get_valid (training->corpus, task);
  const CosmosLanguageModelSampling *sampling = &training->recipe->baseline.sampling;
  const Pick pick = {(size_t) i < valid->sources.n ? &valid->sources : NULL, &valid->targets, (size_t) i, task};
  CosmosAutoregressSettings settings = cosmos_autoregress_settings_default (self->model);
  settings.temperature = sampling->temperature;
  settings.top_k = sampling->top_k;
  settings.top_p = sampling->top_p;
  settings.seed = (uint64_t) i;
  settings.max_tokens = training->recipe->config.tokens;
  const int64_t prompt = fill_prompt (self, &pick, ids);
  CosmosAutoregress *writer = cosmos_autoregress_new_from_tokens (
      self->model, training->pool, &settings, ids, (size_t) prompt,
      cosmos_tokenizer_get_special (training->tokenizer, COSMOS_TOKEN_SEP), err);
  bool ok = writer, done = false;
  while (ok && !done)
    ok = cosmos_autoregress_advance (writer, training->progress, &done, err);
  if (ok) {
    const int n = cosmos_autoregress_get_n_tokens (writer);
    for (int k = 0; k < n; k++)
      ids[k] = cosmos_autoregress_get_token (writer, k)->id;
    cosmos_evaluation_add_sample (evaluation, training->recipe->config.tasks[task], cosmos_samples_get_source (training, task, i),
                                  cosmos_tokenizer_decode (training->tokenizer, ids, (size_t) n));
  }
  cosmos_autoregress_free (writer);
  return ok;
}

static bool evaluate (void *data, CosmosEvaluation *evaluation, CosmosError *err)
{
  Stage *self = data;
  const CosmosRecipe *recipe = self->training->recipe;
  CosmosGraph *graph = cosmos_graph_new (self->training->pool, self->training->progress);
  int32_t *ids = malloc ((size_t) self->sizes.context * sizeof *ids);
  bool ok = (graph && ids)
            || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the baseline's evaluation");
  for (int task = 0; ok && task < recipe->config.n_tasks; task++)
    ok = measure_task (self, graph, task, evaluation, err);
  for (int task = 0; ok && task < recipe->config.n_tasks; task++)
    for (int i = 0; ok && i < cosmos_samples_count (self->training, task, recipe->baseline.samples); i++)
      ok = write_sample (self, task, i, ids, evaluation, err);
  cosmos_graph_free (graph);
  free (ids);
  return ok;
}

static const CosmosStageRecipe *get_recipe (const CosmosRecipe *recipe)
{
  return &recipe->baseline.stage;
}

const CosmosStageKind cosmos_stage_baseline = {
  .name = "baseline",
  .measures = {[PART_SOURCE] = "source's cross entropy", [PART_TARGET] = "cross entropy"},
  .get_recipe = get_recipe,
  .make = make,
  .free = stage_free,
  .draw = draw,
  .lose = lose,
  .evaluate = evaluate,
};
