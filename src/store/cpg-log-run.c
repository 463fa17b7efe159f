#include "store/cpg-log-run.h"

#include "core/text/text.h"
#include "store/cpg-log-pack.h"
#include <math.h>

static const char *const state_names[CPG_LOG_N_STATES] = {"running", "done", "cancelled", "failed", "interrupted"};

const char *cpg_log_state_get_name (CpgLogState state)
{
  return state_names[state];
}

gboolean cpg_log_state_from_name (const char *name, CpgLogState *state)
{
  for (int i = 0; i < CPG_LOG_N_STATES; i++) {
    if (g_str_equal (name, state_names[i])) {
      *state = (CpgLogState) i;
      return TRUE;
    }
  }
  return FALSE;
}

static const char *const kind_names[CPG_LOG_N_KINDS] = {"diffusion", "autoregressive", "comparison"};

const char *cpg_log_kind_get_name (CpgLogKind kind)
{
  return kind_names[kind];
}

gboolean cpg_log_kind_from_name (const char *name, CpgLogKind *kind)
{
  for (int i = 0; i < CPG_LOG_N_KINDS; i++) {
    if (g_str_equal (name, kind_names[i])) {
      *kind = (CpgLogKind) i;
      return TRUE;
    }
  }
  return FALSE;
}

static GBytes *ref_bytes (GBytes *bytes)
{
  return bytes ? g_bytes_ref (bytes) : NULL;
}

/* ---- steps ---- */

G_DEFINE_BOXED_TYPE (CpgLogStep, cpg_log_step, cpg_log_step_copy, cpg_log_step_free)

CpgLogStep *cpg_log_step_new (void)
{
  CpgLogStep *self = g_new (CpgLogStep, 1);
  *self = (CpgLogStep) {.t = NAN, .alpha = NAN, .sigma = NAN, .change = NAN, .seconds = NAN, .confidence = NAN, .entropy = NAN};
  return self;
}

CpgLogStep *cpg_log_step_copy (const CpgLogStep *self)
{
  CpgLogStep *copy = g_memdup2 (self, sizeof *self);
  copy->text = g_strdup (self->text);
  copy->noisy_text = g_strdup (self->noisy_text);
  copy->tokens = ref_bytes (self->tokens);
  return copy;
}

void cpg_log_step_free (CpgLogStep *self)
{
  g_free (self->text);
  g_free (self->noisy_text);
  g_clear_pointer (&self->tokens, g_bytes_unref);
  g_free (self);
}

/* ---- latents ---- */

G_DEFINE_BOXED_TYPE (CpgLogLatents, cpg_log_latents, cpg_log_latents_copy, cpg_log_latents_free)

CpgLogLatents *cpg_log_latents_new (int step, gboolean noisy, const float *numbers, int n, int width)
{
  CpgLogLatents *self = g_new (CpgLogLatents, 1);
  *self = (CpgLogLatents) {step, noisy, n, width, cpg_log_latents_pack (numbers, n, width)};
  return self;
}

CpgLogLatents *cpg_log_latents_copy (const CpgLogLatents *self)
{
  CpgLogLatents *copy = g_memdup2 (self, sizeof *self);
  copy->packed = ref_bytes (self->packed);
  return copy;
}

void cpg_log_latents_free (CpgLogLatents *self)
{
  g_clear_pointer (&self->packed, g_bytes_unref);
  g_free (self);
}

/* ---- bookmarks, columns ---- */

G_DEFINE_BOXED_TYPE (CpgLogBookmark, cpg_log_bookmark, cpg_log_bookmark_copy, cpg_log_bookmark_free)

CpgLogBookmark *cpg_log_bookmark_copy (const CpgLogBookmark *self)
{
  CpgLogBookmark *copy = g_memdup2 (self, sizeof *self);
  copy->run = g_strdup (self->run);
  copy->title = g_strdup (self->title);
  return copy;
}

void cpg_log_bookmark_free (CpgLogBookmark *self)
{
  g_free (self->run);
  g_free (self->title);
  g_free (self);
}

G_DEFINE_BOXED_TYPE (CpgLogColumn, cpg_log_column, cpg_log_column_copy, cpg_log_column_free)

CpgLogColumn *cpg_log_column_new (void)
{
  CpgLogColumn *self = g_new (CpgLogColumn, 1);
  *self = (CpgLogColumn) {
    .seconds = NAN, .perplexity = NAN, .diversity = NAN, .rouge_1 = NAN, .rouge_2 = NAN, .rouge_l = NAN, .bleu = NAN};
  return self;
}

