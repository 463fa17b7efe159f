#include "core/model/language-model.h"

#include "core/math/elementwise.h"
#include "core/math/embedding.h"
#include "core/math/linear.h"
#include <stdlib.h>
#include <string.h>

/* Tokens of a prompt that are read at once: enough for full speed, little memory. */
enum { PIECE = 128, MAX_SIZE = 1 << 20 };

struct CosmosLanguageModel {
  CosmosLanguageModelSizes sizes;
  CosmosGguf *file;                   /* NULL where made from somebody's parameters */
  CosmosParameters *owned_parameters; /* of the file */
  CosmosTokenizer *tokenizer;
  const char *name, *path;
  int begin; /* token, or -1 */
  CosmosLanguageModelTasks tasks;
  const CosmosWeight *tokens, *head; /* (V, D); the same where tied */
  const CosmosTensor *output_norm;   /* (D) */
  CosmosBlock blocks[];
};

struct CosmosLanguageState {
  const CosmosLanguageModel *model;
  int64_t length;
  float *memory;
  CosmosKvCache caches[]; /* one a layer */
};

/* ---- making it ---- */

static void init_block (CosmosBlock *self, const CosmosLanguageModelSizes *s, CosmosParameters *parameters, int i)
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
  self->name = self->path = cosmos_parameters_get_origin (parameters);
  self->head = self->tokens = cosmos_parameters_matrix (parameters, sizes->vocabulary, sizes->width, "token_embd.weight");
  for (int i = 0; i < sizes->layers; i++)
    init_block (&self->blocks[i], sizes, parameters, i);
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

/* ---- keys of a file ---- */

void cosmos_language_model_sizes_write (const CosmosLanguageModelSizes *self, CosmosGgufWriter *writer)
{
  const struct {
    const char *key;
    int value;
  } sizes[] = {
    {"llama.block_count", self->layers},
    {"llama.context_length", self->context},
    {"llama.embedding_length", self->width},
    {"llama.feed_forward_length", self->ffn},
    {"llama.vocab_size", self->vocabulary},
    {"llama.attention.head_count", self->heads},
    {"llama.attention.head_count_kv", self->kv_heads},
    {"llama.attention.key_length", self->head},
    {"llama.attention.value_length", self->head},
    {"llama.rope.dimension_count", self->head},
  };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    cosmos_gguf_writer_set_u32 (writer, sizes[i].key, (uint32_t) sizes[i].value);
  cosmos_gguf_writer_set_f32 (writer, "llama.attention.layer_norm_rms_epsilon", self->norm_eps);
  cosmos_gguf_writer_set_f32 (writer, "llama.rope.freq_base", (float) self->rope_theta);
}

void cosmos_language_model_tasks_write (const CosmosLanguageModelTasks *self, CosmosGgufWriter *writer)
{
  CosmosGgufString names[COSMOS_MAX_TASKS];
  if (self->n == 0)
    return;
  for (int i = 0; i < self->n; i++)
    names[i] = (CosmosGgufString) {self->names[i], strlen (self->names[i])};
  cosmos_gguf_writer_set_strings (writer, "cosmos.tasks", names, (size_t) self->n);
  cosmos_gguf_writer_set_i32s (writer, "cosmos.task_tokens", self->tokens, (size_t) self->n);
  cosmos_gguf_writer_set_i32s (writer, "cosmos.task_source_tokens", self->source_tokens, (size_t) self->n);
}

CosmosTaskKnowledge cosmos_language_model_file_knows (const CosmosGguf *file, const char *task)
{
  CosmosGgufString names[COSMOS_MAX_TASKS];
  size_t n;
  if (!cosmos_gguf_get_array_length (file, "cosmos.tasks", &n, NULL) || n > COSMOS_MAX_TASKS
      || !cosmos_gguf_get_strings (file, "cosmos.tasks", names, NULL))
    return COSMOS_TASK_UNSAID;
  for (size_t i = 0; i < n; i++)
    if (!task || (names[i].length == strlen (task) && memcmp (names[i].data, task, names[i].length) == 0))
      return COSMOS_TASK_KNOWN;
  return COSMOS_TASK_OTHERS;
}

/* ---- from a file ---- */

/* An integer that a file may lack. */
static bool read_size (const CosmosGguf *file, const char *key, int fallback, int *value, CosmosError *err)
{
  int64_t found = fallback;
  if ((fallback < 0 || cosmos_gguf_has (file, key)) && !cosmos_gguf_get_integer (file, key, 1, MAX_SIZE, &found, err))
    return false;
  *value = (int) found;
  return true;
}

