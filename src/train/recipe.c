#include "train/recipe.h"

#include "core/text/text.h"

#include <ini.h>

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_RECIPE = 1 << 20 };

/* ---- what can be said ---- */

typedef enum { INTEGER, SEED, NUMBER, FLOAT, YES, TEXT } Kind;

typedef struct {
  const char *section, *key;
  Kind kind;
  size_t offset;
  double min, max; /* of numbers; of a text max is its room */
} Field;

#define FIELD(section, key, kind, member, min, max) {section, key, kind, offsetof (CosmosRecipe, member), min, max}
#define TEXT_FIELD(section, key, member) \
  {section, key, TEXT, offsetof (CosmosRecipe, member), 0, sizeof ((CosmosRecipe *) 0)->member}
#define STAGE_FIELDS(section, part)                                                                                            \
  TEXT_FIELD (section, "file", part.stage.file), FIELD (section, "steps", INTEGER, part.stage.steps, 1, 1e9),                  \
      FIELD (section, "batch", INTEGER, part.stage.batch, 1, 65536),                                                           \
      FIELD (section, "micro-batch", INTEGER, part.stage.micro_batch, 1, 65536),                                               \
      FIELD (section, "rate", NUMBER, part.stage.rate, 0, 1), FIELD (section, "warm-up", INTEGER, part.stage.warm_up, 0, 1e6), \
      FIELD (section, "final-rate", NUMBER, part.stage.final_rate, 0, 1),                                                      \
      FIELD (section, "decay", NUMBER, part.stage.decay, 0, 10), FIELD (section, "clip", NUMBER, part.stage.clip, 0, 1e6),     \
      FIELD (section, "muon", NUMBER, part.stage.muon, 0, 100),                                                                \
      FIELD (section, "average", NUMBER, part.stage.average_decay, 0, .999999),                                                \
      FIELD (section, "slow-rate", NUMBER, part.stage.slow_rate, 0, 1)

