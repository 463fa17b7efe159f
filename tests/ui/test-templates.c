/* Every template of the window becomes a widget, in every state that the session can be in. */
#include "app/cpg-candidates-dialog.h"
#include "app/cpg-compare-page.h"
#include "app/cpg-compare-table.h"
#include "app/cpg-compare-transport.h"
#include "app/cpg-denoise-page.h"
#include "app/cpg-explore-edit.h"
#include "app/cpg-explore-input.h"
#include "app/cpg-explore-interpolate.h"
#include "app/cpg-explore-page.h"
#include "app/cpg-explore-perturb.h"
#include "app/cpg-explore-reconstruct.h"
#include "app/cpg-explore-studies.h"
#include "app/cpg-help-dialog.h"
#include "app/cpg-lazy-page.h"
#include "app/cpg-learn-page.h"
#include "app/cpg-models-catalog-row.h"
#include "app/cpg-models-installed-row.h"
#include "app/cpg-models-page.h"
#include "app/cpg-models-progress.h"
#include "app/cpg-preferences-dialog.h"
#include "app/cpg-preferences.h"
#include "app/cpg-run-pictures.h"
#include "app/cpg-sessions-details-dialog.h"
#include "app/cpg-sessions-difference-dialog.h"
#include "app/cpg-sessions-pane.h"
#include "app/cpg-sessions-row.h"
#include "app/cpg-sessions-texts-dialog.h"
#include "app/cpg-settings-pane.h"
#include "app/cpg-shortcuts-dialog.h"
#include "app/cpg-study-dialog.h"
#include "app/cpg-study-words.h"
#include "app/cpg-token-popover.h"
#include "app/cpg-transport.h"
#include "app/cpg-window-private.h"
#include "app/export/cpg-export-dialog.h"
#include "app/export/cpg-study-sheet.h"

static void test_parts (void)
{
  const GType types[] = {
    CPG_TYPE_CANDIDATES_DIALOG,
    CPG_TYPE_COMPARE_PAGE,
    CPG_TYPE_COMPARE_TABLE,
    CPG_TYPE_COMPARE_TRANSPORT,
    CPG_TYPE_DENOISE_PAGE,
    CPG_TYPE_EXPLORE_EDIT,
    CPG_TYPE_EXPLORE_INPUT,
    CPG_TYPE_EXPLORE_INTERPOLATE,
    CPG_TYPE_EXPLORE_PAGE,
    CPG_TYPE_EXPLORE_PERTURB,
    CPG_TYPE_EXPLORE_RECONSTRUCT,
    CPG_TYPE_EXPLORE_STUDIES,
    CPG_TYPE_EXPORT_DIALOG,
    CPG_TYPE_HELP_DIALOG,
    CPG_TYPE_LEARN_PAGE,
    CPG_TYPE_LESSON_PANE,
    CPG_TYPE_MODELS_PAGE,
    CPG_TYPE_MODELS_PROGRESS,
    CPG_TYPE_RUN_PICTURES,
    CPG_TYPE_SESSIONS_DETAILS_DIALOG,
    CPG_TYPE_SESSIONS_DIFFERENCE_DIALOG,
    CPG_TYPE_SESSIONS_PANE,
    CPG_TYPE_SESSIONS_ROW,
    CPG_TYPE_SESSIONS_TEXTS_DIALOG,
    CPG_TYPE_SETTINGS_PANE,
    CPG_TYPE_SHORTCUTS_DIALOG,
    CPG_TYPE_STUDY_DIALOG,
    CPG_TYPE_TOKEN_POPOVER,
    CPG_TYPE_TRANSPORT,
  };
  g_autoptr (CpgSession) session = cpg_session_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++) {
    g_test_message ("%s", g_type_name (types[i]));
    GtkWidget *widget = g_object_ref_sink (g_object_new (types[i], NULL));
    g_assert_nonnull (ADW_IS_DIALOG (widget) ? adw_dialog_get_child (ADW_DIALOG (widget)) : gtk_widget_get_first_child (widget));
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (widget), "session")) {
      g_object_set (widget, "session", session, NULL);
      g_object_set (widget, "session", NULL, NULL);
    }
    g_object_add_weak_pointer (G_OBJECT (widget), (gpointer *) &widget);
    g_object_unref (widget);
    g_assert_null (widget);
  }
}

static void count (gpointer counter)
{
  ++*(int *) counter;
}

