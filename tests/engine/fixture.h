/* A main loop that cannot hang, and engines with the bundled model. */
#pragma once

#include "core/model/convert.h"
#include "engine/cpg-engine.h"

#include "../model-folder.h"

enum { FIXTURE_SECONDS = 120 }; /* sanitizers are slow */

static gboolean fixture_late (gpointer data)
{
  (void) data;
  g_error ("the main loop waited for %d seconds in vain", FIXTURE_SECONDS);
  return G_SOURCE_REMOVE;
}

/* Turns the main loop until the condition holds. */
#define fixture_wait_until(condition)                                       \
  do {                                                                      \
    guint late_ = g_timeout_add_seconds (FIXTURE_SECONDS, fixture_late, 0); \
    while (!(condition))                                                    \
      g_main_context_iteration (NULL, TRUE);                                \
    g_source_remove (late_);                                                \
  } while (0)

static inline gboolean fixture_set (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static inline void fixture_sleep (guint milliseconds)
{
  gboolean over = FALSE;
  g_timeout_add (milliseconds, fixture_set, &over);
  fixture_wait_until (over);
}

static inline char *fixture_model (void)
{
  return g_build_filename (g_getenv ("SOURCE_ROOT"), "models", "story-first.gguf", NULL);
}

/* A tiny random bundle with the tasks "story" and "detox" in a folder of its own; model_folder_remove (). */
static inline char *fixture_tiny (char **path)
{
  char *folder = model_folder_new_temporary ();
  CosmosConverted result;
  CosmosError err;
  *path = g_build_filename (folder, "tiny.gguf", NULL);
  model_folder_write_cosmos (folder);
  CosmosConversion what = {.input = folder, .output = *path, .dtype = COSMOS_DTYPE_F32, .name = "tiny"};
  if (!cosmos_convert (&what, &result, NULL, &err))
    g_error ("%s", err.message);
  return folder;
}

static void fixture_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  (void) source;
  *(GAsyncResult **) data = g_object_ref (result);
}

static inline gboolean fixture_load (CpgEngine *engine, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  cpg_engine_load_async (engine, path, cancellable, fixture_loaded, &result);
  fixture_wait_until (result);
  return cpg_engine_load_finish (engine, result, error);
}

/* path NULL: the bundled model. */
static inline CpgEngine *fixture_engine (const char *path)
{
  g_autofree char *bundled = fixture_model ();
  g_autoptr (GError) error = NULL;
  CpgEngine *engine = cpg_engine_new (1, "auto");
  if (!path)
    path = bundled;
  fixture_load (engine, path, NULL, &error);
  g_assert_no_error (error);
  return engine;
}

static inline CpgSettings *fixture_settings (int steps, guint64 seed)
{
  CpgSettings *settings = cpg_settings_new ();
  g_object_set (settings, "steps", steps, "seed", seed, NULL);
  return settings;
}

static inline void fixture_finish (CpgRun *run)
{
  fixture_wait_until (!cpg_run_is_active (run));
  g_assert_cmpstr (cpg_run_get_error (run), ==, NULL);
  g_assert_cmpint (cpg_run_get_state (run), ==, CPG_RUN_DONE);
}
