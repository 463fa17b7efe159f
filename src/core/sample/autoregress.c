#include "core/sample/autoregress.h"

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/sample/instruction.h"
#include "core/sample/softmax.h"
#include "core/sample/task-prompt.h"
#include "core/text/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct CosmosAutoregress {
  const CosmosLanguageModel *model;
  CosmosGraph *graph;
  CosmosLanguageState *state;
  CosmosAutoregressSettings settings;
  int32_t end;
  bool ended;        /* the model wrote the end token */
  int64_t n_choices; /* tokens that may be chosen */
  size_t capacity;   /* of ids */
  int32_t *ids;      /* prompt, then what was written; the state has read some from the start */
  size_t n_prompt, n_ids;
  size_t n_hidden;             /* of the prompt, that is no part of the text: a task and its source */
  CosmosWrittenToken *written; /* settings.max_tokens */
  float *weights;              /* n_choices each: scratch of choosing */
  int32_t *order;
  double prompt_seconds;
};

/* ---- settings ---- */

CosmosAutoregressSettings cosmos_autoregress_settings_default (const CosmosLanguageModel *model)
{
  const CosmosLanguageModelSampling sampling = model ? *cosmos_language_model_get_sampling (model)
                                                     : cosmos_language_model_sampling_default ();
  return (CosmosAutoregressSettings) {
    .temperature = sampling.temperature, .top_k = sampling.top_k, .top_p = sampling.top_p, .seed = 0, .max_tokens = 256};
}

/* Comparisons are written so that NaN fails them. */
bool cosmos_autoregress_settings_check (const CosmosAutoregressSettings *self, CosmosError *err)
{
  if (!(self->temperature >= 0 && self->temperature <= 100))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "The temperature is %g; it must be 0 (always the most likely token) to 100.", self->temperature);
  if (self->top_k < 0)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "Top-k is %d; it must be a number of tokens, or 0 for all.", self->top_k);
  if (!(self->top_p > 0 && self->top_p <= 1))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "Top-p is %g; it must be above 0 and at most 1, which means all.",
                             self->top_p);
  if (self->max_tokens < 1 || self->max_tokens > 1 << 20)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The number of tokens is %d; it must be 1 to %d.", self->max_tokens,
                             1 << 20);
  return true;
}

/* ---- choosing a token ---- */

static bool is_better (const float *weights, int32_t a, int32_t b)
{
  return weights[a] > weights[b] || (weights[a] == weights[b] && a < b);
}

/* Lets the entry at `place` sink to where it belongs in a heap with the best on top. */
static void sink (const float *weights, int32_t *heap, int64_t n, int64_t place)
{
  int32_t id = heap[place];
  for (int64_t child; (child = 2 * place + 1) < n; place = child) {
    if (child + 1 < n && is_better (weights, heap[child + 1], heap[child]))
      child++;
    if (!is_better (weights, heap[child], id))
      break;
    heap[place] = heap[child];
  }
  heap[place] = id;
}

/* Moves the best tokens to the end of `heap`, the best one last, until there are k or their weights come to p of the k's; -> how many. */
static int64_t cut (const CosmosAutoregressSettings *self, const float *weights, int64_t n, double total, int32_t *heap,
                    double *kept)
{
  int64_t k = self->top_k > 0 && self->top_k < n ? self->top_k : n, taken = 0;
  for (int64_t i = 0; i < n; i++)
    heap[i] = (int32_t) i;
  for (int64_t i = n / 2; i-- > 0;)
    sink (weights, heap, n, i);
  *kept = 0;
  for (; taken < k && !(k == n && taken > 0 && *kept >= self->top_p * total); taken++) {
    int32_t best = heap[0];
    heap[0] = heap[n - 1 - taken];
    heap[n - 1 - taken] = best;
    sink (weights, heap, n - 1 - taken, 0);
    *kept += (double) weights[best];
  }
  if (k == n || self->top_p == 1)
    return taken;
  /* Both cuts: p is of what k left. */
  double limit = self->top_p * *kept;
  *kept = 0;
  for (taken = 0; taken == 0 || *kept < limit; taken++)
    *kept += (double) weights[heap[n - 1 - taken]];
  return taken;
}

