/* A step on a sheet of paper: its text with the marks, the four pictures, and below what it was made from. One drawing for PNG, SVG and PDF.
 *
 * Lengths are pixels of a sheet that is CPG_SHEET_WIDTH wide. A style made for it belongs to the thread that made it.
 */
#pragma once

#include "app/export/cpg-record.h"
#include "app/pictures/cpg-style.h"

G_BEGIN_DECLS

enum { CPG_SHEET_WIDTH = 960 };

void cpg_sheet_init_style (CpgStyle *style, const CpgRecord *record);
/* "Story — Step 12 of 50". (transfer full) */
char *cpg_sheet_create_title (const CpgRecord *record, int step);
double cpg_sheet_get_height (const CpgRecord *record, int step, const CpgStyle *style);
/* On a height that is at least that; the ground is the caller's. */
void cpg_sheet_draw (const CpgRecord *record, int step, cairo_t *cr, double height, const CpgStyle *style);

G_END_DECLS