static const Field fields[] = {
  TEXT_FIELD ("model", "name", name),
  TEXT_FIELD ("model", "license", license),
  TEXT_FIELD ("model", "description", description),
  FIELD ("model", "seed", SEED, seed, 0, 0),
  TEXT_FIELD ("model", "from", from),
  FIELD ("model", "tokens", INTEGER, config.tokens, 4, 4096),
  FIELD ("model", "latents", INTEGER, config.latents, 1, 4096),
  FIELD ("model", "latent-width", INTEGER, config.latent_width, 1, 4096),
  FIELD ("model", "source-tokens", INTEGER, config.source_tokens, 2, 4096),
  FIELD ("model", "schedule-d", NUMBER, config.schedule_d, .01, 100),
  FIELD ("model", "t-start", NUMBER, config.t_start, .001, 1),
  FIELD ("model", "t-end", NUMBER, config.t_end, 0, 1),
  FIELD ("model", "noise-scale", NUMBER, config.noise_scale, .05, 2),
  FIELD ("model", "guidance", NUMBER, config.guidance, 0, 100),

  TEXT_FIELD ("tokenizer", "file", tokenizer_file),
  FIELD ("tokenizer", "size", INTEGER, config.vocabulary, 300, 1 << 20),

  FIELD ("encoder", "layers", INTEGER, config.encoder.layers, 1, COSMOS_MAX_LAYERS),
  FIELD ("encoder", "width", INTEGER, config.encoder.width, 1, 65536),
  FIELD ("encoder", "heads", INTEGER, config.encoder.heads, 1, 1024),
  FIELD ("encoder", "ffn", INTEGER, config.encoder.ffn, 1, 1 << 18),
  FIELD ("encoder", "positions", INTEGER, config.encoder.positions, 4, 1 << 16),
  FIELD ("encoder", "norm-eps", FLOAT, config.encoder.norm_eps, 1e-15, .1),
  STAGE_FIELDS ("encoder", encoder),
  FIELD ("encoder", "masked", NUMBER, encoder.masked, .01, .9),
  FIELD ("encoder", "as-mask", NUMBER, encoder.as_mask, 0, 1),

  FIELD ("autoencoder", "layers", INTEGER, config.compressor.layers, 1, COSMOS_MAX_LAYERS),
  FIELD ("autoencoder", "head", INTEGER, config.compressor.head, 1, 1024),
  FIELD ("autoencoder", "ffn", INTEGER, config.compressor.ffn, 1, 1 << 18),
  STAGE_FIELDS ("autoencoder", autoencoder),
  FIELD ("autoencoder", "masked", NUMBER, autoencoder.masked, 0, .95),
  FIELD ("autoencoder", "delta", NUMBER, autoencoder.delta, 0, 1),
  FIELD ("autoencoder", "dropout", NUMBER, autoencoder.dropout, 0, .95),
  FIELD ("autoencoder", "latent-noise", NUMBER, autoencoder.latent_noise, 0, 10),
  FIELD ("autoencoder", "mse", NUMBER, autoencoder.mse, 0, 1000),
  FIELD ("autoencoder", "aligned", YES, autoencoder.aligned, 0, 0),
  FIELD ("autoencoder", "folded", YES, config.folded, 0, 0),

  FIELD ("denoiser", "layers", INTEGER, config.denoiser.layers, 1, COSMOS_MAX_LAYERS),
  FIELD ("denoiser", "width", INTEGER, config.denoiser.width, 1, 65536),
  FIELD ("denoiser", "head", INTEGER, config.denoiser.head, 1, 1024),
  FIELD ("denoiser", "ffn", INTEGER, config.denoiser.ffn, 1, 1 << 18),
  FIELD ("denoiser", "source-layers", INTEGER, config.denoiser.source_layers, -1, COSMOS_MAX_LAYERS),
  STAGE_FIELDS ("denoiser", denoiser),
  FIELD ("denoiser", "positions", YES, config.denoiser.positions, 0, 0),
  FIELD ("denoiser", "source-latents", YES, config.denoiser.source_latents, 0, 0),
  FIELD ("denoiser", "self-condition", NUMBER, denoiser.self_condition, 0, 1),
  FIELD ("denoiser", "t-mean", NUMBER, denoiser.t_mean, -10, 10),
  FIELD ("denoiser", "snr-cap", NUMBER, denoiser.snr_cap, 0, 1e6),
  FIELD ("denoiser", "t-deviation", NUMBER, denoiser.t_deviation, 0, 10),
  FIELD ("denoiser", "samples", INTEGER, denoiser.samples, 0, 16),
  FIELD ("denoiser", "sample-steps", INTEGER, denoiser.sample_steps, 1, 1000),

  FIELD ("baseline", "layers", INTEGER, baseline.sizes.layers, 1, COSMOS_MAX_LAYERS),
  FIELD ("baseline", "width", INTEGER, baseline.sizes.width, 1, 65536),
  FIELD ("baseline", "heads", INTEGER, baseline.sizes.heads, 1, 1024),
  FIELD ("baseline", "ffn", INTEGER, baseline.sizes.ffn, 1, 1 << 18),
  STAGE_FIELDS ("baseline", baseline),
  TEXT_FIELD ("baseline", "description", baseline.description),
  FIELD ("baseline", "temperature", NUMBER, baseline.sampling.temperature, 0, 100),
  FIELD ("baseline", "top-k", INTEGER, baseline.sampling.top_k, 0, INT_MAX),
  FIELD ("baseline", "top-p", NUMBER, baseline.sampling.top_p, .001, 1),
  FIELD ("baseline", "source-weight", NUMBER, baseline.source_weight, 0, 100),
  FIELD ("baseline", "samples", INTEGER, baseline.samples, 0, 16),

  TEXT_FIELD ("prose", "train", prose.train),
  TEXT_FIELD ("prose", "valid", prose.valid),
  TEXT_FIELD ("prose", "target", prose.target),
};

/* Of a [task NAME]; offsets in the task. */
#define TASK_FIELD(key, kind, member, min, max) {"task", key, kind, offsetof (CosmosTaskRecipe, member), min, max}
#define TASK_TEXT(key, member) \
  {"task", key, TEXT, offsetof (CosmosTaskRecipe, member), 0, sizeof ((CosmosTaskRecipe *) 0)->member}
