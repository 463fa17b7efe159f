/* cosmos inspect: what is in a model file. */

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "cli/wrap.h"
#include "core/file/gguf.h"
#include "core/file/safetensors.h"
#include "core/model/finding.h"
#include "core/text/tokenizer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { VALUE_SIZE = 512, MAX_GROUPS = 32 };

/* One of the kinds of files. */
typedef struct {
  char *path; /* of the file itself, where a folder was named */
  CosmosFinding finding;
  CosmosGguf *gguf; /* both NULL: of PyTorch */
  CosmosSafetensors *safetensors;
  CosmosTokenizer *tokenizer; /* NULL: the file has none, or none that can be read */
  char why_no_tokenizer[240]; /* "" where it says nothing of one */
} Model;

/* Parameters by the first part of their names. */
typedef struct {
  char name[64];
  size_t n_tensors;
  int64_t n_parameters;
  size_t bytes;
} Group;

static size_t get_n_tensors (const Model *self)
{
  return self->gguf          ? cosmos_gguf_get_n_tensors (self->gguf)
         : self->safetensors ? cosmos_safetensors_get_n_tensors (self->safetensors)
                             : 0;
}

static const CosmosTensorInfo *get_tensor (const Model *self, size_t i)
{
  return self->gguf ? cosmos_gguf_get_tensor (self->gguf, i) : cosmos_safetensors_get_tensor (self->safetensors, i);
}

static bool is_folder (const char *path)
{
  struct stat info;
  return stat (path, &info) == 0 && S_ISDIR (info.st_mode);
}

static bool open_gguf (Model *self, CosmosError *err)
{
  CosmosError why = {0};
  if (!(self->gguf = cosmos_gguf_open (self->path, err)))
    return false;
  if (cosmos_gguf_has (self->gguf, "tokenizer.ggml.model")) {
    self->tokenizer = cosmos_tokenizer_new_from_gguf (self->gguf, &why);
    snprintf (self->why_no_tokenizer, sizeof self->why_no_tokenizer, "%s", why.message);
  }
  return true;
}

static bool open_model (const char *path, Model *self, CosmosError *err)
{
  *self = (Model) {0};
  if (asprintf (&self->path, "%s%s", path, is_folder (path) ? "/model.safetensors" : "") < 0) {
    self->path = NULL;
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
  }
  if (!cosmos_finding_read (&self->finding, path, err))
    return false;
  if (strcmp (self->finding.format, "GGUF") == 0)
    return open_gguf (self, err);
  return strcmp (self->finding.format, "safetensors") != 0 || (self->safetensors = cosmos_safetensors_open (self->path, err));
}

static void close_model (Model *self)
{
  cosmos_tokenizer_free (self->tokenizer);
  cosmos_gguf_free (self->gguf);
  cosmos_safetensors_free (self->safetensors);
  free (self->path);
}

/* -> how many there are; the last one takes what finds no room. */
static size_t count_groups (const Model *self, Group *groups)
{
  size_t n = 0;
  for (size_t i = 0; i < get_n_tensors (self); i++) {
    const CosmosTensorInfo *tensor = get_tensor (self, i);
    char name[sizeof groups->name];
    snprintf (name, sizeof name, "%.*s", (int) strcspn (tensor->name, "."), tensor->name);
    size_t g = 0;
    while (g < n && strcmp (groups[g].name, name) != 0)
      g++;
    if (g == MAX_GROUPS)
      g--;
    if (g == n) {
      groups[n++] = (Group) {0};
      strcpy (groups[g].name, name);
    }
    groups[g].n_tensors++;
    groups[g].n_parameters += (int64_t) tensor->count;
    groups[g].bytes += tensor->size;
  }
  return n;
}

static void describe_shape (const CosmosTensorInfo *tensor, char *text, size_t size)
{
  size_t used = 0;
  text[0] = 0;
  for (int i = 0; i < tensor->rank && used < size; i++)
    used += (size_t) snprintf (text + used, size - used, "%s%" PRId64, i ? " x " : "", tensor->shape[i]);
}

