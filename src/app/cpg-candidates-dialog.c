#include "app/cpg-candidates-dialog.h"

#include "app/cpg-config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

struct _CpgCandidatesDialog {
  AdwDialog parent_instance;
  CpgCandidates *candidates;
  GPtrArray *rows; /* AdwActionRow, by number */
  GtkLabel *sentence;
  GtkProgressBar *progress;
  GtkListBox *texts;
};

G_DEFINE_FINAL_TYPE (CpgCandidatesDialog, cpg_candidates_dialog, ADW_TYPE_DIALOG)

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Below this, as texts that have nothing but commas and full stops in common, to be the first says nothing. */
static const double little_agreement = 0.1;

/* -1: none. */
static int cpg_candidates_dialog_find_favourite (CpgCandidatesDialog *self)
{
  const int best = cpg_candidates_get_best (self->candidates);
  return best >= 0 && cpg_candidates_get_agreement (self->candidates, best) >= little_agreement ? best : -1;
}

static void cpg_candidates_dialog_add_row (CpgCandidatesDialog *self, int i)
{
  const char *text = cpg_candidates_get_text (self->candidates, i);
  g_autofree char *seed = g_strdup_printf (_ ("seed %" PRIu64), cpg_candidates_get_seed (self->candidates, i));
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", *text ? text : _ ("Nothing"), "subtitle",
                                 seed, "activatable", TRUE, NULL);
  gtk_list_box_append (self->texts, row);
  g_ptr_array_add (self->rows, row);
}

static void cpg_candidates_dialog_show_agreement (CpgCandidatesDialog *self, int i)
{
  /* Translators: of a text: its seed, and how much the texts of the other seeds agree with it. */
  g_autofree char *words = g_strdup_printf (_ ("seed %" PRIu64 " · agreement %.0f %%"),
                                            cpg_candidates_get_seed (self->candidates, i),
                                            100 * cpg_candidates_get_agreement (self->candidates, i));
  adw_action_row_set_subtitle (self->rows->pdata[i], words);
  if (i != cpg_candidates_dialog_find_favourite (self))
    return;
  GtkWidget *star = gtk_image_new_from_icon_name ("starred-symbolic");
  gtk_widget_set_tooltip_text (star, _ ("The others agree with this one most"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (star), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("The others agree with this one most"),
                                  -1);
  gtk_widget_add_css_class (star, "accent");
  adw_action_row_add_suffix (self->rows->pdata[i], star);
}

static char *cpg_candidates_dialog_describe (CpgCandidatesDialog *self)
{
  CpgCandidates *candidates = self->candidates;
  const int n = cpg_candidates_get_n (candidates), n_written = cpg_candidates_get_n_written (candidates),
            favourite = cpg_candidates_dialog_find_favourite (self);
  if (cpg_candidates_get_error (candidates))
    return g_strdup (cpg_candidates_get_error (candidates));
  if (cpg_candidates_is_active (candidates))
    return g_strdup_printf (_ ("Writing text %d of %d, all with the same settings"), MIN (n_written + 1, n), n);
  if (cpg_candidates_get_best (candidates) < 0)
    return g_strdup_printf (ngettext ("Stopped after %d text", "Stopped after %d texts", (gulong) n_written), n_written);
  if (favourite < 0)
    return g_strdup (_ ("They have too little in common for a favourite. Choose one to see how it came about."));
  return g_strdup_printf (_ ("The others agree most with the text of seed %" PRIu64 ". Choose one to see how it came about."),
                          cpg_candidates_get_seed (candidates, favourite));
}

static void cpg_candidates_dialog_update (CpgCandidatesDialog *self)
{
  CpgCandidates *candidates = self->candidates;
  const int n_written = cpg_candidates_get_n_written (candidates);
  g_autofree char *sentence = cpg_candidates_dialog_describe (self);
  for (int i = (int) self->rows->len; i < n_written; i++)
    cpg_candidates_dialog_add_row (self, i);
  gtk_label_set_label (self->sentence, sentence);
  gtk_progress_bar_set_fraction (self->progress, (double) n_written / cpg_candidates_get_n (candidates));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), cpg_candidates_is_active (candidates));
}

static void cpg_candidates_dialog_on_ended (CpgCandidatesDialog *self)
{
  cpg_candidates_dialog_update (self);
  for (int i = 0; cpg_candidates_get_best (self->candidates) >= 0 && i < (int) self->rows->len; i++)
    cpg_candidates_dialog_show_agreement (self, i);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), gtk_label_get_label (self->sentence),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void cpg_candidates_dialog_on_activated (CpgCandidatesDialog *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, cpg_candidates_get_seed (self->candidates, gtk_list_box_row_get_index (row)));
  adw_dialog_close (ADW_DIALOG (self));
}

/* ---- the object ---- */

static void cpg_candidates_dialog_closed (AdwDialog *dialog)
{
  cpg_candidates_cancel (CPG_CANDIDATES_DIALOG (dialog)->candidates);
}

static void cpg_candidates_dialog_dispose (GObject *object)
{
  CpgCandidatesDialog *self = CPG_CANDIDATES_DIALOG (object);
  if (self->candidates)
    cpg_candidates_cancel (self->candidates);
  g_clear_object (&self->candidates);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_CANDIDATES_DIALOG);
  G_OBJECT_CLASS (cpg_candidates_dialog_parent_class)->dispose (object);
}

static void cpg_candidates_dialog_class_init (CpgCandidatesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_candidates_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = cpg_candidates_dialog_closed;
  signals[CHOSEN] = g_signal_new ("chosen", CPG_TYPE_CANDIDATES_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_UINT64);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-candidates-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgCandidatesDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, CpgCandidatesDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, CpgCandidatesDialog, texts);
  gtk_widget_class_bind_template_callback (widget_class, cpg_candidates_dialog_on_activated);
}

static void cpg_candidates_dialog_init (CpgCandidatesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}

CpgCandidatesDialog *cpg_candidates_dialog_new (CpgCandidates *candidates)
{
  CpgCandidatesDialog *self = g_object_new (CPG_TYPE_CANDIDATES_DIALOG, NULL);
  self->candidates = g_object_ref (candidates);
  g_signal_connect_object (candidates, "notify::n-written", G_CALLBACK (cpg_candidates_dialog_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (candidates, "notify::active", G_CALLBACK (cpg_candidates_dialog_on_ended), self, G_CONNECT_SWAPPED);
  cpg_candidates_dialog_update (self);
  return self;
}
