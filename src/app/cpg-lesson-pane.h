/* The side bar in which a lesson is read: the words of a step, its question, and the way on. What is done with it are actions of the window
 * ("win.lesson-next" ...).
 *
 * Property: collapsed (boolean: it covers the window and so needs a way back of its own).
 */
#pragma once

#include "store/cpg-lesson.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_LESSON_PANE (cpg_lesson_pane_get_type ())
G_DECLARE_FINAL_TYPE (CpgLessonPane, cpg_lesson_pane, CPG, LESSON_PANE, AdwBin)

void cpg_lesson_pane_show (CpgLessonPane *self, CpgLesson *lesson, guint place);
/* That this step cannot be shown beside its words, and why. */
void cpg_lesson_pane_say (CpgLessonPane *self, const char *text);

G_END_DECLS
