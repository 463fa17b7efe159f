/* A folder of its own with texts and a recipe. */
#pragma once

#include "train/trainer.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char *folder;
} Fixture;

static inline char *fixture_path (const Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static inline void fixture_write (const Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = fixture_path (self, name), *folder = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static inline void fixture_set_up (Fixture *self, gconstpointer unused)
{
  self->folder = g_dir_make_tmp ("cosmos-train-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
}

static inline void fixture_remove (const char *path)
{
  GDir *folder = g_dir_open (path, 0, NULL);
  const char *name;
  while (folder && (name = g_dir_read_name (folder))) {
    g_autofree char *inside = g_build_filename (path, name, NULL);
    fixture_remove (inside);
  }
  if (folder)
    g_dir_close (folder);
  g_remove (path);
}

static inline void fixture_tear_down (Fixture *self, gconstpointer unused)
{
  fixture_remove (self->folder);
  g_free (self->folder);
}

#define assert_ok(call, err)          \
  do {                                \
    if (!(call))                      \
      g_error ("%s", (err)->message); \
  } while (0)
