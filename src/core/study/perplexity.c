#include "core/study/perplexity.h"

#include "core/sample/softmax.h"
#include "core/sample/task-prompt.h"
#include "core/text/text.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 64 /* logits of so many tokens are there at a time */, FRAME = 3 /* tokens before a text, at most */ };

typedef struct {
  const CosmosTensor *logits; /* (rows, V) */
  const int32_t *targets;
  double log_probability[ROWS];
} Job;

static void judge_row (int row, void *data)
{
  Job *job = data;
  const float *x = cosmos_tensor_row (job->logits, row);
  CosmosSoftmax softmax = cosmos_softmax (x, cosmos_tensor_get_columns (job->logits));
  job->log_probability[row] = cosmos_softmax_log_probability (&softmax, x[job->targets[row]]);
}

/* Sum of ln p (targets[i]) after hidden (n, D), i = 0 .. n - 1. */
static double sum_log_probabilities (const CosmosLanguageModel *judge, CosmosGraph *graph, const CosmosTensor *hidden,
                                     const int32_t *targets, int64_t n)
{
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  double sum = 0;
  for (int64_t first = 0; first < n && !cosmos_graph_has_failed (graph); first += ROWS) {
    int64_t rows = n - first < ROWS ? n - first : ROWS;
    CosmosArenaMark mark = cosmos_arena_mark (arena);
    CosmosTensor *some = cosmos_graph_view (
        graph, cosmos_tensor (cosmos_tensor_row (hidden, first), 2, (int64_t[]) {rows, hidden->shape[1]}));
    Job job = {cosmos_language_model_predict (judge, graph, some), targets + first, {0}};
    if (!cosmos_graph_has_failed (graph))
      cosmos_pool_run (cosmos_graph_get_pool (graph), (int) rows, judge_row, &job);
    for (int64_t i = 0; i < rows; i++)
      sum += job.log_probability[i];
    cosmos_arena_rewind (arena, mark);
  }
  return sum;
}

/* Of n tokens, the first n_given of which are only given. state: NULL, or where the last token's hidden state goes. */
static bool judge_tokens (const CosmosLanguageModel *judge, CosmosGraph *graph, const int32_t *ids, size_t n_given, size_t n,
                          CosmosPerplexity *result, float *state, CosmosError *err)
{
  int context = cosmos_language_model_get_sizes (judge)->context;
  if (n <= n_given)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The text is too short to be judged: it has no token to foresee");
  if (n > (size_t) context)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The text has %zu tokens; %s reads at most %d", n,
                             cosmos_language_model_get_name (judge), context);
  cosmos_graph_reset (graph);
  CosmosTensor *hidden = cosmos_language_model_run (judge, graph, ids, 1, (int64_t) n); /* (1, n, D) */
  const int64_t n_judged = (int64_t) (n - n_given);
  double sum = 0;
  if (!cosmos_graph_has_failed (graph)) {
    CosmosTensor before = cosmos_tensor (cosmos_tensor_row (hidden, (int64_t) n_given - 1), 2,
                                         (int64_t[]) {n_judged, hidden->shape[2]});
    sum = sum_log_probabilities (judge, graph, &before, ids + n_given, n_judged);
  }
  if (!cosmos_graph_check (graph, err))
    return false;
  if (!isfinite (sum))
    return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: the network's numbers are not finite; its weights may be damaged",
                             cosmos_language_model_get_path (judge));
  *result = (CosmosPerplexity) {exp (-sum / (double) n_judged), (int) n_judged};
  if (state)
    memcpy (state, cosmos_tensor_row (hidden, (int64_t) n - 1), (size_t) hidden->shape[2] * sizeof *state);
  return true;
}

bool cosmos_perplexity_tokens (const CosmosLanguageModel *judge, CosmosGraph *graph, const int32_t *ids, size_t n,
                               CosmosPerplexity *result, CosmosError *err)
{
  return judge_tokens (judge, graph, ids, 1, n, result, NULL, err);
}

bool cosmos_perplexity (const CosmosLanguageModel *judge, CosmosGraph *graph, const char *task, const char *text, size_t size,
                        CosmosPerplexity *result, CosmosError *err)
{
  return cosmos_perplexity_and_state (judge, graph, task, text, size, result, NULL, err);
}

/* What stands before a text of the task: *n tokens, none where a text begins with nothing. */
static bool frame (const CosmosLanguageModel *judge, const char *task, int32_t *ids, size_t *n, CosmosError *err)
{
  const int begin = cosmos_language_model_get_begin (judge), number = cosmos_language_model_find_task (judge, task);
  if (cosmos_language_model_get_tasks (judge)->n > 0)
    return cosmos_task_prompt_make (judge, number < 0 ? 0 : number, NULL, 0, ids, n, err);
  ids[0] = begin;
  *n = begin >= 0 ? 1 : 0;
  return true;
}

bool cosmos_perplexity_and_state (const CosmosLanguageModel *judge, CosmosGraph *graph, const char *task, const char *text,
                                  size_t size, CosmosPerplexity *result, float *state, CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (judge);
  if (!tokenizer)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: has no tokenizer to read a text with",
                             cosmos_language_model_get_name (judge));
  size_t capacity = (size_t) cosmos_language_model_get_sizes (judge)->context + FRAME, n_given = 0, n = 0;
  int32_t *ids = calloc (capacity, sizeof *ids);
  char *clean = cosmos_text_clean (text, size, err);
  bool ok = clean
            && (ids || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for %zu tokens", capacity));
  ok = ok && frame (judge, task, ids, &n_given, err)
       && cosmos_tokenizer_encode (tokenizer, clean, strlen (clean), ids + n_given, capacity - n_given, &n, err)
       && judge_tokens (judge, graph, ids, n_given > 0 ? n_given : 1, n + n_given, result, state, err);
  free (clean);
  free (ids);
  return ok;
}
