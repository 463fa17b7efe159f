/* Settings as a JSON object: any GObject's properties by name, so that a new setting needs no new column. Pure functions of what they are given.
 *
 * Enumerations stand as their nick, 64-bit unsigned numbers as a string (JSON readers keep 53 bits), boxed values that become strings and come back
 * from them (g_value_transform ()) as such, or not at all where they are NULL; the rest as what they are. Keys are sorted.
 */
#pragma once

#include "store/cpg-log-run.h"

G_BEGIN_DECLS

/* All properties that can be read and written, of kinds that JSON has, but those named in `without` (ended by NULL; may be NULL). (transfer full) */
char *cpg_log_settings_new (GObject *object, const char *const *without);
/* Sets what the object has; unknown names and values of another kind are left out, numbers come into their range. FALSE where json is no object. */
gboolean cpg_log_settings_apply (const char *json, GObject *object);

/* What differs between two runs: task, source, seed, model, engine, and every setting, in this order, settings sorted. A side that has no such
 * setting is NULL. */
typedef struct {
  char *name;
  char *a, *b; /* as people read them */
} CpgLogDifference;

/* CpgLogDifference, (transfer full); empty where nothing differs. */
GPtrArray *cpg_log_run_diff (const CpgLogRun *a, const CpgLogRun *b);

G_END_DECLS
