/* The curves of a study on a sheet of paper, with what they mean and how they were measured, as PNG or SVG. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* results: CpgStudyResult, one or two. The whole file. */
GBytes *cpg_study_sheet_make (GPtrArray *results, gboolean as_svg, gboolean rtl, GError **error);

G_END_DECLS
