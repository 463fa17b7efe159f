#include "core/model/config.h"

#include "core/file/mapping.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#define PREFIX "cosmos."

enum { MAX_JSON_SIZE = 1 << 20, MAX_WIDTH = 16384, MAX_LENGTH = 65536 };

static const char encoder_architecture[] = "cosmos-encoder";

typedef enum { INTEGER, BOOLEAN, NUMBER, NUMBER_F32 } Kind;

/* One value of the config: the same key in a GGUF (after "cosmos.") and, split at its dot, in a config.json. */
typedef struct {
  const char *key;
  Kind kind;
  size_t offset;
  double min, max;
  double fallback; /* where the key is absent; NAN: it must be there */
} Field;

#define FIELD(key, kind, member, min, max, fallback) {key, kind, offsetof (CosmosConfig, member), min, max, fallback}

/* -1 as the fallback of source_tokens stands for a value that follows from another (settle). */
static const Field fields[] = {
  FIELD ("vocabulary", INTEGER, vocabulary, 1, 1 << 22, NAN),
  FIELD ("tokens", INTEGER, tokens, 2, MAX_LENGTH, NAN),
  FIELD ("latents", INTEGER, latents, 1, MAX_LENGTH, NAN),
  FIELD ("latent_width", INTEGER, latent_width, 1, MAX_WIDTH, NAN),
  FIELD ("source_tokens", INTEGER, source_tokens, 2, MAX_LENGTH, -1),
  FIELD ("encoder.layers", INTEGER, encoder.layers, 1, COSMOS_MAX_LAYERS, NAN),
  FIELD ("encoder.width", INTEGER, encoder.width, 1, MAX_WIDTH, NAN),
  FIELD ("encoder.heads", INTEGER, encoder.heads, 1, MAX_WIDTH, NAN),
  FIELD ("encoder.ffn", INTEGER, encoder.ffn, 1, 8 * MAX_WIDTH, NAN),
  FIELD ("encoder.positions", INTEGER, encoder.positions, 2, MAX_LENGTH, NAN),
  FIELD ("encoder.norm_eps", NUMBER_F32, encoder.norm_eps, 0, 0.1, 1e-5),
  FIELD ("compressor.layers", INTEGER, compressor.layers, 1, COSMOS_MAX_LAYERS, NAN),
  FIELD ("compressor.width", INTEGER, compressor.width, 1, MAX_WIDTH, NAN),
  FIELD ("compressor.head", INTEGER, compressor.head, 1, MAX_WIDTH, 64),
  FIELD ("compressor.ffn", INTEGER, compressor.ffn, 1, 8 * MAX_WIDTH, NAN),
  FIELD ("decompressor.layers", INTEGER, decompressor.layers, 1, COSMOS_MAX_LAYERS, NAN),
  FIELD ("decompressor.width", INTEGER, decompressor.width, 1, MAX_WIDTH, NAN),
  FIELD ("decompressor.head", INTEGER, decompressor.head, 1, MAX_WIDTH, 64),
  FIELD ("decompressor.ffn", INTEGER, decompressor.ffn, 1, 8 * MAX_WIDTH, NAN),
  FIELD ("decompressor.folded", BOOLEAN, folded, 0, 1, 1),
  FIELD ("denoiser.layers", INTEGER, denoiser.layers, 1, COSMOS_MAX_LAYERS, NAN),
  FIELD ("denoiser.width", INTEGER, denoiser.width, 1, MAX_WIDTH, NAN),
  FIELD ("denoiser.head", INTEGER, denoiser.head, 1, MAX_WIDTH, 64),
  FIELD ("denoiser.ffn", INTEGER, denoiser.ffn, 1, 8 * MAX_WIDTH, NAN),
  FIELD ("denoiser.max_period", NUMBER, denoiser.max_period, 1, 1e9, 10),
  FIELD ("denoiser.rope_theta", NUMBER, denoiser.rope_theta, 1, 1e12, 10000),
  FIELD ("denoiser.tasks", INTEGER, denoiser.tasks, 0, COSMOS_MAX_TASKS, 0),
  FIELD ("denoiser.source_layers", INTEGER, denoiser.source_layers, -1, COSMOS_MAX_LAYERS, -1),
  FIELD ("denoiser.source_positions", INTEGER, denoiser.source_positions, 0, MAX_LENGTH, 0),
  FIELD ("denoiser.source_input", BOOLEAN, denoiser.source_input, 0, 1, 0),
  FIELD ("denoiser.cross_norm", BOOLEAN, denoiser.cross_norm, 0, 1, 1),
  FIELD ("denoiser.positions", BOOLEAN, denoiser.positions, 0, 1, 0),
  FIELD ("denoiser.source_latents", BOOLEAN, denoiser.source_latents, 0, 1, 0),
  FIELD ("schedule.d", NUMBER, schedule_d, 1e-3, 1e3, NAN),
  FIELD ("schedule.t_start", NUMBER, t_start, 0, 1, 0.999),
  FIELD ("schedule.t_end", NUMBER, t_end, 0, 1, 0.05),
  FIELD ("schedule.noise_scale", NUMBER, noise_scale, 0.05, 2, 1),
  FIELD ("schedule.guidance", NUMBER, guidance, 0, 100, 1),
};

