/* A latent that can be pinned: its number, and the tokens that it holds most of. Active: it is pinned.
 *
 * Property: looked-at (boolean, read-only): the pointer or the focus is on it.
 */
#pragma once

#include "engine/cpg-token.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CPG_TYPE_LATENT_TOGGLE (cpg_latent_toggle_get_type ())
G_DECLARE_FINAL_TYPE (CpgLatentToggle, cpg_latent_toggle, CPG, LATENT_TOGGLE, GtkToggleButton)

/* number: from 1. */
GtkWidget *cpg_latent_toggle_new (int number);
int cpg_latent_toggle_get_number (CpgLatentToggle *self);
/* influence: of the latent on each of n tokens, of which those from `least` on are named, the most influenced first. n 0: not known. */
void cpg_latent_toggle_set_tokens (CpgLatentToggle *self, const CpgToken *tokens, const float *influence, int n, float least);

G_END_DECLS