/* ---- as text ---- */

static void print_field (const char *name, const char *value)
{
  char copy[VALUE_SIZE];
  snprintf (copy, sizeof copy, "%s", value);
  cli_make_printable (copy);
  printf ("%-12s %s\n", name, copy);
}

/* Keys that begin with prefix, without it, below their title; nothing where there are none. title NULL: none. */
static void print_keys (const Model *self, const char *title, const char *prefix)
{
  for (size_t i = 0; self->gguf && i < cosmos_gguf_get_n_keys (self->gguf); i++) {
    const char *key = cosmos_gguf_get_key (self->gguf, i);
    char value[VALUE_SIZE], name[128];
    if (strncmp (key, prefix, strlen (prefix)) != 0)
      continue;
    if (title)
      printf ("\n%s\n", title);
    title = NULL;
    cosmos_gguf_describe_value (self->gguf, i, value, sizeof value);
    cli_make_printable (value);
    snprintf (name, sizeof name, "%s", key + strlen (prefix));
    cli_make_printable (name);
    printf ("  %-42s %s\n", name, value);
  }
}

/* How it was trained; recipes are long and for --json. */
static void print_training (const Model *self)
{
  bool begun = false;
  for (size_t i = 0; self->gguf && i < cosmos_gguf_get_n_keys (self->gguf); i++) {
    const char *key = cosmos_gguf_get_key (self->gguf, i);
    const size_t length = strlen (key);
    char value[VALUE_SIZE], name[128];
    if (strncmp (key, "train.", 6) != 0 || (length > 7 && strcmp (key + length - 7, ".recipe") == 0))
      continue;
    if (!begun)
      printf ("\ntraining\n");
    begun = true;
    cosmos_gguf_describe_value (self->gguf, i, value, sizeof value);
    cli_make_printable (value);
    snprintf (name, sizeof name, "%s", key + 6);
    cli_make_printable (name);
    printf ("  %-52s %s\n", name, value);
  }
}

static void print_groups (const Model *self)
{
  Group groups[MAX_GROUPS];
  size_t n = count_groups (self, groups);
  int64_t all = 0;
  for (size_t i = 0; i < n; i++)
    all += groups[i].n_parameters;
  printf ("\n%zu tensors, %" PRId64 " parameters\n", get_n_tensors (self), all);
  for (size_t i = 0; i < n; i++) {
    cli_make_printable (groups[i].name);
    printf ("  %-20s %5zu tensors %13" PRId64 " parameters %9.1f MB\n", groups[i].name, groups[i].n_tensors,
            groups[i].n_parameters, (double) groups[i].bytes / 1e6);
  }
}

static void print_tensors (const Model *self)
{
  printf ("\n  %-48s %-20s %-6s %12s\n", "tensor", "shape", "format", "bytes");
  for (size_t i = 0; i < get_n_tensors (self); i++) {
    const CosmosTensorInfo *tensor = get_tensor (self, i);
    char shape[96], name[128];
    describe_shape (tensor, shape, sizeof shape);
    snprintf (name, sizeof name, "%s", tensor->name);
    cli_make_printable (name);
    printf ("  %-48s %-20s %-6s %12zu\n", name, shape, cosmos_dtype_get_name (tensor->dtype), tensor->size);
  }
}

static void print_known (const char *name, const char *value)
{
  if (*value)
    print_field (name, value);
}