int32_t cosmos_autoregress_choose (const CosmosAutoregressSettings *self, const float *logits, int64_t n, uint32_t index,
                                   float *weights, int32_t *ids)
{
  int32_t best;
  cosmos_softmax_top (logits, n, 1, &best);
  if (self->temperature == 0 || best < 0)
    return best;
  CosmosSoftmax softmax = {.max = logits[best]};
  double total = cosmos_softmax_weights (&softmax, logits, n, self->temperature, weights), kept = total, sum = 0;
  double point = cosmos_random_uniform (self->seed, index, 0);
  bool is_cut = (self->top_k > 0 && self->top_k < n) || self->top_p < 1;
  int64_t n_kept = is_cut ? cut (self, weights, n, total, ids, &kept) : n;
  for (int64_t i = 0; i < n_kept; i++) {
    int32_t id = is_cut ? ids[n - 1 - i] : (int32_t) i;
    sum += (double) weights[id];
    if (sum > point * kept)
      return id;
  }
  return best; /* rounding left the point at the very end */
}

/* ---- making and freeing ---- */

void cosmos_autoregress_free (CosmosAutoregress *self)
{
  if (!self)
    return;
  cosmos_language_state_free (self->state);
  cosmos_graph_free (self->graph);
  free (self->ids);
  free (self->written);
  free (self->weights);
  free (self->order);
  free (self);
}

/* Tokens that the tokenizer does not know, which pad a vocabulary, are never written. */
static int64_t count_choices (const CosmosLanguageModel *model)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (model);
  int vocabulary = cosmos_language_model_get_sizes (model)->vocabulary;
  return tokenizer && cosmos_tokenizer_get_size (tokenizer) < vocabulary ? cosmos_tokenizer_get_size (tokenizer) : vocabulary;
}

static bool allocate (CosmosAutoregress *self, CosmosPool *pool)
{
  size_t n = (size_t) self->n_choices;
  self->graph = cosmos_graph_new (pool, NULL);
  self->state = cosmos_language_state_new (self->model, (int64_t) self->capacity);
  self->ids = calloc (self->capacity + 1, sizeof *self->ids);
  self->written = calloc (self->capacity - self->n_prompt + 1, sizeof *self->written);
  self->weights = calloc (n, sizeof *self->weights);
  self->order = calloc (n, sizeof *self->order);
  return self->graph && self->state && self->ids && self->written && self->weights && self->order;
}

CosmosAutoregress *cosmos_autoregress_new_from_tokens (const CosmosLanguageModel *model, CosmosPool *pool,
                                                       const CosmosAutoregressSettings *settings, const int32_t *prompt, size_t n,
                                                       int32_t end, CosmosError *err)
{
  size_t context = (size_t) cosmos_language_model_get_sizes (model)->context;
  if (!cosmos_autoregress_settings_check (settings, err))
    return NULL;
  if (n < 1 || n >= context) {
    cosmos_error_set (err, COSMOS_STATUS_RANGE,
                      "%s: a beginning of %zu tokens leaves no room; the model reads and writes %zu in all",
                      cosmos_language_model_get_name (model), n, context);
    return NULL;
  }
  CosmosAutoregress *self = calloc (1, sizeof *self);
  if (self) {
    self->model = model;
    self->settings = *settings;
    self->end = end;
    self->n_choices = count_choices (model);
    self->capacity = n + (size_t) settings->max_tokens < context ? n + (size_t) settings->max_tokens : context;
    self->n_ids = self->n_prompt = n;
  }
  if (!self || !allocate (self, pool)) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for %d tokens", settings->max_tokens);
    cosmos_autoregress_free (self);
    return NULL;
  }
  memcpy (self->ids, prompt, n * sizeof *prompt);
  return self;
}

