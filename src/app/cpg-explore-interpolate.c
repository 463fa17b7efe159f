#include "app/cpg-explore-interpolate.h"

#include "app/cpg-config.h"
#include "app/cpg-explore-input.h"
#include "app/pictures/cpg-token-view.h"

#include <glib/gi18n.h>
#include <math.h>

enum { N_ROWS = 9 };

struct _CpgExploreInterpolate {
  CpgExperiment parent_instance;
  CpgReconstruction *found[2]; /* of the texts, or NULL */
  int asked;                   /* of them */
  GPtrArray *rows;             /* CpgReading, N_ROWS; or NULL */
  CpgReading *reading;         /* at `place_read`, or NULL */
  double place_read, place_asked;

  CpgExploreInput *first, *second;
  CpgTokenView *text;
  GtkLabel *sentence;
  GtkAdjustment *place;
  AdwToggleGroup *way;
  GtkListBox *strip;
  GtkLabel *labels[N_ROWS]; /* of the strip */
};

G_DEFINE_FINAL_TYPE (CpgExploreInterpolate, cpg_explore_interpolate, CPG_TYPE_EXPERIMENT)

static CpgExploreInput *get_input (CpgExploreInterpolate *self, int which)
{
  return which ? self->second : self->first;
}

static gboolean is_spherical (CpgExploreInterpolate *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->way), "spherical") == 0;
}

/* ---- what is shown ---- */

/* As Pango markup. */
static char *underline_changed (const CpgReading *reading)
{
  GString *markup = g_string_new (NULL);
  for (int i = 0; i < reading->n_tokens; i++) {
    const char *token = reading->tokens[i].text;
    g_autofree char *valid = g_utf8_make_valid (token, -1);
    g_autofree char *escaped = g_markup_escape_text (markup->len ? valid : g_strchug (valid), -1);
    gsize blanks = strspn (escaped, " ");
    if (reading->tokens[i].mark == COSMOS_MARK_CHANGED)
      g_string_append_printf (markup, "%.*s<u>%s</u>", (int) blanks, escaped, escaped + blanks);
    else
      g_string_append (markup, escaped);
  }
  return g_string_free_and_steal (markup);
}

static void cpg_explore_interpolate_show_rows (CpgExploreInterpolate *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->strip), self->rows != NULL);
  for (guint i = 0; i < N_ROWS; i++) {
    g_autofree char *markup = self->rows ? underline_changed (g_ptr_array_index (self->rows, i)) : g_strdup ("");
    gtk_label_set_markup (self->labels[i], markup);
  }
}

static void cpg_explore_interpolate_show_reading (CpgExploreInterpolate *self)
{
  const CpgReading *reading = self->reading;
  if (!reading)
    return;
  g_autofree char *sentence = g_strdup_printf (_ ("%.0f %% of the way from the first text to the second."),
                                               100 * self->place_read);
  gtk_label_set_label (self->sentence, sentence);
  cpg_token_view_set_tokens (self->text, reading->tokens, reading->n_tokens);
}

static void cpg_explore_interpolate_show_empty (CpgExploreInterpolate *self)
{
  for (int i = 0; i < 2; i++)
    if (!self->found[i])
      cpg_explore_input_set_state (get_input (self, i), FALSE, 0);
  gtk_label_set_label (self->sentence, "");
  cpg_token_view_set_tokens (self->text, NULL, 0);
  cpg_explore_interpolate_show_rows (self);
}

/* The row next to the slider. */
static void cpg_explore_interpolate_select_row (CpgExploreInterpolate *self)
{
  int i = (int) lround (gtk_adjustment_get_value (self->place) * (N_ROWS - 1));
  gtk_list_box_select_row (self->strip, gtk_list_box_get_row_at_index (self->strip, i));
}

/* ---- as an experiment ---- */

static void on_reconstructed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreInterpolate) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgReconstruction) found = cpg_engine_reconstruct_finish (result, &error);
  if (!cpg_experiment_take_answer (CPG_EXPERIMENT (self), result, error))
    return;
  cpg_explore_input_set_state (get_input (self, self->asked), found->cut, found->max_tokens);
  self->found[self->asked] = g_steal_pointer (&found);
  cpg_experiment_continue (CPG_EXPERIMENT (self));
}

static void on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreInterpolate) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = cpg_engine_interpolate_finish (result, &error);
  if (!cpg_experiment_take_answer (CPG_EXPERIMENT (self), result, error))
    return;
  self->rows = g_steal_pointer (&rows);
  cpg_explore_interpolate_show_rows (self);
  cpg_experiment_continue (CPG_EXPERIMENT (self));
}

static void on_reading (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreInterpolate) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) readings = cpg_engine_interpolate_finish (result, &error);
  if (!cpg_experiment_take_answer (CPG_EXPERIMENT (self), result, error))
    return;
  g_clear_pointer (&self->reading, cpg_reading_unref);
  self->reading = cpg_reading_ref (g_ptr_array_index (readings, 1));
  self->place_read = self->place_asked;
  cpg_explore_interpolate_show_reading (self);
  cpg_experiment_continue (CPG_EXPERIMENT (self));
}

/* The first text comes along, to be marked against. */
static void cpg_explore_interpolate_ask_place (CpgExploreInterpolate *self, CpgEngine *engine, GCancellable *cancellable)
{
  self->place_asked = gtk_adjustment_get_value (self->place);
  cpg_engine_interpolate_async (engine, self->found[0]->latents, self->found[1]->latents, (double[]) {0, self->place_asked}, 2,
                                is_spherical (self), cancellable, on_reading, g_object_ref (self));
}

