#include "app/cpg-sessions-comparison.h"

#include "app/cpg-config.h"
#include "app/cpg-sessions-record.h"
#include "store/cpg-log-again.h"
#include "store/cpg-log-pack.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>

/* In the order of CpgVariation. */
static const char *const variations[] = {"same",  "autoregressive",    "seed",  "sampler",
                                         "steps", "self-conditioning", "model", "temperature"};
G_STATIC_ASSERT (G_N_ELEMENTS (variations) == CPG_VARIATION_TEMPERATURE + 1);

/* ---- to the log ---- */

CpgLogRun *cpg_sessions_comparison_new (CpgComparison *comparison)
{
  CpgLogRun *self = cpg_sessions_record_new (cpg_comparison_get_base (comparison));
  self->kind = CPG_LOG_COMPARISON;
  return self;
}

static CpgLogState get_state (CpgRunState state)
{
  return state == CPG_RUN_DONE ? CPG_LOG_DONE : state == CPG_RUN_FAILED ? CPG_LOG_FAILED : CPG_LOG_CANCELLED;
}

/* Stopped where one was stopped, failed where none was done. */
static CpgLogState find_state (CpgComparison *comparison)
{
  CpgLogState state = CPG_LOG_FAILED;
  if (cpg_comparison_is_active (comparison))
    return CPG_LOG_RUNNING;
  for (guint i = 0; i < cpg_comparison_get_n (comparison); i++) {
    CpgLogState one = get_state (cpg_contender_get_state (cpg_comparison_get (comparison, i)));
    if (one == CPG_LOG_CANCELLED)
      return one;
    if (one == CPG_LOG_DONE)
      state = one;
  }
  return state;
}

static CpgLogColumn *new_column (CpgComparison *comparison, guint i, const char *id)
{
  CpgContender *contender = cpg_comparison_get (comparison, i);
  const CpgMeasures *measures = cpg_comparison_get_measures (comparison, i);
  CpgLogColumn *self = cpg_log_column_new ();
  self->run = g_strdup (id ? id : "");
  self->variation = g_strdup (variations[cpg_contender_get_variation (contender)]);
  self->n_tokens = cpg_contender_get_n_tokens (contender);
  if (cpg_contender_get_state (contender) == CPG_RUN_DONE)
    self->seconds = cpg_contender_get_seconds (contender);
  if (!measures)
    return self;
  self->perplexity = measures->perplexity;
  self->diversity = measures->diversity;
  self->rouge_1 = measures->rouge_1;
  self->rouge_2 = measures->rouge_2;
  self->rouge_l = measures->rouge_l;
  self->bleu = measures->bleu;
  self->problem = g_strdup (measures->problem);
  self->own_judge = measures->own_judge;
  return self;
}

void cpg_sessions_comparison_take (CpgLogRun *self, CpgComparison *comparison, const char *const *ids)
{
  g_autoptr (GString) output = g_string_new (NULL);
  g_autofree char *reference = NULL;
  double seconds = 0;
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  self->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_column_free);
  for (guint i = 0; i < cpg_comparison_get_n (comparison); i++) {
    CpgContender *contender = cpg_comparison_get (comparison, i);
    const char *text = cpg_contender_get_text (contender);
    g_ptr_array_add (self->columns, new_column (comparison, i, ids[i]));
    if (*text)
      g_string_append_printf (output, "%s%s", output->len ? "\n\n" : "", text);
    seconds += cpg_contender_get_seconds (contender);
  }
  g_object_get (comparison, "reference", &reference, NULL);
  self->state = find_state (comparison);
  self->seconds = self->state == CPG_LOG_RUNNING ? NAN : seconds;
  g_set_str (&self->output, output->str);
  g_set_str (&self->judge, cpg_comparison_get_judge (comparison));
  g_set_str (&self->reference, reference);
}

