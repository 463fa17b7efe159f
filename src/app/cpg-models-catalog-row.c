#include "app/cpg-models-catalog-row.h"

#include "app/cpg-config.h"
#include "app/cpg-models-card.h"
#include "app/cpg-models-name.h"
#include "app/cpg-models-progress.h"
#include "app/cpg-models-transfer.h"
#include "app/cpg-models-words.h"

#include <glib/gi18n.h>

struct _CpgModelsCatalogRow {
  AdwPreferencesRow parent_instance;
  CpgModelsTransfer *transfer;

  GtkLabel *title, *description, *about, *note, *installed;
  GtkButton *download, *details;
  CpgModelsProgress *progress;
};

G_DEFINE_FINAL_TYPE (CpgModelsCatalogRow, cpg_models_catalog_row, ADW_TYPE_PREFERENCES_ROW)

static CpgCatalogModel *get_model (CpgModelsCatalogRow *self)
{
  return cpg_models_transfer_get_model (self->transfer);
}

/* ---- what never changes ---- */

static char *describe (CpgCatalogModel *model)
{
  const char *license = cpg_catalog_model_get_license (model);
  g_autofree char *size = g_format_size (cpg_catalog_model_get_size (model));
  return g_strjoin (" · ", cpg_catalog_model_get_size (model) ? size : _ ("size not known"),
                    license ? license : _ ("no license stated"), cpg_catalog_model_is_verified (model) ? NULL : _ ("unverified"),
                    NULL);
}

static void cpg_models_catalog_row_fill (CpgModelsCatalogRow *self)
{
  CpgCatalogModel *model = get_model (self);
  const char *title = cpg_catalog_model_get_name (model), *description = cpg_catalog_model_get_description (model);
  g_autofree char *about = describe (model), *name = g_strdup_printf ("%s, %s", title, about);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->description, description ? description : "");
  gtk_widget_set_visible (GTK_WIDGET (self->description), description != NULL);
  gtk_label_set_label (self->about, about);
  cpg_models_name (self, "%s", name);
  cpg_models_name (self->details, _ ("Details of %s"), title);
  cpg_models_progress_set_subject (self->progress, title);
}

gboolean cpg_models_catalog_row_matches (CpgModelsCatalogRow *self, const char *words)
{
  return g_str_match_string (words, gtk_label_get_label (self->title), TRUE)
         || g_str_match_string (words, gtk_label_get_label (self->description), TRUE)
         || g_str_match_string (words, gtk_label_get_label (self->about), TRUE);
}

/* ---- the download ---- */

static char *describe_progress (CpgModelsTransfer *transfer, CpgTransferState state)
{
  guint64 received = cpg_models_transfer_get_received (transfer), total = cpg_models_transfer_get_total (transfer);
  g_autofree char *amount = cpg_models_words_amount (received, total);
  switch (state) {
  case CPG_TRANSFER_STATE_WAITING:
    return g_strdup (_ ("Waits for other downloads"));
  case CPG_TRANSFER_STATE_CHECKING:
    return g_strdup (_ ("Verifying what has come"));
  case CPG_TRANSFER_STATE_PAUSED:
    return g_strdup_printf (_ ("Paused: %s"), amount);
  case CPG_TRANSFER_STATE_RETRYING:
    return g_strdup_printf (_ ("Tries again soon: %s"), amount);
  default:
    return cpg_models_words_progress (received, total, cpg_models_transfer_get_bytes_per_second (transfer));
  }
}

static void cpg_models_catalog_row_show_progress (CpgModelsCatalogRow *self, CpgTransferState state)
{
  gboolean known = cpg_models_transfer_get_total (self->transfer) > 0 || state != CPG_TRANSFER_STATE_RUNNING;
  gboolean visible = state != CPG_TRANSFER_STATE_NONE && state != CPG_TRANSFER_STATE_FAILED;
  gtk_widget_set_visible (GTK_WIDGET (self->progress), visible);
  if (!visible)
    return;
  g_autofree char *words = describe_progress (self->transfer, state);
  cpg_models_progress_show (self->progress, known ? cpg_models_transfer_get_progress (self->transfer) : -1, words);
  cpg_models_progress_set_paused (self->progress, state == CPG_TRANSFER_STATE_PAUSED);
  cpg_models_progress_set_can_pause (self->progress, state != CPG_TRANSFER_STATE_CHECKING);
}

