#include "store/cpg-archive-json.h"

#include "store/cpg-archive.h"
#include "store/cpg-json-reader.h"
#include "store/cpg-log-pack.h"
#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#define FORMAT "cosmosrun"

enum {
  VERSION = 2,     /* 1 had no bookmarks and no comparisons */
  MAX_STEP = 1000, /* the core's most steps: the result's number */
  MAX_TAGS = 100,
  MAX_COLUMNS = 16,
  MAX_DEPTH = 32, /* what compares JSON values recurses */
};

#define MAX_TIME (G_GINT64_CONSTANT (253402300799) * G_USEC_PER_SEC) /* the end of the year 9999 */
#define MAX_SECONDS 1e9
#define MAX_MEASURE 1e12

G_DEFINE_AUTOPTR_CLEANUP_FUNC (yyjson_mut_doc, yyjson_mut_doc_free)

char *cpg_archive_json_latents_name (guint index)
{
  return g_strdup_printf ("latents/%u.zst", index);
}

/* ---- writing: keys are literals, values live as long as the runs ---- */

static void put_text (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, const char *text)
{
  if (text && *text)
    yyjson_mut_obj_add_str (doc, object, key, text);
}

static void put_number (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, double number)
{
  if (isfinite (number))
    yyjson_mut_obj_add_real (doc, object, key, number);
}

static void put_tokens (yyjson_mut_doc *doc, yyjson_mut_val *object, GBytes *tokens)
{
  g_autofree int *ids = NULL;
  g_autofree float *probabilities = NULL;
  int n;
  if (!tokens || !cpg_log_tokens_unpack (tokens, &ids, &probabilities, &n))
    return;
  yyjson_mut_val *list = yyjson_mut_obj_add_arr (doc, object, "token_ids");
  for (int i = 0; i < n; i++)
    yyjson_mut_arr_add_int (doc, list, ids[i]);
  list = yyjson_mut_obj_add_arr (doc, object, "token_probabilities");
  for (int i = 0; i < n; i++)
    yyjson_mut_arr_add_real (doc, list, round (1000 * (double) probabilities[i]) / 1000); /* finer than they are kept */
}

static void put_step (yyjson_mut_doc *doc, yyjson_mut_val *list, const CpgLogStep *step)
{
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  yyjson_mut_obj_add_int (doc, object, "step", step->number);
  put_number (doc, object, "t", step->t);
  put_number (doc, object, "alpha", step->alpha);
  put_number (doc, object, "sigma", step->sigma);
  put_number (doc, object, "change", step->change);
  put_number (doc, object, "seconds", step->seconds);
  put_text (doc, object, "noisy_text", step->noisy_text);
  if (!step->decoded)
    return;
  yyjson_mut_obj_add_str (doc, object, "text", step->text ? step->text : "");
  put_number (doc, object, "confidence", step->confidence);
  put_number (doc, object, "entropy", step->entropy);
  yyjson_mut_obj_add_int (doc, object, "changed", step->n_changed);
  yyjson_mut_obj_add_int (doc, object, "settled", step->n_settled);
  put_tokens (doc, object, step->tokens);
}

static void put_latents (yyjson_mut_doc *doc, yyjson_mut_val *list, const CpgLogLatents *latents, guint index)
{
  g_autofree char *name = cpg_archive_json_latents_name (index);
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  yyjson_mut_obj_add_int (doc, object, "step", latents->step);
  yyjson_mut_obj_add_bool (doc, object, "noisy", latents->noisy);
  yyjson_mut_obj_add_int (doc, object, "n", latents->n);
  yyjson_mut_obj_add_int (doc, object, "width", latents->width);
  yyjson_mut_obj_add_strcpy (doc, object, "file", name);
}

static void put_settings (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *settings)
{
  g_autoptr (yyjson_doc) parsed = settings ? yyjson_read (settings, strlen (settings), 0) : NULL;
  if (yyjson_is_obj (yyjson_doc_get_root (parsed)))
    yyjson_mut_obj_add_val (doc, object, "settings", yyjson_val_mut_copy (doc, yyjson_doc_get_root (parsed)));
}

static void put_bookmark (yyjson_mut_doc *doc, yyjson_mut_val *list, const CpgLogBookmark *bookmark)
{
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  yyjson_mut_obj_add_int (doc, object, "step", bookmark->step);
  put_text (doc, object, "title", bookmark->title);
  yyjson_mut_obj_add_int (doc, object, "made", bookmark->made);
}

