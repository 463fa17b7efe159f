/* Everything that a run depends on besides the weights, as an object that widgets bind to (CosmosSettings with properties).
 *
 * Properties (all read-write, with notify only where the value changes): task (string id, "" for the model's first), source (string, "" for none),
 * seed (uint64), steps (int), sampler (enum CpgSampler in the core's order), guidance, self-conditioning, schedule-d (0: the model's own),
 * t-end (-1: the model's own), noise-scale, strength (without effect where there is no source or
 * the model does not read its latents), returned (int: 0 x0, 1 mean), decode-every (int: 0 what is shown only, 1 all, N every N-th while
 * it runs and the rest when idle), pins (CpgPins or NULL: latents that the run keeps).
 * Main thread only; a run takes a copy.
 */
#pragma once

#include "core/sample/settings.h"
#include "engine/cpg-pins.h"
#include <glib-object.h>

G_BEGIN_DECLS

/* The core's samplers as a GEnum; nicks are their names ("dpm-sde"). */
#define CPG_TYPE_SAMPLER (cpg_sampler_get_type ())
GType cpg_sampler_get_type (void);

#define CPG_TYPE_SETTINGS (cpg_settings_get_type ())
G_DECLARE_FINAL_TYPE (CpgSettings, cpg_settings, CPG, SETTINGS, GObject)

/* A story of 50 steps with the core's defaults; noise schedule and last time are the model's own, whichever that will be. */
CpgSettings *cpg_settings_new (void);
/* (transfer full) */
CpgSettings *cpg_settings_copy (CpgSettings *self);
gboolean cpg_settings_equal (CpgSettings *self, CpgSettings *other);
/* The model's own values (cosmos_settings_default; config NULL: those of a new object), nothing pinned. Keeps task, source and decode-every. */
void cpg_settings_reset (CpgSettings *self, const CosmosConfig *config);
/* Another model takes the place of one with the values `before`: what still has them (noise schedule, last time, noise scale) takes those of `after`. */
void cpg_settings_follow (CpgSettings *self, const CosmosSettings *before, const CosmosSettings *after);
const char *cpg_settings_get_task (CpgSettings *self);
const char *cpg_settings_get_source (CpgSettings *self);
int cpg_settings_get_steps (CpgSettings *self);
int cpg_settings_get_decode_every (CpgSettings *self);
CpgPins *cpg_settings_get_pins (CpgSettings *self);
/* For a model; fails where the model has no such task or a value is out of range. A model without tasks takes any. */
gboolean cpg_settings_to_core (CpgSettings *self, const CosmosConfig *config, CosmosSettings *settings, GError **error);
void cpg_settings_from_core (CpgSettings *self, const CosmosConfig *config, const CosmosSettings *settings);

G_END_DECLS