static const Field task_fields[] = {
  TASK_TEXT ("train", texts.train),
  TASK_TEXT ("valid", texts.valid),
  TASK_TEXT ("target", texts.target),
  TASK_TEXT ("source", texts.source),
  TASK_FIELD ("share", NUMBER, share, 0, 1e6),
  TASK_FIELD ("unconditional", NUMBER, unconditional, 0, 1),
  TASK_FIELD ("source-tokens", INTEGER, source_tokens, 2, 4096),
  TASK_FIELD ("noises", INTEGER, noises, 1, 1024),
};

/* ---- defaults ---- */

CosmosRecipe cosmos_recipe_default (void)
{
  const CosmosStageRecipe stage = {.steps = 1000,
                                   .batch = 64,
                                   .micro_batch = 32,
                                   .rate = 1e-3,
                                   .warm_up = 200,
                                   .final_rate = .05,
                                   .decay = .01,
                                   .clip = 1,
                                   .slow_rate = .1};
  CosmosRecipe self = {
    .name = "story",
    .config = {.vocabulary = 8192,
               .tokens = 80,
               .latents = 16,
               .latent_width = 128,
               .source_tokens = 192,
               .encoder = {4, 256, 4, 1024, 256, 1e-5f},
               .compressor = {4, 256, 64, 1024},
               .decompressor = {4, 256, 64, 1024},
               .folded = true,
               .denoiser = {.layers = 8,
                            .width = 256,
                            .head = 64,
                            .ffn = 1024,
                            .max_period = 10,
                            .rope_theta = 10000,
                            .tasks = 0,
                            .source_layers = -1,
                            .cross_norm = true},
               .schedule_d = 2,
               .t_start = .999,
               .t_end = .05,
               .noise_scale = 1,
               .guidance = 1},
    .encoder = {.stage = stage, .masked = .25, .as_mask = .9},
    .autoencoder = {.stage = stage, .masked = .3, .delta = .7, .dropout = .4, .latent_noise = 0, .mse = 1, .aligned = true},
    .denoiser = {.stage = stage, .self_condition = .5, .samples = 4, .sample_steps = 50},
    .baseline
    = {.stage = stage,
       .sampling = {.temperature = 1, .top_p = 1},
       .samples = 4,
       .sizes = {.layers = 6, .width = 256, .heads = 4, .ffn = 1024, .norm_eps = 1e-5f, .rope_theta = 10000, .tied = true}},
    .prose = {.target = "text"},
  };
  self.autoencoder.stage.decay = 1e-5;
  self.autoencoder.stage.clip = 5;
  self.denoiser.stage.average_decay = .9995;
  return self;
}

/* ---- reading ---- */

typedef struct {
  CosmosRecipe *recipe;
  const char *path;
  CosmosError *err;
  bool failed;
} Reader;

static const Field *find_field (const Field *list, size_t n, const char *section, const char *key)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp (list[i].section, section) == 0 && strcmp (list[i].key, key) == 0)
      return &list[i];
  return NULL;
}

static bool set_number (const Field *field, const char *value, void *place)
{
  char *end;
  errno = 0;
  double number = strtod (value, &end);
  if (end == value || *end || errno || !(number >= field->min && number <= field->max))
    return false;
  if (field->kind == NUMBER)
    *(double *) place = number;
  else if (field->kind == FLOAT)
    *(float *) place = (float) number;
  else if (number == floor (number))
    *(int *) place = (int) number;
  else
    return false;
  return true;
}

static bool set_value (const Field *field, const char *value, void *place)
{
  char *end;
  switch (field->kind) {
  case INTEGER:
  case NUMBER:
  case FLOAT:
    return set_number (field, value, place);
  case SEED:
    errno = 0;
    *(uint64_t *) place = strtoull (value, &end, 10);
    return *value >= '0' && *value <= '9' && !*end && !errno;
  case YES:
    if (strcmp (value, "yes") != 0 && strcmp (value, "no") != 0)
      return false;
    *(bool *) place = strcmp (value, "yes") == 0;
    return true;
  case TEXT:
    if (strlen (value) >= (size_t) field->max)
      return false;
    strcpy (place, value);
    return true;
  }
  return false;
}