/* Begin token and prompt. Where a model has no begin token an empty prompt begins after the end of another text. */
static bool frame (const CosmosLanguageModel *model, const char *prompt, size_t size, int32_t *ids, size_t capacity, size_t *n,
                   CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (model);
  int begin = cosmos_language_model_get_begin (model);
  size_t n_begin = begin >= 0 ? 1 : 0, n_text;
  char *clean = cosmos_text_clean (prompt, size, err);
  bool ok = clean && cosmos_tokenizer_encode (tokenizer, clean, strlen (clean), ids + n_begin, capacity - n_begin, &n_text, err);
  free (clean);
  if (!ok)
    return false;
  if (n_begin == 0 && n_text == 0)
    begin = cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_SEP);
  if (begin < 0 && n_text == 0)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "%s: this model cannot write without a beginning; give the text's first words",
                             cosmos_language_model_get_name (model));
  if (begin >= 0)
    ids[0] = begin;
  *n = n_text + (begin >= 0 ? 1 : 0);
  return true;
}

CosmosAutoregress *cosmos_autoregress_new (const CosmosLanguageModel *model, CosmosPool *pool,
                                           const CosmosAutoregressSettings *settings, const char *prompt, size_t size,
                                           CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (model);
  if (!tokenizer) {
    cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: has no tokenizer to read a text with",
                      cosmos_language_model_get_name (model));
    return NULL;
  }
  size_t capacity = (size_t) cosmos_language_model_get_sizes (model)->context + 1, n = 0;
  int32_t *ids = calloc (capacity, sizeof *ids);
  CosmosAutoregress *self = NULL;
  if (!ids)
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for %zu tokens", capacity);
  else if (frame (model, prompt, size, ids, capacity, &n, err))
    self = cosmos_autoregress_new_from_tokens (model, pool, settings, ids, n,
                                               cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_SEP), err);
  free (ids);
  return self;
}

/* A source that the text begins with, behind the *n tokens that are no part of it. */
static bool add_beginning (const CosmosLanguageModel *model, const char *source, size_t size, int32_t *ids, size_t capacity,
                           size_t *n, CosmosError *err)
{
  size_t found = 0;
  char *clean = cosmos_text_clean (source, size, err);
  bool ok = clean
            && (*n >= capacity
                || cosmos_tokenizer_encode (cosmos_language_model_get_tokenizer (model), clean, strlen (clean), ids + *n,
                                            capacity - *n, &found, err));
  *n += found;
  free (clean);
  return ok;
}

/* The turns up to the answer. Turns are no text to be cleaned. */
static bool frame_instruction (const CosmosLanguageModel *model, const char *task, const char *source, size_t size, int32_t *ids,
                               size_t capacity, size_t *n, CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (model);
  char *clean = cosmos_text_clean (source, size, err),
       *turns = clean ? cosmos_instruction_new (task, clean, strlen (clean)) : NULL;
  bool ok = turns || (clean && cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for an instruction"));
  ok = ok && cosmos_tokenizer_encode (tokenizer, turns, strlen (turns), ids, capacity, n, err);
  free (clean);
  free (turns);
  return ok;
}

/* task: number of a task that the model knows; -1: it is asked in words. */
static CosmosAutoregress *new_framed (const CosmosLanguageModel *model, CosmosPool *pool,
                                      const CosmosAutoregressSettings *settings, int task, const char *name, const char *source,
                                      size_t size, CosmosError *err)
{
  const int end = task < 0 ? cosmos_instruction_get_end (model)
                           : cosmos_tokenizer_get_special (cosmos_language_model_get_tokenizer (model), COSMOS_TOKEN_SEP);
  const size_t capacity = (size_t) cosmos_language_model_get_sizes (model)->context + 1;
  size_t n = 0, n_hidden = 0;
  int32_t *ids = calloc (capacity, sizeof *ids);
  CosmosAutoregress *self = NULL;
  bool ok = ids || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for %zu tokens", capacity);
  ok = ok
       && (task < 0 ? frame_instruction (model, name, source, size, ids, capacity, &n_hidden, err)
                    : cosmos_task_prompt_make (model, task, source, size, ids, &n_hidden, err));
  n = n_hidden;
  if (ok && cosmos_instruction_goes_on (name))
    ok = add_beginning (model, source, size, ids, capacity, &n, err);
  if (ok)
    self = cosmos_autoregress_new_from_tokens (model, pool, settings, ids, n, end, err);
  if (self)
    self->n_hidden = n_hidden;
  free (ids);
  return self;
}

CosmosAutoregress *cosmos_autoregress_new_for_task (const CosmosLanguageModel *model, CosmosPool *pool,
                                                    const CosmosAutoregressSettings *settings, const char *task,
                                                    const char *source, size_t size, CosmosError *err)
{
  const CosmosLanguageModelTasks *tasks = cosmos_language_model_get_tasks (model);
  const int number = cosmos_language_model_find_task (model, task);
  size = source ? size : 0;
  source = source ? source : "";
  if (cosmos_asking_find (model, task) == COSMOS_ASKING_INSTRUCTION)
    return new_framed (model, pool, settings, -1, task, source, size, err);
  if (tasks->n == 0)
    return cosmos_autoregress_new (model, pool, settings, source, size, err);
  if (number >= 0)
    return new_framed (model, pool, settings, number, tasks->names[number], source, size, err);
  cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: this model was not trained for the task \"%.40s\"",
                    cosmos_language_model_get_name (model), task);
  return NULL;
}

