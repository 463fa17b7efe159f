/* Everything that a run depends on besides the weights, as an object that widgets bind to (CosmosSettings with properties).
 *
 * Properties (all read-write, with notify): task (string id), source (string, "" for none), seed (uint64), steps (int), sampler (enum CpgSampler
 * by the core's order), guidance, self-conditioning, schedule-d, t-end, returned (int: 0 x0, 1 mean), decode-every (int: 0 shown only, 1 all, N).
 * Main thread only; a run takes a copy.
 */
#pragma once

#include "core/sample/settings.h"
#include <glib-object.h>

G_BEGIN_DECLS

#define CPG_TYPE_SETTINGS (cpg_settings_get_type ())
G_DECLARE_FINAL_TYPE (CpgSettings, cpg_settings, CPG, SETTINGS, GObject)

CpgSettings *cpg_settings_new (void);
CpgSettings *cpg_settings_copy (CpgSettings *self);
/* The model's own values (cosmos_settings_default) and which tasks it has; keeps task and source. */
void cpg_settings_reset (CpgSettings *self, const CosmosConfig *config);
const char *cpg_settings_get_task (CpgSettings *self);
const char *cpg_settings_get_source (CpgSettings *self);
int cpg_settings_get_decode_every (CpgSettings *self);
/* For a model; fails where the model has no such task or a value is out of range. */
gboolean cpg_settings_to_core (CpgSettings *self, const CosmosConfig *config, CosmosSettings *settings, GError **error);
void cpg_settings_from_core (CpgSettings *self, const CosmosConfig *config, const CosmosSettings *settings);

G_END_DECLS
