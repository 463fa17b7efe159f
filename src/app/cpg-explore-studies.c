#include "app/cpg-explore-studies.h"

#include "app/cpg-config.h"
#include "app/cpg-models-words.h"
#include "app/cpg-page.h"
#include "app/cpg-preferences.h"
#include "app/cpg-study-command.h"
#include "app/cpg-study-dialog.h"
#include "app/cpg-study-words.h"

#include <glib/gi18n.h>

/* Those that train nothing, in the order of the list. */
static const char *const studies[] = {"noise", "normalisation", "interpolation", "self-conditioning", "noise-scale"};

static const double FORESIGHT = 3; /* seconds after which the time left is told */

struct _CpgExploreStudies {
  CpgExperiment parent_instance;
  GSettings *preferences;
  GCancellable *choosing; /* of the folder's dialog */
  GCancellable *running;  /* of the study that is under way, or NULL */
  gint64 started;
  CpgStudyResult *result; /* of the last one, or NULL */

  AdwPreferencesGroup *group;
  AdwComboRow *study;
  AdwSpinRow *count;
  AdwActionRow *folder;
  GtkWidget *work, *show;
  GtkProgressBar *progress;
  GtkLabel *state, *sentence;
};

G_DEFINE_FINAL_TYPE (CpgExploreStudies, cpg_explore_studies, CPG_TYPE_EXPERIMENT)

static const char *get_study (CpgExploreStudies *self)
{
  return studies[MIN (adw_combo_row_get_selected (self->study), G_N_ELEMENTS (studies) - 1)];
}

/* ---- what is shown ---- */

static void cpg_explore_studies_on_study (CpgExploreStudies *self)
{
  g_autofree char *meaning = g_markup_escape_text (cpg_study_words_study_meaning (get_study (self)), -1);
  adw_preferences_group_set_description (self->group, meaning);
}

static void cpg_explore_studies_show_folder (CpgExploreStudies *self)
{
  g_autofree char *folder = g_settings_get_string (self->preferences, "texts-folder"), *shown = g_filename_display_name (folder);
  adw_action_row_set_subtitle (self->folder, *folder ? shown : _ ("None yet: Run asks for it"));
}

static void set_sentence (CpgExploreStudies *self, const char *words)
{
  gtk_label_set_label (self->sentence, words);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), *words != 0);
}

static void show_progress (CpgExploreStudies *self, double fraction)
{
  double seconds = (double) (g_get_monotonic_time () - self->started) / G_USEC_PER_SEC;
  g_autofree char *share = g_strdup_printf (_ ("%.0f %%"), 100 * fraction),
                  *left = fraction > 0 && seconds > FORESIGHT ? cpg_models_words_time_left (seconds * (1 - fraction) / fraction)
                                                              : NULL,
                  /* Translators: how far it is, and the time left: "37 %, 12 seconds left" */
                      *words = left ? g_strdup_printf (_ ("%s, %s"), share, left) : g_strdup (share);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  gtk_label_set_label (self->state, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
}

static void cpg_explore_studies_set_running (CpgExploreStudies *self, GCancellable *running)
{
  g_set_object (&self->running, running);
  gtk_widget_set_visible (self->work, running != NULL);
  cpg_experiment_changed (CPG_EXPERIMENT (self));
}

static void cpg_explore_studies_on_show (CpgExploreStudies *self)
{
  adw_dialog_present (cpg_study_dialog_new (self->result), GTK_WIDGET (self));
}

/* ---- a study ---- */

static void on_progress (double fraction, gpointer data)
{
  CpgExploreStudies *self = data;
  if (self->running && !g_cancellable_is_cancelled (self->running))
    show_progress (self, fraction);
}

static void take_result (CpgExploreStudies *self, CpgStudyResult *result, gboolean all)
{
  g_autofree char *title = cpg_study_words_title (result), *verdict = cpg_study_words_verdict (result);
  /* Translators: a study, and how it came out: "Noise on the Latents: The goals are reached: ..." */
  g_autofree char *words = g_strdup_printf (all ? _ ("%s: %s") : _ ("%s, as far as it was made: %s"), title, verdict);
  g_clear_pointer (&self->result, cpg_study_result_unref);
  self->result = cpg_study_result_ref (result);
  set_sentence (self, words);
  gtk_widget_set_visible (self->show, TRUE);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    cpg_explore_studies_on_show (self);
  else
    cpg_page_say (CPG_PAGE (self), _ ("The study is made: see Explore, Studies"));
}

static void take_failure (CpgExploreStudies *self, const GError *error)
{
  set_sentence (self, error->message);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    cpg_page_say (CPG_PAGE (self), "%s", error->message);
}

static void on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreStudies) self = data;
  g_autoptr (GError) error = NULL;
  gboolean all;
  g_autoptr (CpgStudyResult) study = cpg_study_command_run_finish (result, &all, &error);
  if (!self->running) /* the window is gone */
    return;
  cpg_explore_studies_set_running (self, NULL);
  if (study)
    take_result (self, study, all);
  else
    take_failure (self, error);
}

