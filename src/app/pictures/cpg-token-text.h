/* A text made of tokens with a mark each, and its drawing: one Pango layout for all of it, so that lines break, scripts join and directions mix as
 * in any text, and a hundred tokens cost little.
 *
 * Marks are told by colour and by line: changed in the accent with an underline, unsure dimmed with a dotted underline, all others plain.
 * A plain value that owns its copies; indices of tokens count from 0 in reading order. Main thread only.
 */
#pragma once

#include "app/pictures/cpg-style.h"
#include "engine/cpg-step.h"

typedef struct {
  int position;     /* in the model's sequence */
  gsize start, end; /* bytes of the text, without the space before the token; start == end: nothing to be seen */
  CosmosMark mark;
} CpgTokenSpan;

typedef struct {
  char *text;
  CpgTokenSpan *spans;
  int n;
  int cursor;   /* token that is ringed, -1 none */
  int hovered;  /* token that is lit, -1 none */
  double scale; /* of the body font */
} CpgTokenText;

/* tokens may be NULL where n is 0. */
void cpg_token_text_init (CpgTokenText *self, const CpgToken *tokens, int n, double scale);
void cpg_token_text_clear (CpgTokenText *self);

/* width in pixels, all of it, < 0: one line. (transfer full) */
PangoLayout *cpg_token_text_create_layout (const CpgTokenText *self, const CpgStyle *style, int width);
/* Pixels, with the margin around. */
void cpg_token_text_get_size (PangoLayout *layout, int *width, int *height);
void cpg_token_text_draw_layout (const CpgTokenText *self, cairo_t *cr, PangoLayout *layout, const CpgStyle *style);
/* The drawing seam; see cpg-picture.h. */
void cpg_token_text_draw (const CpgTokenText *self, cairo_t *cr, double width, double height, const CpgStyle *style);

/* The token at a place of the drawing, -1 none. */
int cpg_token_text_find (const CpgTokenText *self, PangoLayout *layout, double x, double y);
/* Around the first line of a token. */
void cpg_token_text_get_rectangle (const CpgTokenText *self, PangoLayout *layout, int token, GdkRectangle *rectangle);
/* The token that arrow keys lead to from one: delta_x -1 leftwards, 1 rightwards; delta_y -1 up, 1 down. The same where there is none. */
int cpg_token_text_move (const CpgTokenText *self, PangoLayout *layout, int token, int delta_x, int delta_y);