/* Of a column: its name, and where it stands. */
static const struct {
  const char *key;
  gsize offset;
} measures[] = {
  {"seconds", G_STRUCT_OFFSET (CpgLogColumn, seconds)},     {"perplexity", G_STRUCT_OFFSET (CpgLogColumn, perplexity)},
  {"diversity", G_STRUCT_OFFSET (CpgLogColumn, diversity)}, {"rouge_1", G_STRUCT_OFFSET (CpgLogColumn, rouge_1)},
  {"rouge_2", G_STRUCT_OFFSET (CpgLogColumn, rouge_2)},     {"rouge_l", G_STRUCT_OFFSET (CpgLogColumn, rouge_l)},
  {"bleu", G_STRUCT_OFFSET (CpgLogColumn, bleu)},
};

static void put_column (yyjson_mut_doc *doc, yyjson_mut_val *list, const CpgLogColumn *column)
{
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  put_text (doc, object, "run", column->run);
  put_text (doc, object, "variation", column->variation);
  yyjson_mut_obj_add_int (doc, object, "tokens", column->n_tokens);
  for (gsize i = 0; i < G_N_ELEMENTS (measures); i++)
    put_number (doc, object, measures[i].key, G_STRUCT_MEMBER (double, column, measures[i].offset));
  put_text (doc, object, "problem", column->problem);
  yyjson_mut_obj_add_bool (doc, object, "own_judge", column->own_judge);
}

static void put_comparison (yyjson_mut_doc *doc, yyjson_mut_val *object, const CpgLogRun *run)
{
  yyjson_mut_val *columns = yyjson_mut_obj_add_arr (doc, object, "columns");
  for (guint i = 0; run->columns && i < run->columns->len; i++)
    put_column (doc, columns, run->columns->pdata[i]);
  put_text (doc, object, "judge", run->judge);
  put_text (doc, object, "reference", run->reference);
}

static void put_run (yyjson_mut_doc *doc, yyjson_mut_val *list, const CpgLogRun *run, guint *n_latents)
{
  char seed[32];
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, list);
  g_snprintf (seed, sizeof seed, "%" G_GUINT64_FORMAT, run->seed);
  put_text (doc, object, "id", run->id);
  yyjson_mut_obj_add_str (doc, object, "kind", cpg_log_kind_get_name (run->kind));
  if (run->part)
    yyjson_mut_obj_add_bool (doc, object, "part", true);
  put_text (doc, object, "parent", run->parent);
  yyjson_mut_obj_add_int (doc, object, "branched", run->branched);
  put_text (doc, object, "task", run->task);
  put_text (doc, object, "source", run->source);
  yyjson_mut_obj_add_strcpy (doc, object, "seed", seed);
  put_settings (doc, object, run->settings);
  put_text (doc, object, "model", run->model_name);
  put_text (doc, object, "model_sha256", run->model_sha256);
  put_text (doc, object, "engine", run->engine);
  put_text (doc, object, "program", run->program);
  yyjson_mut_obj_add_int (doc, object, "started", run->started);
  put_number (doc, object, "seconds", run->seconds);
  yyjson_mut_obj_add_str (doc, object, "state", cpg_log_state_get_name (run->state));
  put_text (doc, object, "error", run->error);
  put_text (doc, object, "title", run->title);
  put_text (doc, object, "note", run->note);
  yyjson_mut_val *part = yyjson_mut_obj_add_arr (doc, object, "tags");
  for (char **tag = run->tags; tag && *tag; tag++)
    yyjson_mut_arr_add_str (doc, part, *tag);
  put_text (doc, object, "output", run->output);
  put_text (doc, object, "output_hash", run->output_hash);
  part = yyjson_mut_obj_add_arr (doc, object, "steps");
  for (guint i = 0; run->steps && i < run->steps->len; i++)
    put_step (doc, part, run->steps->pdata[i]);
  part = yyjson_mut_obj_add_arr (doc, object, "latents");
  for (guint i = 0; run->latents && i < run->latents->len; i++)
    put_latents (doc, part, run->latents->pdata[i], (*n_latents)++);
  part = yyjson_mut_obj_add_arr (doc, object, "bookmarks");
  for (guint i = 0; run->bookmarks && i < run->bookmarks->len; i++)
    put_bookmark (doc, part, run->bookmarks->pdata[i]);
  if (run->kind == CPG_LOG_COMPARISON)
    put_comparison (doc, object, run);
}

