/* What a model can be asked for: the four tasks as objects for lists and menus.
 *
 * Properties: id ("story"; for CpgSettings), title, description (translated), takes-source (boolean), available (boolean: the open model, or one that would
 * be found, has it). All but available are constant. Main thread only.
 */
#pragma once

#include "core/model/config.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define CPG_TYPE_TASK (cpg_task_get_type ())
G_DECLARE_FINAL_TYPE (CpgTask, cpg_task, CPG, TASK, GObject)

/* A list of all tasks, none available. (transfer full) */
GListModel *cpg_task_list_new (void);
/* The task of that id, or NULL. (transfer none) */
CpgTask *cpg_task_list_find (GListModel *list, const char *id);

const char *cpg_task_get_id (CpgTask *self);
const char *cpg_task_get_title (CpgTask *self);
const char *cpg_task_get_description (CpgTask *self);
gboolean cpg_task_takes_source (CpgTask *self);
gboolean cpg_task_is_available (CpgTask *self);

/* Bit i: the task at position i of the list is available. Looks for models on the disk; any thread. config: the open one's, or NULL. */
guint cpg_tasks_find_available (const CosmosConfig *config);
void cpg_task_list_set_available (GListModel *list, guint available);

G_END_DECLS
