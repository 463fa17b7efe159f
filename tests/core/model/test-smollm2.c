/* A language model of others, SmolLM2-135M-Instruct as GGUF (Q4_1, Q8_0), against what other programs make of it: tools/golden/smollm2.py. */
#include "language-golden.h"

/* The path of the model; NULL: there is none, and why is said. */
static char *fetch (void)
{
  GError *error = NULL;
  g_autofree char *script = g_build_filename (g_getenv ("SOURCE_ROOT"), "tests", "fetch-smollm2.py", NULL), *why = NULL;
  char *path = NULL, *words[] = {(char *) g_getenv ("PYTHON"), script, (char *) g_getenv ("FETCHED"), NULL};
  int status;
  g_assert_true (g_spawn_sync (NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL, &path, &why, &status, &error));
  if (g_spawn_check_wait_status (status, &error))
    return g_strchomp (path);
  if (!g_error_matches (error, G_SPAWN_EXIT_ERROR, 77))
    g_error ("%s%s", why, error->message);
  g_error_free (error);
  g_test_skip (g_strchomp (why));
  g_free (path);
  return NULL;
}

/* In f32 on both sides; what differs is the order of sums in 30 layers. Logits go up to 30. */
static void test_golden (void)
{
  Setting setting = {0};
  g_autofree char *path = fetch ();
  if (!path)
    return;
  set_up (&setting, path, "smollm2.ini");
  g_assert_cmpint (cosmos_language_model_get_begin (setting.model), ==, -1); /* its file says: none is put before a text */
  test_texts (&setting, 6, 1e-3, 1e-4);
  tear_down (&setting);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/language-model/smollm2", test_golden);
  return g_test_run ();
}