/* ---- writing ---- */

static bool write_token (CosmosAutoregress *self, const CosmosTensor *logits, CosmosError *err)
{
  CosmosTensor known = cosmos_tensor (logits->data, 2, (int64_t[]) {1, self->n_choices});
  size_t index = self->n_ids - self->n_prompt;
  CosmosTokenGuess guess;
  if (!cosmos_token_guesses (cosmos_graph_get_pool (self->graph), &known, &guess, err))
    return false;
  int32_t id = cosmos_autoregress_choose (&self->settings, known.data, self->n_choices, (uint32_t) index, self->weights,
                                          self->order);
  if (id == self->end) {
    self->ended = true;
    return true;
  }
  /* ln p (id) - ln p (best) is the difference of their logits. */
  double probability = (double) guess.probability * exp ((double) known.data[id] - (double) known.data[guess.id]);
  CosmosWrittenToken *token = &self->written[index];
  *token = (CosmosWrittenToken) {.id = id, .probability = (float) probability, .entropy = guess.entropy};
  memcpy (token->top, guess.top, sizeof token->top);
  memcpy (token->top_probability, guess.top_probability, sizeof token->top_probability);
  self->ids[self->n_ids++] = id;
  return true;
}

bool cosmos_autoregress_advance (CosmosAutoregress *self, CosmosProgress *progress, bool *done, CosmosError *err)
{
  if (self->ended || self->n_ids == self->capacity) {
    *done = true;
    return true;
  }
  double start = cosmos_clock_now ();
  size_t n_read = (size_t) cosmos_language_state_get_length (self->state), n_before = self->n_ids;
  cosmos_graph_reset (self->graph);
  cosmos_graph_set_progress (self->graph, progress);
  CosmosTensor *logits = cosmos_language_state_read (self->state, self->graph, self->ids + n_read,
                                                     (int64_t) (self->n_ids - n_read));
  cosmos_graph_set_progress (self->graph, NULL);
  if (!cosmos_graph_check (self->graph, err))
    return false;
  if (n_read == 0) {
    self->prompt_seconds = cosmos_clock_now () - start;
    start = cosmos_clock_now ();
  }
  if (!write_token (self, logits, err))
    return false;
  if (self->n_ids > n_before)
    self->written[n_before - self->n_prompt].seconds = cosmos_clock_now () - start;
  *done = self->ended;
  return true;
}

/* ---- looking at it ---- */

int cosmos_autoregress_get_n_tokens (const CosmosAutoregress *self)
{
  return (int) (self->n_ids - self->n_prompt);
}

const CosmosWrittenToken *cosmos_autoregress_get_token (const CosmosAutoregress *self, int index)
{
  return &self->written[index];
}

char *cosmos_autoregress_get_text (const CosmosAutoregress *self)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (self->model);
  return tokenizer ? cosmos_tokenizer_decode (tokenizer, self->ids + self->n_hidden, self->n_ids - self->n_hidden) : strdup ("");
}

double cosmos_autoregress_get_prompt_seconds (const CosmosAutoregress *self)
{
  return self->prompt_seconds;
}
