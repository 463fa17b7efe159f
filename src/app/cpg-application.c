#include "app/cpg-application.h"

#include "app/cpg-about.h"
#include "app/cpg-config.h"
#include "app/cpg-frame-statistics.h"
#include "app/cpg-help-dialog.h"
#include "app/cpg-preferences-dialog.h"
#include "app/cpg-preferences.h"
#include "app/cpg-sessions-keeping.h"
#include "app/cpg-shortcuts-dialog.h"
#include "app/cpg-window.h"

#include <glib/gi18n.h>

struct _CpgApplication {
  AdwApplication parent_instance;
  gint64 started;
  GSettings *preferences;
  CpgRecorder *recorder;
  CpgSession *session;
  gboolean wants_statistics;
  CpgFrameStatistics *statistics;
};

G_DEFINE_FINAL_TYPE (CpgApplication, cpg_application, ADW_TYPE_APPLICATION)

/* ---- actions ---- */

static GtkWindow *get_window (gpointer self)
{
  return gtk_application_get_active_window (GTK_APPLICATION (self));
}

static void on_quit (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *window = get_window (self);
  if (window)
    gtk_window_close (window); /* which ends the program; its size is remembered on the way */
  else
    g_application_quit (G_APPLICATION (self));
}

static void on_about (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  adw_dialog_present (cpg_about_create (CPG_APPLICATION (self)->session), GTK_WIDGET (get_window (self)));
}

static void on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  adw_dialog_present (cpg_shortcuts_dialog_new (), GTK_WIDGET (get_window (self)));
}

/* At what is said of the page that is shown. */
static void on_help (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkWindow *window = get_window (self);
  g_autoptr (GVariant) page = g_action_group_get_action_state (G_ACTION_GROUP (window), "page");
  adw_dialog_present (cpg_help_dialog_new (page ? g_variant_get_string (page, NULL) : NULL), GTK_WIDGET (window));
}

static void on_preferences (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  adw_dialog_present (cpg_preferences_dialog_new (CPG_APPLICATION (self)->preferences, CPG_APPLICATION (self)->recorder),
                      GTK_WIDGET (get_window (self)));
}

static const GActionEntry entries[] = {
  {"quit", on_quit}, {"about", on_about}, {"help", on_help}, {"shortcuts", on_shortcuts}, {"preferences", on_preferences},
};

static const struct {
  const char *action;
  const char *keys[3];
} accelerators[] = {
  {"app.quit", {"<Control>q"}},
  {"app.preferences", {"<Control>comma"}},
  {"app.help", {"F1"}},
  {"app.shortcuts", {"<Control>question"}},
  {"window.close", {"<Control>w"}},
  {"win.run", {"<Control>r"}},
  {"win.stop", {"<Control>period"}},
  {"win.branch", {"<Control>b"}},
  {"win.compare", {"<Control>d"}},
  {"win.bookmark", {"<Control>m"}},
  {"win.export", {"<Control>e"}},
  {"win.copy-picture", {"<Control><Shift>p"}},
  {"win.copy-text", {"<Control><Shift>c"}},
  {"win.loop", {"<Control>l"}},
  {"win.noisy", {"<Control>t"}},
  {"win.draw-seed", {"<Control><Shift>d"}},
  {"win.candidates", {"<Control><Shift>r"}},
  {"win.page::denoise", {"<Alt>1"}},
  {"win.page::compare", {"<Alt>2"}},
  {"win.page::explore", {"<Alt>3"}},
  {"win.page::models", {"<Alt>4"}},
  {"win.page::learn", {"<Alt>5"}},
  {"win.lesson-next", {"<Alt>Right"}},
  {"win.lesson-previous", {"<Alt>Left"}},
  {"win.lesson-again", {"<Alt>Up"}},
  {"win.end-lesson", {"<Control><Shift>w"}},
  {"win.new-run", {"<Control>n"}},
  {"win.search-sessions", {"<Control>f"}},
  {"win.show-sessions", {"F8"}},
  {"win.show-settings", {"F9"}},
  {"win.open-model", {"<Control>o"}},
  {"win.open-study", {"<Control><Shift>o"}},
};

/* ---- preferences ---- */

static void apply_engine (CpgApplication *self)
{
  g_autofree char *compute = g_settings_get_string (self->preferences, "compute");
  cpg_session_set_engine (self->session, g_settings_get_int (self->preferences, "threads"), compute);
}

