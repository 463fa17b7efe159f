/* For cpg-denoise-page.c and cpg-denoise-page-actions.c. */
#pragma once

#include "app/cpg-denoise-page.h"
#include "app/cpg-page.h"
#include "app/cpg-run-pictures.h"
#include "app/cpg-token-popover.h"
#include "app/pictures/cpg-token-view.h"

struct _CpgDenoisePage {
  AdwBin parent_instance;
  CpgSession *session;
  gboolean stacked; /* one below the other, as they do not fit side by side */
  GBindingGroup *settings_bindings, *session_bindings;
  GSignalGroup *settings_signals, *run_signals;

  AdwToggleGroup *show;
  GMenu *examples;
  GtkTextBuffer *source;
  CpgRunPictures *pictures;
  CpgTokenView *text;
  CpgTokenPopover *popover;
};

void cpg_denoise_page_init_actions (CpgPageInterface *interface);
