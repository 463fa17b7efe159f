#include "app/cpg-file-dialog.h"

GtkFileDialog *cpg_file_dialog_new (const char *title, const char *kind, ...)
{
  GtkFileDialog *self = gtk_file_dialog_new ();
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  va_list suffixes;
  gtk_file_filter_set_name (filter, kind);
  va_start (suffixes, kind);
  for (const char *suffix; (suffix = va_arg (suffixes, const char *));)
    gtk_file_filter_add_suffix (filter, suffix);
  va_end (suffixes);
  g_list_store_append (filters, filter);
  gtk_file_dialog_set_title (self, title);
  gtk_file_dialog_set_filters (self, G_LIST_MODEL (filters));
  return self;
}
