#include "app/cpg-application.h"
#include "app/cpg-config.h"

#include <glib/gi18n.h>
#include <locale.h>

int main (int argc, char **argv)
{
  gint64 started = g_get_monotonic_time ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, CPG_LOCALE_FOLDER);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_autoptr (CpgApplication) application = cpg_application_new (started);
  return application ? g_application_run (G_APPLICATION (application), argc, argv) : 1;
}
