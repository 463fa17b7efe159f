/* A folder for the files that a test writes. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

static inline char *scratch_new (void)
{
  char *folder = g_dir_make_tmp ("cosmos-test-XXXXXX", NULL);
  g_assert_nonnull (folder);
  return folder;
}

/* Number of entries, hidden ones included. */
static inline int scratch_count (const char *folder)
{
  int n = 0;
  GDir *dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

/* Removes it with the files in it, and frees. */
static inline void scratch_free (char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_remove (path);
  }
  if (dir)
    g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}