/* What it is, what it is good for, and what is to be done for that. */
static void print_finding (const Model *self)
{
  const CosmosFinding *found = &self->finding;
  const char *provenance = "";
  char line[VALUE_SIZE];
  snprintf (line, sizeof line, "%s, %.1f MB%s%s", found->format, (double) found->size / 1e6, found->n_tensors ? ", mostly " : "",
            found->n_tensors ? cosmos_dtype_get_name (cosmos_finding_get_dtype (found)) : "");
  print_field ("format", line);
  snprintf (line, sizeof line, "%s%s%s%s", cosmos_finding_describe_kind (found->kind), found->stage[0] ? " (" : "", found->stage,
            found->stage[0] ? "); a model is made of it by: cosmos export" : "");
  print_field ("kind", line);
  print_known ("architecture", found->architecture);
  print_known ("name", found->name);
  print_known ("description", found->description);
  print_known ("licence", found->license);
  if (self->gguf && cosmos_gguf_has (self->gguf, "general.provenance"))
    cosmos_gguf_get_string (self->gguf, "general.provenance", &provenance, NULL);
  print_known ("provenance", provenance);
  cosmos_finding_describe_uses (found, line, sizeof line);
  print_field ("use", line);
  print_known ("other half", found->partner);
  cosmos_finding_describe_missing (found, line, sizeof line);
  print_known ("missing", line);
  if (found->converted_size) {
    snprintf (line, sizeof line, "needed, to about %.0f MB: cosmos convert", (double) found->converted_size / 1e6);
    print_field ("conversion", line);
  } else if (found->needs_conversion)
    print_field ("conversion", "needed: cosmos convert");
}

static void print_model (const Model *self, const CliArguments *arguments)
{
  char line[VALUE_SIZE];
  print_field ("file", self->path);
  print_finding (self);
  if (self->tokenizer) {
    snprintf (line, sizeof line, "%s, %d tokens", cosmos_tokenizer_get_kind (self->tokenizer),
              cosmos_tokenizer_get_size (self->tokenizer));
    print_field ("tokenizer", line);
  } else if (self->why_no_tokenizer[0]) {
    snprintf (line, sizeof line, "cannot be read: %s", self->why_no_tokenizer);
    print_field ("tokenizer", line);
  }
  if (self->gguf && !arguments->keys) {
    bool encoder = self->finding.kind == COSMOS_FINDING_ENCODER;
    snprintf (line, sizeof line, "%s.", encoder ? "cosmos" : self->finding.architecture);
    print_keys (self, "sizes", line);
    print_keys (self, "drawn from best with", "general.sampling.");
  }
  if (!arguments->keys)
    print_training (self);
  if (self->gguf || self->safetensors)
    print_groups (self);
  else
    printf ("\n%zu tensors, %" PRIu64 " parameters\n", self->finding.n_tensors, self->finding.n_parameters);
  if (arguments->keys && self->gguf) {
    printf ("\n%zu keys\n", cosmos_gguf_get_n_keys (self->gguf));
    print_keys (self, NULL, "");
  }
  if (arguments->tensors)
    print_tensors (self);
}

/* ---- as JSON ---- */

static void add_tensors (const Model *self, CliJson *json)
{
  yyjson_mut_val *array = cli_json_array (json, json->root, "tensors");
  for (size_t i = 0; i < get_n_tensors (self); i++) {
    const CosmosTensorInfo *tensor = get_tensor (self, i);
    yyjson_mut_val *object = cli_json_append (json, array);
    cli_json_text (json, object, "name", tensor->name);
    yyjson_mut_val *shape = cli_json_array (json, object, "shape");
    for (int k = 0; k < tensor->rank; k++)
      yyjson_mut_arr_add_int (json->doc, shape, tensor->shape[k]);
    cli_json_text (json, object, "dtype", cosmos_dtype_get_name (tensor->dtype));
    cli_json_integer (json, object, "bytes", (int64_t) tensor->size);
  }
}

/* Whole texts, where keys are cut: "train.denoiser.recipe" .. */
static void add_recipes (const Model *self, CliJson *json)
{
  yyjson_mut_val *recipes = cli_json_object (json, json->root, "recipes");
  for (size_t i = 0; self->gguf && i < cosmos_gguf_get_n_keys (self->gguf); i++) {
    const char *key = cosmos_gguf_get_key (self->gguf, i), *text;
    const size_t length = strlen (key);
    if (strncmp (key, "train.", 6) == 0 && length > 7 && strcmp (key + length - 7, ".recipe") == 0
        && cosmos_gguf_get_string (self->gguf, key, &text, NULL))
      cli_json_text (json, recipes, key, text);
  }
}

