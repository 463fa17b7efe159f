/* What a picture is drawn with: colours, a font, a direction. A plain value, so that the same drawing makes the screen and a file.
 *
 * Made from a widget (its colour, font, direction and the desktop's accent, dark and high-contrast settings) or for paper. The drawing only
 * reads it. Main thread only. cpg_style_clear () ends it.
 */
#pragma once

#include <gtk/gtk.h>

enum { CPG_STYLE_N_SERIES = 4 };

typedef struct {
  GdkRGBA foreground;
  GdkRGBA dim;     /* words beside the data */
  GdkRGBA faint;   /* grid lines */
  GdkRGBA surface; /* what is behind: marks that must stand off are ringed with it */
  GdkRGBA accent;
  GdkRGBA series[CPG_STYLE_N_SERIES]; /* told apart in the common kinds of colour blindness; the first is the accent */
  gboolean dark, high_contrast, rtl;
  PangoContext *context;         /* owned */
  PangoFontDescription *body;    /* owned */
  PangoFontDescription *caption; /* owned: the body, smaller */
  double line;                   /* height of a line of caption, in pixels */
} CpgStyle;

void cpg_style_init_from_widget (CpgStyle *self, GtkWidget *widget);
/* Dark ink on white. font NULL: the toolkit's. */
void cpg_style_init_for_paper (CpgStyle *self, const char *font, gboolean rtl);
/* Also right for a style of zeros. */
void cpg_style_clear (CpgStyle *self);

/* colour with another opacity */
GdkRGBA cpg_style_fade (GdkRGBA colour, double alpha);
/* (transfer full) */
PangoLayout *cpg_style_create_caption (const CpgStyle *self, const char *text);