static void cpg_models_catalog_row_update (CpgModelsCatalogRow *self)
{
  CpgTransferState state = cpg_models_transfer_get_state (self->transfer);
  gboolean failed = state == CPG_TRANSFER_STATE_FAILED,
           installed = cpg_models_transfer_is_installed (self->transfer) && state == CPG_TRANSFER_STATE_NONE,
           offered = !installed && (state == CPG_TRANSFER_STATE_NONE || failed);
  const char *error = cpg_models_transfer_get_error (self->transfer), *title = cpg_catalog_model_get_name (get_model (self));
  gtk_widget_set_visible (GTK_WIDGET (self->installed), installed);
  gtk_widget_set_visible (GTK_WIDGET (self->download), offered);
  gtk_button_set_label (self->download, failed ? _ ("Try Again") : _ ("Download"));
  cpg_models_name (self->download, failed ? _ ("Try again: %s") : _ ("Download %s"), title);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.download", offered);
  gtk_label_set_label (self->note, error ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), error != NULL);
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (self->note), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->note), "error");
  cpg_models_catalog_row_show_progress (self, state);
}

static void cpg_models_catalog_row_on_agreed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsCatalogRow) self = data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  if (self->transfer && g_str_equal (response, "download"))
    cpg_models_transfer_start (self->transfer);
}

/* Without a checksum what comes may be anything. */
static void cpg_models_catalog_row_ask (CpgModelsCatalogRow *self)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("Unverified Model"), NULL);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (dialog);
  adw_alert_dialog_format_body (alert,
                                _ ("Nobody has published a checksum for “%s”, so the program cannot tell whether what comes is "
                                   "what was meant. Its own checksum is shown when it is here. Download it anyway?"),
                                cpg_catalog_model_get_name (get_model (self)));
  adw_alert_dialog_add_responses (alert, "cancel", _ ("_Cancel"), "download", _ ("_Download"), NULL);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_set_close_response (alert, "cancel");
  adw_alert_dialog_choose (alert, GTK_WIDGET (self), NULL, cpg_models_catalog_row_on_agreed, g_object_ref (self));
}

static void on_download (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgModelsCatalogRow *self = CPG_MODELS_CATALOG_ROW (widget);
  if (cpg_models_transfer_get_state (self->transfer) == CPG_TRANSFER_STATE_FAILED)
    cpg_models_transfer_resume (self->transfer);
  else if (cpg_catalog_model_is_verified (get_model (self)))
    cpg_models_transfer_start (self->transfer);
  else
    cpg_models_catalog_row_ask (self);
}

static void on_details (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (CpgModelsFacts) facts = cpg_models_facts_new_from_catalog (get_model (CPG_MODELS_CATALOG_ROW (widget)));
  adw_dialog_present (cpg_models_card_new (facts), widget);
}

static void cpg_models_catalog_row_on_pause (CpgModelsCatalogRow *self)
{
  if (cpg_models_transfer_get_state (self->transfer) == CPG_TRANSFER_STATE_PAUSED)
    cpg_models_transfer_resume (self->transfer);
  else
    cpg_models_transfer_pause (self->transfer);
}

static void cpg_models_catalog_row_on_cancel (CpgModelsCatalogRow *self)
{
  cpg_models_transfer_cancel (self->transfer);
}

/* ---- the object ---- */

static void cpg_models_catalog_row_dispose (GObject *object)
{
  CpgModelsCatalogRow *self = CPG_MODELS_CATALOG_ROW (object);
  g_clear_object (&self->transfer);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_MODELS_CATALOG_ROW);
  G_OBJECT_CLASS (cpg_models_catalog_row_parent_class)->dispose (object);
}

static void cpg_models_catalog_row_class_init (CpgModelsCatalogRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_models_catalog_row_dispose;
  g_type_ensure (CPG_TYPE_MODELS_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-models-catalog-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, title);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, description);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, about);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, note);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, installed);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, download);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, details);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsCatalogRow, progress);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_catalog_row_on_pause);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_catalog_row_on_cancel);
  gtk_widget_class_install_action (widget_class, "model.download", NULL, on_download);
  gtk_widget_class_install_action (widget_class, "model.details", NULL, on_details);
}

static void cpg_models_catalog_row_init (CpgModelsCatalogRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

CpgModelsCatalogRow *cpg_models_catalog_row_new (CpgLibrary *library, CpgCatalogModel *model)
{
  CpgModelsCatalogRow *self = g_object_new (CPG_TYPE_MODELS_CATALOG_ROW, NULL);
  self->transfer = cpg_models_transfer_new (library, model);
  g_signal_connect_object (self->transfer, "changed", G_CALLBACK (cpg_models_catalog_row_update), self, G_CONNECT_SWAPPED);
  cpg_models_catalog_row_fill (self);
  cpg_models_catalog_row_update (self);
  return self;
}