/* What the next run would be of, if the model has that. */
static char *find_task (CpgSession *session)
{
  const CosmosConfig *config = cpg_engine_get_config (cpg_session_get_engine (session));
  const char *task = cpg_settings_get_task (cpg_session_get_settings (session));
  if (*task && cosmos_config_find_task (config, task) >= 0)
    return g_strdup (task);
  return g_strdup (config->n_tasks > 0 ? config->tasks[0] : "story");
}

static void start (CpgExploreStudies *self)
{
  CpgSession *session = cpg_experiment_get_session (CPG_EXPERIMENT (self));
  g_autofree char *folder = g_settings_get_string (self->preferences, "texts-folder"),
                  *compute = g_settings_get_string (self->preferences, "compute"), *task = find_task (session);
  CpgStudyOrder order = {
    .study = get_study (self),
    .task = task,
    .folder = folder,
    .model = cpg_engine_get_model_path (cpg_session_get_engine (session)),
    .compute = compute,
    .threads = g_settings_get_int (self->preferences, "threads"),
    .count = (int) adw_spin_row_get_value (self->count),
  };
  g_autoptr (GCancellable) running = g_cancellable_new ();
  self->started = g_get_monotonic_time ();
  g_autofree char *name = g_strdup_printf (_ ("Progress of %s"), cpg_study_words_study_title (order.study));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  set_sentence (self, "");
  show_progress (self, 0);
  cpg_explore_studies_set_running (self, running);
  cpg_study_command_run_async (&order, on_progress, running, on_made, g_object_ref (self));
}

/* ---- the folder ---- */

static void take_folder (CpgExploreStudies *self, GtkFileDialog *dialog, GAsyncResult *result, gboolean starts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_select_folder_finish (dialog, result, &error);
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  if (g_cancellable_is_cancelled (self->choosing))
    return;
  if (path) {
    g_settings_set_string (self->preferences, "texts-folder", path);
    set_sentence (self, "");
  } else if (file)
    cpg_page_say (CPG_PAGE (self), _ ("The texts must lie in a folder of this computer."));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    cpg_page_say (CPG_PAGE (self), "%s", error->message);
  if (path && starts)
    cpg_page_perform (CPG_PAGE (self), "run");
}

static void on_folder_for_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreStudies) self = data;
  take_folder (self, GTK_FILE_DIALOG (source), result, TRUE);
}

static void on_folder (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CpgExploreStudies) self = data;
  take_folder (self, GTK_FILE_DIALOG (source), result, FALSE);
}

static void choose_folder (CpgExploreStudies *self, GAsyncReadyCallback callback)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *before = g_settings_get_string (self->preferences, "texts-folder");
  g_autoptr (GFile) folder = *before ? g_file_new_for_path (before) : NULL;
  gtk_file_dialog_set_title (dialog, _ ("Folder with Texts"));
  gtk_file_dialog_set_initial_folder (dialog, folder);
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->choosing, callback,
                                 g_object_ref (self));
}

