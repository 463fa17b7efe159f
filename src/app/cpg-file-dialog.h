/* A chooser of files of one kind. */
#pragma once

#include <gtk/gtk.h>

/* kind: what such files are called. Their suffixes follow, without dots; NULL ends them. */
GtkFileDialog *cpg_file_dialog_new (const char *title, const char *kind, ...) G_GNUC_NULL_TERMINATED;
