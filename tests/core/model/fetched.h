/* Models of others to test with, which a script of tests/ brings where pip can. */
#pragma once

#include <glib.h>

/* The path that the script prints, g_free () it; NULL: there is none, and the test is skipped with its words. */
static inline char *fetched_find (const char *name)
{
  GError *error = NULL;
  g_autofree char *script = g_build_filename (g_getenv ("SOURCE_ROOT"), "tests", name, NULL), *why = NULL;
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
