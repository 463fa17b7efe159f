#include "core/sample/decoding.h"

#include "core/base/clock.h"
#include "core/sample/softmax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- guesses ---- */

typedef struct {
  const CosmosTensor *logits;
  CosmosTokenGuess *guesses;
} Job;

static void guess_row (int row, void *data)
{
  const Job *job = data;
  const float *x = cosmos_tensor_row (job->logits, row);
  int64_t n = cosmos_tensor_get_columns (job->logits);
  CosmosSoftmax softmax = cosmos_softmax (x, n);
  CosmosTokenGuess *guess = &job->guesses[row];
  cosmos_softmax_top (x, n, COSMOS_TOP_K, guess->top);
  for (int i = 0; i < COSMOS_TOP_K; i++)
    guess->top_probability[i] = guess->top[i] >= 0 ? (float) exp (cosmos_softmax_log_probability (&softmax, x[guess->top[i]]))
                                                   : 0.0f;
  guess->id = guess->top[0];
  guess->probability = guess->top_probability[0];
  guess->entropy = (float) softmax.entropy;
}

bool cosmos_token_guesses (CosmosPool *pool, const CosmosTensor *logits, CosmosTokenGuess *guesses, CosmosError *err)
{
  int rows = (int) cosmos_tensor_get_rows (logits);
  cosmos_pool_run (pool, rows, guess_row, &(Job) {logits, guesses});
  for (int i = 0; i < rows; i++)
    if (!isfinite (guesses[i].entropy))
      return cosmos_error_set (err, COSMOS_STATUS_CORRUPT,
                               "The network's numbers are not finite: its weights are damaged, or they do not "
                               "bear this precision. Try f32, or get the model anew.");
  return true;
}

/* ---- one text ---- */

void cosmos_decoding_free (CosmosDecoding *self)
{
  if (!self)
    return;
  free (self->tokens);
  free (self->text);
  free (self);
}

/* Where the text lies, how sure it is, and what it says. False: out of memory. */
static bool read_text (CosmosDecoding *self, const CosmosTokenizer *tokenizer)
{
  int cls = tokenizer ? cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_CLS) : -1;
  int sep = tokenizer ? cosmos_tokenizer_get_special (tokenizer, COSMOS_TOKEN_SEP) : -1;
  int32_t *ids = malloc (((size_t) self->n_positions + 1) * sizeof *ids);
  if (!ids)
    return false;
  self->first = cls >= 0 && self->n_positions > 0 && self->tokens[0].id == cls;
  for (int i = self->first; i < self->n_positions && (sep < 0 || self->tokens[i].id != sep); i++) {
    ids[self->n_tokens++] = self->tokens[i].id;
    self->confidence += (double) self->tokens[i].probability;
    self->entropy += (double) self->tokens[i].entropy;
  }
  if (self->n_tokens > 0) {
    self->confidence /= self->n_tokens;
    self->entropy /= self->n_tokens;
  }
  self->text = tokenizer ? cosmos_tokenizer_decode (tokenizer, ids, (size_t) self->n_tokens) : strdup ("");
  free (ids);
  return self->text;
}

CosmosDecoding *cosmos_decoding_new (const CosmosTokenizer *tokenizer, CosmosPool *pool, const CosmosTensor *logits,
                                     CosmosError *err)
{
  int rows = (int) cosmos_tensor_get_rows (logits);
  CosmosDecoding *self = calloc (1, sizeof *self);
  if (self)
    self->tokens = calloc ((size_t) rows + 1, sizeof *self->tokens);
  bool ok = self && self->tokens;
  if (ok) {
    self->n_positions = rows;
    if (!cosmos_token_guesses (pool, logits, self->tokens, err)) {
      cosmos_decoding_free (self);
      return NULL;
    }
    ok = read_text (self, tokenizer);
  }
  if (ok)
    return self;
  cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for a text of %d tokens", rows);
  cosmos_decoding_free (self);
  return NULL;
}

/* ---- a batch ---- */

