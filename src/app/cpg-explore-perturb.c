#include "app/cpg-explore-perturb.h"

#include "app/cpg-config.h"
#include "app/cpg-explore-input.h"
#include "app/pictures/cpg-noise-chart.h"
#include "app/pictures/cpg-token-view.h"

#include <glib/gi18n.h>
#include <math.h>

enum {
  N_LEVELS = 41,    /* that the slider has */
  CURVE_EVERY = 2,  /* of them, that the curve is measured at by itself */
  CURVE_AT_ONCE = 5 /* so that the slider does not wait for the curve */
};

#define MAX_NOISE 2.0

struct _CpgExplorePerturb {
  CpgExperiment parent_instance;
  CpgReconstruction *found; /* of the text, or NULL */
  gboolean is_empty;        /* known to be: there is nothing to find */
  CpgPerturbation *levels[N_LEVELS];
  int asked[CURVE_AT_ONCE], n_asked; /* levels */
  guint64 seed;

  CpgExploreInput *input;
  CpgTokenView *text;
  GtkLabel *sentence;
  GtkAdjustment *noise;
  CpgNoiseChart *chart;
};

G_DEFINE_FINAL_TYPE (CpgExplorePerturb, cpg_explore_perturb, CPG_TYPE_EXPERIMENT)

static int get_level (CpgExplorePerturb *self)
{
  return (int) lround (gtk_adjustment_get_value (self->noise) / MAX_NOISE * (N_LEVELS - 1));
}

static double get_noise (int level)
{
  return MAX_NOISE * level / (N_LEVELS - 1);
}

/* ---- what is shown ---- */

static void cpg_explore_perturb_show_curve (CpgExplorePerturb *self)
{
  double bleu[N_LEVELS], kept[N_LEVELS];
  for (int i = 0; i < N_LEVELS; i++) {
    bleu[i] = self->levels[i] ? self->levels[i]->bleu : NAN;
    kept[i] = self->levels[i] ? self->levels[i]->kept : NAN;
  }
  cpg_noise_chart_set_values (self->chart, bleu, kept, N_LEVELS);
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (self->chart), get_level (self));
}

/* A level that is not measured yet leaves the text of the one before in its place: it comes in a moment. */
static void cpg_explore_perturb_show_level (CpgExplorePerturb *self)
{
  const CpgPerturbation *level = self->levels[get_level (self)];
  cpg_step_picture_set_current_step (CPG_STEP_PICTURE (self->chart), get_level (self));
  if (!level)
    return;
  /* Of the text without noise: what is counted as kept. */
  int n = self->found->latents->reading->n_tokens;
  g_autofree char *sentence = g_strdup_printf (ngettext ("With noise of %.2f, %d of %d token stays; BLEU is %.2f.",
                                                         "With noise of %.2f, %d of %d tokens stay; BLEU is %.2f.", (gulong) n),
                                               level->sigma, (int) lround (level->kept * n), n, level->bleu);
  gtk_label_set_label (self->sentence, sentence);
  cpg_token_view_set_tokens (self->text, level->reading->tokens, level->reading->n_tokens);
}

static void cpg_explore_perturb_show_empty (CpgExplorePerturb *self)
{
  gtk_label_set_label (self->sentence, "");
  cpg_token_view_set_tokens (self->text, NULL, 0);
  cpg_explore_input_set_state (self->input, FALSE, 0);
  cpg_explore_perturb_show_curve (self);
}

static void cpg_explore_perturb_forget_levels (CpgExplorePerturb *self)
{
  for (int i = 0; i < N_LEVELS; i++)
    g_clear_pointer (&self->levels[i], cpg_perturbation_unref);
}

/* ---- as an experiment ---- */

static void on_reconstructed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExplorePerturb) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgReconstruction) found = cpg_engine_reconstruct_finish (result, &error);
  if (!cpg_experiment_take_answer (CPG_EXPERIMENT (self), result, error))
    return;
  self->found = g_steal_pointer (&found);
  cpg_explore_input_set_state (self->input, self->found->cut, self->found->max_tokens);
  cpg_experiment_continue (CPG_EXPERIMENT (self));
}

static void on_perturbed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExplorePerturb) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) levels = cpg_engine_perturb_finish (result, &error);
  if (!cpg_experiment_take_answer (CPG_EXPERIMENT (self), result, error))
    return;
  for (int i = 0; i < self->n_asked; i++) {
    CpgPerturbation **level = &self->levels[self->asked[i]];
    g_clear_pointer (level, cpg_perturbation_unref);
    *level = cpg_perturbation_ref (g_ptr_array_index (levels, i));
  }
  cpg_explore_perturb_show_curve (self);
  cpg_explore_perturb_show_level (self);
  cpg_experiment_continue (CPG_EXPERIMENT (self));
}

