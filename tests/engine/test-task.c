#include "engine/cpg-task.h"

static void count (GObject *object, GParamSpec *spec, gpointer data)
{
  (void) object;
  (void) spec;
  (*(int *) data)++;
}

static void test_list (void)
{
  static const char *const ids[] = {"story", "summary", "question", "detox"};
  g_autoptr (GListModel) list = cpg_task_list_new ();
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, G_N_ELEMENTS (ids));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (CpgTask) task = g_list_model_get_item (list, i);
    g_assert_cmpstr (cpg_task_get_id (task), ==, ids[i]);
    g_assert_true (cpg_task_list_find (list, ids[i]) == task);
    g_assert_true (*cpg_task_get_title (task) && *cpg_task_get_description (task));
    g_assert_false (cpg_task_is_available (task));
    g_assert_cmpint (cpg_task_takes_source (task), ==, i > 0);
  }
  g_assert_null (cpg_task_list_find (list, "poem"));
}

static void test_available (void)
{
  g_autoptr (GListModel) list = cpg_task_list_new ();
  CpgTask *detox = cpg_task_list_find (list, "detox"), *story = cpg_task_list_find (list, "story");
  CosmosConfig config = cosmos_config_paper (16);
  int n = 0;
  g_signal_connect (detox, "notify::available", G_CALLBACK (count), &n);
  config.n_tasks = 1;
  g_strlcpy (config.tasks[0], "detox", COSMOS_MAX_TASK_NAME);
  g_setenv ("COSMOS_MODELS", "/no/such/folder", TRUE);
  cpg_task_list_set_available (list, cpg_tasks_find_available (&config));
  cpg_task_list_set_available (list, cpg_tasks_find_available (&config));
  g_assert_true (cpg_task_is_available (detox));
  g_assert_false (cpg_task_is_available (story));
  g_assert_cmpint (n, ==, 1);
  cpg_task_list_set_available (list, cpg_tasks_find_available (NULL));
  g_assert_false (cpg_task_is_available (detox));
  /* One that is not open, but would be found. */
  g_autofree char *models = g_build_filename (g_getenv ("SOURCE_ROOT"), "models", NULL);
  g_setenv ("COSMOS_MODELS", models, TRUE);
  cpg_task_list_set_available (list, cpg_tasks_find_available (NULL));
  g_assert_true (cpg_task_is_available (story));
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task/list", test_list);
  g_test_add_func ("/task/available", test_available);
  return g_test_run ();
}
