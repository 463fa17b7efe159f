/* An autoregressive language model: baseline and judge. Its blocks are LLaMA's (block.h: RoPE, RMSNorm, SwiGLU, grouped keys) or GPT-2's (gpt2-block.h:
 * learned positions, LayerNorm, GELU, biases).
 *
 * Its file is a GGUF of general.architecture "llama" or "gpt2", the layouts that llama.cpp reads and writes, with its tokenizer. Constant after
 * opening, shared by threads; a sequence being read or written is a CosmosLanguageState.
 */
#pragma once

#include "core/math/graph.h"
#include "core/model/config.h"
#include "core/model/parameters.h"
#include "core/text/tokenizer.h"

typedef enum { COSMOS_LANGUAGE_LLAMA, COSMOS_LANGUAGE_GPT2 } CosmosLanguageArchitecture;

/* The architecture of a file by its general.architecture ("llama", "gpt2"); false for others. architecture may be NULL. */
bool cosmos_language_architecture_from_name (const char *name, CosmosLanguageArchitecture *architecture);

typedef struct {
  CosmosLanguageArchitecture architecture;
  int vocabulary, layers, width, heads, kv_heads, head, ffn; /* GPT-2: as many kv_heads as heads, heads * head = width */
  int context;                                               /* the longest sequence */
  float norm_eps;
  double rope_theta; /* LLaMA */
  bool tied;         /* the head is the token embedding */
} CosmosLanguageModelSizes;

/* Sets the keys that begin with the architecture's name. */
void cosmos_language_model_sizes_write (const CosmosLanguageModelSizes *self, CosmosGgufWriter *writer);

/* A model of several tasks reads [CLS] [TASK] source [SEP] and writes the target: a token a task. In a file they are the keys cosmos.tasks,
 * cosmos.task_tokens and cosmos.task_source_tokens beside the architecture's own. */
typedef struct {
  int n; /* 0: it only goes on with a text */
  char names[COSMOS_MAX_TASKS][COSMOS_MAX_TASK_NAME];
  int32_t tokens[COSMOS_MAX_TASKS];
  int32_t source_tokens[COSMOS_MAX_TASKS]; /* the longest source, [CLS] and [SEP] included */
} CosmosLanguageModelTasks;

void cosmos_language_model_tasks_write (const CosmosLanguageModelTasks *self, CosmosGgufWriter *writer);

/* How a model is best drawn from, as its file says by general.sampling.temp, top_k and top_p (keys that llama.cpp reads and writes, too). */
typedef struct {
  double temperature; /* 0: greedy; 1 where the file says nothing, or what cannot be */
  int top_k;          /* 0: all, likewise */
  double top_p;       /* 1: all, likewise */
} CosmosLanguageModelSampling;

/* Temperature 1, no cuts. */
CosmosLanguageModelSampling cosmos_language_model_sampling_default (void);
/* The keys of what is not the default. */
void cosmos_language_model_sampling_write (const CosmosLanguageModelSampling *self, CosmosGgufWriter *writer);

/* What a file says of a task (NULL: any), without opening the model: nothing, as most do; that it knows it; that it knows others. */
typedef enum { COSMOS_TASK_UNSAID, COSMOS_TASK_KNOWN, COSMOS_TASK_OTHERS } CosmosTaskKnowledge;
CosmosTaskKnowledge cosmos_language_model_file_knows (const CosmosGguf *file, const char *task);

/* Whether a file can be taken for a task (NULL: any) unless somebody names it: one that knows the task, one that was tuned to talk and says nothing of tasks,
 * and for stories, which need no more, one that only goes on with texts. */
bool cosmos_language_model_file_suits (const CosmosGguf *file, const char *task);

typedef struct CosmosLanguageModel CosmosLanguageModel;
typedef struct CosmosLanguageState CosmosLanguageState;

CosmosLanguageModel *cosmos_language_model_open (const char *path, CosmosCompute compute, CosmosError *err);
/* Takes the file over, also on failure. */
CosmosLanguageModel *cosmos_language_model_new_from_gguf (CosmosGguf *file, CosmosCompute compute, CosmosError *err);
/* Parameters in GGUF's names (blk.0.attn_q.weight ...), no tokenizer (get_tokenizer gives NULL); borrows the parameters. */
CosmosLanguageModel *cosmos_language_model_new (const CosmosLanguageModelSizes *sizes, CosmosParameters *parameters,
                                                CosmosError *err);
void cosmos_language_model_free (CosmosLanguageModel *self);
const CosmosLanguageModelSizes *cosmos_language_model_get_sizes (const CosmosLanguageModel *self);
const CosmosTokenizer *cosmos_language_model_get_tokenizer (const CosmosLanguageModel *self);
/* The token that a text begins with, or -1. A file says so by tokenizer.ggml.add_bos_token, or else by having a cls_token_id. */
int cosmos_language_model_get_begin (const CosmosLanguageModel *self);
/* tokenizer.chat_template of its file, NULL where it has none: the model was tuned to talk. */
const char *cosmos_language_model_get_chat_template (const CosmosLanguageModel *self);
const CosmosLanguageModelTasks *cosmos_language_model_get_tasks (const CosmosLanguageModel *self);
const CosmosLanguageModelSampling *cosmos_language_model_get_sampling (const CosmosLanguageModel *self);
/* The number of a task, NULL: of the first; -1 where the model does not know that task, or none at all. */
int cosmos_language_model_find_task (const CosmosLanguageModel *self, const char *name);
const char *cosmos_language_model_get_name (const CosmosLanguageModel *self); /* general.name or the file's */
const char *cosmos_language_model_get_path (const CosmosLanguageModel *self);

/* Training and judging: ids B x T, T <= context -> hidden states (B, T, D), after the last norm; causal. */
CosmosTensor *cosmos_language_model_run (const CosmosLanguageModel *self, CosmosGraph *graph, const int32_t *ids, int64_t batch,
                                         int64_t length);
/* (.., D) -> (.., V) */
CosmosTensor *cosmos_language_model_predict (const CosmosLanguageModel *self, CosmosGraph *graph, const CosmosTensor *hidden);
const CosmosWeight *cosmos_language_model_get_head (const CosmosLanguageModel *self);

/* A sequence of up to capacity tokens (but no more than a GPT-2 has positions for) with its keys and values. NULL when out of memory. */
CosmosLanguageState *cosmos_language_state_new (const CosmosLanguageModel *model, int64_t capacity);
void cosmos_language_state_free (CosmosLanguageState *self);
void cosmos_language_state_clear (CosmosLanguageState *self);
int64_t cosmos_language_state_get_length (const CosmosLanguageState *self);
/* Reads n >= 1 further tokens, a long prompt in pieces; -> logits after the last of them (1, V). Where they exceed the capacity, or the graph
 * fails, it is nothing and the state is as before. */
CosmosTensor *cosmos_language_state_read (CosmosLanguageState *self, CosmosGraph *graph, const int32_t *ids, int64_t n);
