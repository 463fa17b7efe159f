#include "app/cpg-explore-reconstruct.h"

#include "app/cpg-config.h"
#include "app/cpg-explore-input.h"
#include "app/pictures/cpg-heat-map.h"
#include "app/pictures/cpg-ink.h"
#include "app/pictures/cpg-token-view.h"

#include <glib/gi18n.h>

struct _CpgExploreReconstruct {
  CpgExperiment parent_instance;
  CpgReconstruction *found; /* or NULL */
  gboolean is_known;        /* found is what there is for the text: nothing where that is empty */

  CpgExploreInput *input;
  CpgTokenView *text;
  GtkLabel *sentence, *accuracy, *exact, *error, *size, *mean, *deviation;
  CpgHeatMap *latents;
};

G_DEFINE_FINAL_TYPE (CpgExploreReconstruct, cpg_explore_reconstruct, CPG_TYPE_EXPERIMENT)

/* ---- what is shown ---- */

static void set_number (GtkLabel *label, double value)
{
  g_autofree char *text = cpg_ink_number (value);
  gtk_label_set_label (label, text);
}

static char *describe (const CpgReconstruction *found)
{
  return found->exact ? g_strdup_printf (ngettext ("The text comes back as it was: %d token.",
                                                   "The text comes back as it was: all %d tokens.", (gulong) found->n_tokens),
                                         found->n_tokens)
                      : g_strdup_printf (ngettext ("%d of %d token comes back as it was.",
                                                   "%d of %d tokens come back as they were.", (gulong) found->n_tokens),
                                         found->n_right, found->n_tokens);
}

static void cpg_explore_reconstruct_clear (CpgExploreReconstruct *self)
{
  GtkLabel *labels[] = {self->accuracy, self->exact, self->error, self->size, self->mean, self->deviation};
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    gtk_label_set_label (labels[i], "–");
  gtk_label_set_label (self->sentence, "");
  cpg_token_view_set_tokens (self->text, NULL, 0);
  cpg_heat_map_set_values (self->latents, NULL, 0, 0);
}

static void cpg_explore_reconstruct_show (CpgExploreReconstruct *self)
{
  const CpgReconstruction *found = self->found;
  cpg_explore_input_set_state (self->input, found && found->cut, found ? found->max_tokens : 0);
  if (!found) {
    cpg_explore_reconstruct_clear (self);
    return;
  }
  const CpgLatents *latents = found->latents;
  g_autofree char *sentence = describe (found);
  /* Translators: tokens become latents, for example "24 → 16". */
  g_autofree char *size = g_strdup_printf (_ ("%d → %d"), found->n_tokens, latents->n);
  g_autofree char *share = g_strdup_printf (_ ("%.0f %%"), 100. * found->n_right / found->n_tokens);
  gtk_label_set_label (self->sentence, sentence);
  gtk_label_set_label (self->size, size);
  gtk_label_set_label (self->exact, found->exact ? _ ("yes") : _ ("no"));
  gtk_label_set_label (self->accuracy, share);
  set_number (self->error, found->mse);
  set_number (self->mean, found->latent_mean);
  set_number (self->deviation, found->latent_std);
  cpg_token_view_set_tokens (self->text, latents->reading->tokens, latents->reading->n_tokens);
  cpg_heat_map_set_values (self->latents, latents->values, latents->n, latents->width);
}

/* ---- as an experiment ---- */

static void on_reconstructed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreReconstruct) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgReconstruction) found = cpg_engine_reconstruct_finish (result, &error);
  if (!cpg_experiment_take_answer (CPG_EXPERIMENT (self), result, error))
    return;
  g_clear_pointer (&self->found, cpg_reconstruction_unref);
  self->found = g_steal_pointer (&found);
  self->is_known = TRUE;
  cpg_explore_reconstruct_show (self);
  cpg_experiment_continue (CPG_EXPERIMENT (self));
}

static gboolean ask (CpgExperiment *experiment, CpgEngine *engine, GCancellable *cancellable)
{
  CpgExploreReconstruct *self = CPG_EXPLORE_RECONSTRUCT (experiment);
  g_autofree char *text = cpg_explore_input_get_text (self->input);
  if (self->is_known)
    return FALSE;
  if (!*text) {
    g_clear_pointer (&self->found, cpg_reconstruction_unref);
    self->is_known = TRUE;
    cpg_explore_reconstruct_show (self);
    return FALSE;
  }
  cpg_engine_reconstruct_async (engine, text, cancellable, on_reconstructed, g_object_ref (self));
  return TRUE;
}

/* What is shown stays until there is something else to show. */
static void forget (CpgExperiment *experiment)
{
  CPG_EXPLORE_RECONSTRUCT (experiment)->is_known = FALSE;
}

static const char *get_text (CpgExperiment *experiment)
{
  return cpg_token_view_get_text (CPG_EXPLORE_RECONSTRUCT (experiment)->text);
}

static void cpg_explore_reconstruct_on_input (CpgExploreReconstruct *self)
{
  self->is_known = FALSE;
  cpg_experiment_restart (CPG_EXPERIMENT (self));
}

/* ---- the object ---- */

static void cpg_explore_reconstruct_dispose (GObject *object)
{
  CpgExploreReconstruct *self = CPG_EXPLORE_RECONSTRUCT (object);
  g_clear_pointer (&self->found, cpg_reconstruction_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPLORE_RECONSTRUCT);
  G_OBJECT_CLASS (cpg_explore_reconstruct_parent_class)->dispose (object);
}

static void cpg_explore_reconstruct_class_init (CpgExploreReconstructClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CpgExperimentClass *experiment_class = CPG_EXPERIMENT_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_explore_reconstruct_dispose;
  experiment_class->ask = ask;
  experiment_class->forget = forget;
  experiment_class->get_text = get_text;
  g_type_ensure (CPG_TYPE_EXPLORE_INPUT);
  g_type_ensure (CPG_TYPE_HEAT_MAP);
  g_type_ensure (CPG_TYPE_TOKEN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-explore-reconstruct.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, input);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, text);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, sentence);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, accuracy);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, exact);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, error);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, size);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, mean);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, deviation);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreReconstruct, latents);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_reconstruct_on_input);
}

static void cpg_explore_reconstruct_init (CpgExploreReconstruct *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cpg_explore_reconstruct_clear (self);
}
