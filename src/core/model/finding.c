#include "core/model/finding.h"

#include "core/file/torch-archive.h"
#include "core/model/convert-bert.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CARD_SIZE = 8192 /* bytes of a README.md that are looked at */ };

/* ---- what all kinds have ---- */

static void add_tensor (CosmosFinding *self, const CosmosTensorInfo *tensor)
{
  self->n_tensors++;
  self->n_parameters += tensor->count;
  self->bytes[tensor->dtype] += tensor->size;
}

static void set_text (char *target, size_t size, const char *text)
{
  snprintf (target, size, "%s", text ? text : "");
}

/* ---- GGUF ---- */

static void read_string (const CosmosGguf *file, const char *key, char *target, size_t size)
{
  const char *value;
  if (cosmos_gguf_has (file, key) && cosmos_gguf_get_string (file, key, &value, NULL))
    set_text (target, size, value);
}

static int64_t read_size (const CosmosGguf *file, const char *architecture, const char *name)
{
  char key[128];
  int64_t value = 0;
  snprintf (key, sizeof key, "%.64s.%s", architecture, name);
  return cosmos_gguf_has (file, key) && cosmos_gguf_get_integer (file, key, 0, INT32_MAX, &value, NULL) ? value : 0;
}

static bool read_cosmos (CosmosFinding *self, const CosmosGguf *file, CosmosError *err)
{
  read_string (file, "train.stage", self->stage, sizeof self->stage);
  self->kind = self->stage[0] ? COSMOS_FINDING_CHECKPOINT : COSMOS_FINDING_BUNDLE;
  self->uses = self->stage[0] ? 0 : COSMOS_USE_DENOISE | COSMOS_USE_ENCODER;
  if (strcmp (self->stage, "encoder") == 0)
    self->uses = COSMOS_USE_ENCODER;
  return cosmos_config_read (&self->config, file, err);
}

static void read_language_model (CosmosFinding *self, const CosmosGguf *file)
{
  size_t vocabulary;
  bool has_tokens = cosmos_gguf_has (file, "tokenizer.ggml.tokens")
                    && cosmos_gguf_get_array_length (file, "tokenizer.ggml.tokens", &vocabulary, NULL);
  self->layers = read_size (file, self->architecture, "block_count");
  self->width = read_size (file, self->architecture, "embedding_length");
  self->context = read_size (file, self->architecture, "context_length");
  self->vocabulary = has_tokens ? (int64_t) vocabulary : 0;
  self->kind = strcmp (self->architecture, "llama") == 0 ? COSMOS_FINDING_LANGUAGE_MODEL : COSMOS_FINDING_FOREIGN;
  if (self->kind == COSMOS_FINDING_LANGUAGE_MODEL && has_tokens)
    self->uses = COSMOS_USE_BASELINE | COSMOS_USE_JUDGE;
}

static bool read_gguf (CosmosFinding *self, const char *path, CosmosError *err)
{
  CosmosGguf *file = cosmos_gguf_open (path, err);
  const char *architecture;
  if (!file || !cosmos_gguf_get_string (file, "general.architecture", &architecture, err)) {
    cosmos_gguf_free (file);
    return false;
  }
  bool ok = true;
  set_text (self->format, sizeof self->format, "GGUF");
  set_text (self->architecture, sizeof self->architecture, architecture);
  read_string (file, "general.name", self->name, sizeof self->name);
  read_string (file, "general.license", self->license, sizeof self->license);
  read_string (file, "general.description", self->description, sizeof self->description);
  for (size_t i = 0; i < cosmos_gguf_get_n_tensors (file); i++)
    add_tensor (self, cosmos_gguf_get_tensor (file, i));
  if (strcmp (architecture, "cosmos") == 0)
    ok = read_cosmos (self, file, err);
  else if (strcmp (architecture, "cosmos-encoder") == 0) {
    self->kind = COSMOS_FINDING_ENCODER;
    self->uses = COSMOS_USE_ENCODER;
    ok = cosmos_config_read_encoder (&self->config, file, err);
  } else
    read_language_model (self, file);
  cosmos_gguf_free (file);
  return ok;
}

/* ---- what lies beside weights ---- */

typedef struct {
  char folder[PATH_MAX]; /* ends with '/', or is empty */
  char config_path[PATH_MAX + 16];
  yyjson_doc *config; /* NULL: there is none */
} Beside;

static uint64_t measure_beside (const Beside *self, const char *name)
{
  char path[PATH_MAX + 64];
  struct stat info;
  snprintf (path, sizeof path, "%s%s", self->folder, name);
  return stat (path, &info) == 0 && S_ISREG (info.st_mode) ? (uint64_t) info.st_size : 0;
}

