#include "app/cpg-application.h"
#include "app/cpg-config.h"

#include <glib/gi18n.h>
#include <locale.h>

/* Of the build folder where the program still lies in it, else of the installation. (transfer full) */
static char *find_translations (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program ? g_path_get_dirname (program) : g_strdup (".");
  g_autofree char *beside = g_build_filename (folder, "..", "..", "po", NULL); /* build/src/app, build/po */
  return g_file_test (beside, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&beside) : g_strdup (CPG_LOCALE_FOLDER);
}

int main (int argc, char **argv)
{
  gint64 started = g_get_monotonic_time ();
  g_autofree char *translations = find_translations ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, translations);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_autoptr (CpgApplication) application = cpg_application_new (started);
  return application ? g_application_run (G_APPLICATION (application), argc, argv) : 1;
}