static bool fail (Reader *self, const char *section, const char *key, const char *why)
{
  self->failed = true;
  return cosmos_error_set (self->err, COSMOS_STATUS_FORMAT, "%s: [%s] %s: %s", self->path, section, key, why);
}

static bool complain_of_value (Reader *self, const Field *field, const char *section, const char *value)
{
  char why[160];
  switch (field->kind) {
  case INTEGER:
  case NUMBER:
  case FLOAT:
    snprintf (why, sizeof why, "\"%.40s\" is no %s from %g to %g", value, field->kind == INTEGER ? "whole number" : "number",
              field->min, field->max);
    break;
  case SEED:
    snprintf (why, sizeof why, "\"%.40s\" is no whole number", value);
    break;
  case YES:
    snprintf (why, sizeof why, "\"%.40s\" is neither yes nor no", value);
    break;
  case TEXT:
    snprintf (why, sizeof why, "is longer than %g bytes", field->max - 1);
    break;
  }
  return fail (self, section, field->key, why);
}

/* The task of a section "task NAME", made where it is new; NULL with the error. */
static CosmosTaskRecipe *find_task (Reader *self, const char *section)
{
  CosmosConfig *config = &self->recipe->config;
  const char *name = section + strlen ("task ");
  int i = cosmos_config_find_task (config, name);
  if (i >= 0)
    return &self->recipe->tasks[i];
  if (!*name || strlen (name) >= COSMOS_MAX_TASK_NAME || config->n_tasks == COSMOS_MAX_TASKS) {
    fail (self, section, "name", "is empty, too long, or one task too many");
    return NULL;
  }
  i = config->n_tasks++;
  strcpy (config->tasks[i], name);
  self->recipe->tasks[i] = (CosmosTaskRecipe) {
    .texts = {.target = "target"}, .share = 1, .source_tokens = config->source_tokens, .noises = 1};
  return &self->recipe->tasks[i];
}

/* inih's handler: 0 is a failure, after which it goes on: the first one counts. */
static int take (void *data, const char *section, const char *key, const char *value)
{
  Reader *self = data;
  if (self->failed)
    return 1;
  bool is_task = strncmp (section, "task ", 5) == 0;
  const Field *field = is_task ? find_field (task_fields, sizeof task_fields / sizeof *task_fields, "task", key)
                               : find_field (fields, sizeof fields / sizeof *fields, section, key);
  if (!field)
    return fail (self, section, key, "is not known here") || 1;
  CosmosTaskRecipe *task = is_task ? find_task (self, section) : NULL;
  if (is_task && !task)
    return 1;
  char *place = (is_task ? (char *) task : (char *) self->recipe) + field->offset;
  if (!set_value (field, value, place))
    complain_of_value (self, field, section, value);
  return 1;
}

/* ---- what follows from what was said ---- */

static bool check_stage (const CosmosStageRecipe *self, const char *path, const char *name, CosmosError *err)
{
  return self->batch % self->micro_batch == 0
         || cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: [%s] batch: %d is not a whole number of micro-batches of %d", path,
                              name, self->batch, self->micro_batch);
}