enum { N_FIELDS = sizeof fields / sizeof *fields };

/* What an encoder says that comes without the other networks. */
static bool is_encoder_field (const Field *field)
{
  return strcmp (field->key, "vocabulary") == 0 || strncmp (field->key, "encoder.", 8) == 0;
}

static double get (const CosmosConfig *self, const Field *field)
{
  const void *at = (const char *) self + field->offset;
  switch (field->kind) {
  case INTEGER:
    return *(const int *) at;
  case BOOLEAN:
    return *(const bool *) at;
  case NUMBER_F32:
    return *(const float *) at;
  default:
    return *(const double *) at;
  }
}

static void set (CosmosConfig *self, const Field *field, double value)
{
  void *at = (char *) self + field->offset;
  switch (field->kind) {
  case INTEGER:
    *(int *) at = (int) value;
    break;
  case BOOLEAN:
    *(bool *) at = value != 0;
    break;
  case NUMBER_F32:
    *(float *) at = (float) value;
    break;
  default:
    *(double *) at = value;
  }
}

/* The decimal number that was meant where a file holds a float: .999, not .99900001287. */
static double as_written (double value)
{
  char text[32];
  if ((double) (float) value != value)
    return value;
  for (int digits = 6; digits <= 9; digits++) {
    snprintf (text, sizeof text, "%.*g", digits, value);
    if (strtof (text, NULL) == (float) value)
      break;
  }
  return strtod (text, NULL);
}

bool cosmos_config_equals (const CosmosConfig *a, const CosmosConfig *b)
{
  for (int i = 0; i < N_FIELDS; i++)
    if (get (a, &fields[i]) != get (b, &fields[i]))
      return false;
  if (a->n_tasks != b->n_tasks)
    return false;
  for (int i = 0; i < a->n_tasks; i++)
    if (strcmp (a->tasks[i], b->tasks[i]) != 0)
      return false;
  return true;
}

/* Values that follow from others where the file does not say them. */
static void settle (CosmosConfig *self)
{
  if (self->source_tokens < 0)
    self->source_tokens = self->encoder.positions;
  if (self->denoiser.source_layers >= 0 && self->denoiser.width != self->encoder.width)
    self->denoiser.source_input = true;
}

/* ---- check ---- */

#define REFUSE(...) return cosmos_error_set (err, COSMOS_STATUS_RANGE, __VA_ARGS__)

static bool check_range (const Field *field, double value, const char *where, CosmosError *err)
{
  if (value >= field->min && value <= field->max)
    return true;
  REFUSE ("%s: %s is %g; it must be %g to %g", where, field->key, value, field->min, field->max);
}

static bool check_tasks (const CosmosConfig *self, const char *where, CosmosError *err)
{
  if (self->n_tasks < 1 || self->n_tasks > COSMOS_MAX_TASKS)
    REFUSE ("%s: tasks names %d tasks; it must name 1 to %d", where, self->n_tasks, COSMOS_MAX_TASKS);
  for (int i = 0; i < self->n_tasks; i++)
    if (!self->tasks[i][0] || cosmos_config_find_task (self, self->tasks[i]) != i)
      REFUSE ("%s: tasks has an empty name or \"%s\" twice", where, self->tasks[i]);
  if (self->denoiser.tasks && self->denoiser.tasks != self->n_tasks)
    REFUSE ("%s: denoiser.tasks is %d, but tasks names %d", where, self->denoiser.tasks, self->n_tasks);
  return true;
}