static void cpg_explore_studies_on_choose (CpgExploreStudies *self)
{
  choose_folder (self, on_folder);
}

/* ---- as an experiment ---- */

static gboolean ask (CpgExperiment *experiment, CpgEngine *engine, GCancellable *cancellable)
{
  return FALSE; /* the engine: nothing */
}

/* A study is of the model that was open when it began, and what was found stays. */
static void forget (CpgExperiment *experiment)
{
}

static const char *get_text (CpgExperiment *experiment)
{
  return NULL;
}

static gboolean is_busy (CpgExperiment *experiment)
{
  return CPG_EXPLORE_STUDIES (experiment)->running != NULL;
}

static void stop (CpgExperiment *experiment)
{
  CpgExploreStudies *self = CPG_EXPLORE_STUDIES (experiment);
  gtk_label_set_label (self->state, _ ("Ending it…"));
  g_cancellable_cancel (self->running);
}

static void run (CpgExperiment *experiment)
{
  CpgExploreStudies *self = CPG_EXPLORE_STUDIES (experiment);
  g_autofree char *folder = g_settings_get_string (self->preferences, "texts-folder");
  if (self->running)
    cpg_page_say (CPG_PAGE (self), _ ("A study is under way: stop it first, or wait for it."));
  else if (*folder)
    start (self);
  else
    choose_folder (self, on_folder_for_run);
}

/* ---- the object ---- */

static void cpg_explore_studies_dispose (GObject *object)
{
  CpgExploreStudies *self = CPG_EXPLORE_STUDIES (object);
  g_cancellable_cancel (self->choosing);
  g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
  if (self->preferences)
    g_signal_handlers_disconnect_by_data (self->preferences, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), CPG_TYPE_EXPLORE_STUDIES);
  G_OBJECT_CLASS (cpg_explore_studies_parent_class)->dispose (object);
}

static void cpg_explore_studies_finalize (GObject *object)
{
  CpgExploreStudies *self = CPG_EXPLORE_STUDIES (object);
  g_clear_pointer (&self->result, cpg_study_result_unref);
  g_clear_object (&self->preferences);
  g_object_unref (self->choosing);
  G_OBJECT_CLASS (cpg_explore_studies_parent_class)->finalize (object);
}

static void cpg_explore_studies_class_init (CpgExploreStudiesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  CpgExperimentClass *experiment_class = CPG_EXPERIMENT_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cpg_explore_studies_dispose;
  G_OBJECT_CLASS (klass)->finalize = cpg_explore_studies_finalize;
  experiment_class->ask = ask;
  experiment_class->forget = forget;
  experiment_class->get_text = get_text;
  experiment_class->is_busy = is_busy;
  experiment_class->stop = stop;
  experiment_class->run = run;
  gtk_widget_class_set_template_from_resource (widget_class, CPG_RESOURCES "/ui/cpg-explore-studies.ui");
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, group);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, study);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, count);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, folder);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, work);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, progress);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, state);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, sentence);
  gtk_widget_class_bind_template_child (widget_class, CpgExploreStudies, show);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_studies_on_choose);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_studies_on_show);
  gtk_widget_class_bind_template_callback (widget_class, cpg_explore_studies_on_study);
}

static void cpg_explore_studies_init (CpgExploreStudies *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  self->choosing = g_cancellable_new ();
  self->preferences = cpg_preferences_open ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (studies); i++)
    gtk_string_list_append (titles, cpg_study_words_study_title (studies[i]));
  adw_combo_row_set_model (self->study, G_LIST_MODEL (titles));
  cpg_explore_studies_on_study (self);
  g_settings_bind (self->preferences, "study-texts", self->count, "value", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_swapped (self->preferences, "changed::texts-folder", G_CALLBACK (cpg_explore_studies_show_folder), self);
  cpg_explore_studies_show_folder (self);
}
