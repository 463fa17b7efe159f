#include "app/cpg-models-name.h"

void cpg_models_name (gpointer widget, const char *format, const char *subject)
{
  g_autofree char *name = g_strdup_printf (format, subject);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY); /* else it wins */
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
