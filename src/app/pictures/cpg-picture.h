/* A widget that is one drawing: what all drawings of the window share.
 *
 * A subclass keeps plain data, draws it with cairo in draw () and says it in words in describe (); it calls cpg_picture_changed () when the data
 * is another. The words become the accessible value and description. draw () only reads, depends on nothing but the data and the style, and so
 * serves the screen and files alike (cpg_picture_draw ()).
 * The data is set by hand, or follows a run and its current step. Properties: run (CpgRun or NULL, held). Main thread only.
 */
#pragma once

#include "app/pictures/cpg-style.h"
#include "engine/cpg-run.h"

G_BEGIN_DECLS

#define CPG_TYPE_PICTURE (cpg_picture_get_type ())
G_DECLARE_DERIVABLE_TYPE (CpgPicture, cpg_picture, CPG, PICTURE, GtkWidget)

struct _CpgPictureClass {
  GtkWidgetClass parent_class;

  void (*draw) (CpgPicture *self, cairo_t *cr, double width, double height, const CpgStyle *style);
  /* One or two sentences, translated; (transfer full). */
  char *(*describe) (CpgPicture *self);
  /* Takes the data from a run, NULL: none is followed any more. is_other_step: nothing else has happened. May be NULL. */
  void (*follow) (CpgPicture *self, CpgRun *run, gboolean is_other_step);
  /* The widget's style is another: forget what was made with it. May be NULL. */
  void (*style_changed) (CpgPicture *self);
};

/* From the corner (0, 0); leaves the state of cr as it was. */
void cpg_picture_draw (CpgPicture *self, cairo_t *cr, double width, double height, const CpgStyle *style);
/* (transfer full) */
char *cpg_picture_describe (CpgPicture *self);

/* What was set by hand before is replaced, and cleared with NULL. */
void cpg_picture_set_run (CpgPicture *self, CpgRun *run);
CpgRun *cpg_picture_get_run (CpgPicture *self);

/* For subclasses. The style lives until the next change of the widget's look. */
const CpgStyle *cpg_picture_get_style (CpgPicture *self);
void cpg_picture_changed (CpgPicture *self);

G_END_DECLS