/* The level of the slider alone; when that is known, a few of the curve. FALSE: all are known. */
static gboolean cpg_explore_perturb_choose (CpgExplorePerturb *self)
{
  self->n_asked = 0;
  if (!self->levels[get_level (self)])
    self->asked[self->n_asked++] = get_level (self);
  else
    for (int i = 0; i < N_LEVELS && self->n_asked < CURVE_AT_ONCE; i += CURVE_EVERY)
      if (!self->levels[i])
        self->asked[self->n_asked++] = i;
  return self->n_asked > 0;
}

static gboolean ask (CpgExperiment *experiment, CpgEngine *engine, GCancellable *cancellable)
{
  CpgExplorePerturb *self = CPG_EXPLORE_PERTURB (experiment);
  g_autofree char *text = cpg_explore_input_get_text (self->input);
  double sigmas[CURVE_AT_ONCE];
  if (!*text) {
    if (!self->is_empty)
      cpg_explore_perturb_show_empty (self);
    self->is_empty = TRUE;
    return FALSE;
  }
  if (!self->found) {
    cpg_engine_reconstruct_async (engine, text, cancellable, on_reconstructed, g_object_ref (self));
    return TRUE;
  }
  if (!cpg_explore_perturb_choose (self))
    return FALSE;
  for (int i = 0; i < self->n_asked; i++)
    sigmas[i] = get_noise (self->asked[i]);
  cpg_engine_perturb_async (engine, self->found->latents, sigmas, (gsize) self->n_asked, self->seed, cancellable, on_perturbed,
                            g_object_ref (self));
  return TRUE;
}

static void forget (CpgExperiment *experiment)
{
  CpgExplorePerturb *self = CPG_EXPLORE_PERTURB (experiment);
  g_clear_pointer (&self->found, cpg_reconstruction_unref);
  cpg_explore_perturb_forget_levels (self);
  self->is_empty = FALSE;
}

static const char *get_text (CpgExperiment *experiment)
{
  return cpg_token_view_get_text (CPG_EXPLORE_PERTURB (experiment)->text);
}

/* ---- what people do ---- */

static void cpg_explore_perturb_on_input (CpgExplorePerturb *self)
{
  forget (CPG_EXPERIMENT (self));
  cpg_experiment_restart (CPG_EXPERIMENT (self));
}

/* It moves from level to level. */
static void cpg_explore_perturb_on_noise (CpgExplorePerturb *self)
{
  double noise = get_noise (get_level (self));
  if (fabs (noise - gtk_adjustment_get_value (self->noise)) > 1e-9) {
    gtk_adjustment_set_value (self->noise, noise);
    return;
  }
  cpg_explore_perturb_show_level (self);
  cpg_experiment_wake (CPG_EXPERIMENT (self));
}

static void cpg_explore_perturb_on_selected (CpgExplorePerturb *self, int level)
{
  gtk_adjustment_set_value (self->noise, get_noise (level));
}

static void cpg_explore_perturb_on_dice (CpgExplorePerturb *self)
{
  self->seed++;
  cpg_explore_perturb_forget_levels (self);
  cpg_experiment_restart (CPG_EXPERIMENT (self));
}

/* ---- the object ---- */

static void cpg_explore_perturb_dispose (GObject *object)
{
  CpgExplorePerturb *self = CPG_EXPLORE_PERTURB (object);
  g_clear_pointer (&self->found, cpg_reconstruction_unref);
  cpg_explore_perturb_forget_levels (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPLORE_PERTURB);
  G_OBJECT_CLASS (cpg_explore_perturb_parent_class)->dispose (object);
}

static void cpg_explore_perturb_class_init (CpgExplorePerturbClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CpgExperimentClass *experiment_class = CPG_EXPERIMENT_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_explore_perturb_dispose;
  experiment_class->ask = ask;
  experiment_class->forget = forget;
  experiment_class->get_text = get_text;
  g_type_ensure (CPG_TYPE_EXPLORE_INPUT);
  g_type_ensure (CPG_TYPE_NOISE_CHART);
  g_type_ensure (CPG_TYPE_TOKEN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-explore-perturb.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExplorePerturb, input);
  gtk_widget_class_bind_template_child (widget_class, CpgExplorePerturb, text);
  gtk_widget_class_bind_template_child (widget_class, CpgExplorePerturb, sentence);
  gtk_widget_class_bind_template_child (widget_class, CpgExplorePerturb, noise);
  gtk_widget_class_bind_template_child (widget_class, CpgExplorePerturb, chart);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_perturb_on_input);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_perturb_on_noise);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_perturb_on_selected);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_perturb_on_dice);
}

static void cpg_explore_perturb_init (CpgExplorePerturb *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_adjustment_set_value (self->noise, .5);
  cpg_explore_perturb_show_curve (self);
}
