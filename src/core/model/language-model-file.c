#include "core/model/language-model-private.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIZE = 1 << 20, MAX_KEY = 64 };
#define CHAT_TEMPLATE "tokenizer.chat_template"
#define TEMPERATURE "general.sampling.temp"
#define TOP_K "general.sampling.top_k"
#define TOP_P "general.sampling.top_p"

static const char *const architectures[] = {[COSMOS_LANGUAGE_LLAMA] = "llama", [COSMOS_LANGUAGE_GPT2] = "gpt2"};
enum { N_ARCHITECTURES = sizeof architectures / sizeof *architectures };

bool cosmos_language_architecture_from_name (const char *name, CosmosLanguageArchitecture *architecture)
{
  for (int i = 0; i < N_ARCHITECTURES; i++)
    if (strcmp (name, architectures[i]) == 0) {
      if (architecture)
        *architecture = (CosmosLanguageArchitecture) i;
      return true;
    }
  return false;
}

/* ---- keys of a file ---- */

/* "llama.block_count": a size by the architecture's key. */
typedef struct {
  char text[MAX_KEY];
} Key;

static Key key_of (const CosmosLanguageModelSizes *self, const char *name)
{
  Key key;
  snprintf (key.text, sizeof key.text, "%s.%s", architectures[self->architecture], name);
  return key;
}

static const char *eps_name (const CosmosLanguageModelSizes *self)
{
  return self->architecture == COSMOS_LANGUAGE_GPT2 ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon";
}

void cosmos_language_model_sizes_write (const CosmosLanguageModelSizes *self, CosmosGgufWriter *writer)
{
  const struct {
    const char *key;
    int value;
  } sizes[] = {
    {"block_count", self->layers},
    {"context_length", self->context},
    {"embedding_length", self->width},
    {"feed_forward_length", self->ffn},
    {"vocab_size", self->vocabulary},
    {"attention.head_count", self->heads},
    {"attention.head_count_kv", self->kv_heads},
    {"attention.key_length", self->head},
    {"attention.value_length", self->head},
  };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    cosmos_gguf_writer_set_u32 (writer, key_of (self, sizes[i].key).text, (uint32_t) sizes[i].value);
  cosmos_gguf_writer_set_f32 (writer, key_of (self, eps_name (self)).text, self->norm_eps);
  if (self->architecture == COSMOS_LANGUAGE_LLAMA) {
    cosmos_gguf_writer_set_u32 (writer, "llama.rope.dimension_count", (uint32_t) self->head);
    cosmos_gguf_writer_set_f32 (writer, "llama.rope.freq_base", (float) self->rope_theta);
  }
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

CosmosLanguageModelSampling cosmos_language_model_sampling_default (void)
{
  return (CosmosLanguageModelSampling) {.temperature = 1, .top_k = 0, .top_p = 1};
}

void cosmos_language_model_sampling_write (const CosmosLanguageModelSampling *self, CosmosGgufWriter *writer)
{
  if (self->temperature < 1 || self->temperature > 1)
    cosmos_gguf_writer_set_f32 (writer, TEMPERATURE, (float) self->temperature);
  if (self->top_k > 0)
    cosmos_gguf_writer_set_u32 (writer, TOP_K, (uint32_t) self->top_k);
  if (self->top_p < 1)
    cosmos_gguf_writer_set_f32 (writer, TOP_P, (float) self->top_p);
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

bool cosmos_language_model_file_suits (const CosmosGguf *file, const char *task)
{
  CosmosTaskKnowledge knowledge = cosmos_language_model_file_knows (file, task);
  bool goes_on = !task || strcmp (task, "story") == 0;
  return knowledge == COSMOS_TASK_KNOWN
         || (knowledge == COSMOS_TASK_UNSAID && (goes_on || cosmos_gguf_has (file, "tokenizer.chat_template")));
}

/* ---- from a file ---- */

/* An integer by the architecture's key; fallback -1: the file must have it. */
static bool read_size (const CosmosLanguageModelSizes *self, const CosmosGguf *file, const char *name, int fallback, int *value,
                       CosmosError *err)
{
  const Key key = key_of (self, name);
  int64_t found = fallback;
  if ((fallback < 0 || cosmos_gguf_has (file, key.text)) && !cosmos_gguf_get_integer (file, key.text, 1, MAX_SIZE, &found, err))
    return false;
  *value = (int) found;
  return true;
}

static bool read_architecture (CosmosLanguageModelSizes *self, const CosmosGguf *file, CosmosError *err)
{
  const char *name;
  if (!cosmos_gguf_get_string (file, "general.architecture", &name, err))
    return false;
  return cosmos_language_architecture_from_name (name, &self->architecture)
         || cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                              "%s: general.architecture is \"%s\"; a language model must be \"llama\" or \"gpt2\"",
                              cosmos_gguf_get_path (file), name);
}

/* What other programs can do with such a file and this one cannot. */
static bool check_supported (const CosmosLanguageModelSizes *self, const CosmosGguf *file, CosmosError *err)
{
  const char *path = cosmos_gguf_get_path (file), *scaling = "none";
  const Key type = key_of (self, "rope.scaling.type"), experts = key_of (self, "expert_count");
  if (cosmos_gguf_has (file, type.text) && !cosmos_gguf_get_string (file, type.text, &scaling, err))
    return false;
  if (strcmp (scaling, "none") != 0 || cosmos_gguf_find_tensor (file, "rope_freqs.weight"))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: scaled rotary positions (%s, rope_freqs) are not supported",
                             path, type.text);
  if (cosmos_gguf_has (file, experts.text))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: mixtures of experts (%s) are not supported", path,
                             experts.text);
  return true;
}

