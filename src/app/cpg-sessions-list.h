/* What the session log has, as a list that keeps up with it: runs by day, the newest first, a page at a time.
 *
 * Properties: words (string, writable: what to look for; "" for all runs), ready (boolean: the log has answered).
 * Main thread only.
 */
#pragma once

#include "app/cpg-recorder.h"
#include "app/cpg-sessions-item.h"

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_LIST (cpg_sessions_list_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsList, cpg_sessions_list, CPG, SESSIONS_LIST, GObject)

CpgSessionsList *cpg_sessions_list_new (void);
/* NULL: the list is empty. */
void cpg_sessions_list_set_recorder (CpgSessionsList *self, CpgRecorder *recorder);
void cpg_sessions_list_set_words (CpgSessionsList *self, const char *words);
/* The next page, where there is one. */
void cpg_sessions_list_load_more (CpgSessionsList *self);
gboolean cpg_sessions_list_is_ready (CpgSessionsList *self);
/* Of CpgSessionsItem, with a section for each day. (transfer none) */
GListModel *cpg_sessions_list_get_model (CpgSessionsList *self);
/* NULL: it is not among those that are loaded. (transfer none) */
CpgSessionsItem *cpg_sessions_list_find (CpgSessionsList *self, const char *id);

G_END_DECLS