static bool check_encoder (const CosmosConfig *self, const char *where, CosmosError *err)
{
  if (self->encoder.width % self->encoder.heads)
    REFUSE ("%s: encoder.width %d is no multiple of encoder.heads %d", where, self->encoder.width, self->encoder.heads);
  return true;
}

bool cosmos_config_check (const CosmosConfig *self, const char *where, CosmosError *err)
{
  for (int i = 0; i < N_FIELDS; i++)
    if (!check_range (&fields[i], get (self, &fields[i]), where, err))
      return false;
  const struct {
    const char *part;
    int width, head;
  } heads[] = {{"compressor", self->compressor.width, self->compressor.head},
               {"decompressor", self->decompressor.width, self->decompressor.head},
               {"denoiser", self->denoiser.width, self->denoiser.head}};
  for (int i = 0; i < 3; i++)
    if (heads[i].width % heads[i].head)
      REFUSE ("%s: %s.width %d is no whole number of heads of %d", where, heads[i].part, heads[i].width, heads[i].head);
  if (!check_encoder (self, where, err))
    return false;
  if (self->denoiser.head % 2)
    REFUSE ("%s: denoiser.head is %d; rotary positions need an even number", where, self->denoiser.head);
  if (self->denoiser.layers % 2)
    REFUSE ("%s: denoiser.layers is %d; the long skips need an even number", where, self->denoiser.layers);
  if (self->compressor.width != self->encoder.width || self->decompressor.width != self->encoder.width)
    REFUSE ("%s: compressor.width %d and decompressor.width %d must be encoder.width %d", where, self->compressor.width,
            self->decompressor.width, self->encoder.width);
  if (!self->folded && self->latent_width != self->decompressor.width)
    REFUSE ("%s: latent_width is %d; a decompressor that is not folded needs its own width %d", where, self->latent_width,
            self->decompressor.width);
  if (self->tokens > self->encoder.positions || self->source_tokens > self->encoder.positions)
    REFUSE ("%s: tokens %d and source_tokens %d must not exceed encoder.positions %d", where, self->tokens, self->source_tokens,
            self->encoder.positions);
  if (self->denoiser.source_positions && self->denoiser.source_positions < self->source_tokens)
    REFUSE ("%s: denoiser.source_positions %d is less than source_tokens %d", where, self->denoiser.source_positions,
            self->source_tokens);
  if (self->denoiser.source_latents && self->denoiser.source_layers < 0)
    REFUSE ("%s: denoiser.source_latents needs a source: denoiser.source_layers is %d", where, self->denoiser.source_layers);
  if (self->t_start <= self->t_end)
    REFUSE ("%s: schedule.t_start %g must be more than schedule.t_end %g", where, self->t_start, self->t_end);
  return check_tasks (self, where, err);
}

/* ---- GGUF ---- */

static bool read_field (CosmosConfig *self, const Field *field, const CosmosGguf *file, CosmosError *err)
{
  char key[64];
  snprintf (key, sizeof key, PREFIX "%s", field->key);
  if (!isnan (field->fallback) && !cosmos_gguf_has (file, key)) {
    set (self, field, field->fallback);
    return true;
  }
  int64_t integer;
  bool boolean;
  double value;
  switch (field->kind) {
  case INTEGER:
    if (!cosmos_gguf_get_integer (file, key, (int64_t) field->min, (int64_t) field->max, &integer, err))
      return false;
    value = (double) integer;
    break;
  case BOOLEAN:
    if (!cosmos_gguf_get_bool (file, key, &boolean, err))
      return false;
    value = boolean;
    break;
  default:
    if (!cosmos_gguf_get_float (file, key, &value, err))
      return false;
    value = as_written (value);
    if (!check_range (field, value, cosmos_gguf_get_path (file), err))
      return false;
  }
  set (self, field, value);
  return true;
}

