#include "app/cpg-study-dialog.h"

#include "app/cpg-config.h"
#include "app/cpg-file-dialog.h"
#include "app/cpg-study-table.h"
#include "app/cpg-study-words.h"
#include "app/export/cpg-study-sheet.h"
#include "app/pictures/cpg-curve-chart.h"

#include <glib/gi18n.h>

struct _CpgStudyDialog {
  AdwDialog parent_instance;
  GPtrArray *results; /* CpgStudyResult: one or two */
  GCancellable *cancellable;

  AdwToastOverlay *toasts;
  GtkBox *body;
};

G_DEFINE_FINAL_TYPE (CpgStudyDialog, cpg_study_dialog, ADW_TYPE_DIALOG)

static void say (CpgStudyDialog *self, const char *text)
{
  AdwToast *toast = adw_toast_new (text);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void say_error (CpgStudyDialog *self, const GError *error)
{
  if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, error->message);
}

/* ---- what is shown ---- */

static void add_words (CpgStudyDialog *self, const char *text, const char *class)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.,
                                   "selectable", TRUE, NULL);
  if (class)
    gtk_widget_add_css_class (label, class);
  gtk_box_append (self->body, label);
}

static void add_verdict (CpgStudyDialog *self, guint which)
{
  CpgStudyResult *result = self->results->pdata[which];
  g_autofree char *verdict = cpg_study_words_verdict (result);
  if (self->results->len == 1) {
    add_words (self, verdict, "now");
    return;
  }
  g_autofree char *label = cpg_study_words_label (result, self->results->pdata[1 - which]);
  g_autofree char *words = g_strdup_printf ("%s: %s", label, verdict);
  add_words (self, words, "now");
}

static void on_selected (CpgStepPicture *chart, int step)
{
  cpg_step_picture_set_current_step (chart, step);
}

static void add_charts (CpgStudyDialog *self)
{
  guint n, n_tables;
  const CpgStudyChart *charts = cpg_study_result_get_charts (self->results->pdata[0], &n);
  const CpgStudyTable *tables = cpg_study_result_get_tables (self->results->pdata[0], &n_tables);
  GtkWidget *grid = g_object_new (GTK_TYPE_FLOW_BOX, "selection-mode", GTK_SELECTION_NONE, "homogeneous", TRUE,
                                  "min-children-per-line", 1, "max-children-per-line", 2, "row-spacing", 12, "column-spacing", 12,
                                  NULL);
  guint n_added = 0;
  for (guint i = 0; i < n; i++) {
    if (tables[charts[i].table].n_rows == 0)
      continue;
    GtkWidget *chart = cpg_curve_chart_new (cpg_study_words_curves (self->results, &charts[i]));
    GtkWidget *child = g_object_new (GTK_TYPE_FLOW_BOX_CHILD, "focusable", FALSE, "child", chart, NULL);
    gtk_widget_add_css_class (chart, "card");
    g_signal_connect (chart, "step-selected", G_CALLBACK (on_selected), NULL);
    gtk_flow_box_append (GTK_FLOW_BOX (grid), child);
    n_added++;
  }
  gtk_widget_set_visible (grid, n_added > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Curves"), -1);
  gtk_box_append (self->body, grid);
}

static void add_tables (CpgStudyDialog *self)
{
  guint n;
  const CpgStudyTable *tables = cpg_study_result_get_tables (self->results->pdata[0], &n);
  for (guint i = 0; i < n; i++)
    if (tables[i].n_rows > 0) {
      add_words (self, tables[i].title, "heading");
      gtk_box_append (self->body, cpg_study_table_new (self->results, i));
    }
}

static void add_facts (CpgStudyDialog *self, guint which)
{
  CpgStudyResult *result = self->results->pdata[which];
  GtkWidget *group = adw_preferences_group_new ();
  g_autofree char *label = self->results->len > 1 ? cpg_study_words_label (result, self->results->pdata[1 - which]) : NULL;
  g_autofree char *title = g_markup_escape_text (label ? label : _ ("How It Was Made"), -1);
  guint n;
  const CpgStudyFact *facts = cpg_study_result_get_facts (result, &n);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = cpg_study_words_fact_title (&facts[i]), *value = cpg_study_words_fact_value (&facts[i]);
    GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", name, "subtitle", value,
                                   "subtitle-selectable", TRUE, NULL);
    gtk_widget_add_css_class (row, "property");
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  }
  gtk_box_append (self->body, group);
}

static void show (CpgStudyDialog *self)
{
  g_autofree char *title = cpg_study_words_title (self->results->pdata[0]),
                  *meaning = cpg_study_words_meaning (self->results->pdata[0]);
  adw_dialog_set_title (ADW_DIALOG (self), title);
  add_words (self, meaning, "dim-label");
  for (guint i = 0; i < self->results->len; i++)
    add_verdict (self, i);
  add_charts (self);
  add_tables (self);
  for (const char *const *note = cpg_study_result_get_notes (self->results->pdata[0]); *note; note++)
    add_words (self, *note, "caption");
  for (guint i = 0; i < self->results->len; i++)
    add_facts (self, i);
}

/* ---- comparing ---- */

