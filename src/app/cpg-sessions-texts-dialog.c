#include "app/cpg-sessions-texts-dialog.h"

#include "app/cpg-config.h"
#include "app/cpg-sessions-item.h"

#include <glib/gi18n.h>
#include <inttypes.h>

struct _CpgSessionsTextsDialog {
  AdwDialog parent_instance;
  AdwBanner *banner;
  GtkLabel *about;
  GtkListBox *steps;
};

G_DEFINE_FINAL_TYPE (CpgSessionsTextsDialog, cpg_sessions_texts_dialog, ADW_TYPE_DIALOG)

static void add_row (CpgSessionsTextsDialog *self, const char *title, const char *text)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title, "subtitle", text,
                                 "subtitle-selectable", TRUE, NULL);
  gtk_widget_add_css_class (row, "property");
  gtk_list_box_append (self->steps, row);
}

/* Newest first: the end is what most look for. */
static void cpg_sessions_texts_dialog_fill (CpgSessionsTextsDialog *self, const CpgLogRun *record)
{
  if (*record->output)
    add_row (self, record->state == CPG_LOG_DONE ? _ ("Result") : _ ("The Last Text"), record->output);
  for (guint i = record->steps ? record->steps->len : 0; i > 0; i--) {
    const CpgLogStep *step = record->steps->pdata[i - 1];
    g_autofree char *title = g_strdup_printf (_ ("Step %d"), step->number + 1);
    if (step->decoded)
      add_row (self, title, step->text);
    if (step->noisy_text && *step->noisy_text) {
      /* Translators: the text of the noisy latents of a step, not of the guess made from them. */
      g_autofree char *noisy = g_strdup_printf (_ ("Step %d, Noisy"), step->number + 1);
      add_row (self, noisy, step->noisy_text);
    }
  }
}

static void cpg_sessions_texts_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_SESSIONS_TEXTS_DIALOG);
  G_OBJECT_CLASS (cpg_sessions_texts_dialog_parent_class)->dispose (object);
}

static void cpg_sessions_texts_dialog_class_init (CpgSessionsTextsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_sessions_texts_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-sessions-texts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsTextsDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsTextsDialog, about);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsTextsDialog, steps);
}

static void cpg_sessions_texts_dialog_init (CpgSessionsTextsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *cpg_sessions_texts_dialog_new (const CpgLogRun *record, const char *reason)
{
  CpgSessionsTextsDialog *self = g_object_new (CPG_TYPE_SESSIONS_TEXTS_DIALOG, NULL);
  g_autofree char *when = cpg_sessions_item_name_time (record->started);
  g_autofree char *about = NULL;
  if (reason) {
    g_autofree char *title = g_strdup_printf (_ ("%s These are the texts that the log has."), reason);
    adw_banner_set_title (self->banner, title);
    adw_banner_set_use_markup (self->banner, FALSE);
    adw_banner_set_revealed (self->banner, TRUE);
  }
  /* Translators: what a run was made with: when, model, arithmetic, seed. */
  about = g_strdup_printf (_ ("%s · %s · %s · seed %" PRIu64), when, record->model_name, record->engine, record->seed);
  gtk_label_set_label (self->about, about);
  cpg_sessions_texts_dialog_fill (self, record);
  return ADW_DIALOG (self);
}