/* Logits are the largest tensor of all by far, so they are there for one text at a time. */
static CosmosDecoding *decode_one (const CosmosPipeline *pipeline, CosmosGraph *graph, const CosmosTensor *hidden, int64_t b,
                                   CosmosError *err)
{
  const int64_t L = hidden->shape[1], D = hidden->shape[2];
  CosmosArena *arena = cosmos_graph_get_arena (graph);
  CosmosArenaMark mark = cosmos_arena_mark (arena);
  CosmosTensor *one = cosmos_graph_view (graph, cosmos_tensor (cosmos_tensor_row (hidden, b * L), 2, (int64_t[]) {L, D}));
  CosmosTensor *logits = cosmos_pipeline_predict (pipeline, graph, one); /* (L, V) */
  CosmosDecoding *decoding = cosmos_graph_check (graph, err) ? cosmos_decoding_new (cosmos_pipeline_get_tokenizer (pipeline),
                                                                                    cosmos_graph_get_pool (graph), logits, err)
                                                             : NULL;
  cosmos_arena_rewind (arena, mark);
  return decoding;
}

bool cosmos_decode_hidden (const CosmosPipeline *pipeline, CosmosGraph *graph, const CosmosTensor *hidden,
                           CosmosDecoding **decodings, CosmosError *err)
{
  if (!cosmos_graph_check (graph, err))
    return false;
  int64_t batch = hidden->shape[0];
  CosmosDecoding **made = calloc ((size_t) batch, sizeof *made);
  bool ok = made || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for %d texts", (int) batch);
  for (int64_t b = 0; ok && b < batch; b++)
    ok = (made[b] = decode_one (pipeline, graph, hidden, b, err)) != NULL;
  if (ok)
    memcpy (decodings, made, (size_t) batch * sizeof *made);
  else
    for (int64_t b = 0; made && b < batch; b++)
      cosmos_decoding_free (made[b]);
  free (made);
  return ok;
}

bool cosmos_decode (const CosmosPipeline *pipeline, CosmosGraph *graph, const float *latents, int batch,
                    CosmosDecoding **decodings, CosmosError *err)
{
  const CosmosConfig *config = cosmos_pipeline_get_config (pipeline);
  double start = cosmos_clock_now ();
  cosmos_graph_reset (graph);
  CosmosTensor *z = cosmos_graph_input (graph, 3, (int64_t[]) {batch, config->latents, config->latent_width}, latents);
  if (!cosmos_decode_hidden (pipeline, graph, cosmos_pipeline_decode (pipeline, graph, z), decodings, err))
    return false;
  for (int b = 0; b < batch; b++)
    decodings[b]->seconds = (cosmos_clock_now () - start) / batch;
  return true;
}

/* ---- against the steps before ---- */

static bool is_settled (const CosmosDecoding *self, const CosmosDecoding *const *before, int n, int position)
{
  bool settled = n >= COSMOS_SETTLED_AFTER && self->tokens[position].probability >= 0.9f;
  for (int i = 0; settled && i < COSMOS_SETTLED_AFTER; i++)
    settled = before[i]->tokens[position].id == self->tokens[position].id;
  return settled;
}

void cosmos_decoding_mark (const CosmosDecoding *self, const CosmosDecoding *const *before, int n, CosmosMark *marks)
{
  for (int i = 0; i < self->n_positions; i++) {
    if (n == 0 || before[0]->tokens[i].id != self->tokens[i].id)
      marks[i] = COSMOS_MARK_CHANGED;
    else if (self->tokens[i].probability < 0.5f)
      marks[i] = COSMOS_MARK_UNSURE;
    else
      marks[i] = is_settled (self, before, n, i) ? COSMOS_MARK_SETTLED : COSMOS_MARK_SAME;
  }
}

static bool is_shown (const CosmosDecoding *self, int position)
{
  return position >= self->first && position < self->first + self->n_tokens;
}

int cosmos_decoding_count_changed (const CosmosDecoding *self, const CosmosDecoding *before)
{
  int changed = 0;
  if (!before)
    return self->n_tokens;
  for (int i = 0; i < self->n_positions; i++) {
    bool now = is_shown (self, i), then = is_shown (before, i);
    changed += now != then || (now && self->tokens[i].id != before->tokens[i].id);
  }
  return changed;
}
