#include "app/export/cpg-record.h"

#include "app/cpg-series.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <pango/pango.h>

/* ---- settings ---- */

static void add_fact (CpgRecord *self, const char *id, const char *title, GVariant *value, char *words)
{
  CpgRecordFact fact = {id, g_strdup (title), value ? g_variant_ref_sink (value) : NULL, words};
  g_array_append_val (self->facts, fact);
}

static void clear_fact (gpointer data)
{
  CpgRecordFact *fact = data;
  g_free (fact->title);
  g_free (fact->words);
  g_clear_pointer (&fact->value, g_variant_unref);
}

static void add_number (CpgRecord *self, const char *id, const char *title, double value, gboolean is_own)
{
  if (is_own)
    add_fact (self, id, title, NULL, g_strdup (_ ("the model's own")));
  else
    add_fact (self, id, title, g_variant_new_double (value), g_strdup_printf ("%g", value));
}

static const char *name_task (const char *id)
{
  return g_str_equal (id, "story")      ? _ ("Story")
         : g_str_equal (id, "summary")  ? _ ("Summary")
         : g_str_equal (id, "detox")    ? _ ("Detox")
         : g_str_equal (id, "question") ? _ ("Question")
                                        : id;
}

static const char *name_sampler (CosmosSampler sampler)
{
  static const char *const names[] = {N_ ("DPM++ SDE"), N_ ("DPM++ ODE"), N_ ("Euler"), N_ ("DDPM"), N_ ("DDIM")};
  return sampler < G_N_ELEMENTS (names) ? _ (names[sampler]) : cosmos_sampler_get_name (sampler);
}

static void take_settings (CpgRecord *self, CpgSettings *settings)
{
  g_autofree char *task = NULL, *source = NULL;
  guint64 seed;
  int steps, sampler, returned;
  gboolean self_conditioning;
  double guidance, d, end, noise_scale, strength;
  g_object_get (settings, "task", &task, "source", &source, "seed", &seed, "steps", &steps, "sampler", &sampler, "returned",
                &returned, "self-conditioning", &self_conditioning, "guidance", &guidance, "schedule-d", &d, "t-end", &end,
                "noise-scale", &noise_scale, "strength", &strength, NULL);
  self->seed = g_strdup_printf ("%" PRIu64, seed);
  self->task = g_strdup (*task ? task : "text");
  if (*task)
    add_fact (self, "task", _ ("Task"), g_variant_new_string (task), g_strdup (name_task (task)));
  if (*source)
    add_fact (self, "source", _ ("Source"), g_variant_new_string (source), g_strdup (source));
  add_fact (self, "seed", _ ("Seed"), g_variant_new_uint64 (seed), g_strdup (self->seed));
  add_fact (self, "steps", _ ("Steps"), g_variant_new_int32 (steps), g_strdup_printf ("%d", steps));
  add_fact (self, "sampler", _ ("Sampler"), g_variant_new_string (cosmos_sampler_get_name ((CosmosSampler) sampler)),
            g_strdup (name_sampler ((CosmosSampler) sampler)));
  add_number (self, "guidance", _ ("Guidance"), guidance, FALSE);
  add_fact (self, "self-conditioning", _ ("Remember the Last Guess"), g_variant_new_boolean (self_conditioning),
            g_strdup (self_conditioning ? _ ("Yes") : _ ("No")));
  add_number (self, "schedule-d", _ ("Noise Shape"), d, d == 0);
  add_number (self, "t-end", _ ("Last Time"), end, end < 0);
  add_number (self, "noise-scale", _ ("Noise Scale"), noise_scale, FALSE);
  add_number (self, "strength", _ ("Strength"), strength, FALSE);
  add_fact (self, "returned", _ ("Result"), g_variant_new_string (returned == COSMOS_RETURN_MEAN ? "mean" : "x0"),
            g_strdup (returned == COSMOS_RETURN_MEAN ? C_ ("result", "Mean") : C_ ("result", "Last guess")));
}

/* ---- steps ---- */

static void take_step (CpgRecord *self, CpgStep *step, CpgRecordStep *to)
{
  int n;
  const CpgToken *tokens = cpg_step_get_tokens (step, &n);
  *to = (CpgRecordStep) {.index = cpg_step_get_index (step),
                         .t = cpg_step_get_t (step),
                         .alpha = cpg_step_get_alpha (step),
                         .sigma = cpg_step_get_sigma (step),
                         .change = cpg_step_get_change (step),
                         .seconds = cpg_step_get_seconds (step),
                         .confidence = cpg_step_get_confidence (step),
                         .entropy = cpg_step_get_entropy (step),
                         .n_changed = cpg_step_get_n_changed (step),
                         .n_settled = cpg_step_get_n_settled (step),
                         .text = cpg_step_get_text (step),
                         .tokens = g_memdup2 (tokens, (gsize) n * sizeof *tokens),
                         .n_tokens = n};
  to->latents = cpg_step_get_latents (step, self->show, &self->n_latents, &self->latent_width);
  g_ptr_array_add (self->originals, g_object_ref (step));
}

