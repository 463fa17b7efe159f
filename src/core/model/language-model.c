#include "core/model/language-model-private.h"

#include "core/math/elementwise.h"
#include "core/math/embedding.h"
#include "core/math/linear.h"
#include <stdlib.h>
#include <string.h>

/* Tokens of a prompt that are read at once: enough for full speed, little memory. */
enum { PIECE = 128 };

struct CosmosLanguageState {
  const CosmosLanguageModel *model;
  int64_t length;
  float *memory;
  CosmosKvCache caches[]; /* one a layer */
};

/* ---- making it ---- */

static void init_llama_block (CosmosBlock *self, const CosmosLanguageModelSizes *s, CosmosParameters *parameters, int i)
{
  const int D = s->width, F = s->ffn, A = s->heads * s->head, K = s->kv_heads * s->head;
#define NAME(name) "blk.%d." name ".weight", i
  *self = (CosmosBlock) {
    .sizes = {.width = D,
              .head = s->head,
              .heads = s->heads,
              .kv_heads = s->kv_heads,
              .ffn = F,
              .norm_kind = COSMOS_RMS_ADD,
              .norm_eps = s->norm_eps,
              .rope_theta = s->rope_theta,
              .rope_pairs = COSMOS_ROPE_ADJACENT},
    .attention_norm = cosmos_parameters_vector (parameters, D, NAME ("attn_norm")),
    .qkv.apart = {cosmos_parameters_matrix (parameters, A, D, NAME ("attn_q")),
                  cosmos_parameters_matrix (parameters, K, D, NAME ("attn_k")),
                  cosmos_parameters_matrix (parameters, K, D, NAME ("attn_v"))},
    .output = cosmos_parameters_matrix (parameters, D, A, NAME ("attn_output")),
    .ffn_norm = cosmos_parameters_vector (parameters, D, NAME ("ffn_norm")),
    .gate_up.apart = {cosmos_parameters_matrix (parameters, F, D, NAME ("ffn_gate")),
                      cosmos_parameters_matrix (parameters, F, D, NAME ("ffn_up"))},
    .down = cosmos_parameters_matrix (parameters, D, F, NAME ("ffn_down")),
  };
#undef NAME
}

CosmosLanguageModel *cosmos_language_model_new (const CosmosLanguageModelSizes *sizes, CosmosParameters *parameters,
                                                CosmosError *err)
{
  CosmosLanguageModel *self = calloc (1, sizeof *self + (size_t) sizes->layers * sizeof *self->blocks);
  if (!self) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for a language model");
    return NULL;
  }
  self->sizes = *sizes;
  self->begin = -1;
  self->sampling = cosmos_language_model_sampling_default ();
  self->name = self->path = cosmos_parameters_get_origin (parameters);
  self->head = self->tokens = cosmos_parameters_matrix (parameters, sizes->vocabulary, sizes->width, "token_embd.weight");
  if (sizes->architecture == COSMOS_LANGUAGE_GPT2) {
    const CosmosGpt2BlockSizes block = {sizes->width, sizes->head, sizes->ffn, sizes->norm_eps};
    self->positions = cosmos_parameters_table (parameters, sizes->context, sizes->width, "position_embd.weight");
    for (int i = 0; i < sizes->layers; i++)
      cosmos_gpt2_block_init (&self->blocks[i].gpt2, parameters, &block, i);
    self->output_norm_bias = cosmos_parameters_vector (parameters, sizes->width, "output_norm.bias");
  } else {
    for (int i = 0; i < sizes->layers; i++)
      init_llama_block (&self->blocks[i].llama, sizes, parameters, i);
  }
  self->output_norm = cosmos_parameters_vector (parameters, sizes->width, "output_norm.weight");
  if (!sizes->tied)
    self->head = cosmos_parameters_matrix (parameters, sizes->vocabulary, sizes->width, "output.weight");
  if (cosmos_parameters_check (parameters, err))
    return self;
  cosmos_language_model_free (self);
  return NULL;
}

