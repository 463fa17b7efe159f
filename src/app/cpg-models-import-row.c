#include "app/cpg-models-import-row.h"

#include "app/cpg-config.h"
#include "app/cpg-models-convert.h"
#include "app/cpg-models-progress.h"
#include "app/cpg-models-words.h"

#include <glib/gi18n.h>

struct _CpgModelsImportRow {
  AdwPreferencesRow parent_instance;
  CpgLibrary *library;
  GCancellable *cancellable;
  gboolean over;

  GtkLabel *words;
  CpgModelsProgress *progress;
};

enum { DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgModelsImportRow, cpg_models_import_row, ADW_TYPE_PREFERENCES_ROW)

static void cpg_models_import_row_on_progress (goffset done, goffset total, gpointer data)
{
  CpgModelsImportRow *self = data;
  if (!self->library)
    return;
  double fraction = total > 0 ? (double) done / (double) total : 0;
  g_autofree char *words = g_strdup_printf (_ ("%.0f %%"), 100 * fraction);
  cpg_models_progress_show (self->progress, fraction, words);
}

static void cpg_models_import_row_end (CpgModelsImportRow *self, char *path, GError *error)
{
  g_autofree char *made = path;
  g_autoptr (GError) why = error;
  self->over = TRUE;
  if (!self->library)
    return;
  if (made || g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_signal_emit (self, signals[DONE], 0, made);
    return;
  }
  gtk_label_set_label (self->words, why->message);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "error");
  cpg_models_progress_show (self->progress, 0, _ ("Nothing was imported"));
}

static void cpg_models_import_row_on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsImportRow) self = data;
  GError *error = NULL;
  char *path = cpg_installed_models_import_finish (CPG_INSTALLED_MODELS (source), result, &error);
  cpg_models_import_row_end (self, path, error);
}

static void cpg_models_import_row_on_converted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsImportRow) self = data;
  GError *error = NULL;
  char *path = cpg_models_convert_finish (result, &error);
  cpg_models_import_row_end (self, path, error);
}

/* Of what goes on, or of the error that is left. */
static void cpg_models_import_row_on_cancel (CpgModelsImportRow *self)
{
  if (self->over)
    g_signal_emit (self, signals[DONE], 0, NULL);
  else
    g_cancellable_cancel (self->cancellable);
}

static void cpg_models_import_row_dispose (GObject *object)
{
  CpgModelsImportRow *self = CPG_MODELS_IMPORT_ROW (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->library);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_MODELS_IMPORT_ROW);
  G_OBJECT_CLASS (cpg_models_import_row_parent_class)->dispose (object);
}

static void cpg_models_import_row_finalize (GObject *object)
{
  g_clear_object (&CPG_MODELS_IMPORT_ROW (object)->cancellable);
  G_OBJECT_CLASS (cpg_models_import_row_parent_class)->finalize (object);
}

static void cpg_models_import_row_class_init (CpgModelsImportRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = cpg_models_import_row_dispose;
  object_class->finalize = cpg_models_import_row_finalize;
  signals[DONE] = g_signal_new ("done", CPG_TYPE_MODELS_IMPORT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
  g_type_ensure (CPG_TYPE_MODELS_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-models-import-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgModelsImportRow, words);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsImportRow, progress);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_import_row_on_cancel);
}

static void cpg_models_import_row_init (CpgModelsImportRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

CpgModelsImportRow *cpg_models_import_row_new (CpgLibrary *library, const char *path, gboolean convert)
{
  CpgModelsImportRow *self = g_object_new (CPG_TYPE_MODELS_IMPORT_ROW, NULL);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *words = g_strdup_printf (convert ? _ ("Making a GGUF of %s") : _ ("Copying %s"), name);
  self->library = g_object_ref (library);
  gtk_label_set_label (self->words, words);
  cpg_models_progress_set_subject (self->progress, name);
  cpg_models_import_row_on_progress (0, 1, self);
  if (convert)
    cpg_models_convert_async (path, cpg_library_get_folder (library), cpg_models_import_row_on_progress, self, self->cancellable,
                              cpg_models_import_row_on_converted, g_object_ref (self));
  else
    cpg_installed_models_import_async (cpg_library_get_installed (library), path, cpg_models_import_row_on_progress, self,
                                       self->cancellable, cpg_models_import_row_on_copied, g_object_ref (self));
  return self;
}
