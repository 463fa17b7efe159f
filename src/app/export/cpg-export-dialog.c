#include "app/export/cpg-export-dialog.h"

#include "app/cpg-config.h"
#include "app/export/cpg-export.h"

#include <glib/gi18n.h>

enum { SHOW_PROGRESS_AFTER = 500 /* ms */ };

struct _CpgExportDialog {
  AdwDialog parent_instance;
  CpgRun *run;
  GWeakRef overlay; /* AdwToastOverlay */
  const CpgExportFormat *format;
  GPtrArray *rows;           /* GtkWidget: by format, in their order; the group's */
  char *suggested;           /* name, by us */
  GCancellable *cancellable; /* while it writes */
  guint progress_timer;

  GtkStack *stack;
  GtkButton *save;
  AdwToggleGroup *what;
  AdwPreferencesGroup *formats;
  AdwEntryRow *name, *folder;
  AdwStatusPage *working;
  GtkProgressBar *progress;
};

G_DEFINE_FINAL_TYPE (CpgExportDialog, cpg_export_dialog, ADW_TYPE_DIALOG)

static char *last_folder;

/* ---- the form ---- */

static gboolean cpg_export_dialog_is_whole (CpgExportDialog *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->what), "run") == 0;
}

static const char *cpg_export_dialog_get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void cpg_export_dialog_update_save (CpgExportDialog *self)
{
  const char *name = cpg_export_dialog_get_text (self->name);
  gboolean is_name = *name && !strchr (name, G_DIR_SEPARATOR) && !g_str_equal (name, ".") && !g_str_equal (name, "..");
  gboolean is_folder = *cpg_export_dialog_get_text (self->folder) != 0;
  if (is_name)
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "error");
  gtk_widget_set_sensitive (GTK_WIDGET (self->save), is_name && is_folder && !self->cancellable);
}

/* A name that somebody wrote keeps all but its suffix. */
static void cpg_export_dialog_suggest_name (CpgExportDialog *self, const CpgExportFormat *before)
{
  const char *name = cpg_export_dialog_get_text (self->name);
  g_autofree char *own = g_strdup (name),
                  *suffix = before ? g_strconcat (".", cpg_export_format_get_suffix (before), NULL) : NULL;
  gboolean is_ours = !*name || g_strcmp0 (name, self->suggested) == 0;
  g_free (self->suggested);
  self->suggested = cpg_export_suggest_name (self->run, self->format, cpg_export_dialog_is_whole (self));
  if (is_ours)
    gtk_editable_set_text (GTK_EDITABLE (self->name), self->suggested);
  else if (suffix && g_str_has_suffix (own, suffix)) {
    own[strlen (own) - strlen (suffix)] = 0;
    g_autofree char *other = g_strconcat (own, ".", cpg_export_format_get_suffix (self->format), NULL);
    gtk_editable_set_text (GTK_EDITABLE (self->name), other);
  }
}

static void cpg_export_dialog_on_format (CpgExportDialog *self, GParamSpec *pspec, GtkCheckButton *check)
{
  if (!gtk_check_button_get_active (check))
    return;
  const CpgExportFormat *before = self->format;
  self->format = cpg_export_find_format (g_object_get_data (G_OBJECT (check), "format"));
  cpg_export_dialog_suggest_name (self, before);
}

static void cpg_export_dialog_add_format (CpgExportDialog *self, const CpgExportFormat *format, GtkCheckButton *first)
{
  GtkWidget *row = adw_action_row_new (), *check = gtk_check_button_new ();
  const char *title = cpg_export_format_get_title (format);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), cpg_export_format_get_purpose (format));
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), first);
  g_object_set_data (G_OBJECT (check), "format", (gpointer) cpg_export_format_get_id (format));
  g_signal_connect_swapped (check, "notify::active", G_CALLBACK (cpg_export_dialog_on_format), self);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_preferences_group_add (self->formats, row);
  g_ptr_array_add (self->rows, row);
}

static GtkCheckButton *cpg_export_dialog_get_check (CpgExportDialog *self, guint row)
{
  return GTK_CHECK_BUTTON (adw_action_row_get_activatable_widget (self->rows->pdata[row]));
}

static void cpg_export_dialog_fill (CpgExportDialog *self)
{
  int n;
  const CpgExportFormat *const *formats = cpg_export_get_formats (&n);
  for (int i = 0; i < n; i++)
    cpg_export_dialog_add_format (self, formats[i], i ? cpg_export_dialog_get_check (self, 0) : NULL);
}

/* The formats that are for it; where the chosen one is not, the first that is. */
static void cpg_export_dialog_on_what (CpgExportDialog *self)
{
  gboolean whole = cpg_export_dialog_is_whole (self);
  int n, first = -1;
  const CpgExportFormat *const *formats = cpg_export_get_formats (&n);
  if (!self->run)
    return;
  for (int i = 0; i < n; i++) {
    gboolean is = cpg_export_format_is_for (formats[i], whole);
    gtk_widget_set_visible (self->rows->pdata[i], is);
    first = is && first < 0 ? i : first;
  }
  if (!self->format || !cpg_export_format_is_for (self->format, whole))
    gtk_check_button_set_active (cpg_export_dialog_get_check (self, (guint) first), TRUE);
  else
    cpg_export_dialog_suggest_name (self, self->format);
}