static bool beside_init (Beside *self, const char *path, CosmosError *err)
{
  const char *slash = strrchr (path, '/');
  yyjson_read_err why;
  *self = (Beside) {0};
  if (slash)
    snprintf (self->folder, sizeof self->folder, "%.*s", (int) (slash - path) + 1, path);
  snprintf (self->config_path, sizeof self->config_path, "%sconfig.json", self->folder);
  self->config = yyjson_read_file (self->config_path, 0, NULL, &why);
  return self->config || why.code == YYJSON_READ_ERROR_FILE_OPEN
         || cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: is not JSON: %s at byte %zu", self->config_path, why.msg, why.pos);
}

/* "license: apache-2.0" at the head of a model's README.md, between two lines of "---". */
static void read_license (CosmosFinding *self, const Beside *beside)
{
  char path[PATH_MAX + 16], text[CARD_SIZE + 1];
  snprintf (path, sizeof path, "%sREADME.md", beside->folder);
  FILE *file = fopen (path, "rb");
  size_t n = file ? fread (text, 1, CARD_SIZE, file) : 0;
  if (file)
    fclose (file);
  text[n] = 0;
  if (strncmp (text, "---", 3) != 0)
    return;
  char *end = strstr (text + 3, "\n---"), *line = strstr (text, "\nlicense:");
  if (!line || (end && line > end))
    return;
  line += strlen ("\nlicense:");
  line += strspn (line, " \"'");
  line[strcspn (line, "\r\n\"' ")] = 0;
  set_text (self->license, sizeof self->license, line);
}

/* The file's, without its ending; of a "model.safetensors" the folder's. */
static void read_name (CosmosFinding *self, const char *file, const Beside *beside)
{
  const char *base = strrchr (file, '/') ? strrchr (file, '/') + 1 : file, *dot = strrchr (base, '.');
  if (strcmp (base, "model.safetensors") != 0) {
    snprintf (self->name, sizeof self->name, "%.*s", (int) (dot && dot > base ? (size_t) (dot - base) : strlen (base)), base);
    return;
  }
  char *path = realpath (*beside->folder ? beside->folder : ".", NULL), *slash = path ? strrchr (path, '/') : NULL;
  if (slash)
    set_text (self->name, sizeof self->name, slash + 1);
  free (path);
}

/* ---- safetensors ---- */

static void read_architecture (CosmosFinding *self, const Beside *beside)
{
  yyjson_val *root = yyjson_doc_get_root (beside->config), *first = yyjson_arr_get_first (yyjson_obj_get (root, "architectures"));
  if (yyjson_is_str (first))
    set_text (self->architecture, sizeof self->architecture, yyjson_get_str (first));
}

static void read_llama_sizes (CosmosFinding *self, const Beside *beside)
{
  yyjson_val *root = yyjson_doc_get_root (beside->config);
  self->layers = yyjson_get_sint (yyjson_obj_get (root, "num_hidden_layers"));
  self->width = yyjson_get_sint (yyjson_obj_get (root, "hidden_size"));
  self->context = yyjson_get_sint (yyjson_obj_get (root, "max_position_embeddings"));
  self->vocabulary = yyjson_get_sint (yyjson_obj_get (root, "vocab_size"));
}

/* What becomes of it: kind, use, and what it needs. */
static bool judge_weights (CosmosFinding *self, const CosmosSafetensors *file, const char *path, const Beside *beside,
                           CosmosError *err)
{
  yyjson_val *root = yyjson_doc_get_root (beside->config), *type = yyjson_obj_get (root, "model_type");
  CosmosBert bert;
  self->kind = COSMOS_FINDING_FOREIGN_WEIGHTS;
  if (cosmos_bert_find_prefix (file) && (!type || yyjson_equals_str (type, "bert"))) {
    if (!cosmos_bert_read (&bert, file, path, root, beside->config_path, err))
      return false;
    self->kind = COSMOS_FINDING_BERT_WEIGHTS;
    self->config = bert.config;
    self->uses = COSMOS_USE_ENCODER;
  } else if (strcmp (self->architecture, "LlamaForCausalLM") == 0) {
    self->kind = COSMOS_FINDING_LLAMA_WEIGHTS;
    self->uses = COSMOS_USE_BASELINE | COSMOS_USE_JUDGE;
    read_llama_sizes (self, beside);
  } else if (yyjson_obj_get (root, "tasks") || cosmos_safetensors_find_tensor (file, "encoder.token_embedding.weight")) {
    if (root && !cosmos_config_read_json (&self->config, beside->config_path, err))
      return false;
    self->kind = COSMOS_FINDING_COSMOS_WEIGHTS;
    self->uses = COSMOS_USE_DENOISE | COSMOS_USE_ENCODER;
    self->missing |= root ? 0 : COSMOS_MISSING_CONFIG;
  } else if (!root)
    self->missing |= COSMOS_MISSING_CONFIG; /* nobody says what it is */
  return true;
}

