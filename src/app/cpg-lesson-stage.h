/* Brings the session to where a step of a lesson wants it: task and source, for which another model may be loaded, then settings, a run, and the step of
 * the run that is shown. What the session was before comes back at the end.
 *
 * Signals: "ready": the step's run is there. "said" (string): why a step cannot be shown. Main thread only.
 */
#pragma once

#include "app/cpg-session.h"
#include "store/cpg-lesson.h"

G_BEGIN_DECLS

#define CPG_TYPE_LESSON_STAGE (cpg_lesson_stage_get_type ())
G_DECLARE_FINAL_TYPE (CpgLessonStage, cpg_lesson_stage, CPG, LESSON_STAGE, GObject)

CpgLessonStage *cpg_lesson_stage_new (CpgSession *session);
/* step: its lesson outlives the stage, or the next call. A run that is shown already and would be made again is only gone back in. */
void cpg_lesson_stage_show (CpgLessonStage *self, const CpgLessonStep *step);
/* Once. */
void cpg_lesson_stage_end (CpgLessonStage *self);

G_END_DECLS