/* ---- the folder ---- */

/* As somebody writes it: from the home folder on where it does not begin at the top. */
static char *cpg_export_dialog_get_folder (CpgExportDialog *self)
{
  const char *folder = cpg_export_dialog_get_text (self->folder);
  if (*folder == '~' && (folder[1] == G_DIR_SEPARATOR || !folder[1]))
    folder += folder[1] ? 2 : 1;
  return g_path_is_absolute (folder) ? g_strdup (folder) : g_build_filename (g_get_home_dir (), folder, NULL);
}

static const char *get_first_folder (void)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS),
             *downloads = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);
  return last_folder ? last_folder : documents ? documents : downloads ? downloads : g_get_home_dir ();
}

static void cpg_export_dialog_tell (CpgExportDialog *self, const char *heading, const char *body)
{
  AdwDialog *alert = adw_alert_dialog_new (heading, body);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (alert), "close", _ ("_Close"));
  adw_dialog_present (alert, GTK_WIDGET (self));
}

static void cpg_export_dialog_on_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autofree char *path = folder ? g_file_get_path (folder) : NULL;
  if (path)
    gtk_editable_set_text (GTK_EDITABLE (self->folder), path);
  else if (folder)
    cpg_export_dialog_tell (self, _ ("Not a Folder of This Computer"), _ ("Choose one that has a path."));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    cpg_export_dialog_tell (self, _ ("No Folder Was Chosen"), error->message);
}

static void cpg_export_dialog_on_choose (CpgExportDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *path = cpg_export_dialog_get_folder (self);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  gtk_file_dialog_set_title (dialog, _ ("Choose a Folder"));
  gtk_file_dialog_set_initial_folder (dialog, folder);
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, cpg_export_dialog_on_chosen,
                                 g_object_ref (self));
}

/* ---- afterwards ---- */

static void on_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdwToastOverlay) overlay = data;
  g_autoptr (GError) error = NULL;
  if (gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (source), result, &error)
      || g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;
  AdwToast *toast = adw_toast_new (error->message);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (overlay, toast);
}

static void on_show_folder (AdwToast *toast, AdwToastOverlay *overlay)
{
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (g_object_get_data (G_OBJECT (toast), "file"));
  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (overlay))), NULL, on_shown,
                                            g_object_ref (overlay));
}

static void cpg_export_dialog_tell_written (CpgExportDialog *self, GFile *file)
{
  g_autoptr (AdwToastOverlay) overlay = g_weak_ref_get (&self->overlay);
  g_autofree char *name = g_file_get_basename (file), *shown = g_filename_display_name (name);
  g_autofree char *words = g_strdup_printf (_ ("“%s” is written"), shown);
  if (!overlay)
    return;
  AdwToast *toast = adw_toast_new (words);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, _ ("Show in _Folder"));
  g_object_set_data_full (G_OBJECT (toast), "file", g_object_ref (file), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_show_folder), overlay, G_CONNECT_DEFAULT);
  adw_toast_overlay_dismiss_all (overlay); /* so that this one need not wait until those before were read */
  adw_toast_overlay_add_toast (overlay, toast);
}

/* ---- writing ---- */

static void cpg_export_dialog_set_working (CpgExportDialog *self, gboolean working)
{
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  if (working)
    self->cancellable = g_cancellable_new ();
  else
    g_clear_object (&self->cancellable);
  cpg_export_dialog_update_save (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->formats), !working);
  gtk_widget_set_sensitive (GTK_WIDGET (self->what), !working);
  gtk_widget_set_sensitive (GTK_WIDGET (self->name), !working);
  gtk_widget_set_sensitive (GTK_WIDGET (self->folder), !working);
  if (!working)
    gtk_stack_set_visible_child_name (self->stack, "form");
}

static gboolean cpg_export_dialog_on_long_work (gpointer data)
{
  CpgExportDialog *self = data;
  self->progress_timer = 0;
  gtk_stack_set_visible_child_name (self->stack, "work");
  return G_SOURCE_REMOVE;
}

static void cpg_export_dialog_on_progress (double fraction, gpointer data)
{
  CpgExportDialog *self = data;
  gtk_progress_bar_set_fraction (self->progress, fraction);
}

typedef struct {
  CpgExportDialog *dialog;
  GFile *file;
} Writing;

static Writing *writing_new (CpgExportDialog *self, GFile *file)
{
  Writing *writing = g_new (Writing, 1);
  *writing = (Writing) {g_object_ref (self), g_object_ref (file)};
  return writing;
}

static void writing_free (Writing *self)
{
  g_object_unref (self->dialog);
  g_object_unref (self->file);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_free)