/* Matrices take two bytes a number then, vectors four, and the tokenizer comes along. */
static uint64_t foresee_size (const CosmosSafetensors *file, uint64_t tokenizer, bool is_bert)
{
  const CosmosBertNames names = {.prefix = is_bert ? cosmos_bert_find_prefix (file) : ""};
  uint64_t size = tokenizer;
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (file); i++) {
    const CosmosTensorInfo *tensor = cosmos_safetensors_get_tensor (file, i);
    bool dropped = is_bert
                   && (cosmos_bert_names_has_no_use (&names, tensor->name)
                       || strncmp (tensor->name, names.prefix, strlen (names.prefix)) != 0);
    size += dropped ? 0 : tensor->count * (tensor->rank > 1 ? 2 : 4);
  }
  return size;
}

static bool read_weights (CosmosFinding *self, const char *path, const Beside *beside, CosmosError *err)
{
  CosmosSafetensors *file = cosmos_safetensors_open (path, err);
  uint64_t json = measure_beside (beside, "tokenizer.json"), lines = measure_beside (beside, "vocab.txt");
  if (!file)
    return false;
  set_text (self->format, sizeof self->format, "safetensors");
  read_architecture (self, beside);
  for (size_t i = 0; i < cosmos_safetensors_get_n_tensors (file); i++)
    add_tensor (self, cosmos_safetensors_get_tensor (file, i));
  bool ok = judge_weights (self, file, path, beside, err);
  self->needs_conversion = self->uses;
  if (ok && self->uses) {
    self->missing |= json || lines ? 0 : COSMOS_MISSING_TOKENIZER;
    self->converted_size = foresee_size (file, json ? json : lines, self->kind == COSMOS_FINDING_BERT_WEIGHTS);
  }
  cosmos_safetensors_free (file);
  return ok;
}

/* ---- PyTorch ---- */

static bool has_member (const CosmosTorchArchive *file, const char *prefix)
{
  for (size_t i = 0; i < cosmos_torch_archive_get_n_tensors (file); i++)
    if (strncmp (cosmos_torch_archive_get_tensor (file, i)->name, prefix, strlen (prefix)) == 0)
      return true;
  return false;
}

/* The COSMOS authors' two files are known by the dicts at their top (convert-checkpoint.c). */
static void judge_pytorch (CosmosFinding *self, const CosmosTorchArchive *file)
{
  const bool is_diffusion = has_member (file, "score_estimator.") || has_member (file, "ema.shadow_params."),
             is_autoencoder = has_member (file, "encoder.") && has_member (file, "decoder.");
  self->kind = is_diffusion     ? COSMOS_FINDING_PYTORCH_DIFFUSION
               : is_autoencoder ? COSMOS_FINDING_PYTORCH_AUTOENCODER
                                : COSMOS_FINDING_PYTORCH_FOREIGN;
  if (is_diffusion || is_autoencoder) {
    self->uses = COSMOS_USE_DENOISE | COSMOS_USE_ENCODER;
    self->missing = COSMOS_MISSING_PARTNER;
    self->needs_conversion = true;
  }
}

static bool read_pytorch (CosmosFinding *self, const char *path, const Beside *beside, CosmosError *err)
{
  CosmosTorchArchive *file = cosmos_torch_archive_open (path, err);
  if (!file)
    return false;
  set_text (self->format, sizeof self->format, "PyTorch");
  for (size_t i = 0; i < cosmos_torch_archive_get_n_tensors (file); i++)
    add_tensor (self, cosmos_torch_archive_get_tensor (file, i));
  judge_pytorch (self, file);
  if (self->kind == COSMOS_FINDING_PYTORCH_AUTOENCODER && !measure_beside (beside, "vocab.txt"))
    self->missing |= COSMOS_MISSING_TOKENIZER;
  cosmos_torch_archive_free (file);
  return true;
}

/* ---- what it is ---- */

typedef enum { GGUF, SAFETENSORS, PYTORCH, UNKNOWN } Format;

/* By its first bytes: n of them. A zip archive is what PyTorch saves, a pickle what it once did (whose reader says so); safetensors begin with the length of a JSON object. */
static Format get_format (const unsigned char *bytes, size_t n)
{
  if (n >= 4 && memcmp (bytes, "GGUF", 4) == 0)
    return GGUF;
  if (n >= 4 && memcmp (bytes, "PK\3\4", 4) == 0)
    return PYTORCH;
  if (n >= 2 && bytes[0] == 0x80 && bytes[1] == 2)
    return PYTORCH;
  return n >= 9 && bytes[6] == 0 && bytes[7] == 0 && bytes[8] == '{' ? SAFETENSORS : UNKNOWN;
}

