#include "core/study/perplexity.h"

#include "core/sample/softmax.h"
#include "core/text/text.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 64 }; /* logits of so many tokens are there at a time */

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

/* Sum of ln p (targets[i]) after hidden (1, T, D), i = 0 .. n - 1. */
static double sum_log_probabilities (const CosmosLanguageModel *judge, CosmosGraph *graph, const CosmosTensor *hidden,
                                     const int32_t *targets, int64_t n)
{
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  double sum = 0;
  for (int64_t first = 0; first < n && !cosmos_graph_has_failed (graph); first += ROWS) {
    int64_t rows = n - first < ROWS ? n - first : ROWS;
    CosmosArenaMark mark = cosmos_arena_mark (arena);
    CosmosTensor *some = cosmos_graph_view (
        graph, cosmos_tensor (cosmos_tensor_row (hidden, first), 2, (int64_t[]) {rows, hidden->shape[2]}));
    Job job = {cosmos_language_model_predict (judge, graph, some), targets + first, {0}};
    if (!cosmos_graph_has_failed (graph))
      cosmos_pool_run (cosmos_graph_get_pool (graph), (int) rows, judge_row, &job);
    for (int64_t i = 0; i < rows; i++)
      sum += job.log_probability[i];
    cosmos_arena_rewind (arena, mark);
  }
  return sum;
}

/* state: NULL, or where the last token's hidden state goes. */
static bool judge_tokens (const CosmosLanguageModel *judge, CosmosGraph *graph, const int32_t *ids, size_t n,
                          CosmosPerplexity *result, float *state, CosmosError *err)
{
  int context = cosmos_language_model_get_sizes (judge)->context;
  if (n < 2)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The text is too short to be judged: it has no token to foresee");
  if (n > (size_t) context)
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "The text has %zu tokens; %s reads at most %d", n,
                             cosmos_language_model_get_name (judge), context);
  cosmos_graph_reset (graph);
  CosmosTensor *hidden = cosmos_language_model_run (judge, graph, ids, 1, (int64_t) n); /* (1, n, D) */
  double sum = cosmos_graph_has_failed (graph) ? 0 : sum_log_probabilities (judge, graph, hidden, ids + 1, (int64_t) n - 1);
  if (!cosmos_graph_check (graph, err))
    return false;
  if (!isfinite (sum))
    return cosmos_error_set (err, COSMOS_STATUS_CORRUPT, "%s: the network's numbers are not finite; its weights may be damaged",
                             cosmos_language_model_get_path (judge));
  *result = (CosmosPerplexity) {exp (-sum / (double) (n - 1)), (int) (n - 1)};
  if (state)
    memcpy (state, cosmos_tensor_row (hidden, (int64_t) n - 1), (size_t) hidden->shape[2] * sizeof *state);
  return true;
}

bool cosmos_perplexity_tokens (const CosmosLanguageModel *judge, CosmosGraph *graph, const int32_t *ids, size_t n,
                               CosmosPerplexity *result, CosmosError *err)
{
  return judge_tokens (judge, graph, ids, n, result, NULL, err);
}

bool cosmos_perplexity (const CosmosLanguageModel *judge, CosmosGraph *graph, const char *text, size_t size,
                        CosmosPerplexity *result, CosmosError *err)
{
  return cosmos_perplexity_and_state (judge, graph, text, size, result, NULL, err);
}

bool cosmos_perplexity_and_state (const CosmosLanguageModel *judge, CosmosGraph *graph, const char *text, size_t size,
                                  CosmosPerplexity *result, float *state, CosmosError *err)
{
  const CosmosTokenizer *tokenizer = cosmos_language_model_get_tokenizer (judge);
  if (!tokenizer)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: has no tokenizer to read a text with",
                             cosmos_language_model_get_name (judge));
  int begin = cosmos_language_model_get_begin (judge);
  size_t n_begin = begin >= 0 ? 1 : 0, capacity = (size_t) cosmos_language_model_get_sizes (judge)->context + 1, n = 0;
  int32_t *ids = calloc (capacity, sizeof *ids);
  char *clean = cosmos_text_clean (text, size, err);
  bool ok = clean
            && (ids || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for %zu tokens", capacity));
  if (ok && n_begin > 0)
    ids[0] = begin;
  ok = ok && cosmos_tokenizer_encode (tokenizer, clean, strlen (clean), ids + n_begin, capacity - n_begin, &n, err)
       && judge_tokens (judge, graph, ids, n + n_begin, result, state, err);
  free (clean);
  free (ids);
  return ok;
}
