#include "app/cpg-sessions-problem.h"

#include <glib/gi18n.h>

typedef struct {
  CpgRecorder *recorder;
  void (*said) (gpointer owner, const char *text);
  GWeakRef owner;
} Choice;

static void free_choice (gpointer data, GClosure *closure)
{
  Choice *self = data;
  g_object_unref (self->recorder);
  g_weak_ref_clear (&self->owner);
  g_free (self);
}

static void say (Choice *self, const char *text)
{
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);
  if (owner)
    self->said (owner, text);
}

static void begin_anew (Choice *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = cpg_recorder_begin_anew (self->recorder, &error);
  if (!aside) {
    say (self, error->message);
    return;
  }
  g_autofree char *name = g_path_get_basename (aside);
  /* Translators: %s is the name of a file. */
  g_autofree char *text = g_strdup_printf (_ ("Runs are kept in a new log; the old one is beside it as “%s”"), name);
  say (self, text);
}

static void on_response (AdwAlertDialog *dialog, const char *response, gpointer data)
{
  Choice *self = data;
  if (cpg_recorder_get_log (self->recorder))
    return; /* mended meanwhile */
  if (g_str_equal (response, "anew"))
    begin_anew (self);
  else if (g_str_equal (response, "look"))
    cpg_recorder_open (self->recorder, TRUE);
  else if (g_str_equal (response, "again"))
    cpg_recorder_open (self->recorder, FALSE);
}

/* What can be done besides trying again and going on without; NULL: nothing. */
typedef struct {
  const char *heading, *body, *response, *label;
} Advice;

static Advice get_advice (const GError *failure)
{
  const char *anew = _ ("_Move Aside and Begin Anew");
  const char *what_is_kept = _ (
      "Moving the file aside deletes nothing: it stays beside the new, empty one. You can also go on without a log; new runs are "
      "then not kept.");
  if (g_error_matches (failure, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_DAMAGED))
    return (Advice) {_ ("Session Log Is Damaged"), what_is_kept, "anew", anew};
  if (g_error_matches (failure, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_NEWER))
    return (Advice) {_ ("Session Log Is Newer"), what_is_kept, "anew", anew};
  if (g_error_matches (failure, CPG_DATABASE_ERROR, CPG_DATABASE_ERROR_READ_ONLY))
    return (Advice) {
      _ ("Session Log Is Read-Only"),
      _ ("Opened read-only, the runs in it can be found and shown; new ones are not kept. You can also go on without a log."),
      "look", _ ("_Open Read-Only")};
  return (Advice) {_ ("Session Log Is Unusable"), _ ("You can go on without a log; new runs are then not kept."), NULL, NULL};
}

AdwDialog *cpg_sessions_problem_new (CpgRecorder *recorder, void (*said) (gpointer owner, const char *text), GObject *owner)
{
  const GError *failure = cpg_recorder_get_failure (recorder);
  Advice advice = get_advice (failure);
  AdwDialog *dialog = adw_alert_dialog_new (advice.heading, NULL);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (dialog);
  Choice *choice = g_new0 (Choice, 1);
  choice->recorder = g_object_ref (recorder);
  choice->said = said;
  g_weak_ref_init (&choice->owner, owner);
  adw_alert_dialog_format_body (alert, "%s\n\n%s", failure->message, advice.body);
  adw_alert_dialog_add_responses (alert, "without", _ ("_Go On Without"), "again", _ ("_Try Again"), NULL);
  if (advice.response) {
    adw_alert_dialog_add_response (alert, advice.response, advice.label);
    adw_alert_dialog_set_response_appearance (alert, advice.response, ADW_RESPONSE_SUGGESTED);
  }
  adw_alert_dialog_set_default_response (alert, "without");
  adw_alert_dialog_set_close_response (alert, "without");
  g_signal_connect_data (alert, "response", G_CALLBACK (on_response), choice, free_choice, 0);
  return dialog;
}