static bool read_file (CosmosFinding *self, const char *path, CosmosError *err)
{
  unsigned char bytes[9];
  struct stat info;
  Beside beside;
  FILE *file = fopen (path, "rb");
  if (!file)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s", path, strerror (errno));
  bool is_file = fstat (fileno (file), &info) == 0 && S_ISREG (info.st_mode);
  size_t n = is_file ? fread (bytes, 1, sizeof bytes, file) : 0;
  Format format = get_format (bytes, n);
  fclose (file);
  if (!is_file)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: is no regular file", path);
  self->size = (uint64_t) info.st_size;
  if (format == GGUF)
    return read_gguf (self, path, err);
  if (format == UNKNOWN)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: is no model: neither GGUF, nor safetensors, nor of PyTorch",
                             path);
  if (!beside_init (&beside, path, err))
    return false;
  read_name (self, path, &beside);
  read_license (self, &beside);
  bool ok = true;
  if (format == SAFETENSORS)
    ok = read_weights (self, path, &beside, err);
  else
    ok = read_pytorch (self, path, &beside, err);
  yyjson_doc_free (beside.config);
  return ok;
}

bool cosmos_finding_read (CosmosFinding *self, const char *path, CosmosError *err)
{
  CosmosFinding finding = {0};
  struct stat info;
  char *inside = NULL;
  if (stat (path, &info) == 0 && S_ISDIR (info.st_mode)
      && asprintf (&inside, "%s%smodel.safetensors", path, path[0] && path[strlen (path) - 1] == '/' ? "" : "/") < 0)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: out of memory", path);
  bool ok = !inside || access (inside, F_OK) == 0
            || cosmos_error_set (err, COSMOS_STATUS_IO, "%s: is a folder without model.safetensors", path);
  ok = ok && read_file (&finding, inside ? inside : path, err);
  free (inside);
  if (ok)
    *self = finding;
  return ok;
}

/* ---- in words ---- */

const char *cosmos_finding_describe_kind (CosmosFindingKind kind)
{
  static const char *const words[COSMOS_N_FINDING_KINDS] = {
    [COSMOS_FINDING_BUNDLE] = "diffusion model",
    [COSMOS_FINDING_ENCODER] = "text encoder",
    [COSMOS_FINDING_CHECKPOINT] = "checkpoint of a training",
    [COSMOS_FINDING_LANGUAGE_MODEL] = "language model",
    [COSMOS_FINDING_FOREIGN] = "model of an architecture that does not run here",
    [COSMOS_FINDING_COSMOS_WEIGHTS] = "weights of a diffusion model",
    [COSMOS_FINDING_LLAMA_WEIGHTS] = "weights of a language model (LLaMA)",
    [COSMOS_FINDING_BERT_WEIGHTS] = "weights of a text encoder (BERT)",
    [COSMOS_FINDING_FOREIGN_WEIGHTS] = "weights that cannot be converted",
    [COSMOS_FINDING_PYTORCH_AUTOENCODER] = "autoencoder of the COSMOS authors (PyTorch)",
    [COSMOS_FINDING_PYTORCH_DIFFUSION] = "diffusion of the COSMOS authors (PyTorch)",
    [COSMOS_FINDING_PYTORCH_FOREIGN] = "PyTorch checkpoint of something else",
  };
  return words[kind];
}

/* The names of the set bits, with commas between. */
static void list (unsigned bits, const char *const *names, size_t n, char *text, size_t size)
{
  size_t used = 0;
  if (size)
    text[0] = 0;
  for (size_t i = 0; i < n && used < size; i++)
    if (bits & 1u << i)
      used += (size_t) snprintf (text + used, size - used, "%s%s", used ? ", " : "", names[i]);
}

void cosmos_finding_describe_uses (const CosmosFinding *self, char *text, size_t size)
{
  static const char *const names[] = {"denoise", "baseline", "judge", "encoder of a training"};
  list (self->uses, names, 4, text, size);
  if (!self->uses)
    snprintf (text, size, "nothing here");
}

void cosmos_finding_describe_missing (const CosmosFinding *self, char *text, size_t size)
{
  static const char *const names[] = {"tokenizer.json or vocab.txt", "config.json", "its other half, autoencoder or diffusion"};
  list (self->missing, names, 3, text, size);
}

CosmosDtype cosmos_finding_get_dtype (const CosmosFinding *self)
{
  int most = 0;
  for (int i = 1; i < COSMOS_N_DTYPES; i++)
    if (self->bytes[i] > self->bytes[most])
      most = i;
  return (CosmosDtype) most;
}