/* Made when it is shown, or asked for, and then the page in all that it does. */
static void test_lazy_page (void)
{
  g_autoptr (CpgSession) session = cpg_session_new ();
  int n_changed = 0, n_said = 0;
  GtkWidget *lazy = g_object_new (CPG_TYPE_LAZY_PAGE, "page-type", CPG_TYPE_DENOISE_PAGE, "session", session, NULL);
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  GtkStack *stack = GTK_STACK (gtk_stack_new ());
  g_signal_connect_swapped (lazy, "changed", G_CALLBACK (count), &n_changed);
  g_signal_connect_swapped (lazy, "said", G_CALLBACK (count), &n_said);
  gtk_stack_add_named (stack, gtk_label_new ("first"), "first");
  gtk_stack_add_named (stack, lazy, "second");
  adw_window_set_content (ADW_WINDOW (window), GTK_WIDGET (stack));
  gtk_window_present (window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_null (adw_bin_get_child (ADW_BIN (lazy)));
  g_assert_false (cpg_page_can (CPG_PAGE (lazy), "run"));
  cpg_page_perform (CPG_PAGE (lazy), "run");
  gtk_stack_set_visible_child (stack, lazy);
  GtkWidget *page = adw_bin_get_child (ADW_BIN (lazy));
  g_assert_true (CPG_IS_DENOISE_PAGE (page));
  g_assert_cmpint (n_changed, ==, 1);
  cpg_page_changed (CPG_PAGE (page));
  cpg_page_say (CPG_PAGE (page), "100 %%");
  g_assert_cmpint (n_changed, ==, 2);
  g_assert_cmpint (n_said, ==, 1);
  g_assert_true (cpg_lazy_page_get_page (CPG_LAZY_PAGE (lazy)) == CPG_PAGE (page));
  g_autoptr (CpgSession) given = NULL;
  g_object_get (page, "session", &given, NULL);
  g_assert_true (given == session);
  gtk_window_destroy (window);
}

static gboolean shows (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (shows (child, text))
      return TRUE;
  return FALSE;
}

/* A run of before there was a setting differs where the other has another value than all had then. */
static void test_difference (void)
{
  g_autoptr (CpgLogRun) old = cpg_log_run_new (), as_before = cpg_log_run_new (), other = cpg_log_run_new ();
  old->settings = g_strdup ("{\"steps\":50}");
  as_before->settings = g_strdup ("{\"steps\":50,\"strength\":1.0}");
  other->settings = g_strdup ("{\"steps\":50,\"strength\":0.6}");
  for (int order = 0; order < 2; order++) {
    AdwDialog *same = g_object_ref_sink (cpg_sessions_difference_dialog_new (order ? old : as_before, order ? as_before : old));
    AdwDialog *differs = g_object_ref_sink (cpg_sessions_difference_dialog_new (order ? old : other, order ? other : old));
    g_assert_false (shows (adw_dialog_get_child (same), "Strength"));
    g_assert_true (shows (adw_dialog_get_child (same), "Nothing: both were made in the same way."));
    g_assert_true (shows (adw_dialog_get_child (differs), "Strength"));
    g_assert_true (shows (adw_dialog_get_child (differs), "0.6"));
    g_object_unref (same);
    g_object_unref (differs);
  }
}

static void test_preferences (void)
{
  g_autoptr (GSettings) preferences = cpg_preferences_open ();
  g_assert_nonnull (preferences);
  g_autoptr (GtkWidget) dialog = g_object_ref_sink (GTK_WIDGET (cpg_preferences_dialog_new (preferences, NULL)));
  g_assert_nonnull (adw_preferences_dialog_get_visible_page (ADW_PREFERENCES_DIALOG (dialog)));
}

/* Rows of models, broken ones too. */
static void test_models (void)
{
  g_autoptr (CpgSession) session = cpg_session_new ();
  CpgLibrary *library = cpg_session_get_library (session);
  g_assert_true (cpg_session_get_library (session) == library);
  CpgCatalogModel *model = cpg_catalog_get_model (cpg_library_get_catalog (library), 0);
  g_autoptr (GtkWidget) offered = g_object_ref_sink (GTK_WIDGET (cpg_models_catalog_row_new (library, model)));
  g_assert_true (cpg_models_catalog_row_matches (CPG_MODELS_CATALOG_ROW (offered), cpg_catalog_model_get_name (model)));
  g_assert_false (cpg_models_catalog_row_matches (CPG_MODELS_CATALOG_ROW (offered), "no such words"));
  while (cpg_library_is_refreshing (library))
    g_main_context_iteration (NULL, TRUE);
  CpgInstalledModels *installed = cpg_library_get_installed (library);
  g_assert_cmpuint (cpg_installed_models_get_n_models (installed), >=, 2);
  for (guint i = 0; i < cpg_installed_models_get_n_models (installed); i++) {
    CpgModelsInstalledRow *row = cpg_models_installed_row_new (session, cpg_installed_models_get_model (installed, i));
    g_autoptr (GtkWidget) held = g_object_ref_sink (GTK_WIDGET (row));
    g_assert_true (cpg_models_installed_row_matches (row, "no published checksum"));
  }
}

static CpgStudyResult *make_study (const char *model, const char *what)
{
  g_autofree char *text = g_strdup_printf (
      "{\"verb\":\"study\",\"what\":\"%s\",\"facts\":{\"model\":\"%s\"},\"tables\":[{\"key\":\"noise\",\"columns\":[{\"key\":\"x\"},"
      "{\"key\":\"y\"}],\"rows\":[{\"name\":\"a|b\",\"x\":0,\"y\":1},{\"name\":\"a|b\",\"x\":1,\"y\":0.5},{\"name\":\"c,\\\"\",\"y\":2}]},"
      "{\"key\":\"expectations\",\"columns\":[{\"key\":\"measured\"},{\"key\":\"holds\"}],\"rows\":[{\"name\":\"y < 1\",\"measured\":0.5,"
      "\"holds\":1}]}],\"charts\":[{\"table\":\"noise\",\"x\":\"x\",\"y\":\"y\"}]}",
      what, model);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  CpgStudyResult *result = cpg_study_result_new (bytes, "a.json", &error);
  g_assert_no_error (error);
  return result;
}

/* Results of studies: words, text, pictures, and two of them in one dialog. */
static void test_study (void)
{
  g_autoptr (CpgStudyResult) first = make_study ("A", "noise"), second = make_study ("B", "noise"),
                             other = make_study ("B", "normalisation");
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  g_ptr_array_add (results, first);
  g_autofree char *verdict = cpg_study_words_verdict (first), *csv = cpg_study_words_tables (results, "csv"),
                  *markdown = cpg_study_words_tables (results, "markdown");
  g_assert_cmpstr (verdict, ==, "The goal is reached: y < 1 (0.500).");
  g_assert_nonnull (strstr (csv, "\"c,\"\"\",,2.000\n"));
  g_assert_nonnull (strstr (markdown, "| a\\|b | 0.000 | 1.000 |\n"));
  g_ptr_array_add (results, second);
  g_autoptr (GBytes) png = cpg_study_sheet_make (results, FALSE, FALSE, NULL),
                     svg = cpg_study_sheet_make (results, TRUE, TRUE, NULL);
  g_assert_true (png && svg);
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  adw_window_set_content (ADW_WINDOW (window), gtk_label_new ("below"));
  gtk_window_present (window);
  AdwDialog *dialog = cpg_study_dialog_new (first);
  adw_dialog_present (dialog, GTK_WIDGET (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_false (cpg_study_dialog_compare (CPG_STUDY_DIALOG (dialog), other));
  g_assert_true (cpg_study_dialog_compare (CPG_STUDY_DIALOG (dialog), second));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  gtk_window_destroy (window);
}

static void wait_until_loaded (CpgSession *session)
{
  gboolean loading = TRUE;
  while (loading) {
    g_main_context_iteration (NULL, TRUE);
    g_object_get (session, "loading", &loading, NULL);
  }
}

/* A window whose session finds no model, and then a file that is none, says so and stays of use. */
static void test_without_model (void)
{
  g_autoptr (AdwApplication) application = ADW_APPLICATION (adw_application_new ("org.example.Test", G_APPLICATION_NON_UNIQUE));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_autoptr (GSettings) preferences = cpg_preferences_open ();
  g_autoptr (CpgSession) session = cpg_session_new ();
  cpg_session_set_engine (session, 1, "auto");
  CpgWindow *window = cpg_window_new (application, session, preferences);
  gtk_window_present (GTK_WINDOW (window));
  cpg_session_load (session, "/dev/null");
  wait_until_loaded (session);
  g_autofree char *problem = NULL;
  g_object_get (session, "problem", &problem, NULL);
  g_assert_nonnull (problem);
  g_assert_false (cpg_session_has_model (session));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "run"));
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "open-model"));
  /* Where there is no model, one can be had. */
  g_action_group_activate_action (G_ACTION_GROUP (window), "page", g_variant_new_string ("models"));
  g_assert_true (CPG_IS_MODELS_PAGE (cpg_lazy_page_get_page (CPG_LAZY_PAGE (cpg_window_get_page (window)))));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (cpg_window_get_page (window))));
  gtk_window_destroy (GTK_WINDOW (window));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/templates/parts", test_parts);
  g_test_add_func ("/ui/templates/lazy-page", test_lazy_page);
  g_test_add_func ("/ui/templates/models", test_models);
  g_test_add_func ("/ui/templates/preferences", test_preferences);
  g_test_add_func ("/ui/templates/difference", test_difference);
  g_test_add_func ("/ui/templates/study", test_study);
  g_test_add_func ("/ui/templates/without-model", test_without_model);
  return g_test_run ();
}