GBytes *cpg_archive_json_write (GPtrArray *runs, GError **error)
{
  guint n_latents = 0;
  size_t size = 0;
  g_autoptr (yyjson_mut_doc) doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc);
  yyjson_mut_doc_set_root (doc, root);
  yyjson_mut_obj_add_str (doc, root, "format", FORMAT);
  yyjson_mut_obj_add_int (doc, root, "version", VERSION);
  yyjson_mut_val *list = yyjson_mut_obj_add_arr (doc, root, "runs");
  for (guint i = 0; i < runs->len; i++)
    put_run (doc, list, runs->pdata[i], &n_latents);
  char *text = runs->len > 0 && runs->len <= CPG_ARCHIVE_MAX_RUNS ? yyjson_mut_write (doc, 0, &size) : NULL;
  if (text)
    return g_bytes_new_with_free_func (text, size, free, text);
  g_set_error (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_TOO_LARGE, _ ("One file takes 1 to %d runs."), CPG_ARCHIVE_MAX_RUNS);
  return NULL;
}

/* ---- reading: a value that is missing is what a new record has, one of another kind or out of range ends it ---- */

/* NULL where it is missing or null. */
static yyjson_val *get (yyjson_val *object, const char *key)
{
  yyjson_val *value = yyjson_obj_get (object, key);
  return yyjson_is_null (value) ? NULL : value;
}

static char *take_string (CpgJsonReader *self, const char *key, yyjson_val *value)
{
  const char *text = yyjson_get_str (value);
  if (!text)
    cpg_json_reader_fail (self, key, "no text");
  else if (strlen (text) != yyjson_get_len (value))
    cpg_json_reader_fail (self, key, "a text with a zero in it");
  return g_strdup (text ? text : "");
}

static char *get_text (CpgJsonReader *self, yyjson_val *object, const char *key)
{
  yyjson_val *value = get (object, key);
  return value ? take_string (self, key, value) : g_strdup ("");
}

static gint64 get_integer (CpgJsonReader *self, yyjson_val *object, const char *key, gint64 otherwise, gint64 min, gint64 max)
{
  yyjson_val *value = get (object, key);
  if (!value)
    return otherwise;
  gint64 number = yyjson_get_sint (value);
  if (!yyjson_is_int (value) || (yyjson_is_uint (value) && yyjson_get_uint (value) > G_MAXINT64))
    cpg_json_reader_fail (self, key, "no whole number");
  else if (number < min || number > max)
    cpg_json_reader_fail (self, key, "out of range");
  else
    return number;
  return otherwise;
}

static double get_number (CpgJsonReader *self, yyjson_val *object, const char *key, double min, double max)
{
  yyjson_val *value = get (object, key);
  if (!value)
    return NAN;
  double number = yyjson_get_num (value);
  if (!yyjson_is_num (value))
    cpg_json_reader_fail (self, key, "no number");
  else if (!(number >= min && number <= max))
    cpg_json_reader_fail (self, key, "out of range");
  return number;
}

/* NULL where there is none, or too long a one. */
static yyjson_val *get_list (CpgJsonReader *self, yyjson_val *object, const char *key, gsize max)
{
  yyjson_val *list = get (object, key);
  if (list && !yyjson_is_arr (list))
    cpg_json_reader_fail (self, key, "no list");
  else if (list && yyjson_arr_size (list) > max)
    cpg_json_reader_fail (self, key, "too long");
  else
    return list;
  return NULL;
}

static GBytes *get_tokens (CpgJsonReader *self, yyjson_val *object)
{
  yyjson_val *ids = get_list (self, object, "token_ids", CPG_LOG_MAX_TOKENS);
  yyjson_val *probabilities = get_list (self, object, "token_probabilities", CPG_LOG_MAX_TOKENS);
  gsize n = yyjson_arr_size (ids), i, max;
  yyjson_val *value;
  if (n != yyjson_arr_size (probabilities))
    cpg_json_reader_fail (self, "token_ids", "not as many as token_probabilities");
  if (n == 0 || self->failed)
    return NULL;
  g_autofree int *numbers = g_new (int, n);
  g_autofree float *sure = g_new (float, n);
  yyjson_arr_foreach (ids, i, max, value) {
    gboolean ok = yyjson_is_uint (value) && yyjson_get_uint (value) <= G_MAXINT;
    if (!ok)
      cpg_json_reader_fail (self, "token_ids", "out of range");
    numbers[i] = ok ? (int) yyjson_get_uint (value) : 0;
  }
  yyjson_arr_foreach (probabilities, i, max, value) {
    double probability = yyjson_get_num (value);
    if (!yyjson_is_num (value) || !(probability >= 0 && probability <= 1))
      cpg_json_reader_fail (self, "token_probabilities", "out of range");
    sure[i] = (float) probability;
  }
  return cpg_log_tokens_pack (numbers, sure, (int) n);
}