gboolean cpg_study_dialog_compare (CpgStudyDialog *self, CpgStudyResult *other)
{
  if (!cpg_study_result_is_alike (self->results->pdata[0], other)) {
    g_autofree char *mine = cpg_study_words_title (self->results->pdata[0]), *theirs = cpg_study_words_title (other);
    g_autofree char *words = g_strdup_printf (
        _ ("“%s” cannot be laid over “%s”: choose a result of the same study or evaluation"), theirs, mine);
    say (self, words);
    return FALSE;
  }
  /* A dialog of its own takes this one's place, which may have the focus in what would be replaced. */
  GtkWidget *parent = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  CpgStudyDialog *both = g_object_new (CPG_TYPE_STUDY_DIALOG, NULL);
  g_ptr_array_add (both->results, cpg_study_result_ref (self->results->pdata[0]));
  g_ptr_array_add (both->results, cpg_study_result_ref (other));
  show (both);
  adw_dialog_force_close (ADW_DIALOG (self));
  adw_dialog_present (ADW_DIALOG (both), parent);
  return TRUE;
}

static void on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgStudyDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgStudyResult) other = cpg_study_result_load_finish (result, &error);
  if (other)
    cpg_study_dialog_compare (self, other);
  else
    say_error (self, error);
}

static void on_other_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgStudyDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);
  if (file)
    cpg_study_result_load_async (file, self->cancellable, on_loaded, g_object_ref (self));
  else
    say_error (self, error);
}

GtkFileDialog *cpg_study_dialog_new_chooser (const char *title)
{
  return cpg_file_dialog_new (title, _ ("Studies and Evaluations (JSON)"), "json", NULL);
}

static GtkWindow *get_window (CpgStudyDialog *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void on_compare (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CpgStudyDialog *self = CPG_STUDY_DIALOG (widget);
  g_autoptr (GtkFileDialog) dialog = cpg_study_dialog_new_chooser (_ ("Compare With"));
  gtk_file_dialog_open (dialog, get_window (self), self->cancellable, on_other_chosen, g_object_ref (self));
}

/* ---- copying and saving ---- */

static void on_copy (GtkWidget *widget, const char *action, GVariant *format)
{
  CpgStudyDialog *self = CPG_STUDY_DIALOG (widget);
  g_autofree char *text = cpg_study_words_tables (self->results, g_variant_get_string (format, NULL));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  say (self, _ ("The tables are copied"));
}

static GBytes *make_file (CpgStudyDialog *self, const char *format, GError **error)
{
  if (g_str_equal (format, "json"))
    return g_bytes_ref (cpg_study_result_get_json (self->results->pdata[0]));
  if (g_str_equal (format, "csv")) {
    char *text = cpg_study_words_tables (self->results, "csv");
    return g_bytes_new_take (text, strlen (text));
  }
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  return cpg_study_sheet_make (self->results, g_str_equal (format, "svg"), rtl, error);
}

typedef struct {
  CpgStudyDialog *dialog;
  char *format;
} Saving;

static void on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgStudyDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source)), *shown = g_filename_display_name (name);
  g_autofree char *words = g_strdup_printf (_ ("“%s” is saved"), shown);
  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    say (self, words);
  else
    say_error (self, error);
}

static void on_place_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  Saving *saving = data;
  g_autoptr (CpgStudyDialog) self = saving->dialog;
  g_autofree char *format = saving->format;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autoptr (GBytes) bytes = file ? make_file (self, format, &error) : NULL;
  g_free (saving);
  if (bytes)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, self->cancellable, on_saved,
                                         g_object_ref (self));
  else
    say_error (self, error);
}

static void on_save (GtkWidget *widget, const char *action, GVariant *format)
{
  CpgStudyDialog *self = CPG_STUDY_DIALOG (widget);
  CpgStudyResult *result = self->results->pdata[0];
  Saving *saving = g_new0 (Saving, 1);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  saving->dialog = g_object_ref (self);
  saving->format = g_variant_dup_string (format, NULL);
  g_autofree char *name = g_strdup_printf ("%s.%s", cpg_study_result_get_what (result), saving->format);
  g_strdelimit (name, "/\\", '-');
  gtk_file_dialog_set_title (dialog, _ ("Save the Result"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, get_window (self), self->cancellable, on_place_chosen, saving);
}

/* ---- the object ---- */

static void cpg_study_dialog_dispose (GObject *object)
{
  CpgStudyDialog *self = CPG_STUDY_DIALOG (object);
  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_STUDY_DIALOG);
  G_OBJECT_CLASS (cpg_study_dialog_parent_class)->dispose (object);
}

static void cpg_study_dialog_finalize (GObject *object)
{
  CpgStudyDialog *self = CPG_STUDY_DIALOG (object);
  g_ptr_array_unref (self->results);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (cpg_study_dialog_parent_class)->finalize (object);
}

static void cpg_study_dialog_class_init (CpgStudyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_study_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cpg_study_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-study-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgStudyDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, CpgStudyDialog, body);
  gtk_widget_class_install_action (widget_class, "study.compare", NULL, on_compare);
  gtk_widget_class_install_action (widget_class, "study.copy", "s", on_copy);
  gtk_widget_class_install_action (widget_class, "study.save", "s", on_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, GDK_CONTROL_MASK, "study.compare", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "study.copy", "s", "text");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_ALT_MASK, "study.copy", "s", "csv");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m, GDK_ALT_MASK, "study.copy", "s", "markdown");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "study.save", "s", "png");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_ALT_MASK, "study.save", "s", "svg");
}

static void cpg_study_dialog_init (CpgStudyDialog *self)
{
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_study_result_unref);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *cpg_study_dialog_new (CpgStudyResult *result)
{
  CpgStudyDialog *self = g_object_new (CPG_TYPE_STUDY_DIALOG, NULL);
  g_ptr_array_add (self->results, cpg_study_result_ref (result));
  show (self);
  return ADW_DIALOG (self);
}