static void take_rows (CpgRecord *self, CpgRun *run)
{
  CpgRecordRows *rows = &self->rows;
  int n;
  rows->alpha = cpg_series_create (run, CPG_SERIES_ALPHA, &n);
  rows->sigma = cpg_series_create (run, CPG_SERIES_SIGMA, &n);
  rows->change = cpg_series_create (run, CPG_SERIES_CHANGE, &n);
  rows->flipped = cpg_series_create (run, CPG_SERIES_FLIPPED, &n);
  rows->confidence = cpg_series_create (run, CPG_SERIES_CONFIDENCE, &n);
  rows->entropy = cpg_series_create (run, CPG_SERIES_ENTROPY, &n);
  rows->log_snr = g_new (double, MAX (n, 1));
  for (int i = 0; i < n; i++)
    rows->log_snr[i] = log (rows->alpha[i] / rows->sigma[i]);
}

/* ---- the record ---- */

static const char *name_state (CpgRunState state)
{
  GEnumClass *states = g_type_class_ref (CPG_TYPE_RUN_STATE);
  const char *name = g_enum_get_value (states, (int) state)->value_nick;
  g_type_class_unref (states);
  return name;
}

/* pango's "de-at" as "de-AT", "c" as "en". */
static char *get_language (void)
{
  const char *language = pango_language_to_string (pango_language_get_default ());
  return g_strdup (g_str_equal (language, "c") || g_str_equal (language, "posix") ? "en" : language);
}

CpgRecord *cpg_record_new (CpgRun *run, gboolean rtl)
{
  CpgRecord *self = g_new0 (CpgRecord, 1);
  CpgStep *result = cpg_run_get_result (run);
  self->model_name = g_strdup (cpg_run_get_model_name (run));
  self->model_path = g_strdup (cpg_run_get_model_path (run));
  self->facts = g_array_new (FALSE, FALSE, sizeof (CpgRecordFact));
  g_array_set_clear_func (self->facts, clear_fact);
  take_settings (self, cpg_run_get_settings (run));
  self->state = name_state (cpg_run_get_state (run));
  self->show = cpg_run_get_show (run);
  self->seconds = cpg_run_get_seconds (run);
  self->result = result ? g_strdup (cpg_step_get_text (result)) : NULL;
  self->n_planned = cpg_run_get_n_steps (run);
  self->n_steps = cpg_run_get_n_done (run);
  self->current = MAX (cpg_run_get_current_step (run), 0);
  self->steps = g_new (CpgRecordStep, self->n_steps);
  self->originals = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < self->n_steps; i++)
    take_step (self, cpg_run_get_step (run, i), &self->steps[i]);
  take_rows (self, run);
  self->path = cpg_run_project (run, self->show, &self->n_path);
  self->n_path = MIN (self->n_path, self->n_steps);
  self->rtl = rtl;
  self->language = get_language ();
  return self;
}

void cpg_record_free (CpgRecord *self)
{
  for (int i = 0; i < self->n_steps; i++)
    g_free (self->steps[i].tokens);
  g_free (self->steps);
  g_free (self->rows.alpha);
  g_free (self->rows.sigma);
  g_free (self->rows.log_snr);
  g_free (self->rows.change);
  g_free (self->rows.flipped);
  g_free (self->rows.confidence);
  g_free (self->rows.entropy);
  g_free (self->path);
  g_free (self->model_name);
  g_free (self->model_path);
  g_free (self->task);
  g_free (self->seed);
  g_free (self->result);
  g_free (self->language);
  g_array_unref (self->facts);
  g_ptr_array_unref (self->originals);
  g_free (self);
}

/* ---- looking at it ---- */

int cpg_record_choose_steps (const CpgRecord *self, int most, int *chosen)
{
  int n = MIN (self->n_steps, most);
  for (int i = 0; i < n; i++)
    chosen[i] = n > 1 ? (int) ((gint64) i * (self->n_steps - 1) / (n - 1)) : self->n_steps - 1;
  return n;
}

char *cpg_record_name_step (const CpgRecord *self, int index)
{
  return g_strdup_printf (_ ("Step %d of %d"), index + 1, self->n_planned);
}

const char *cpg_record_name_mark (CosmosMark mark)
{
  static const char *const names[] = {[COSMOS_MARK_CHANGED] = "changed",
                                      [COSMOS_MARK_UNSURE] = "unsure",
                                      [COSMOS_MARK_SETTLED] = "settled",
                                      [COSMOS_MARK_SAME] = "same"};
  return names[mark];
}

const CpgRecordFact *cpg_record_find_fact (const CpgRecord *self, const char *id)
{
  for (guint i = 0; i < self->facts->len; i++)
    if (g_str_equal (g_array_index (self->facts, CpgRecordFact, i).id, id))
      return &g_array_index (self->facts, CpgRecordFact, i);
  return NULL;
}