static CpgLogStep *get_step (CpgJsonReader *self, yyjson_val *object)
{
  CpgLogStep *step = cpg_log_step_new ();
  step->number = (int) get_integer (self, object, "step", -1, 0, MAX_STEP);
  step->t = get_number (self, object, "t", 0, 1);
  step->alpha = get_number (self, object, "alpha", 0, 1);
  step->sigma = get_number (self, object, "sigma", 0, 1e6);
  step->change = get_number (self, object, "change", 0, 1e9);
  step->seconds = get_number (self, object, "seconds", 0, MAX_SECONDS);
  step->decoded = get (object, "text") != NULL;
  step->text = get_text (self, object, "text");
  step->noisy_text = get_text (self, object, "noisy_text");
  step->confidence = get_number (self, object, "confidence", 0, 1);
  step->entropy = get_number (self, object, "entropy", 0, 100);
  step->n_changed = (int) get_integer (self, object, "changed", 0, 0, CPG_LOG_MAX_TOKENS);
  step->n_settled = (int) get_integer (self, object, "settled", 0, 0, CPG_LOG_MAX_TOKENS);
  step->tokens = get_tokens (self, object);
  return step;
}

/* In order, none twice. */
static GPtrArray *get_steps (CpgJsonReader *self, yyjson_val *object)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_step_free);
  yyjson_val *list = get_list (self, object, "steps", MAX_STEP + 1), *value;
  gsize i, max;
  int before = -1;
  yyjson_arr_foreach (list, i, max, value) {
    CpgLogStep *step = get_step (self, value);
    if (step->number <= before)
      cpg_json_reader_fail (self, "steps", "not in order");
    before = step->number;
    g_ptr_array_add (steps, step);
  }
  return steps;
}

/* *index: of the file in the archive, which is their place among all. */
static GPtrArray *get_latents (CpgJsonReader *self, yyjson_val *object, guint *index)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_latents_free);
  yyjson_val *list = get_list (self, object, "latents", 2 * (MAX_STEP + 2)), *value;
  gsize i, max;
  yyjson_arr_foreach (list, i, max, value) {
    CpgLogLatents *latents = g_new0 (CpgLogLatents, 1);
    g_autofree char *file = get_text (self, value, "file"), *name = cpg_archive_json_latents_name ((*index)++);
    latents->step = (int) get_integer (self, value, "step", CPG_LOG_RESULT, CPG_LOG_RESULT, MAX_STEP);
    latents->noisy = yyjson_get_bool (get (value, "noisy"));
    latents->n = (int) get_integer (self, value, "n", 0, 1, CPG_LOG_MAX_LATENTS);
    latents->width = (int) get_integer (self, value, "width", 0, 1, CPG_LOG_MAX_LATENTS);
    if (latents->n == 0 || latents->width == 0 || latents->n > CPG_LOG_MAX_LATENTS / latents->width)
      cpg_json_reader_fail (self, "latents", "of no size that can be");
    if (!g_str_equal (file, name))
      cpg_json_reader_fail (self, "file", "not in order");
    g_ptr_array_add (all, latents);
  }
  return all;
}

/* By step, one each. */
static GPtrArray *get_bookmarks (CpgJsonReader *self, yyjson_val *object, const char *run)
{
  GPtrArray *bookmarks = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_bookmark_free);
  yyjson_val *list = get_list (self, object, "bookmarks", MAX_STEP + 1), *value;
  gsize i, max;
  int before = -1;
  yyjson_arr_foreach (list, i, max, value) {
    CpgLogBookmark *bookmark = g_new0 (CpgLogBookmark, 1);
    bookmark->run = g_strdup (run);
    bookmark->step = (int) get_integer (self, value, "step", -1, 0, MAX_STEP);
    bookmark->title = get_text (self, value, "title");
    bookmark->made = get_integer (self, value, "made", 0, 0, MAX_TIME);
    if (bookmark->step <= before)
      cpg_json_reader_fail (self, "bookmarks", "not in order");
    before = bookmark->step;
    g_ptr_array_add (bookmarks, bookmark);
  }
  return bookmarks;
}

