/* Lessons to choose from. Choosing one is the window's action "win.lesson", with its id.
 *
 * Property: session (CpgSession), as of all pages.
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_LEARN_PAGE (cpg_learn_page_get_type ())
G_DECLARE_FINAL_TYPE (CpgLearnPage, cpg_learn_page, CPG, LEARN_PAGE, AdwBin)

G_END_DECLS