/* What other programs can do with such a file and this one cannot. */
static bool check_supported (const CosmosGguf *file, CosmosError *err)
{
  const char *path = cosmos_gguf_get_path (file), *architecture, *scaling = "none";
  if (!cosmos_gguf_get_string (file, "general.architecture", &architecture, err))
    return false;
  if (strcmp (architecture, "llama") != 0)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: general.architecture is \"%s\"; a language model must be \"llama\"", path, architecture);
  if (cosmos_gguf_has (file, "llama.rope.scaling.type")
      && !cosmos_gguf_get_string (file, "llama.rope.scaling.type", &scaling, err))
    return false;
  if (strcmp (scaling, "none") != 0 || cosmos_gguf_find_tensor (file, "rope_freqs.weight"))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: scaled rotary positions (llama.rope.scaling.type, rope_freqs) are not supported", path);
  if (cosmos_gguf_has (file, "llama.expert_count"))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: mixtures of experts (llama.expert_count) are not supported",
                             path);
  return true;
}

static bool read_sizes (CosmosLanguageModelSizes *self, const CosmosGguf *file, CosmosError *err)
{
  const char *path = cosmos_gguf_get_path (file);
  const CosmosTensorInfo *tokens = cosmos_gguf_find_tensor (file, "token_embd.weight");
  if (!tokens || tokens->rank != 2 || tokens->shape[0] > INT32_MAX)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tensor token_embd.weight is missing or no matrix", path);
  double eps, theta = 10000;
  int rotated, value_head;
  if (!read_size (file, "llama.block_count", -1, &self->layers, err)
      || !read_size (file, "llama.embedding_length", -1, &self->width, err)
      || !read_size (file, "llama.feed_forward_length", -1, &self->ffn, err)
      || !read_size (file, "llama.context_length", -1, &self->context, err)
      || !read_size (file, "llama.attention.head_count", -1, &self->heads, err)
      || !read_size (file, "llama.attention.head_count_kv", self->heads, &self->kv_heads, err)
      || !read_size (file, "llama.attention.key_length", self->width / self->heads, &self->head, err)
      || !read_size (file, "llama.attention.value_length", self->head, &value_head, err)
      || !read_size (file, "llama.rope.dimension_count", self->head, &rotated, err)
      || !cosmos_gguf_get_float (file, "llama.attention.layer_norm_rms_epsilon", &eps, err))
    return false;
  if (cosmos_gguf_has (file, "llama.rope.freq_base") && !cosmos_gguf_get_float (file, "llama.rope.freq_base", &theta, err))
    return false;
  if (self->layers > 1024 || self->width > 65536 || self->heads > 4096 || self->head < 1 || self->head > 4096
      || self->heads % self->kv_heads)
    return cosmos_error_set (
        err, COSMOS_STATUS_RANGE,
        "%s: llama.attention.head_count %d must be a multiple of head_count_kv %d; block_count %d, embedding_length %d", path,
        self->heads, self->kv_heads, self->layers, self->width);
  if (value_head != self->head || rotated != self->head || self->head % 2)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: heads with keys of %d, values of %d and %d rotated numbers are not supported", path, self->head,
                             value_head, rotated);
  if (!(eps >= 0 && eps < 1) || !(theta >= 1))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "%s: llama.attention.layer_norm_rms_epsilon %g or llama.rope.freq_base %g is out of range", path,
                             eps, theta);
  self->vocabulary = (int) tokens->shape[0];
  self->norm_eps = (float) eps;
  self->rope_theta = theta;
  self->tied = !cosmos_gguf_find_tensor (file, "output.weight");
  return true;
}

/* The parts of a model before it can be made; each may be NULL. */
typedef struct {
  CosmosGguf *file;
  CosmosTokenizer *tokenizer;
  CosmosParameters *parameters;
} Parts;

/* Files of other programs may name a begin token that the model was never trained to see, so that naming one is not enough. */
static bool read_begin (const Parts *parts, int *begin, CosmosError *err)
{
  static const char key[] = "tokenizer.ggml.add_bos_token";
  bool adds = cosmos_gguf_has (parts->file, "tokenizer.ggml.cls_token_id");
  if (cosmos_gguf_has (parts->file, key) && !cosmos_gguf_get_bool (parts->file, key, &adds, err))
    return false;
  *begin = adds ? cosmos_tokenizer_get_special (parts->tokenizer, COSMOS_TOKEN_CLS) : -1;
  return true;
}