static bool add_task (CosmosConfig *self, const char *name, size_t length, const char *where, CosmosError *err)
{
  if (self->n_tasks == COSMOS_MAX_TASKS || length >= COSMOS_MAX_TASK_NAME || memchr (name, 0, length))
    REFUSE ("%s: tasks may hold %d names of at most %d bytes", where, COSMOS_MAX_TASKS, COSMOS_MAX_TASK_NAME - 1);
  char *task = self->tasks[self->n_tasks++];
  memcpy (task, name, length);
  task[length] = 0;
  return true;
}

static bool read_tasks (CosmosConfig *self, const CosmosGguf *file, CosmosError *err)
{
  CosmosGgufString names[COSMOS_MAX_TASKS];
  size_t n;
  if (!cosmos_gguf_get_array_length (file, PREFIX "tasks", &n, err))
    return false;
  if (n > COSMOS_MAX_TASKS)
    REFUSE ("%s: " PREFIX "tasks names %zu tasks; it may name %d", cosmos_gguf_get_path (file), n, COSMOS_MAX_TASKS);
  if (!cosmos_gguf_get_strings (file, PREFIX "tasks", names, err))
    return false;
  for (size_t i = 0; i < n; i++)
    if (!add_task (self, names[i].data, names[i].length, cosmos_gguf_get_path (file), err))
      return false;
  return true;
}

static bool check_version (const CosmosGguf *file, CosmosError *err)
{
  int64_t version;
  if (!cosmos_gguf_get_integer (file, PREFIX "version", 1, INT32_MAX, &version, err))
    return false;
  if (version != COSMOS_CONFIG_VERSION)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: made by a newer version of Cosmos Playground (" PREFIX
                             "version %d, this program reads %d): update the program",
                             cosmos_gguf_get_path (file), (int) version, COSMOS_CONFIG_VERSION);
  return true;
}

bool cosmos_config_read (CosmosConfig *self, const CosmosGguf *file, CosmosError *err)
{
  const char *path = cosmos_gguf_get_path (file), *architecture;
  if (!cosmos_gguf_get_string (file, "general.architecture", &architecture, err))
    return false;
  if (strcmp (architecture, encoder_architecture) == 0)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: holds a text encoder alone, no diffusion model; a training can take it ([encoder] file)", path);
  if (strcmp (architecture, "cosmos") != 0)
    return cosmos_error_set (
        err, COSMOS_STATUS_UNSUPPORTED,
        "%s: general.architecture is \"%s\", not \"cosmos\": this is no diffusion model of Cosmos Playground", path,
        architecture);
  if (!check_version (file, err))
    return false;
  CosmosConfig config = {0};
  for (int i = 0; i < N_FIELDS; i++)
    if (!read_field (&config, &fields[i], file, err))
      return false;
  if (!read_tasks (&config, file, err))
    return false;
  settle (&config);
  if (!cosmos_config_check (&config, path, err))
    return false;
  *self = config;
  return true;
}

bool cosmos_config_read_encoder (CosmosConfig *self, const CosmosGguf *file, CosmosError *err)
{
  const char *path = cosmos_gguf_get_path (file), *architecture;
  CosmosConfig config = {0};
  if (!cosmos_gguf_get_string (file, "general.architecture", &architecture, err))
    return false;
  if (strcmp (architecture, encoder_architecture) != 0 && strcmp (architecture, "cosmos") != 0)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "%s: general.architecture is \"%s\"; a text encoder is in files of \"cosmos\" and \"%s\"", path,
                             architecture, encoder_architecture);
  if (!check_version (file, err))
    return false;
  for (int i = 0; i < N_FIELDS; i++)
    if (is_encoder_field (&fields[i]) && !read_field (&config, &fields[i], file, err))
      return false;
  if (!check_encoder (&config, path, err))
    return false;
  *self = config;
  return true;
}

static void write_field (const CosmosConfig *self, const Field *field, CosmosGgufWriter *writer)
{
  char key[64];
  snprintf (key, sizeof key, PREFIX "%s", field->key);
  double value = get (self, field);
  if (field->kind == BOOLEAN)
    cosmos_gguf_writer_set_bool (writer, key, value != 0);
  else if (field->kind != INTEGER)
    cosmos_gguf_writer_set_f32 (writer, key, (float) value);
  else if (value >= 0) /* "there is none" is said by silence */
    cosmos_gguf_writer_set_u32 (writer, key, (uint32_t) value);
}