static gboolean scheme_from_setting (GValue *value, GVariant *variant, gpointer data)
{
  const char *name = g_variant_get_string (variant, NULL);
  AdwColorScheme scheme = g_str_equal (name, "light")  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                          : g_str_equal (name, "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                       : ADW_COLOR_SCHEME_DEFAULT;
  g_value_set_enum (value, scheme);
  return TRUE;
}

/* ---- the application ---- */

static int cpg_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version")) {
    g_print ("cosmos-playground " CPG_VERSION "\n");
    return 0;
  }
  CPG_APPLICATION (application)->wants_statistics = g_variant_dict_contains (options, "frame-statistics");
  return -1;
}

static void cpg_application_startup (GApplication *application)
{
  CpgApplication *self = CPG_APPLICATION (application);
  G_APPLICATION_CLASS (cpg_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (CPG_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (size_t i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action, accelerators[i].keys);
  g_settings_bind_with_mapping (self->preferences, "color-scheme", adw_style_manager_get_default (), "color-scheme",
                                G_SETTINGS_BIND_GET, scheme_from_setting, NULL, NULL, NULL);
  self->session = cpg_session_new ();
  self->recorder = cpg_recorder_new (NULL);
  cpg_session_set_recorder (self->session, self->recorder);
  cpg_sessions_keeping_tidy (self->preferences, self->recorder);
  apply_engine (self);
  g_signal_connect_object (self->preferences, "changed::threads", G_CALLBACK (apply_engine), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->preferences, "changed::compute", G_CALLBACK (apply_engine), self, G_CONNECT_SWAPPED);
}

static void on_realize (CpgApplication *self, GtkWidget *window)
{
  self->statistics = cpg_frame_statistics_new (window, self->started);
}

static void cpg_application_activate (GApplication *application)
{
  CpgApplication *self = CPG_APPLICATION (application);
  GtkWindow *window = get_window (self);
  if (!window) {
    window = GTK_WINDOW (cpg_window_new (ADW_APPLICATION (self), self->session, self->preferences));
    if (self->wants_statistics)
      g_signal_connect_swapped (window, "realize", G_CALLBACK (on_realize), self);
    cpg_session_load (self->session, NULL);
  }
  gtk_window_present (window);
}

/* Results of studies, models: what is named on the command line. */
static void cpg_application_open (GApplication *application, GFile **files, int n, const char *hint)
{
  cpg_application_activate (application);
  for (int i = 0; i < n; i++)
    cpg_window_open_file (CPG_WINDOW (get_window (application)), files[i]);
}

static void cpg_application_shutdown (GApplication *application)
{
  CpgApplication *self = CPG_APPLICATION (application);
  g_clear_pointer (&self->statistics, cpg_frame_statistics_free);
  /* Whoever still holds the session: its engine's thread ends before the libraries that it uses. */
  if (self->session)
    g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
  /* What the end of the runs was is the last thing that is written. */
  if (self->recorder)
    cpg_recorder_close (self->recorder);
  g_clear_object (&self->recorder);
  G_APPLICATION_CLASS (cpg_application_parent_class)->shutdown (application);
}

static void cpg_application_finalize (GObject *object)
{
  g_clear_object (&CPG_APPLICATION (object)->preferences);
  G_OBJECT_CLASS (cpg_application_parent_class)->finalize (object);
}

static void cpg_application_class_init (CpgApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cpg_application_finalize;
  G_APPLICATION_CLASS (klass)->handle_local_options = cpg_application_handle_local_options;
  G_APPLICATION_CLASS (klass)->startup = cpg_application_startup;
  G_APPLICATION_CLASS (klass)->activate = cpg_application_activate;
  G_APPLICATION_CLASS (klass)->open = cpg_application_open;
  G_APPLICATION_CLASS (klass)->shutdown = cpg_application_shutdown;
}

static void cpg_application_init (CpgApplication *self)
{
  static const GOptionEntry options[] = {
    {"version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL},
    {"frame-statistics", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, NULL, "Print how smooth the window was", NULL},
    {NULL},
  };
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

CpgApplication *cpg_application_new (gint64 started)
{
  g_autoptr (GSettings) preferences = cpg_preferences_open ();
  if (!preferences)
    return NULL;
  CpgApplication *self = g_object_new (CPG_TYPE_APPLICATION, "application-id", CPG_APPLICATION_ID, "flags",
                                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", CPG_RESOURCES, NULL);
  self->started = started;
  self->preferences = g_steal_pointer (&preferences);
  return self;
}