static bool read_tasks (const Parts *parts, CosmosLanguageModelTasks *tasks, CosmosError *err)
{
  const CosmosGguf *file = parts->file;
  CosmosGgufString names[COSMOS_MAX_TASKS];
  int64_t tokens[COSMOS_MAX_TASKS], source_tokens[COSMOS_MAX_TASKS];
  size_t n, n_tokens, n_source_tokens;
  *tasks = (CosmosLanguageModelTasks) {0};
  if (!cosmos_gguf_has (file, "cosmos.tasks"))
    return true;
  if (!cosmos_gguf_get_array_length (file, "cosmos.tasks", &n, err)
      || !cosmos_gguf_get_array_length (file, "cosmos.task_tokens", &n_tokens, err)
      || !cosmos_gguf_get_array_length (file, "cosmos.task_source_tokens", &n_source_tokens, err))
    return false;
  if (n > COSMOS_MAX_TASKS || n_tokens != n || n_source_tokens != n)
    return cosmos_error_set (
        err, COSMOS_STATUS_RANGE,
        "%s: cosmos.tasks, task_tokens and task_source_tokens have %zu, %zu and %zu items; at most %d, as many each",
        cosmos_gguf_get_path (file), n, n_tokens, n_source_tokens, COSMOS_MAX_TASKS);
  if (!cosmos_gguf_get_strings (file, "cosmos.tasks", names, err)
      || !cosmos_gguf_get_integers (file, "cosmos.task_tokens", tokens, err)
      || !cosmos_gguf_get_integers (file, "cosmos.task_source_tokens", source_tokens, err))
    return false;
  for (size_t i = 0; i < n; i++) {
    if (names[i].length == 0 || names[i].length >= COSMOS_MAX_TASK_NAME || memchr (names[i].data, 0, names[i].length)
        || tokens[i] < 0 || tokens[i] >= cosmos_tokenizer_get_size (parts->tokenizer) || source_tokens[i] < 2
        || source_tokens[i] > MAX_SIZE)
      return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: cosmos.tasks: entry %zu has no proper name, token or length",
                               cosmos_gguf_get_path (file), i);
    memcpy (tasks->names[i], names[i].data, names[i].length);
    tasks->tokens[i] = (int32_t) tokens[i];
    tasks->source_tokens[i] = (int32_t) source_tokens[i];
  }
  tasks->n = (int) n;
  return true;
}

static CosmosLanguageModel *open_parts (Parts *parts, const char *path, CosmosCompute compute, CosmosError *err)
{
  CosmosLanguageModelSizes sizes = {0};
  parts->file = cosmos_gguf_open (path, err);
  if (!parts->file || !check_supported (parts->file, err) || !read_sizes (&sizes, parts->file, err)
      || !(parts->tokenizer = cosmos_tokenizer_new_from_gguf (parts->file, err)))
    return NULL;
  if (cosmos_tokenizer_get_size (parts->tokenizer) > sizes.vocabulary) {
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tokenizer has %d tokens, token_embd.weight only %d rows", path,
                      cosmos_tokenizer_get_size (parts->tokenizer), sizes.vocabulary);
    return NULL;
  }
  path = cosmos_gguf_get_path (parts->file);
  const char *slash = strrchr (path, '/'), *name = slash ? slash + 1 : path;
  if (cosmos_gguf_has (parts->file, "general.name") && !cosmos_gguf_get_string (parts->file, "general.name", &name, err))
    return NULL;
  int begin;
  CosmosLanguageModelTasks tasks;
  if (!read_begin (parts, &begin, err) || !read_tasks (parts, &tasks, err))
    return NULL;
  parts->parameters = cosmos_parameters_new_from_gguf (parts->file, compute);
  if (!parts->parameters) {
    cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: not enough memory to open it", path);
    return NULL;
  }
  CosmosLanguageModel *self = cosmos_language_model_new (&sizes, parts->parameters, err);
  if (self) {
    self->name = name;
    self->begin = begin;
    self->tasks = tasks;
  }
  return self;
}

CosmosLanguageModel *cosmos_language_model_open (const char *path, CosmosCompute compute, CosmosError *err)
{
  Parts parts = {0};
  CosmosLanguageModel *self = open_parts (&parts, path, compute, err);
  if (self) {
    self->file = parts.file;
    self->tokenizer = parts.tokenizer;
    self->owned_parameters = parts.parameters;
    return self;
  }
  cosmos_parameters_free (parts.parameters);
  if (parts.tokenizer)
    cosmos_tokenizer_free (parts.tokenizer);
  if (parts.file)
    cosmos_gguf_free (parts.file);
  return NULL;
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

const CosmosLanguageModelTasks *cosmos_language_model_get_tasks (const CosmosLanguageModel *self)
{
  return &self->tasks;
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

static CosmosTensor *norm (const CosmosLanguageModel *self, CosmosGraph *graph, const CosmosTensor *x)
{
  return cosmos_rms_norm (graph, x, self->output_norm, COSMOS_RMS_ADD, self->sizes.norm_eps);
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
  CosmosTensor *x = cosmos_embedding (graph, self->tokens, ids, batch, length); /* (B, T, D) */
  for (int i = 0; i < self->sizes.layers; i++)
    x = cosmos_block_run (&self->blocks[i], graph, x, &(CosmosBlockContext) {.causal = true});
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
  CosmosTensor *x = cosmos_embedding (graph, self->model->tokens, ids, 1, n); /* (1, T, D) */
  for (int i = 0; i < self->model->sizes.layers; i++)
    x = cosmos_block_run (&self->model->blocks[i], graph, x, &(CosmosBlockContext) {.causal = true, .cache = &self->caches[i]});
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
