/* For cpg-models-page.c, which keeps the lists, and cpg-models-page-actions.c, which imports and removes. */
#pragma once

#include "app/cpg-models-installed-row.h"
#include "app/cpg-models-page.h"

struct _CpgModelsPage {
  AdwBin parent_instance;
  CpgSession *session;
  CpgLibrary *library;       /* NULL before it was first shown */
  GCancellable *cancellable; /* of looking into files */
  GHashTable *removing;      /* of path -> its toast: out of sight, and into the trash unless it is undone */
  GPtrArray *lists;          /* of GtkListBox: the installed ones, and one for each kind in the catalogue */

  AdwToastOverlay *toasts;
  GtkEditable *search;
  GtkListBox *imports, *installed;
  GtkLabel *placeholder, *nothing, *refused;
  AdwActionRow *folder;
  GtkBox *catalog;
};

/* Which rows are to be seen has changed. */
void cpg_models_page_filter (CpgModelsPage *self);
/* On the page's own overlay, where what can be undone shows as well: the window's would cover that. */
void cpg_models_page_show_toast (CpgModelsPage *self, const char *text);
/* A file that was chosen or dropped: looks into it, and asks what to do. file NULL: none was, because of the error. */
void cpg_models_page_on_chosen (CpgModelsPage *self, GFile *file, const GError *error);
void cpg_models_page_install_actions (CpgModelsPageClass *klass);
/* Puts what waits for it into the trash now. */
void cpg_models_page_end_removing (CpgModelsPage *self);