static char *write_drawing (const CosmosAutoregressSettings *drawing)
{
  char temperature[G_ASCII_DTOSTR_BUF_SIZE], top_p[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup_printf ("{\"max-tokens\":%d,\"temperature\":%s,\"top-k\":%d,\"top-p\":%s}", drawing->max_tokens,
                          g_ascii_formatd (temperature, sizeof temperature, "%.6g", drawing->temperature), drawing->top_k,
                          g_ascii_formatd (top_p, sizeof top_p, "%.6g", drawing->top_p));
}

/* What was written by write_drawing (); where it is not whole, the rest is as nothing else says. */
static CosmosAutoregressSettings read_drawing (const char *json)
{
  CosmosAutoregressSettings drawing = cosmos_autoregress_settings_default (NULL), read = drawing;
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return drawing;
  JsonObject *object = json_node_get_object (root);
  read.max_tokens = (int) json_object_get_int_member_with_default (object, "max-tokens", drawing.max_tokens);
  read.temperature = json_object_get_double_member_with_default (object, "temperature", drawing.temperature);
  read.top_k = (int) json_object_get_int_member_with_default (object, "top-k", drawing.top_k);
  read.top_p = json_object_get_double_member_with_default (object, "top-p", drawing.top_p);
  return cosmos_autoregress_settings_check (&read, NULL) ? read : drawing;
}

static CpgLogStep *new_token (const CpgToken *token, int number, double seconds)
{
  CpgLogStep *self = cpg_log_step_new ();
  self->number = number;
  self->seconds = seconds;
  self->decoded = TRUE;
  self->text = g_strdup (token->text);
  if (token->guess.id < 0) /* the beginning, which was given */
    return self;
  self->confidence = (double) token->guess.probability;
  self->entropy = (double) token->guess.entropy;
  self->tokens = cpg_log_tokens_pack (&token->guess.id, &token->guess.probability, 1);
  return self;
}

CpgLogRun *cpg_sessions_comparison_new_writing (CpgContender *contender)
{
  CpgWriting *writing = cpg_contender_get_writing (contender);
  CpgLogRun *self = cpg_sessions_record_new (cpg_contender_get_settings (contender));
  int n;
  const CpgToken *tokens = cpg_writing_get_tokens (writing, &n);
  self->kind = CPG_LOG_AUTOREGRESSIVE;
  self->part = TRUE;
  self->seconds = cpg_writing_get_seconds (writing);
  self->started -= (gint64) (self->seconds * G_USEC_PER_SEC);
  self->state = get_state (cpg_writing_get_state (writing));
  g_free (self->settings);
  self->settings = write_drawing (cpg_writing_get_drawing (writing));
  g_set_str (&self->model_name, cpg_writing_get_model_name (writing));
  g_set_str (&self->model_path, cpg_contender_get_language_path (contender));
  g_set_str (&self->error, cpg_writing_get_error (writing));
  g_set_str (&self->output, cpg_writing_get_text (writing));
  if (self->state == CPG_LOG_DONE)
    self->output_hash = cpg_log_hash_output (self->output, NULL, 0);
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_log_step_free);
  for (int i = 0; i < n; i++)
    g_ptr_array_add (
        self->steps,
        new_token (&tokens[i], i, cpg_writing_get_time (writing, i) - (i > 0 ? cpg_writing_get_time (writing, i - 1) : 0)));
  return self;
}

/* ---- and back ---- */

static CpgVariation find_variation (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (variations); i++)
    if (g_str_equal (variations[i], name))
      return (CpgVariation) i;
  return CPG_VARIATION_NONE;
}

/* What a variation was by, which the next start of the comparison takes up again. */
static guint64 find_number (CpgVariation variation, const CpgLogRun *record, CpgSettings *base, CpgSettings *own)
{
  guint64 seed, base_seed;
  int steps, sampler;
  g_object_get (base, "seed", &base_seed, NULL);
  g_object_get (own, "seed", &seed, "steps", &steps, "sampler", &sampler, NULL);
  return variation == CPG_VARIATION_SEED          ? seed - base_seed
         : variation == CPG_VARIATION_STEPS       ? (guint64) steps
         : variation == CPG_VARIATION_SAMPLER     ? (guint64) sampler
         : variation == CPG_VARIATION_TEMPERATURE ? (guint64) lround (1000 * read_drawing (record->settings).temperature)
                                                  : 0;
}