void cosmos_language_model_free (CosmosLanguageModel *self)
{
  if (!self)
    return;
  cosmos_parameters_free (self->owned_parameters);
  if (self->tokenizer)
    cosmos_tokenizer_free (self->tokenizer);
  if (self->file)
    cosmos_gguf_free (self->file);
  free (self);
}

const CosmosLanguageModelSizes *cosmos_language_model_get_sizes (const CosmosLanguageModel *self)
{
  return &self->sizes;
}

const CosmosTokenizer *cosmos_language_model_get_tokenizer (const CosmosLanguageModel *self)
{
  return self->tokenizer;
}

int cosmos_language_model_get_begin (const CosmosLanguageModel *self)
{
  return self->begin;
}

const char *cosmos_language_model_get_chat_template (const CosmosLanguageModel *self)
{
  return self->chat_template;
}

const CosmosLanguageModelTasks *cosmos_language_model_get_tasks (const CosmosLanguageModel *self)
{
  return &self->tasks;
}

const CosmosLanguageModelSampling *cosmos_language_model_get_sampling (const CosmosLanguageModel *self)
{
  return &self->sampling;
}

int cosmos_language_model_find_task (const CosmosLanguageModel *self, const char *name)
{
  for (int i = 0; i < self->tasks.n; i++)
    if (!name || strcmp (self->tasks.names[i], name) == 0)
      return i;
  return -1;
}

const char *cosmos_language_model_get_name (const CosmosLanguageModel *self)
{
  return self->name;
}

const char *cosmos_language_model_get_path (const CosmosLanguageModel *self)
{
  return self->path;
}

const CosmosWeight *cosmos_language_model_get_head (const CosmosLanguageModel *self)
{
  return self->head;
}

/* ---- running it ---- */

static bool are_tokens (const CosmosLanguageModel *self, CosmosGraph *graph, const int32_t *ids, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    if (ids[i] < 0 || ids[i] >= self->sizes.vocabulary) {
      cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "%s: there is no token %d among %d", self->name, ids[i],
                         self->sizes.vocabulary);
      return false;
    }
  return true;
}

/* The first token stands at position `first` -> (B, T, D) */
static CosmosTensor *embed (const CosmosLanguageModel *self, CosmosGraph *graph, const int32_t *ids, int64_t batch,
                            int64_t length, int64_t first)
{
  CosmosTensor *x = cosmos_embedding (graph, self->tokens, ids, batch, length);
  return self->positions ? cosmos_add (graph, x, cosmos_rows (graph, self->positions, first, length)) : x;
}

static CosmosTensor *run_block (const CosmosLanguageModel *self, CosmosGraph *graph, int i, const CosmosTensor *x,
                                CosmosKvCache *cache)
{
  if (self->sizes.architecture == COSMOS_LANGUAGE_GPT2)
    return cosmos_gpt2_block_run (&self->blocks[i].gpt2, graph, x, cache);
  return cosmos_block_run (&self->blocks[i].llama, graph, x, &(CosmosBlockContext) {.causal = true, .cache = cache});
}

static CosmosTensor *norm (const CosmosLanguageModel *self, CosmosGraph *graph, const CosmosTensor *x)
{
  return self->output_norm_bias ? cosmos_layer_norm (graph, x, self->output_norm, self->output_norm_bias, self->sizes.norm_eps)
                                : cosmos_rms_norm (graph, x, self->output_norm, COSMOS_RMS_ADD, self->sizes.norm_eps);
}

CosmosTensor *cosmos_language_model_run (const CosmosLanguageModel *self, CosmosGraph *graph, const int32_t *ids, int64_t batch,
                                         int64_t length)
{
  if (length > self->sizes.context)
    return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "%s: reads at most %d tokens, not %d", self->name, self->sizes.context,
                              (int) length);
  if (!are_tokens (self, graph, ids, batch * length))
    return cosmos_graph_nothing (graph);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *x = embed (self, graph, ids, batch, length, 0); /* (B, T, D) */
  for (int i = 0; i < self->sizes.layers; i++)
    x = run_block (self, graph, i, x, NULL);
  return cosmos_graph_end (graph, scope, norm (self, graph, x));
}

