/* The four tasks to choose from; those that no model does are greyed. What is active is the session's task.
 *
 * Properties: session (CpgSession, writable), stacked (boolean, writable): one below the other, as they do not fit side by side.
 */
#pragma once

#include "app/cpg-session.h"
#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_TASK_CHOICE (cpg_task_choice_get_type ())
G_DECLARE_FINAL_TYPE (CpgTaskChoice, cpg_task_choice, CPG, TASK_CHOICE, AdwBin)

/* Closure of a template, whatever its class: what the task reads, translated. (transfer full) */
char *cpg_task_choice_describe_source (gpointer page, const char *task);

G_END_DECLS
