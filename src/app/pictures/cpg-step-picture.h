/* A picture of a whole run in which one step is the current one, and which can be scrubbed: what the charts over steps share.
 *
 * A press, a drag or the keys (Left, Right, Home, End, Page Up, Page Down; mirrored from right to left as a slider is) ask for a step by the signal
 * "step-selected" (int step); the picture itself moves only when current-step is set, so that the run stays the one who knows. One that follows a
 * run asks it right away, too. A subclass' own follow () calls this one's.
 * Properties: n-steps (int, planned), current-step (int, -1 none, kept within n-steps).
 */
#pragma once

#include "app/pictures/cpg-picture.h"

G_BEGIN_DECLS

#define CPG_TYPE_STEP_PICTURE (cpg_step_picture_get_type ())
G_DECLARE_DERIVABLE_TYPE (CpgStepPicture, cpg_step_picture, CPG, STEP_PICTURE, CpgPicture)

struct _CpgStepPictureClass {
  CpgPictureClass parent_class;

  /* The step at a place, -1 none. */
  int (*find) (CpgStepPicture *self, double x, double y, double width, double height, const CpgStyle *style);
};

void cpg_step_picture_set_n_steps (CpgStepPicture *self, int n_steps);
int cpg_step_picture_get_n_steps (CpgStepPicture *self);
void cpg_step_picture_set_current_step (CpgStepPicture *self, int step);
int cpg_step_picture_get_current_step (CpgStepPicture *self);
/* The step at a place of the widget, -1 none. */
int cpg_step_picture_find (CpgStepPicture *self, double x, double y);

G_END_DECLS