CpgLogColumn *cpg_log_column_copy (const CpgLogColumn *self)
{
  CpgLogColumn *copy = g_memdup2 (self, sizeof *self);
  copy->run = g_strdup (self->run);
  copy->variation = g_strdup (self->variation);
  copy->problem = g_strdup (self->problem);
  return copy;
}

void cpg_log_column_free (CpgLogColumn *self)
{
  g_free (self->run);
  g_free (self->variation);
  g_free (self->problem);
  g_free (self);
}

/* ---- runs ---- */

G_DEFINE_BOXED_TYPE (CpgLogRun, cpg_log_run, cpg_log_run_copy, cpg_log_run_free)

static const gsize strings[] = {
  G_STRUCT_OFFSET (CpgLogRun, id),         G_STRUCT_OFFSET (CpgLogRun, parent),       G_STRUCT_OFFSET (CpgLogRun, task),
  G_STRUCT_OFFSET (CpgLogRun, source),     G_STRUCT_OFFSET (CpgLogRun, settings),     G_STRUCT_OFFSET (CpgLogRun, model_name),
  G_STRUCT_OFFSET (CpgLogRun, model_path), G_STRUCT_OFFSET (CpgLogRun, model_sha256), G_STRUCT_OFFSET (CpgLogRun, engine),
  G_STRUCT_OFFSET (CpgLogRun, program),    G_STRUCT_OFFSET (CpgLogRun, error),        G_STRUCT_OFFSET (CpgLogRun, title),
  G_STRUCT_OFFSET (CpgLogRun, note),       G_STRUCT_OFFSET (CpgLogRun, output),       G_STRUCT_OFFSET (CpgLogRun, output_hash),
  G_STRUCT_OFFSET (CpgLogRun, excerpt),    G_STRUCT_OFFSET (CpgLogRun, judge),        G_STRUCT_OFFSET (CpgLogRun, reference),
};

CpgLogRun *cpg_log_run_new (void)
{
  CpgLogRun *self = g_new0 (CpgLogRun, 1);
  self->id = g_uuid_string_random ();
  self->started = g_get_real_time ();
  self->seconds = NAN;
  return self;
}

static gpointer copy_step (gconstpointer step, gpointer data)
{
  (void) data;
  return cpg_log_step_copy (step);
}

static gpointer copy_latents (gconstpointer latents, gpointer data)
{
  (void) data;
  return cpg_log_latents_copy (latents);
}

static gpointer copy_bookmark (gconstpointer bookmark, gpointer data)
{
  (void) data;
  return cpg_log_bookmark_copy (bookmark);
}

static gpointer copy_column (gconstpointer column, gpointer data)
{
  (void) data;
  return cpg_log_column_copy (column);
}

CpgLogRun *cpg_log_run_copy (const CpgLogRun *self)
{
  CpgLogRun *copy = g_memdup2 (self, sizeof *self);
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    G_STRUCT_MEMBER (char *, copy, strings[i]) = g_strdup (G_STRUCT_MEMBER (char *, self, strings[i]));
  copy->tags = g_strdupv (self->tags);
  if (self->steps)
    copy->steps = g_ptr_array_copy (self->steps, copy_step, NULL);
  if (self->latents)
    copy->latents = g_ptr_array_copy (self->latents, copy_latents, NULL);
  if (self->bookmarks)
    copy->bookmarks = g_ptr_array_copy (self->bookmarks, copy_bookmark, NULL);
  if (self->columns)
    copy->columns = g_ptr_array_copy (self->columns, copy_column, NULL);
  return copy;
}

void cpg_log_run_free (CpgLogRun *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (G_STRUCT_MEMBER (char *, self, strings[i]));
  g_strfreev (self->tags);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_clear_pointer (&self->latents, g_ptr_array_unref);
  g_clear_pointer (&self->bookmarks, g_ptr_array_unref);
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  g_free (self);
}

char *cpg_log_run_get_heading (const CpgLogRun *self)
{
  enum { MAX_BYTES = 80 };
  const char *candidates[] = {self->title, self->output, self->source};
  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++) {
    const char *text = candidates[i];
    if (!text || !*text)
      continue;
    gsize length = strlen (text), cut = cosmos_text_cut (text, length, MAX_BYTES);
    g_autofree char *line = g_strstrip (g_strdelimit (g_strndup (text, cut), "\n\r\t", ' '));
    return g_strconcat (line, cut < length ? "…" : "", NULL);
  }
  return g_strdup ("");
}