void cosmos_config_write_encoder (const CosmosConfig *self, CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_string (writer, "general.architecture", encoder_architecture);
  cosmos_gguf_writer_set_u32 (writer, PREFIX "version", COSMOS_CONFIG_VERSION);
  for (int i = 0; i < N_FIELDS; i++)
    if (is_encoder_field (&fields[i]))
      write_field (self, &fields[i], writer);
}

bool cosmos_config_check_encoder (const CosmosConfig *self, const char *where, CosmosError *err)
{
  for (int i = 0; i < N_FIELDS; i++)
    if (is_encoder_field (&fields[i]) && !check_range (&fields[i], get (self, &fields[i]), where, err))
      return false;
  return check_encoder (self, where, err);
}

void cosmos_config_write (const CosmosConfig *self, CosmosGgufWriter *writer)
{
  cosmos_gguf_writer_set_string (writer, "general.architecture", "cosmos");
  cosmos_gguf_writer_set_u32 (writer, PREFIX "version", COSMOS_CONFIG_VERSION);
  for (int i = 0; i < N_FIELDS; i++)
    write_field (self, &fields[i], writer);
  CosmosGgufString names[COSMOS_MAX_TASKS];
  for (int i = 0; i < self->n_tasks; i++)
    names[i] = (CosmosGgufString) {self->tasks[i], strlen (self->tasks[i])};
  cosmos_gguf_writer_set_strings (writer, PREFIX "tasks", names, (size_t) self->n_tasks);
}

/* ---- config.json ---- */

static bool convert_number (const Field *field, yyjson_val *found, const char *path, double *value, CosmosError *err)
{
  if (field->kind == BOOLEAN ? !yyjson_is_bool (found) : !yyjson_is_num (found))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s must be %s", path, field->key,
                             field->kind == BOOLEAN ? "true or false" : "a number");
  *value = field->kind == BOOLEAN ? yyjson_get_bool (found) : yyjson_get_num (found);
  if (field->kind == INTEGER && *value != floor (*value))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s must be a whole number", path, field->key);
  return check_range (field, *value, path, err);
}

/* The value of a.b in {"a": {"b": value}}, or NULL. */
static yyjson_val *find_json (yyjson_val *root, const char *key)
{
  const char *dot = strchr (key, '.');
  return dot ? yyjson_obj_get (yyjson_obj_getn (root, key, (size_t) (dot - key)), dot + 1) : yyjson_obj_get (root, key);
}

static bool read_nested (CosmosConfig *self, yyjson_val *root, const char *path, CosmosError *err)
{
  for (int i = 0; i < N_FIELDS; i++) {
    yyjson_val *found = find_json (root, fields[i].key);
    double value = fields[i].fallback;
    if (!found && isnan (value))
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s is missing", path, fields[i].key);
    if (found && !convert_number (&fields[i], found, path, &value, err))
      return false;
    set (self, &fields[i], value);
  }
  return true;
}