CosmosTensor *cosmos_language_model_predict (const CosmosLanguageModel *self, CosmosGraph *graph, const CosmosTensor *hidden)
{
  return cosmos_linear (graph, hidden, self->head, NULL);
}

/* ---- a sequence ---- */

CosmosLanguageState *cosmos_language_state_new (const CosmosLanguageModel *model, int64_t capacity)
{
  const CosmosLanguageModelSizes *s = &model->sizes;
  size_t count; /* of one cache's keys */
  if (model->positions && capacity > s->context)
    capacity = s->context;
  if (capacity < 1 || __builtin_mul_overflow ((size_t) capacity, (size_t) (s->kv_heads * s->head), &count)
      || count > SIZE_MAX / sizeof (float) / 2 / (size_t) s->layers)
    return NULL;
  CosmosLanguageState *self = calloc (1, sizeof *self + (size_t) s->layers * sizeof *self->caches);
  if (!self)
    return NULL;
  self->model = model;
  self->memory = malloc (2 * (size_t) s->layers * count * sizeof (float));
  if (!self->memory) {
    free (self);
    return NULL;
  }
  for (int i = 0; i < s->layers; i++)
    self->caches[i] = (CosmosKvCache) {self->memory + 2 * (size_t) i * count, self->memory + (2 * (size_t) i + 1) * count,
                                       capacity, 0};
  return self;
}

void cosmos_language_state_free (CosmosLanguageState *self)
{
  if (!self)
    return;
  free (self->memory);
  free (self);
}

static void set_length (CosmosLanguageState *self, int64_t length)
{
  self->length = length;
  for (int i = 0; i < self->model->sizes.layers; i++)
    self->caches[i].used = length;
}

void cosmos_language_state_clear (CosmosLanguageState *self)
{
  set_length (self, 0);
}

int64_t cosmos_language_state_get_length (const CosmosLanguageState *self)
{
  return self->length;
}

/* Up to PIECE tokens; -> the last one's hidden state (1, 1, D), before the last norm. */
static CosmosTensor *read_piece (CosmosLanguageState *self, CosmosGraph *graph, const int32_t *ids, int64_t n)
{
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *x = embed (self->model, graph, ids, 1, n, self->length); /* (1, T, D) */
  for (int i = 0; i < self->model->sizes.layers; i++)
    x = run_block (self->model, graph, i, x, &self->caches[i]);
  if (cosmos_graph_has_failed (graph))
    return cosmos_graph_nothing (graph);
  set_length (self, self->length + n);
  CosmosTensor last = cosmos_tensor (cosmos_tensor_row (x, n - 1), 3, (int64_t[]) {1, 1, self->model->sizes.width});
  return cosmos_graph_end (graph, scope, cosmos_graph_view (graph, last));
}

CosmosTensor *cosmos_language_state_read (CosmosLanguageState *self, CosmosGraph *graph, const int32_t *ids, int64_t n)
{
  const int64_t before = self->length, capacity = self->caches[0].capacity;
  if (n < 1 || n > capacity - before)
    return cosmos_graph_fail (graph, COSMOS_STATUS_RANGE, "%s: %d tokens do not fit behind %d of at most %d", self->model->name,
                              (int) n, (int) before, (int) capacity);
  if (!are_tokens (self->model, graph, ids, n))
    return cosmos_graph_nothing (graph);
  CosmosArenaMark scope = cosmos_graph_begin (graph);
  CosmosTensor *last = cosmos_graph_nothing (graph);
  for (int64_t first = 0; first < n; first += PIECE)
    last = read_piece (self, graph, ids + first, n - first < PIECE ? n - first : PIECE);
  CosmosTensor *logits = cosmos_linear (graph, norm (self->model, graph, last), self->model->head, NULL); /* (1, 1, V) */
  logits = cosmos_reshape (graph, logits, 2, (int64_t[]) {1, self->model->sizes.vocabulary});
  if (cosmos_graph_has_failed (graph))
    set_length (self, before);
  return cosmos_graph_end (graph, scope, logits);
}
