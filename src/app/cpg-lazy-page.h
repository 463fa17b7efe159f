/* A page of the window that is not made before it is shown for the first time, so that the window does not wait for it at its start. For the window
 * it is that page: it can what the page can, and says what the page says.
 *
 * Properties: page-type (GType of a widget that is a CpgPage with a property "session"; set when it is made), session (CpgSession, given on).
 */
#pragma once

#include "app/cpg-page.h"
#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_LAZY_PAGE (cpg_lazy_page_get_type ())
G_DECLARE_FINAL_TYPE (CpgLazyPage, cpg_lazy_page, CPG, LAZY_PAGE, AdwBin)

/* The page itself, made now where it has not been shown yet. (transfer none) */
CpgPage *cpg_lazy_page_get_page (CpgLazyPage *self);

G_END_DECLS
