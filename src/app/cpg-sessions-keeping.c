#include "app/cpg-sessions-keeping.h"

#include "app/cpg-config.h"
#include "store/cpg-session-log-space.h"

#include <glib/gi18n.h>

enum { DELETED_DAYS = 30 };

struct _CpgSessionsKeeping {
  AdwPreferencesGroup parent_instance;
  GSettings *preferences;
  CpgRecorder *recorder;

  AdwComboRow *days;
  AdwActionRow *space;
  GtkWidget *clean_up;
};

G_DEFINE_FINAL_TYPE (CpgSessionsKeeping, cpg_sessions_keeping, ADW_TYPE_PREFERENCES_GROUP)

/* Of the rows of the list in the template, in their order. */
static const int choices[] = {-1, 365, 90, 30, 7};

/* A number that no row has, set by hand, is left alone until somebody chooses a row. */
static gboolean days_to_row (GValue *value, GVariant *variant, gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (choices[i] == g_variant_get_int32 (variant)) {
      g_value_set_uint (value, i);
      return TRUE;
    }
  g_value_set_uint (value, GTK_INVALID_LIST_POSITION);
  return TRUE;
}

static GVariant *row_to_days (const GValue *value, const GVariantType *type, gpointer data)
{
  guint row = g_value_get_uint (value);
  return row < G_N_ELEMENTS (choices) ? g_variant_new_int32 (choices[row]) : NULL;
}

/* ---- the room it takes ---- */

static void on_measured (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsKeeping) self = data;
  g_autoptr (GError) error = NULL;
  CpgLogSpace space;
  if (!cpg_session_log_measure_finish (CPG_SESSION_LOG (source), result, &space, &error)) {
    adw_action_row_set_subtitle (self->space, error->message);
    return;
  }
  gint64 n = space.n_runs + space.n_deleted;
  g_autofree char *size = g_format_size ((guint64) (space.bytes + space.free_bytes));
  g_autofree char *runs = g_strdup_printf (ngettext ("%s for %d run", "%s for %d runs", (gulong) n), size, (int) n);
  g_autofree char *text = space.n_deleted > 0 ? g_strdup_printf (ngettext ("%s, %d of them deleted", "%s, %d of them deleted",
                                                                           (gulong) space.n_deleted),
                                                                 runs, (int) space.n_deleted)
                                              : g_strdup (runs);
  adw_action_row_set_subtitle (self->space, text);
}

static void cpg_sessions_keeping_measure (CpgSessionsKeeping *self)
{
  CpgSessionLog *log = self->recorder ? cpg_recorder_get_log (self->recorder) : NULL;
  gtk_widget_set_sensitive (self->clean_up, log != NULL);
  if (log)
    cpg_session_log_measure_async (log, NULL, on_measured, g_object_ref (self));
  else
    adw_action_row_set_subtitle (self->space, _ ("Runs are not kept"));
}

/* ---- cleaning up ---- */

static void on_cleaned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgSessionsKeeping) self = data;
  g_autoptr (GError) error = NULL;
  if (!self->recorder)
    return; /* the dialog has gone */
  if (cpg_session_log_clean_up_finish (CPG_SESSION_LOG (source), result, &error) < 0) {
    adw_action_row_set_subtitle (self->space, error->message);
    gtk_widget_set_sensitive (self->clean_up, TRUE);
    return;
  }
  cpg_sessions_keeping_measure (self);
  cpg_recorder_changed (self->recorder);
}

static CpgLogPolicy get_policy (GSettings *preferences, int deleted_days, gboolean shrink)
{
  return (CpgLogPolicy) {
    .text_days = g_settings_get_int (preferences, "keep-days"),
    .latents_days = -1,
    .deleted_days = deleted_days,
    .shrink = shrink,
  };
}

static void cpg_sessions_keeping_on_clean_up (CpgSessionsKeeping *self)
{
  CpgSessionLog *log = self->recorder ? cpg_recorder_get_log (self->recorder) : NULL;
  CpgLogPolicy policy = get_policy (self->preferences, 0, TRUE);
  if (!log)
    return;
  gtk_widget_set_sensitive (self->clean_up, FALSE);
  cpg_session_log_clean_up_async (log, &policy, NULL, on_cleaned, g_object_ref (self));
}

static void on_tidied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgRecorder) recorder = data;
  if (cpg_session_log_clean_up_finish (CPG_SESSION_LOG (source), result, NULL) > 0)
    cpg_recorder_changed (recorder);
}

void cpg_sessions_keeping_tidy (GSettings *preferences, CpgRecorder *recorder)
{
  CpgLogPolicy policy = get_policy (preferences, DELETED_DAYS, FALSE);
  cpg_session_log_clean_up_async (cpg_recorder_get_log (recorder), &policy, NULL, on_tidied, g_object_ref (recorder));
}

/* ---- the object ---- */

static void cpg_sessions_keeping_dispose (GObject *object)
{
  CpgSessionsKeeping *self = CPG_SESSIONS_KEEPING (object);
  g_clear_object (&self->preferences);
  g_clear_object (&self->recorder);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_SESSIONS_KEEPING);
  G_OBJECT_CLASS (cpg_sessions_keeping_parent_class)->dispose (object);
}

static void cpg_sessions_keeping_class_init (CpgSessionsKeepingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_sessions_keeping_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-sessions-keeping.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsKeeping, days);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsKeeping, space);
  gtk_widget_class_bind_template_child (widget_class, CpgSessionsKeeping, clean_up);
  gtk_widget_class_bind_template_callback (widget_class, cpg_sessions_keeping_on_clean_up);
}

static void cpg_sessions_keeping_init (CpgSessionsKeeping *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void cpg_sessions_keeping_set_up (CpgSessionsKeeping *self, GSettings *preferences, CpgRecorder *recorder)
{
  self->preferences = g_object_ref (preferences);
  g_set_object (&self->recorder, recorder);
  g_settings_bind_with_mapping (preferences, "keep-days", self->days, "selected", G_SETTINGS_BIND_DEFAULT, days_to_row,
                                row_to_days, NULL, NULL);
  cpg_sessions_keeping_measure (self);
}
