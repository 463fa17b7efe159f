#include "app/cpg-compare-column.h"

#include "app/cpg-config.h"
#include "app/pictures/cpg-token-view.h"
#include "engine/cpg-difference.h"

#include <glib/gi18n.h>

struct _CpgCompareColumn {
  AdwBin parent_instance;
  CpgContender *contender, *first;
  GSignalGroup *first_signals;
  int number;
  gboolean marks;
  guint tick;

  GtkLabel *badge, *title, *way, *sentence;
  GtkButton *remove;
  GtkProgressBar *progress;
  CpgTokenView *text;
};

G_DEFINE_FINAL_TYPE (CpgCompareColumn, cpg_compare_column, ADW_TYPE_BIN)

static void cpg_compare_column_update_text (CpgCompareColumn *self)
{
  int n, n_first = 0;
  const CpgToken *tokens = cpg_contender_get_tokens (self->contender, &n);
  if (!tokens && cpg_contender_get_shown (self->contender) >= 0)
    return; /* it is being read: the text before stays for that moment */
  g_autofree CpgToken *shown = g_memdup2 (tokens, sizeof *tokens * (gsize) n);
  g_autofree gboolean *differs = g_new0 (gboolean, MAX (n, 1));
  if (self->marks && self->first && self->first != self->contender) {
    const CpgToken *first = cpg_contender_get_tokens (self->first, &n_first);
    if (n_first > 0)
      cpg_difference_find (tokens, n, first, n_first, differs);
  }
  for (int i = 0; i < n; i++)
    shown[i].mark = differs[i] ? COSMOS_MARK_CHANGED : COSMOS_MARK_SAME;
  cpg_token_view_set_tokens (self->text, shown, n);
}

static void cpg_compare_column_set_label (CpgCompareColumn *self, GtkLabel *label, char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != 0);
  g_free (text);
}

static void cpg_compare_column_update (CpgCompareColumn *self)
{
  CpgContender *other = self->first == self->contender ? NULL : self->first;
  cpg_compare_column_set_label (self, self->title, cpg_contender_get_title (self->contender));
  cpg_compare_column_set_label (self, self->way, cpg_contender_describe_way (self->contender, other));
  cpg_compare_column_set_label (self, self->sentence, cpg_contender_describe (self->contender));
  gtk_progress_bar_set_fraction (self->progress, cpg_contender_get_progress (self->contender));
  cpg_compare_column_update_text (self);
}

static gboolean cpg_compare_column_on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  CpgCompareColumn *self = CPG_COMPARE_COLUMN (widget);
  self->tick = 0;
  cpg_compare_column_update (self);
  return G_SOURCE_REMOVE;
}

static void cpg_compare_column_queue_update (CpgCompareColumn *self)
{
  if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), cpg_compare_column_on_tick, NULL, NULL);
}

static void cpg_compare_column_name (CpgCompareColumn *self, gpointer widget, const char *format)
{
  g_autofree char *name = g_strdup_printf (format, self->number);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void cpg_compare_column_set_place (CpgCompareColumn *self, int number, CpgContender *first, gboolean can_be_removed)
{
  g_autofree char *badge = g_strdup_printf ("%d", number);
  self->number = number;
  g_set_object (&self->first, first);
  g_signal_group_set_target (self->first_signals, first);
  gtk_label_set_label (self->badge, badge);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->remove), "i", number - 1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->remove), "compare.remove"); /* not before it has a target */
  gtk_widget_set_visible (GTK_WIDGET (self->remove), can_be_removed);
  cpg_compare_column_name (self, self, _ ("Column %d"));
  cpg_compare_column_name (self, self->text, _ ("Text of Column %d"));
  cpg_compare_column_name (self, self->progress, _ ("Progress of Column %d"));
  cpg_compare_column_name (self, self->remove, _ ("Remove Column %d"));
  cpg_compare_column_queue_update (self);
}

void cpg_compare_column_set_marks (CpgCompareColumn *self, gboolean marks)
{
  self->marks = marks;
  cpg_compare_column_queue_update (self);
}

/* ---- the object ---- */

static void cpg_compare_column_dispose (GObject *object)
{
  CpgCompareColumn *self = CPG_COMPARE_COLUMN (object);
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_object (&self->first_signals);
  g_clear_object (&self->first);
  g_clear_object (&self->contender);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_COMPARE_COLUMN);
  G_OBJECT_CLASS (cpg_compare_column_parent_class)->dispose (object);
}

static void cpg_compare_column_class_init (CpgCompareColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_compare_column_dispose;
  g_type_ensure (CPG_TYPE_TOKEN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-compare-column.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgCompareColumn, badge);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareColumn, title);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareColumn, way);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareColumn, sentence);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareColumn, remove);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareColumn, progress);
  gtk_widget_class_bind_template_child (widget_class, CpgCompareColumn, text);
}

static void cpg_compare_column_init (CpgCompareColumn *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->marks = TRUE;
  self->first_signals = g_signal_group_new (CPG_TYPE_CONTENDER);
  g_signal_group_connect_swapped (self->first_signals, "changed", G_CALLBACK (cpg_compare_column_queue_update), self);
}

CpgCompareColumn *cpg_compare_column_new (CpgContender *contender)
{
  CpgCompareColumn *self = g_object_new (CPG_TYPE_COMPARE_COLUMN, NULL);
  self->contender = g_object_ref (contender);
  g_signal_connect_object (contender, "changed", G_CALLBACK (cpg_compare_column_queue_update), self, G_CONNECT_SWAPPED);
  return self;
}