static bool finish (CosmosRecipe *self, const char *path, CosmosError *err)
{
  CosmosConfig *config = &self->config;
  CosmosLanguageModelSizes *baseline = &self->baseline.sizes;
  if (self->autoencoder.aligned && !config->folded)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: [autoencoder] aligned: yes needs folded = yes", path);
  config->compressor.width = config->encoder.width;
  config->decompressor = config->compressor;
  config->denoiser.tasks = config->n_tasks > 1 ? config->n_tasks : 0;
  config->denoiser.source_input = config->denoiser.source_layers >= 0;
  config->denoiser.source_positions = config->denoiser.positions && config->denoiser.source_layers >= 0 ? config->source_tokens
                                                                                                        : 0;
  baseline->kv_heads = baseline->heads;
  if (baseline->width % baseline->heads || baseline->width / baseline->heads % 2)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: [baseline] width: %d is not %d heads of an even width", path,
                             baseline->width, baseline->heads);
  baseline->head = baseline->width / baseline->heads;
  int source_tokens = 0;
  for (int i = 0; i < config->n_tasks; i++) {
    if (self->tasks[i].source_tokens > config->source_tokens)
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                               "%s: [task %s] source-tokens: %d is more than the %d of [model] source-tokens", path,
                               config->tasks[i], self->tasks[i].source_tokens, config->source_tokens);
    if (self->denoiser.stage.batch % self->tasks[i].noises)
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: [task %s] noises: %d does not divide the batch of %d", path,
                               config->tasks[i], self->tasks[i].noises, self->denoiser.stage.batch);
    if (*self->tasks[i].texts.source && self->tasks[i].source_tokens > source_tokens)
      source_tokens = self->tasks[i].source_tokens;
  }
  baseline->context = config->tokens + source_tokens + 3; /* [TASK] and an empty source */
  if (config->n_tasks == 0)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: no [task NAME] says what texts to learn from", path);
  if (config->source_tokens > config->encoder.positions || config->tokens > config->encoder.positions)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT,
                             "%s: [encoder] positions: %d is too few for texts of %d and sources of %d tokens", path,
                             config->encoder.positions, config->tokens, config->source_tokens);
  return check_stage (&self->encoder.stage, path, "encoder", err)
         && check_stage (&self->autoencoder.stage, path, "autoencoder", err)
         && check_stage (&self->denoiser.stage, path, "denoiser", err)
         && check_stage (&self->baseline.stage, path, "baseline", err) && cosmos_config_check (config, path, err);
}

static bool read_whole (const char *path, CosmosTextBuffer *text, CosmosError *err)
{
  char piece[4096];
  size_t n;
  FILE *file = fopen (path, "re");
  bool ok = file != NULL;
  while (ok && (n = fread (piece, 1, sizeof piece, file)) > 0)
    cosmos_text_buffer_append (text, piece, n);
  ok = ok && !ferror (file);
  if (!ok)
    cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s", path, strerror (errno));
  if (file)
    fclose (file);
  if (ok && text->length > LONGEST_RECIPE)
    ok = cosmos_error_set (err, COSMOS_STATUS_RANGE, "%s: is longer than %d bytes: this is no recipe", path, LONGEST_RECIPE);
  return ok;
}

/* "autoencoder.dropout=0" as the lines of a section. */
static bool append_value (CosmosTextBuffer *text, const char *value, CosmosError *err)
{
  char lines[512];
  const char *equals = strchr (value, '='), *dot = equals ? memrchr (value, '.', (size_t) (equals - value)) : NULL;
  if (!dot || dot == value || dot + 1 == equals || strpbrk (value, "\n\r")
      || snprintf (lines, sizeof lines, "\n[%.*s]\n%.*s = %s\n", (int) (dot - value), value, (int) (equals - dot - 1), dot + 1,
                   equals + 1)
             >= (int) sizeof lines)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "\"%.60s\" is no value of a recipe: SECTION.KEY=VALUE", value);
  cosmos_text_buffer_append (text, lines, strlen (lines));
  return true;
}

static bool parse (CosmosRecipe *self, const char *path, const char *text, CosmosError *err)
{
  CosmosRecipe read = cosmos_recipe_default ();
  Reader reader = {.recipe = &read, .path = path, .err = err};
  int line = ini_parse_string (text, take, &reader);
  if (reader.failed)
    return false;
  if (line < 0)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: not enough memory to read it", path);
  if (line > 0)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %d is neither a [section] nor key = value", path, line);
  if (!finish (&read, path, err))
    return false;
  *self = read;
  return true;
}

bool cosmos_recipe_read_with (CosmosRecipe *self, const char *path, const char *const *values, int n, char **text,
                              CosmosError *err)
{
  CosmosTextBuffer buffer = {0};
  bool ok = read_whole (path, &buffer, err);
  for (int i = 0; ok && i < n; i++)
    ok = append_value (&buffer, values[i], err);
  char *whole = cosmos_text_buffer_finish (&buffer);
  if (ok && !whole)
    ok = cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "%s: not enough memory to read it", path);
  ok = ok && parse (self, path, whole, err);
  if (ok && text)
    *text = whole;
  else
    free (whole);
  return ok;
}

bool cosmos_recipe_read (CosmosRecipe *self, const char *path, CosmosError *err)
{
  return cosmos_recipe_read_with (self, path, NULL, 0, NULL, err);
}
