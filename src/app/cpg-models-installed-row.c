#include "app/cpg-models-installed-row.h"

#include "app/cpg-config.h"
#include "app/cpg-models-card.h"
#include "app/cpg-models-name.h"
#include "app/cpg-models-progress.h"
#include "app/cpg-models-words.h"
#include "store/cpg-fetch-error.h"

#include <glib/gi18n.h>

struct _CpgModelsInstalledRow {
  AdwPreferencesRow parent_instance;
  CpgSession *session;
  CpgInstalledModel *model;
  GCancellable *cancellable; /* of all that the row began */
  GCancellable *verifying;   /* NULL: it does not */

  GtkLabel *title, *about, *note;
  GtkButton *use, *details;
  GtkMenuButton *more;
  CpgModelsProgress *progress;
};

enum { SAID, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CpgModelsInstalledRow, cpg_models_installed_row, ADW_TYPE_PREFERENCES_ROW)

CpgInstalledModel *cpg_models_installed_row_get_model (CpgModelsInstalledRow *self)
{
  return self->model;
}

static CpgLibrary *get_library (CpgModelsInstalledRow *self)
{
  return cpg_session_get_library (self->session);
}

static void say (CpgModelsInstalledRow *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
static void say (CpgModelsInstalledRow *self, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_signal_emit (self, signals[SAID], 0, text);
}

/* ---- what it shows ---- */

/* Files of the user's own may call themselves alike. */
static char *name_model (CpgInstalledModel *model)
{
  const char *title = cpg_installed_model_get_title (model), *name = cpg_installed_model_get_name (model);
  g_autofree char *file = g_strconcat (title, ".gguf", NULL);
  if (cpg_installed_model_get_catalog_id (model) || g_str_equal (title, name) || g_str_equal (file, name))
    return g_strdup (title);
  return g_strdup_printf ("%s (%s)", title, name);
}

static const char *get_title (CpgModelsInstalledRow *self)
{
  return gtk_label_get_label (self->title);
}

static char *describe (CpgInstalledModel *model)
{
  g_autofree char *tasks = cpg_models_words_tasks (cpg_installed_model_get_tasks (model));
  g_autofree char *size = g_format_size (cpg_installed_model_get_size (model));
  return g_strjoin (" · ", cpg_models_words_kind (cpg_installed_model_get_kind (model)), size,
                    cpg_models_words_verification (cpg_installed_model_get_verification (model)), *tasks ? tasks : NULL, NULL);
}

/* What is wrong with it; NULL: nothing. */
static const char *get_fault (CpgInstalledModel *model)
{
  if (cpg_installed_model_get_error (model))
    return cpg_installed_model_get_error (model);
  if (!cpg_installed_model_is_complete (model))
    return _ ("Some of its files are missing; download it to get the rest");
  if (cpg_installed_model_get_verification (model) == CPG_VERIFICATION_WRONG)
    return _ ("Remove it, and download it again");
  return NULL;
}

static gboolean is_in_use (CpgModelsInstalledRow *self)
{
  return cpg_session_has_model (self->session)
         && g_strcmp0 (cpg_engine_get_model_path (cpg_session_get_engine (self->session)),
                       cpg_installed_model_get_path (self->model))
                == 0;
}

static void cpg_models_installed_row_update_use (CpgModelsInstalledRow *self)
{
  const char *title = get_title (self);
  gboolean writes = cpg_installed_model_get_kind (self->model) == CPG_MODEL_BUNDLE
                    && !cpg_installed_model_get_error (self->model),
           in_use = is_in_use (self);
  gtk_widget_set_visible (GTK_WIDGET (self->use), writes);
  gtk_button_set_label (self->use, in_use ? _ ("In Use") : _ ("Use"));
  cpg_models_name (self->use, in_use ? _ ("%s is in use") : _ ("Use %s"), title);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.use", writes && !in_use);
}

/* Of a trainer, to be converted. */
static gboolean has_weights (CpgInstalledModel *model)
{
  g_autofree char *weights = g_build_filename (cpg_installed_model_get_path (model), "model.safetensors", NULL);
  return g_file_test (weights, G_FILE_TEST_IS_REGULAR);
}

static void cpg_models_installed_row_update (CpgModelsInstalledRow *self)
{
  const char *fault = get_fault (self->model);
  g_autofree char *title = name_model (self->model), *about = describe (self->model),
                  *name = g_strdup_printf ("%s, %s", title, about);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->about, about);
  gtk_label_set_label (self->note, fault ? fault : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), fault != NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->note), "error");
  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->verifying != NULL);
  cpg_models_progress_set_subject (self->progress, title);
  cpg_models_name (self, "%s", name);
  cpg_models_name (self->details, _ ("Details of %s"), title);
  cpg_models_name (self->more, _ ("More about %s"), title);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.verify", self->verifying == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.remove", cpg_installed_model_is_removable (self->model));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.convert", has_weights (self->model));
  cpg_models_installed_row_update_use (self);
}

void cpg_models_installed_row_set_model (CpgModelsInstalledRow *self, CpgInstalledModel *model)
{
  g_set_object (&self->model, model);
  cpg_models_installed_row_update (self);
}

gboolean cpg_models_installed_row_matches (CpgModelsInstalledRow *self, const char *words)
{
  return g_str_match_string (words, gtk_label_get_label (self->title), TRUE)
         || g_str_match_string (words, gtk_label_get_label (self->about), TRUE);
}

/* ---- use ---- */

static void on_use (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgModelsInstalledRow *self = CPG_MODELS_INSTALLED_ROW (widget);
  cpg_session_load (self->session, cpg_installed_model_get_path (self->model));
}

/* ---- details ---- */

