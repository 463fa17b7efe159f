#include "app/cpg-preferences-dialog.h"

#include "app/cpg-config.h"
#include "app/cpg-sessions-keeping.h"

struct _CpgPreferencesDialog {
  AdwPreferencesDialog parent_instance;
  AdwComboRow *color_scheme, *compute;
  AdwSpinRow *threads;
  CpgSessionsKeeping *sessions;
};

G_DEFINE_FINAL_TYPE (CpgPreferencesDialog, cpg_preferences_dialog, ADW_TYPE_PREFERENCES_DIALOG)

/* Of the rows of the lists in the template, in their order. */
static const char *const color_schemes[] = {"system", "light", "dark", NULL};
static const char *const computes[] = {"auto", "f32", "bf16", "int8", "blocks", "openblas", NULL};

static gboolean name_to_row (GValue *value, GVariant *variant, gpointer names)
{
  for (guint i = 0; ((const char *const *) names)[i]; i++)
    if (g_str_equal (g_variant_get_string (variant, NULL), ((const char *const *) names)[i])) {
      g_value_set_uint (value, i);
      return TRUE;
    }
  return FALSE;
}

static GVariant *row_to_name (const GValue *value, const GVariantType *type, gpointer names)
{
  guint row = g_value_get_uint (value);
  return row < g_strv_length ((char **) names) ? g_variant_new_string (((const char *const *) names)[row]) : NULL;
}

static void cpg_preferences_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CPG_TYPE_PREFERENCES_DIALOG);
  G_OBJECT_CLASS (cpg_preferences_dialog_parent_class)->dispose (object);
}

static void cpg_preferences_dialog_class_init (CpgPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_preferences_dialog_dispose;
  g_type_ensure (CPG_TYPE_SESSIONS_KEEPING);
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgPreferencesDialog, color_scheme);
  gtk_widget_class_bind_template_child (widget_class, CpgPreferencesDialog, compute);
  gtk_widget_class_bind_template_child (widget_class, CpgPreferencesDialog, threads);
  gtk_widget_class_bind_template_child (widget_class, CpgPreferencesDialog, sessions);
}

static void cpg_preferences_dialog_init (CpgPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *cpg_preferences_dialog_new (GSettings *preferences, CpgRecorder *recorder)
{
  CpgPreferencesDialog *self = g_object_new (CPG_TYPE_PREFERENCES_DIALOG, NULL);
  g_settings_bind (preferences, "threads", self->threads, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (preferences, "color-scheme", self->color_scheme, "selected", G_SETTINGS_BIND_DEFAULT, name_to_row,
                                row_to_name, (gpointer) color_schemes, NULL);
  g_settings_bind_with_mapping (preferences, "compute", self->compute, "selected", G_SETTINGS_BIND_DEFAULT, name_to_row,
                                row_to_name, (gpointer) computes, NULL);
  cpg_sessions_keeping_set_up (self->sessions, preferences, recorder);
  return ADW_DIALOG (self);
}