static void add_finding (const Model *self, CliJson *json)
{
  const CosmosFinding *found = &self->finding;
  char line[VALUE_SIZE];
  cli_json_text (json, json->root, "kind", cosmos_finding_describe_kind (found->kind));
  cosmos_finding_describe_uses (found, line, sizeof line);
  cli_json_text (json, json->root, "use", line);
  cosmos_finding_describe_missing (found, line, sizeof line);
  cli_json_text (json, json->root, "missing", line);
  cli_json_bool (json, json->root, "needs_conversion", found->needs_conversion);
  if (found->converted_size)
    cli_json_integer (json, json->root, "converted_bytes", (int64_t) found->converted_size);
}

static int print_json (const Model *self, const CliArguments *arguments)
{
  CliJson json = cli_json_new ("inspect");
  cli_json_text (&json, json.root, "file", self->path);
  cli_json_text (&json, json.root, "format", self->gguf ? "gguf" : self->safetensors ? "safetensors" : "pytorch");
  cli_json_integer (&json, json.root, "bytes", (int64_t) self->finding.size);
  add_finding (self, &json);
  yyjson_mut_val *keys = cli_json_object (&json, json.root, "keys");
  for (size_t i = 0; self->gguf && i < cosmos_gguf_get_n_keys (self->gguf); i++) {
    char value[VALUE_SIZE];
    cosmos_gguf_describe_value (self->gguf, i, value, sizeof value);
    cli_json_text (&json, keys, cosmos_gguf_get_key (self->gguf, i), value);
  }
  add_recipes (self, &json);
  if (self->tokenizer) {
    yyjson_mut_val *object = cli_json_object (&json, json.root, "tokenizer");
    cli_json_text (&json, object, "kind", cosmos_tokenizer_get_kind (self->tokenizer));
    cli_json_integer (&json, object, "size", cosmos_tokenizer_get_size (self->tokenizer));
  }
  Group groups[MAX_GROUPS];
  size_t n = count_groups (self, groups);
  yyjson_mut_val *array = cli_json_array (&json, json.root, "groups");
  for (size_t i = 0; i < n; i++) {
    yyjson_mut_val *object = cli_json_append (&json, array);
    cli_json_text (&json, object, "name", groups[i].name);
    cli_json_integer (&json, object, "n_tensors", (int64_t) groups[i].n_tensors);
    cli_json_integer (&json, object, "n_parameters", groups[i].n_parameters);
    cli_json_integer (&json, object, "bytes", (int64_t) groups[i].bytes);
  }
  cli_json_integer (&json, json.root, "n_tensors", (int64_t) self->finding.n_tensors);
  cli_json_integer (&json, json.root, "n_parameters", (int64_t) self->finding.n_parameters);
  if (arguments->tensors)
    add_tensors (self, &json);
  return cli_json_finish (&json);
}

static int run_inspect (const CliArguments *arguments)
{
  CosmosError err = {0};
  Model model;
  int result;
  if (open_model (arguments->words[0], &model, &err)) {
    if (!arguments->json)
      print_model (&model, arguments);
    result = arguments->json ? print_json (&model, arguments) : cli_finish_output ();
  } else {
    result = cli_fail (&err);
  }
  close_model (&model);
  return result;
}

const CliVerb cli_verb_inspect = {
  .name = "inspect",
  .words = "FILE",
  .summary = "what is in a model file",
  .about
  = "Says what a file is, or a folder with model.safetensors: kind, what it can be used for here, what is missing for that and whether it must be "
    "converted first; sizes, tokenizer, how many parameters each network has. Files are known by what is in them, not by their names.",
  .options = "keys tensors",
  .examples = "  cosmos inspect models/story-first.gguf\n"
              "  cosmos inspect models/story-first.gguf --keys --tensors\n"
              "  cosmos inspect bert-base-cased\n"
              "  cosmos inspect weights.safetensors --json",
  .min_words = 1,
  .max_words = 1,
  .run = run_inspect,
};
