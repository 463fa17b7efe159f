/* Two to four texts of one input side by side: other seeds, other samplers, another model, an autoregressive one.
 *
 * Property: session (CpgSession).
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_COMPARE_PAGE (cpg_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (CpgComparePage, cpg_compare_page, CPG, COMPARE_PAGE, AdwBin)

G_END_DECLS
