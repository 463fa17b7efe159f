#include "app/cpg-models-page-private.h"

#include "app/cpg-file-dialog.h"
#include "app/cpg-models-import-row.h"
#include "app/cpg-models-question.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

enum { UNDO_SECONDS = 10 }; /* as with runs, in cpg-window-sessions.c */

/* ---- removing ---- */

static CpgInstalledModel *find_model (CpgModelsPage *self, const char *path)
{
  CpgInstalledModels *installed = cpg_library_get_installed (self->library);
  for (guint i = 0; i < cpg_installed_models_get_n_models (installed); i++) {
    CpgInstalledModel *model = cpg_installed_models_get_model (installed, i);
    if (g_str_equal (cpg_installed_model_get_path (model), path))
      return model;
  }
  return NULL;
}

/* Out of the hands of undo. */
static void cpg_models_page_remove_now (CpgModelsPage *self, const char *path)
{
  CpgInstalledModel *model = find_model (self, path);
  g_autoptr (GError) error = NULL;
  if (model && !cpg_installed_models_remove (cpg_library_get_installed (self->library), model, &error)
      && !gtk_widget_in_destruction (GTK_WIDGET (self)))
    cpg_models_page_show_toast (self, error->message);
}

void cpg_models_page_end_removing (CpgModelsPage *self)
{
  g_autoptr (GPtrArray) paths = g_hash_table_get_keys_as_ptr_array (self->removing);
  for (guint i = 0; i < paths->len; i++)
    cpg_models_page_remove_now (self, paths->pdata[i]);
  g_hash_table_remove_all (self->removing);
}

/* A toast that goes by itself leaves nothing to undo. */
static void cpg_models_page_on_toast_gone (CpgModelsPage *self, AdwToast *toast)
{
  const char *path = g_object_get_data (G_OBJECT (toast), "path");
  if (!self->library || g_hash_table_lookup (self->removing, path) != toast)
    return;
  cpg_models_page_remove_now (self, path);
  g_hash_table_remove (self->removing, path);
  cpg_models_page_filter (self);
  cpg_library_refresh (self->library);
}

static void cpg_models_page_on_undo (CpgModelsPage *self, AdwToast *toast)
{
  g_hash_table_remove (self->removing, g_object_get_data (G_OBJECT (toast), "path"));
  cpg_models_page_filter (self);
}

static void on_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgModelsPage *self = CPG_MODELS_PAGE (widget);
  const char *path = g_variant_get_string (parameter, NULL);
  CpgInstalledModel *model = find_model (self, path);
  if (!model)
    return;
  g_autofree char *words = g_strdup_printf (_ ("“%s” goes to the trash"), cpg_installed_model_get_title (model));
  AdwToast *toast = adw_toast_new (words);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  g_object_set_data_full (G_OBJECT (toast), "path", g_strdup (path), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (cpg_models_page_on_undo), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (cpg_models_page_on_toast_gone), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->removing, g_strdup (path), g_object_ref (toast));
  cpg_models_page_filter (self);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- importing ---- */

static void cpg_models_page_on_import_done (CpgModelsPage *self, const char *path, GtkWidget *row)
{
  if (!self->library)
    return;
  gtk_list_box_remove (self->imports, row);
  gtk_widget_set_visible (GTK_WIDGET (self->imports), gtk_list_box_get_row_at_index (self->imports, 0) != NULL);
  if (!path)
    return;
  g_autofree char *name = g_path_get_basename (path), *words = g_strdup_printf (_ ("“%s” is imported."), name);
  cpg_models_page_show_toast (self, words);
  cpg_library_refresh (self->library);
}

/* What was found in a file, and the question whether to import it. */
typedef struct {
  CpgModelsPage *page;
  char *path;
} Question;

static void question_free (Question *self)
{
  g_object_unref (self->page);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Question) question = data;
  CpgModelsPage *self = question->page;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  if (!self->library || !cpg_models_question_is_yes (response))
    return;
  CpgModelsImportRow *row = cpg_models_import_row_new (self->library, question->path,
                                                       cpg_models_question_is_conversion (response));
  g_signal_connect_object (row, "done", G_CALLBACK (cpg_models_page_on_import_done), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (self->imports, GTK_WIDGET (row));
  gtk_widget_set_visible (GTK_WIDGET (self->imports), TRUE);
}

static void cpg_models_page_show_failure (CpgModelsPage *self, const char *message)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("Cannot Be Imported"), message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Question) question = data;
  CpgModelsPage *self = question->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgModelsFacts) facts = cpg_models_facts_read_finish (result, &error);
  if (!self->library)
    return;
  if (!facts) {
    cpg_models_page_show_failure (self, error->message);
    return;
  }
  AdwAlertDialog *dialog = cpg_models_question_new (facts, question->path, cpg_library_get_folder (self->library));
  adw_alert_dialog_choose (dialog, GTK_WIDGET (self), NULL, on_answer, g_steal_pointer (&question));
}

static void cpg_models_page_import (CpgModelsPage *self, const char *path)
{
  Question *question = g_new0 (Question, 1);
  *question = (Question) {g_object_ref (self), g_strdup (path)};
  cpg_models_facts_read_async (path, NULL, NULL, self->cancellable, on_found, question);
}

static void on_import (GtkWidget *widget, const char *action, GVariant *parameter)
{
  cpg_models_page_import (CPG_MODELS_PAGE (widget), g_variant_get_string (parameter, NULL));
}

void cpg_models_page_on_chosen (CpgModelsPage *self, GFile *file, const GError *error)
{
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  if (path)
    cpg_models_page_import (self, path);
  else if (file)
    cpg_models_page_show_failure (self, _ ("A model must be a file on this computer."));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    cpg_models_page_show_failure (self, error->message);
}

static void on_file_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  cpg_models_page_on_chosen (self, file, error);
}

static void on_folder_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  cpg_models_page_on_chosen (self, file, error);
}

static void on_import_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GtkFileDialog) dialog = cpg_file_dialog_new (_ ("Import a Model"), _ ("Models (GGUF, safetensors, PyTorch)"), "gguf",
                                                          "safetensors", "pth", "pt", NULL);
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, on_file_chosen, g_object_ref (widget));
}

static void on_import_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  gtk_file_dialog_set_title (dialog, _ ("Import a Folder of Weights"));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, on_folder_chosen,
                                 g_object_ref (widget));
}

/* ---- the folder ---- */

static void on_launched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsPage) self = data;
  g_autoptr (GError) error = NULL;
  if (gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error)
      || g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) || !self->library)
    return;
  g_autofree char *words = g_strdup_printf (_ ("The folder could not be opened: %s"), error->message);
  cpg_models_page_show_toast (self, words);
}

static void on_open_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgModelsPage *self = CPG_MODELS_PAGE (widget);
  const char *path = cpg_library_get_folder (self->library);
  if (g_mkdir_with_parents (path, 0755) != 0) {
    g_autofree char *words = g_strdup_printf ("%s: %s", path, g_strerror (errno));
    cpg_models_page_show_toast (self, words);
    return;
  }
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);
  gtk_file_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, on_launched, g_object_ref (self));
}

/* ---- the table ---- */

void cpg_models_page_install_actions (CpgModelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  gtk_widget_class_install_action (widget_class, "models.import", "s", on_import);
  gtk_widget_class_install_action (widget_class, "models.import-file", NULL, on_import_file);
  gtk_widget_class_install_action (widget_class, "models.import-folder", NULL, on_import_folder);
  gtk_widget_class_install_action (widget_class, "models.remove", "s", on_remove);
  gtk_widget_class_install_action (widget_class, "models.open-folder", NULL, on_open_folder);
}