static CpgLogKind get_kind (CpgJsonReader *self, yyjson_val *object)
{
  CpgLogKind kind = CPG_LOG_DIFFUSION;
  g_autofree char *name = get (object, "kind") ? get_text (self, object, "kind") : NULL;
  if (name && !cpg_log_kind_from_name (name, &kind))
    cpg_json_reader_fail (self, "kind", "none of those that there are");
  return kind;
}

static GPtrArray *get_columns (CpgJsonReader *self, yyjson_val *object)
{
  GPtrArray *columns = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_column_free);
  yyjson_val *list = get_list (self, object, "columns", MAX_COLUMNS), *value;
  gsize i, max;
  if (yyjson_arr_size (list) == 0)
    cpg_json_reader_fail (self, "columns", "none");
  yyjson_arr_foreach (list, i, max, value) {
    CpgLogColumn *column = cpg_log_column_new ();
    column->run = get_text (self, value, "run");
    if (*column->run && !g_uuid_string_is_valid (column->run))
      cpg_json_reader_fail (self, "run", "no UUID");
    column->variation = get_text (self, value, "variation");
    column->n_tokens = (int) get_integer (self, value, "tokens", 0, 0, CPG_LOG_MAX_TOKENS);
    for (gsize k = 0; k < G_N_ELEMENTS (measures); k++)
      G_STRUCT_MEMBER (double, column, measures[k].offset) = get_number (self, value, measures[k].key, 0, MAX_MEASURE);
    column->problem = get_text (self, value, "problem");
    column->own_judge = yyjson_get_bool (get (value, "own_judge"));
    g_ptr_array_add (columns, column);
  }
  return columns;
}

static char **get_tags (CpgJsonReader *self, yyjson_val *object)
{
  yyjson_val *list = get_list (self, object, "tags", MAX_TAGS), *value;
  char **tags = g_new0 (char *, yyjson_arr_size (list) + 1);
  gsize i, max;
  yyjson_arr_foreach (list, i, max, value)
    tags[i] = take_string (self, "tags", value);
  return tags;
}

static char *get_settings (CpgJsonReader *self, yyjson_val *object)
{
  yyjson_val *settings = get (object, "settings");
  if (settings && !yyjson_is_obj (settings))
    cpg_json_reader_fail (self, "settings", "no object");
  char *text = settings ? yyjson_val_write (settings, 0, NULL) : NULL, *copy = g_strdup (text ? text : "{}");
  free (text);
  return copy;
}

static guint64 get_seed (CpgJsonReader *self, yyjson_val *object)
{
  guint64 seed = 0;
  g_autofree char *digits = get_text (self, object, "seed");
  if (!g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, &seed, NULL))
    cpg_json_reader_fail (self, "seed", "no number from 0 to 18446744073709551615 in quotes");
  return seed;
}

/* What ran when it was exported ends here. */
static CpgLogState get_state (CpgJsonReader *self, yyjson_val *object)
{
  CpgLogState state = CPG_LOG_INTERRUPTED;
  g_autofree char *name = get_text (self, object, "state");
  if (!cpg_log_state_from_name (name, &state))
    cpg_json_reader_fail (self, "state", "none of those that there are");
  return state == CPG_LOG_RUNNING ? CPG_LOG_INTERRUPTED : state;
}