static void cpg_export_dialog_on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Writing) writing = data;
  CpgExportDialog *self = writing->dialog;
  g_autoptr (GError) error = NULL;
  gboolean written = cpg_export_finish (CPG_RUN (source), result, &error);
  if (written)
    cpg_export_dialog_tell_written (self, writing->file);
  if (!self->stack) /* closed meanwhile */
    return;
  cpg_export_dialog_set_working (self, FALSE);
  if (written) {
    g_free (last_folder);
    last_folder = g_strdup (cpg_export_dialog_get_text (self->folder));
    adw_dialog_close (ADW_DIALOG (self));
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cpg_export_dialog_tell (self, _ ("Nothing Was Written"), error->message);
}

static void cpg_export_dialog_write (CpgExportDialog *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file), *shown = g_filename_display_name (name),
                  *escaped = g_markup_escape_text (shown, -1);
  cpg_export_dialog_set_working (self, TRUE);
  adw_status_page_set_description (self->working, escaped);
  gtk_progress_bar_set_fraction (self->progress, 0);
  self->progress_timer = g_timeout_add (SHOW_PROGRESS_AFTER, cpg_export_dialog_on_long_work, self);
  cpg_export_async (self->run, cpg_export_dialog_is_whole (self), self->format, file, self->cancellable,
                    cpg_export_dialog_on_progress, self, cpg_export_dialog_on_written, writing_new (self, file));
}

static void cpg_export_dialog_on_replace (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Writing) writing = data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  if (writing->dialog->stack && g_str_equal (response, "replace"))
    cpg_export_dialog_write (writing->dialog, writing->file);
}

static void cpg_export_dialog_ask_to_replace (CpgExportDialog *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file), *shown = g_filename_display_name (name),
                  *heading = g_strdup_printf (_ ("Replace “%s”?"), shown);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (
      adw_alert_dialog_new (heading, _ ("A file of that name is there already. What is in it will be gone.")));
  adw_alert_dialog_add_responses (alert, "cancel", _ ("_Cancel"), "replace", _ ("_Replace"), NULL);
  adw_alert_dialog_set_response_appearance (alert, "replace", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_choose (alert, GTK_WIDGET (self), NULL, cpg_export_dialog_on_replace, writing_new (self, file));
}

static void cpg_export_dialog_on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExportDialog) self = data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  if (!self->stack || self->cancellable)
    return;
  /* What is no file cannot be replaced: the export says so. */
  if (info && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    cpg_export_dialog_ask_to_replace (self, G_FILE (source));
  else
    cpg_export_dialog_write (self, G_FILE (source));
}

static void cpg_export_dialog_on_save (CpgExportDialog *self)
{
  g_autofree char *folder = cpg_export_dialog_get_folder (self);
  g_autoptr (GFile) file = g_file_new_build_filename (folder, cpg_export_dialog_get_text (self->name), NULL);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                           cpg_export_dialog_on_looked, g_object_ref (self));
}

static void cpg_export_dialog_on_cancel (CpgExportDialog *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  else
    adw_dialog_close (ADW_DIALOG (self));
}

/* ---- the object ---- */

static void cpg_export_dialog_closed (AdwDialog *dialog)
{
  CpgExportDialog *self = CPG_EXPORT_DIALOG (dialog);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
}

static void cpg_export_dialog_dispose (GObject *object)
{
  CpgExportDialog *self = CPG_EXPORT_DIALOG (object);
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPORT_DIALOG);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (cpg_export_dialog_parent_class)->dispose (object);
}

static void cpg_export_dialog_finalize (GObject *object)
{
  CpgExportDialog *self = CPG_EXPORT_DIALOG (object);
  g_weak_ref_clear (&self->overlay);
  g_ptr_array_unref (self->rows);
  g_free (self->suggested);
  G_OBJECT_CLASS (cpg_export_dialog_parent_class)->finalize (object);
}

static void cpg_export_dialog_class_init (CpgExportDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = cpg_export_dialog_dispose;
  object_class->finalize = cpg_export_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = cpg_export_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, save);
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, what);
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, formats);
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, name);
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, folder);
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, working);
  gtk_widget_class_bind_template_child (widget_class, CpgExportDialog, progress);
  gtk_widget_class_bind_template_callback (widget_class, cpg_export_dialog_on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, cpg_export_dialog_on_choose);
  gtk_widget_class_bind_template_callback (widget_class, cpg_export_dialog_on_save);
  gtk_widget_class_bind_template_callback (widget_class, cpg_export_dialog_on_what);
  gtk_widget_class_bind_template_callback (widget_class, cpg_export_dialog_update_save);
}

static void cpg_export_dialog_init (CpgExportDialog *self)
{
  g_weak_ref_init (&self->overlay, NULL);
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  cpg_export_dialog_fill (self);
}

void cpg_export_dialog_show (CpgRun *run, GtkWidget *parent)
{
  CpgExportDialog *self = g_object_new (CPG_TYPE_EXPORT_DIALOG, NULL);
  self->run = g_object_ref (run);
  g_weak_ref_set (&self->overlay, gtk_widget_get_ancestor (parent, ADW_TYPE_TOAST_OVERLAY));
  g_autofree char *folder = g_filename_display_name (get_first_folder ());
  gtk_editable_set_text (GTK_EDITABLE (self->folder), folder);
  cpg_export_dialog_on_what (self);
  adw_dialog_present (ADW_DIALOG (self), parent);
}
