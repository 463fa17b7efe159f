/* A run of the session log as a row of the side bar shows it.
 *
 * Properties, all for reading: title (string), details (string: task, time, seed, and how it ended where not well), excerpt (string, markup: what a search
 * found in it, or ""), tags (string, or ""), label (string: all of these for a screen reader), shown (boolean, writable: the window shows this run).
 */
#pragma once

#include "engine/cpg-task.h"
#include "store/cpg-log-run.h"

G_BEGIN_DECLS

#define CPG_TYPE_SESSIONS_ITEM (cpg_sessions_item_get_type ())
G_DECLARE_FINAL_TYPE (CpgSessionsItem, cpg_sessions_item, CPG, SESSIONS_ITEM, GObject)

/* tasks: for their names. */
CpgSessionsItem *cpg_sessions_item_new (const CpgLogRun *record, GListModel *tasks);
/* The same run, with what has changed of it. */
void cpg_sessions_item_set_record (CpgSessionsItem *self, const CpgLogRun *record);
/* Without steps. */
const CpgLogRun *cpg_sessions_item_get_record (CpgSessionsItem *self);
const char *cpg_sessions_item_get_id (CpgSessionsItem *self);
/* Days since the year 1, in local time. */
guint cpg_sessions_item_get_day (CpgSessionsItem *self);
void cpg_sessions_item_set_shown (CpgSessionsItem *self, gboolean shown);

/* What a list calls a run: never "". (transfer full) */
char *cpg_sessions_item_title_record (const CpgLogRun *record);
/* "Today", "Yesterday", or the date; now: microseconds since 1970. (transfer full) */
char *cpg_sessions_item_name_day (guint day, gint64 now);
/* When it began, for a sentence: "15 March, 14:02". (transfer full) */
char *cpg_sessions_item_name_time (gint64 started);

G_END_DECLS
