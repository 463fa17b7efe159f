#include "app/cpg-preferences.h"

#include "app/cpg-config.h"

static GSettingsSchema *lookup (const char *folder)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  if (!folder)
    return source ? g_settings_schema_source_lookup (source, CPG_APPLICATION_ID, TRUE) : NULL;
  g_autoptr (GSettingsSchemaSource) beside = g_settings_schema_source_new_from_directory (folder, source, FALSE, NULL);
  return beside ? g_settings_schema_source_lookup (beside, CPG_APPLICATION_ID, FALSE) : NULL;
}

GSettings *cpg_preferences_open (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program ? g_path_get_dirname (program) : NULL;
  g_autofree char *beside = folder ? g_build_filename (folder, "..", "..", "data", NULL) : NULL; /* build/src/app, build/data */
  /* The build's own schema first: an installed one may be older. */
  g_autoptr (GSettingsSchema) schema = beside ? lookup (beside) : NULL;
  if (!schema)
    schema = lookup (NULL);
  if (!schema) {
    g_printerr ("The settings schema " CPG_APPLICATION_ID " is not there: install the program, or set GSETTINGS_SCHEMA_DIR.\n");
    return NULL;
  }
  return g_settings_new_full (schema, NULL, NULL);
}