/* What the GPU trainer writes: sizes in a flat object, the rest being fixed by its networks. */
static bool read_flat (CosmosConfig *self, yyjson_val *root, const char *path, CosmosError *err)
{
  int width, encoder_layers, layers, w, denoiser_layers, source_layers;
  const struct {
    const char *key;
    int *value;
  } sizes[] = {{"vocabulary", &self->vocabulary},
               {"tokens", &self->tokens},
               {"source_tokens", &self->source_tokens},
               {"latents", &self->latents},
               {"latent_width", &self->latent_width},
               {"width", &width},
               {"encoder_layers", &encoder_layers},
               {"layers", &layers},
               {"denoiser_width", &w},
               {"denoiser_layers", &denoiser_layers},
               {"source_layers", &source_layers}};
  double value = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    Field field = {sizes[i].key, INTEGER, 0, 0, MAX_LENGTH, NAN};
    if (!convert_number (&field, yyjson_obj_get (root, field.key), path, &value, err))
      return false;
    *sizes[i].value = (int) value;
  }
  Field d = {"d", NUMBER, 0, 1e-3, 1e3, NAN};
  if (!convert_number (&d, yyjson_obj_get (root, "d"), path, &self->schedule_d, err))
    return false;
  self->encoder = (CosmosEncoderSizes) {encoder_layers, width, width / 64, 4 * width, 256, 1e-5f};
  self->compressor = self->decompressor = (CosmosResamplerSizes) {layers, width, 64, 4 * width};
  self->folded = true;
  self->denoiser = (CosmosDenoiserSizes) {denoiser_layers,
                                          w,
                                          64,
                                          .ffn = 4 * w * 2 / 3 / 64 * 64,
                                          .max_period = 10,
                                          .rope_theta = 10000,
                                          .tasks = self->n_tasks,
                                          .source_layers = source_layers,
                                          .source_input = true,
                                          .cross_norm = true};
  self->t_start = 0.999;
  self->t_end = 0.05;
  self->noise_scale = self->guidance = 1;
  if (width < 64)
    REFUSE ("%s: width is %d; it must be at least 64", path, width);
  return true;
}

static bool read_json (CosmosConfig *self, yyjson_val *root, const char *path, CosmosError *err)
{
  yyjson_val *tasks = yyjson_obj_get (root, "tasks");
  if (!yyjson_is_arr (tasks))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: tasks must be a list of names", path);
  size_t i, n;
  yyjson_val *task;
  yyjson_arr_foreach (tasks, i, n, task) {
    if (!yyjson_is_str (task))
      return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: tasks must be a list of names", path);
    if (!add_task (self, yyjson_get_str (task), yyjson_get_len (task), path, err))
      return false;
  }
  yyjson_val *format = yyjson_obj_get (root, "format");
  if (!yyjson_is_int (format) || yyjson_get_sint (format) < 1 || yyjson_get_sint (format) > 2)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED, "%s: format must be 1 or 2", path);
  if (!(yyjson_get_sint (format) == 1 ? read_nested : read_flat) (self, root, path, err))
    return false;
  settle (self);
  return cosmos_config_check (self, path, err);
}

bool cosmos_config_read_json (CosmosConfig *self, const char *path, CosmosError *err)
{
  CosmosMapping *mapping = cosmos_mapping_open (path, err);
  if (!mapping)
    return false;
  bool ok = false;
  CosmosConfig config = {0};
  yyjson_doc *document = NULL;
  yyjson_read_err problem;
  if (cosmos_mapping_get_size (mapping) > MAX_JSON_SIZE)
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: too large for a config.json", path);
  else if (!(document = yyjson_read_opts ((char *) cosmos_mapping_get_data (mapping), cosmos_mapping_get_size (mapping), 0, NULL,
                                          &problem)))
    cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: %s at byte %zu", path, problem.msg, problem.pos);
  else
    ok = read_json (&config, yyjson_doc_get_root (document), path, err);
  yyjson_doc_free (document);
  cosmos_mapping_free (mapping);
  if (ok)
    *self = config;
  return ok;
}

/* ---- sizes of the paper ---- */

CosmosConfig cosmos_config_paper (int latents)
{
  return (CosmosConfig) {
    .vocabulary = 28996,
    .tokens = 128,
    .latents = latents,
    .latent_width = 768,
    .source_tokens = 512,
    .encoder = {12, 768, 12, 3072, 512, 1e-12f},
    .compressor = {12, 768, 64, 3072},
    .decompressor = {12, 768, 64, 3072},
    .folded = false,
    .denoiser = {12, 768, 64, 3072, .max_period = 10, .rope_theta = 10000, .source_layers = -1},
    .schedule_d = latents == 64 ? 7 : 5, /* spec 1.8 */
    .t_start = 0.999,
    .t_end = 0.05,
    .noise_scale = 1,
    .guidance = 1,
    .n_tasks = 1,
    .tasks = {"story"},
  };
}

int cosmos_config_find_task (const CosmosConfig *self, const char *name)
{
  for (int i = 0; i < self->n_tasks; i++)
    if (strcmp (self->tasks[i], name) == 0)
      return i;
  return -1;
}