static CpgWriting *restore_writing (const CpgLogRun *record)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, TRUE, sizeof (CpgToken));
  g_autoptr (GArray) times = cpg_sessions_comparison_get_times (record, NULL);
  for (guint i = 0; record->steps && i < record->steps->len; i++) {
    const CpgLogStep *step = record->steps->pdata[i];
    g_autofree int *ids = NULL;
    g_autofree float *probabilities = NULL;
    int n = 0;
    CpgToken token = {.text = step->text, .guess = {.id = -1, .top = {-1, -1, -1, -1, -1}}};
    if (step->tokens && cpg_log_tokens_unpack (step->tokens, &ids, &probabilities, &n) && n == 1) {
      token.guess.id = ids[0];
      token.guess.probability = isnan (step->confidence) ? probabilities[0] : (float) step->confidence;
      token.guess.entropy = isnan (step->entropy) ? 0 : (float) step->entropy;
    }
    g_array_append_val (tokens, token);
  }
  const CosmosAutoregressSettings drawing = read_drawing (record->settings);
  return cpg_writing_new_written (record->model_name, &drawing, record->output, (const CpgToken *) (gpointer) tokens->data,
                                  (const double *) (gpointer) times->data, (int) tokens->len,
                                  record->state == CPG_LOG_DONE ? CPG_RUN_DONE : CPG_RUN_CANCELLED);
}

CpgContender *cpg_sessions_comparison_restore_contender (const CpgLogColumn *column, const CpgLogRun *record, CpgSettings *base)
{
  CpgVariation variation = find_variation (column->variation);
  gboolean written = record && record->kind == CPG_LOG_AUTOREGRESSIVE;
  if (!record || record->kind == CPG_LOG_COMPARISON) {
    CpgContender *lost = cpg_contender_new (variation, 0, NULL);
    cpg_contender_set_lost (lost, _ ("It is not in the log any more"));
    return lost;
  }
  g_autofree char *path = written ? g_strdup (record->model_path) : cpg_log_run_find_model (record, FALSE);
  g_autoptr (CpgSettings) settings = cpg_sessions_record_get_settings (record, 1);
  if (!settings)
    settings = cpg_settings_copy (base);
  /* Where the model is gone, the attempt to open it says so. */
  const char *model = path ? path : *record->model_path ? record->model_path : record->model_name;
  CpgContender *self = cpg_contender_new (variation, find_number (variation, record, base, settings), model);
  g_autoptr (CpgWriting) writing = written ? restore_writing (record) : NULL;
  cpg_contender_restore (self, settings, writing);
  return self;
}

CpgReport *cpg_sessions_comparison_restore_report (const CpgLogRun *comparison)
{
  CpgReport *report = cpg_report_new (comparison->columns->len);
  report->judge = *comparison->judge ? g_strdup (comparison->judge) : NULL;
  for (guint i = 0; i < comparison->columns->len; i++) {
    const CpgLogColumn *column = comparison->columns->pdata[i];
    report->items[i] = (CpgMeasures) {
      .perplexity = column->perplexity,
      .problem = *column->problem ? g_strdup (column->problem) : NULL,
      .diversity = column->diversity,
      .rouge_1 = column->rouge_1,
      .rouge_2 = column->rouge_2,
      .rouge_l = column->rouge_l,
      .bleu = column->bleu,
      .own_judge = column->own_judge,
    };
  }
  return report;
}

GArray *cpg_sessions_comparison_get_times (const CpgLogRun *record, const CpgLogColumn *column)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  double time = 0;
  for (guint i = 0; record->steps && i < record->steps->len; i++) {
    const CpgLogStep *step = record->steps->pdata[i];
    time += isnan (step->seconds) ? 0 : step->seconds;
    g_array_append_val (times, time);
  }
  /* The last moment of a run holds the reading of its text, too. */
  if (times->len > 0 && column && column->seconds >= time)
    g_array_index (times, double, times->len - 1) = column->seconds;
  return times;
}
