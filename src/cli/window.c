#include "cli/window.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "cosmos-playground"

/* Beside this program, where both are installed or in the build's folder for the other, else in $PATH. (transfer full) */
static char *find_program (void)
{
  static const char *const places[] = {PROGRAM, "../app/" PROGRAM};
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL), *folder = own ? g_path_get_dirname (own) : NULL;
  for (size_t i = 0; folder && i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = g_build_filename (folder, places[i], NULL);
    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer (&path);
  }
  return g_find_program_in_path (PROGRAM);
}

static bool has_display (void)
{
  const char *wayland = g_getenv ("WAYLAND_DISPLAY"), *x11 = g_getenv ("DISPLAY");
  return (wayland && *wayland) || (x11 && *x11);
}

bool cli_window_open (const char *path, CosmosError *err)
{
  g_autofree char *program = find_program ();
  g_autoptr (GError) error = NULL;
  if (!program)
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "--open: " PROGRAM ", the window, is not installed here; the result is in %s", path);
  if (!has_display ())
    return cosmos_error_set (err, COSMOS_STATUS_UNSUPPORTED,
                             "--open: there is no display to show a window on; open it elsewhere: " PROGRAM " %s", path);
  const char *words[] = {program, path, NULL};
  if (g_spawn_async (NULL, (char **) words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &error))
    return true;
  return cosmos_error_set (err, COSMOS_STATUS_IO, "--open: %s cannot be started: %s; the result is in %s", program,
                           error->message, path);
}

char *cli_window_name_file (const char *name, CosmosError *err)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), PROGRAM, NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be made: %s", folder, strerror (errno));
    return NULL;
  }
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d-%H%M%S"), *base = g_strdup_printf ("%s-%s.json", name, date);
  g_autofree char *path = g_build_filename (folder, base, NULL);
  return strdup (path);
}
