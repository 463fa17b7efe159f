/* Where lessons are found. */
#pragma once

#include "store/cpg-lesson.h"

G_BEGIN_DECLS

/* All there are: those of the program in their order, then every .json in $XDG_DATA_HOME/cosmos-playground/lessons, by name. problems (may be NULL): a
 * message for each that was refused, ended by NULL; g_strfreev () it. (transfer container, of CpgLesson) */
GPtrArray *cpg_lessons_find (char ***problems);

/* One file, on a thread of its own; faults as of cpg_lesson_new (). (transfer full) */
void cpg_lesson_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
CpgLesson *cpg_lesson_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