static bool read_numbers (CosmosLanguageModelSizes *self, const CosmosGguf *file, CosmosError *err)
{
  const Key eps_key = key_of (self, eps_name (self)), theta_key = key_of (self, "rope.freq_base");
  double eps, theta = 10000;
  if (!cosmos_gguf_get_float (file, eps_key.text, &eps, err)
      || (cosmos_gguf_has (file, theta_key.text) && !cosmos_gguf_get_float (file, theta_key.text, &theta, err)))
    return false;
  if (!(eps >= 0 && eps < 1) || !(theta >= 1))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: %s %g or %s %g is out of range", cosmos_gguf_get_path (file),
                             eps_key.text, eps, theta_key.text, theta);
  self->norm_eps = (float) eps;
  self->rope_theta = theta;
  return true;
}

static bool check_heads (const CosmosLanguageModelSizes *self, int value_head, int rotated, const char *path, CosmosError *err)
{
  if (self->layers > 1024 || self->width > 65536 || self->heads > 4096 || self->head < 1 || self->head > 4096
      || self->heads % self->kv_heads)
    return cosmos_error_set (
        err, COSMOS_STATUS_RANGE,
        "%s: attention.head_count %d must be a multiple of head_count_kv %d; block_count %d, embedding_length %d", path,
        self->heads, self->kv_heads, self->layers, self->width);
  if (value_head != self->head || rotated != self->head || (self->architecture == COSMOS_LANGUAGE_LLAMA && self->head % 2))
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: heads with keys of %d, values of %d and %d rotated numbers are not supported", path, self->head,
                             value_head, rotated);
  if (self->architecture == COSMOS_LANGUAGE_GPT2 && (self->kv_heads != self->heads || self->heads * self->head != self->width))
    return cosmos_error_set (err, COSMOS_STATUS_RANGE,
                             "%s: a gpt2 of embedding_length %d cannot have %d heads of %d numbers, %d of them of keys", path,
                             self->width, self->heads, self->head, self->kv_heads);
  return true;
}