static void cpg_models_installed_row_on_facts (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsInstalledRow) self = data;
  g_autoptr (CpgModelsFacts) facts = cpg_models_facts_read_finish (result, NULL); /* fails only where the row is gone */
  if (facts && self->session)
    adw_dialog_present (cpg_models_card_new (facts), GTK_WIDGET (self));
}

static void on_details (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgModelsInstalledRow *self = CPG_MODELS_INSTALLED_ROW (widget);
  const char *id = cpg_installed_model_get_catalog_id (self->model);
  CpgCatalogModel *entry = id ? cpg_catalog_find (cpg_library_get_catalog (get_library (self)), id) : NULL;
  cpg_models_facts_read_async (NULL, self->model, entry, self->cancellable, cpg_models_installed_row_on_facts,
                               g_object_ref (self));
}

/* ---- verify ---- */

static void cpg_models_installed_row_on_progress (goffset done, goffset total, gpointer data)
{
  CpgModelsInstalledRow *self = data;
  if (!self->session)
    return;
  g_autofree char *amount = cpg_models_words_amount ((guint64) done, (guint64) total),
                  *words = g_strdup_printf (_ ("Verifying: %s"), amount);
  cpg_models_progress_show (self->progress, total > 0 ? (double) done / (double) total : 0, words);
}

static void say_verified (CpgModelsInstalledRow *self)
{
  const char *title = get_title (self);
  if (cpg_installed_model_get_verification (self->model) == CPG_VERIFICATION_UNKNOWN)
    say (self, _ ("“%s” was read. No catalogue has a checksum to compare with; its details show the one it has."), title);
  else
    say (self, _ ("“%s” is what the catalogue promises."), title);
}

static void cpg_models_installed_row_on_verified (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgModelsInstalledRow) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = cpg_installed_models_verify_finish (CPG_INSTALLED_MODELS (source), result, &error);
  g_clear_object (&self->verifying);
  if (!self->session)
    return;
  cpg_models_installed_row_update (self);
  if (ok)
    say_verified (self);
  else if (g_error_matches (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_DIFFERS))
    say (self, _ ("“%s” is not what the catalogue promises."), get_title (self));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, "%s", error->message);
  cpg_library_refresh (get_library (self));
}

static void on_verify (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgModelsInstalledRow *self = CPG_MODELS_INSTALLED_ROW (widget);
  self->verifying = g_cancellable_new ();
  cpg_models_installed_row_update (self);
  cpg_models_installed_row_on_progress (0, (goffset) cpg_installed_model_get_size (self->model), self);
  cpg_installed_models_verify_async (cpg_library_get_installed (get_library (self)), self->model,
                                     cpg_models_installed_row_on_progress, self, self->verifying,
                                     cpg_models_installed_row_on_verified, g_object_ref (self));
}

static void cpg_models_installed_row_on_cancel (CpgModelsInstalledRow *self)
{
  g_cancellable_cancel (self->verifying);
}

/* ---- what the page does ---- */

static void on_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *path = cpg_installed_model_get_path (CPG_MODELS_INSTALLED_ROW (widget)->model);
  gtk_widget_activate_action (widget, "models.remove", "s", path);
}

static void on_convert (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *path = cpg_installed_model_get_path (CPG_MODELS_INSTALLED_ROW (widget)->model);
  gtk_widget_activate_action (widget, "models.import", "s", path);
}

/* ---- the object ---- */

static void cpg_models_installed_row_dispose (GObject *object)
{
  CpgModelsInstalledRow *self = CPG_MODELS_INSTALLED_ROW (object);
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->verifying);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_MODELS_INSTALLED_ROW);
  G_OBJECT_CLASS (cpg_models_installed_row_parent_class)->dispose (object);
}

static void cpg_models_installed_row_finalize (GObject *object)
{
  CpgModelsInstalledRow *self = CPG_MODELS_INSTALLED_ROW (object);
  g_clear_object (&self->model);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->verifying);
  G_OBJECT_CLASS (cpg_models_installed_row_parent_class)->finalize (object);
}

static void cpg_models_installed_row_class_init (CpgModelsInstalledRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = cpg_models_installed_row_dispose;
  object_class->finalize = cpg_models_installed_row_finalize;
  signals[SAID] = g_signal_new ("said", CPG_TYPE_MODELS_INSTALLED_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
  g_type_ensure (CPG_TYPE_MODELS_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-models-installed-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgModelsInstalledRow, title);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsInstalledRow, about);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsInstalledRow, note);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsInstalledRow, use);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsInstalledRow, details);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsInstalledRow, more);
  gtk_widget_class_bind_template_child (widget_class, CpgModelsInstalledRow, progress);
  gtk_widget_class_bind_template_callback (widget_class, cpg_models_installed_row_on_cancel);
  gtk_widget_class_install_action (widget_class, "model.use", NULL, on_use);
  gtk_widget_class_install_action (widget_class, "model.details", NULL, on_details);
  gtk_widget_class_install_action (widget_class, "model.verify", NULL, on_verify);
  gtk_widget_class_install_action (widget_class, "model.remove", NULL, on_remove);
  gtk_widget_class_install_action (widget_class, "model.convert", NULL, on_convert);
}

static void cpg_models_installed_row_init (CpgModelsInstalledRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

CpgModelsInstalledRow *cpg_models_installed_row_new (CpgSession *session, CpgInstalledModel *model)
{
  CpgModelsInstalledRow *self = g_object_new (CPG_TYPE_MODELS_INSTALLED_ROW, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::model-name", G_CALLBACK (cpg_models_installed_row_update_use), self,
                           G_CONNECT_SWAPPED);
  cpg_models_installed_row_set_model (self, model);
  return self;
}