static void cpg_explore_interpolate_ask_rows (CpgExploreInterpolate *self, CpgEngine *engine, GCancellable *cancellable)
{
  double places[N_ROWS];
  for (int i = 0; i < N_ROWS; i++)
    places[i] = (double) i / (N_ROWS - 1);
  cpg_engine_interpolate_async (engine, self->found[0]->latents, self->found[1]->latents, places, N_ROWS, is_spherical (self),
                                cancellable, on_rows, g_object_ref (self));
}

/* Texts, then the text at the slider, then the strip. */
static gboolean ask (CpgExperiment *experiment, CpgEngine *engine, GCancellable *cancellable)
{
  CpgExploreInterpolate *self = CPG_EXPLORE_INTERPOLATE (experiment);
  for (int i = 0; i < 2; i++) {
    g_autofree char *text = cpg_explore_input_get_text (get_input (self, i));
    if (self->found[i])
      continue;
    if (!*text) {
      cpg_explore_interpolate_show_empty (self);
      return FALSE;
    }
    self->asked = i;
    cpg_engine_reconstruct_async (engine, text, cancellable, on_reconstructed, g_object_ref (self));
    return TRUE;
  }
  if (!self->reading || self->place_read != gtk_adjustment_get_value (self->place))
    cpg_explore_interpolate_ask_place (self, engine, cancellable);
  else if (!self->rows)
    cpg_explore_interpolate_ask_rows (self, engine, cancellable);
  else
    return FALSE;
  return TRUE;
}

static void forget_way (CpgExploreInterpolate *self)
{
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->reading, cpg_reading_unref);
}

static void forget_text (CpgExploreInterpolate *self, int which)
{
  g_clear_pointer (&self->found[which], cpg_reconstruction_unref);
  forget_way (self);
}

static void forget (CpgExperiment *experiment)
{
  forget_text (CPG_EXPLORE_INTERPOLATE (experiment), 0);
  forget_text (CPG_EXPLORE_INTERPOLATE (experiment), 1);
}

static const char *get_text (CpgExperiment *experiment)
{
  return cpg_token_view_get_text (CPG_EXPLORE_INTERPOLATE (experiment)->text);
}

/* ---- what people do ---- */

static void cpg_explore_interpolate_on_first (CpgExploreInterpolate *self)
{
  forget_text (self, 0);
  cpg_experiment_restart (CPG_EXPERIMENT (self));
}

static void cpg_explore_interpolate_on_second (CpgExploreInterpolate *self)
{
  forget_text (self, 1);
  cpg_experiment_restart (CPG_EXPERIMENT (self));
}

static void cpg_explore_interpolate_on_way (CpgExploreInterpolate *self)
{
  forget_way (self);
  cpg_experiment_restart (CPG_EXPERIMENT (self));
}

static void cpg_explore_interpolate_on_place (CpgExploreInterpolate *self)
{
  cpg_explore_interpolate_select_row (self);
  cpg_experiment_wake (CPG_EXPERIMENT (self));
}

/* A row that was chosen by the slider is near it already. */
static void cpg_explore_interpolate_on_row (CpgExploreInterpolate *self, GtkListBoxRow *row)
{
  double place = row ? (double) gtk_list_box_row_get_index (row) / (N_ROWS - 1) : 0;
  if (row && fabs (place - gtk_adjustment_get_value (self->place)) > .5 / (N_ROWS - 1) + 1e-9)
    gtk_adjustment_set_value (self->place, place);
}

/* ---- the object ---- */

static void cpg_explore_interpolate_add_row (CpgExploreInterpolate *self, int i)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  /* Translators: a place between two texts. */
  g_autofree char *share = g_strdup_printf (i % 2 ? _ ("%.1f %%") : _ ("%.0f %%"), 100. * i / (N_ROWS - 1));
  GtkWidget *place = gtk_label_new (share), *text = gtk_label_new (NULL);
  gtk_label_set_width_chars (GTK_LABEL (place), 6);
  gtk_label_set_xalign (GTK_LABEL (place), 1);
  gtk_widget_set_valign (place, GTK_ALIGN_START);
  gtk_widget_add_css_class (place, "numeric");
  gtk_widget_add_css_class (place, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (box), place);
  gtk_box_append (GTK_BOX (box), text);
  gtk_widget_add_css_class (box, "strip-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_LABELLED_BY, place, text, NULL, -1);
  gtk_list_box_append (self->strip, row);
  self->labels[i] = GTK_LABEL (text);
}

static void cpg_explore_interpolate_dispose (GObject *object)
{
  CpgExploreInterpolate *self = CPG_EXPLORE_INTERPOLATE (object);
  forget (CPG_EXPERIMENT (self));
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPLORE_INTERPOLATE);
  G_OBJECT_CLASS (cpg_explore_interpolate_parent_class)->dispose (object);
}

static void cpg_explore_interpolate_class_init (CpgExploreInterpolateClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CpgExperimentClass *experiment_class = CPG_EXPERIMENT_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_explore_interpolate_dispose;
  experiment_class->ask = ask;
  experiment_class->forget = forget;
  experiment_class->get_text = get_text;
  g_type_ensure (CPG_TYPE_EXPLORE_INPUT);
  g_type_ensure (CPG_TYPE_TOKEN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-explore-interpolate.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInterpolate, first);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInterpolate, second);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInterpolate, text);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInterpolate, sentence);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInterpolate, place);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInterpolate, way);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreInterpolate, strip);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_interpolate_on_first);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_interpolate_on_second);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_interpolate_on_way);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_interpolate_on_place);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_interpolate_on_row);
}

static void cpg_explore_interpolate_init (CpgExploreInterpolate *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int i = 0; i < N_ROWS; i++)
    cpg_explore_interpolate_add_row (self, i);
  cpg_explore_interpolate_show_rows (self);
  cpg_explore_interpolate_select_row (self);
}