static bool read_sizes (CosmosLanguageModelSizes *self, const CosmosGguf *file, CosmosError *err)
{
  const char *path = cosmos_gguf_get_path (file);
  const CosmosTensorInfo *tokens = cosmos_gguf_find_tensor (file, "token_embd.weight");
  if (!tokens || tokens->rank != 2 || tokens->shape[0] > INT32_MAX)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tensor token_embd.weight is missing or no matrix", path);
  int rotated, value_head;
  if (!read_size (self, file, "block_count", -1, &self->layers, err)
      || !read_size (self, file, "embedding_length", -1, &self->width, err)
      || !read_size (self, file, "feed_forward_length", -1, &self->ffn, err)
      || !read_size (self, file, "context_length", -1, &self->context, err)
      || !read_size (self, file, "attention.head_count", -1, &self->heads, err)
      || !read_size (self, file, "attention.head_count_kv", self->heads, &self->kv_heads, err)
      || !read_size (self, file, "attention.key_length", self->width / self->heads, &self->head, err)
      || !read_size (self, file, "attention.value_length", self->head, &value_head, err)
      || !read_size (self, file, "rope.dimension_count", self->head, &rotated, err)
      || !check_heads (self, value_head, rotated, path, err) || !read_numbers (self, file, err))
    return false;
  self->vocabulary = (int) tokens->shape[0];
  self->tied = !cosmos_gguf_find_tensor (file, "output.weight");
  return true;
}

/* The parts of a model before it can be made; all but the file may be NULL. */
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

/* A number of F32 as people wrote it: 0.9, not 0.89999998. */
static double round_digits (double x)
{
  return round (x * 1e6) / 1e6;
}

/* Advice: where it is nonsense, the model can be drawn from without. */
static CosmosLanguageModelSampling read_sampling (const CosmosGguf *file)
{
  CosmosLanguageModelSampling self = cosmos_language_model_sampling_default ();
  int64_t k;
  double x;
  if (cosmos_gguf_get_float (file, TEMPERATURE, &x, NULL) && x >= 0 && x <= 100)
    self.temperature = round_digits (x);
  if (cosmos_gguf_get_integer (file, TOP_K, 0, INT_MAX, &k, NULL))
    self.top_k = (int) k;
  if (cosmos_gguf_get_float (file, TOP_P, &x, NULL) && round_digits (x) > 0 && x <= 1)
    self.top_p = round_digits (x);
  return self;
}

static CosmosLanguageModel *open_parts (Parts *parts, CosmosCompute compute, CosmosError *err)
{
  CosmosLanguageModelSizes sizes = {0};
  const char *path = cosmos_gguf_get_path (parts->file), *slash = strrchr (path, '/'), *name = slash ? slash + 1 : path;
  if (!read_architecture (&sizes, parts->file, err) || !check_supported (&sizes, parts->file, err)
      || !read_sizes (&sizes, parts->file, err) || !(parts->tokenizer = cosmos_tokenizer_new_from_gguf (parts->file, err)))
    return NULL;
  if (cosmos_tokenizer_get_size (parts->tokenizer) > sizes.vocabulary) {
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: the tokenizer has %d tokens, token_embd.weight only %d rows", path,
                      cosmos_tokenizer_get_size (parts->tokenizer), sizes.vocabulary);
    return NULL;
  }
  const char *chat_template = NULL;
  if ((cosmos_gguf_has (parts->file, "general.name") && !cosmos_gguf_get_string (parts->file, "general.name", &name, err))
      || (cosmos_gguf_has (parts->file, CHAT_TEMPLATE)
          && !cosmos_gguf_get_string (parts->file, CHAT_TEMPLATE, &chat_template, err)))
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
    self->chat_template = chat_template;
    self->begin = begin;
    self->tasks = tasks;
    self->sampling = read_sampling (parts->file);
  }
  return self;
}

CosmosLanguageModel *cosmos_language_model_new_from_gguf (CosmosGguf *file, CosmosCompute compute, CosmosError *err)
{
  Parts parts = {.file = file};
  CosmosLanguageModel *self = open_parts (&parts, compute, err);
  if (self) {
    self->file = parts.file;
    self->tokenizer = parts.tokenizer;
    self->owned_parameters = parts.parameters;
    return self;
  }
  cosmos_parameters_free (parts.parameters);
  if (parts.tokenizer)
    cosmos_tokenizer_free (parts.tokenizer);
  cosmos_gguf_free (parts.file);
  return NULL;
}

CosmosLanguageModel *cosmos_language_model_open (const char *path, CosmosCompute compute, CosmosError *err)
{
  CosmosGguf *file = cosmos_gguf_open (path, err);
  return file ? cosmos_language_model_new_from_gguf (file, compute, err) : NULL;
}
