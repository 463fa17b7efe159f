/* Strokes of the pen that several pictures make. Lines are placed on pixel centres by the caller where they should be crisp. */
#pragma once

#include "app/pictures/cpg-style.h"

/* A line of caption at (x, y), shifted left by align_x of its width and up by align_y of its height: (0, 0) has its corner there, (1, .5)
 * stands before the point, centred in height. */
void cpg_ink_text (cairo_t *cr, const CpgStyle *style, const GdkRGBA *colour, double x, double y, double align_x, double align_y,
                   const char *text);
/* Width of a line of caption, in pixels. */
double cpg_ink_text_width (const CpgStyle *style, const char *text);
/* The same as cpg_ink_text () but no wider than width (ellipsised at its end), at the start (0) or end (1) of the area. */
void cpg_ink_text_in (cairo_t *cr, const CpgStyle *style, const GdkRGBA *colour, double x, double y, double width, double align,
                      const char *text);
void cpg_ink_line (cairo_t *cr, const GdkRGBA *colour, double line_width, double x1, double y1, double x2, double y2);
void cpg_ink_rounded (cairo_t *cr, double x, double y, double width, double height, double radius);

/* A number for people, by locale, with about three digits; "–" where it is not finite. (transfer full) */
char *cpg_ink_number (double value);
/* The same with as few decimals as tell the number: for axes. (transfer full) */
char *cpg_ink_tick (double value);
/* The smallest of 1, 2, 5 times a power of ten that is >= value (> 0). */
double cpg_ink_round_up (double value);
/* The same among more numbers: an end of an axis that leaves little of it empty. */
double cpg_ink_get_axis_end (double value);