static CpgLogRun *get_run (CpgJsonReader *self, yyjson_val *object, guint *n_latents)
{
  CpgLogRun *run = g_new0 (CpgLogRun, 1);
  run->id = get_text (self, object, "id");
  if (!g_uuid_string_is_valid (run->id))
    cpg_json_reader_fail (self, "id", "no UUID");
  run->parent = get_text (self, object, "parent");
  if (*run->parent && !g_uuid_string_is_valid (run->parent))
    cpg_json_reader_fail (self, "parent", "no UUID");
  run->branched = (int) get_integer (self, object, "branched", 0, 0, MAX_STEP);
  run->task = get_text (self, object, "task");
  run->source = get_text (self, object, "source");
  run->seed = get_seed (self, object);
  run->settings = get_settings (self, object);
  run->model_name = get_text (self, object, "model");
  run->model_path = g_strdup ("");
  run->model_sha256 = get_text (self, object, "model_sha256");
  run->engine = get_text (self, object, "engine");
  run->program = get_text (self, object, "program");
  run->started = get_integer (self, object, "started", 0, 0, MAX_TIME);
  run->seconds = get_number (self, object, "seconds", 0, MAX_SECONDS);
  run->state = get_state (self, object);
  run->error = get_text (self, object, "error");
  run->title = get_text (self, object, "title");
  run->note = get_text (self, object, "note");
  run->tags = get_tags (self, object);
  run->output = get_text (self, object, "output");
  run->output_hash = get_text (self, object, "output_hash");
  run->steps = get_steps (self, object);
  run->n_steps = (int) run->steps->len;
  run->latents = get_latents (self, object, n_latents);
  run->bookmarks = get_bookmarks (self, object, run->id);
  run->kind = get_kind (self, object);
  run->part = yyjson_get_bool (get (object, "part"));
  run->judge = get_text (self, object, "judge");
  run->reference = get_text (self, object, "reference");
  if (run->kind == CPG_LOG_COMPARISON) {
    run->columns = get_columns (self, object);
    run->n_columns = (int) run->columns->len;
  }
  return run;
}

/* How deep brackets go, by a look at the bytes. */
static gboolean is_deep (const char *text, gsize size)
{
  gboolean quoted = FALSE;
  for (gsize i = 0, depth = 0; i < size; i++) {
    if (text[i] == '\\' && quoted)
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > MAX_DEPTH)
      return TRUE;
    else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0)
      depth--;
  }
  return FALSE;
}

/* A part of nothing in the file would be in the log, and nobody could find it: it is a run of its own. A comparison is no part of another. */
static void free_parts (GPtrArray *runs)
{
  g_autoptr (GHashTable) shown = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < runs->len; i++) {
    const CpgLogRun *run = runs->pdata[i];
    for (guint k = 0; run->columns && k < run->columns->len; k++)
      g_hash_table_add (shown, ((CpgLogColumn *) run->columns->pdata[k])->run);
  }
  for (guint i = 0; i < runs->len; i++) {
    CpgLogRun *run = runs->pdata[i];
    run->part = run->part && run->kind != CPG_LOG_COMPARISON && g_hash_table_contains (shown, run->id);
  }
}

static GPtrArray *get_runs (CpgJsonReader *self, yyjson_val *root)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_run_free);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  yyjson_val *list = get_list (self, root, "runs", CPG_ARCHIVE_MAX_RUNS), *value;
  guint n_latents = 0;
  gsize i, max;
  if (yyjson_arr_size (list) == 0)
    cpg_json_reader_fail (self, "runs", "none");
  yyjson_arr_foreach (list, i, max, value) {
    CpgLogRun *run = get_run (self, value, &n_latents);
    g_ptr_array_add (runs, run);
    if (!g_hash_table_add (ids, run->id))
      cpg_json_reader_fail (self, "id", "twice");
    if (self->failed)
      break;
  }
  free_parts (runs);
  return runs;
}

GPtrArray *cpg_archive_json_read (const char *text, gsize size, GError **error)
{
  CpgJsonReader reader = {0};
  g_autoptr (yyjson_doc) doc = is_deep (text, size) ? NULL : yyjson_read (text, size, 0); /* refuses what is no UTF-8 */
  yyjson_val *root = yyjson_doc_get_root (doc);
  if (g_strcmp0 (yyjson_get_str (yyjson_obj_get (root, "format")), FORMAT) != 0) {
    g_set_error_literal (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_NO_ARCHIVE,
                         _ ("The file cannot be imported: it holds no runs that this program can read."));
    return NULL;
  }
  gint64 version = get_integer (&reader, root, "version", 0, 1, G_MAXINT64);
  if (!reader.failed && version > VERSION) {
    g_set_error_literal (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_NEWER,
                         _ ("The file cannot be imported: a newer version of this program wrote it. Update the program."));
    return NULL;
  }
  g_autoptr (GPtrArray) runs = get_runs (&reader, root);
  if (version > 0 && !reader.failed)
    return g_steal_pointer (&runs);
  g_set_error (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_INVALID,
               _ ("The file cannot be imported: run.json is not as it must be (%s)."),
               reader.failed ? reader.fault : "\"version\"");
  return NULL;
}
