/* The text at a step, big, its tokens marked by how they stand: see cpg-token-text.h.
 *
 * Arrow keys, Home and End move a cursor over the tokens; Enter, Space or a click activates one; Ctrl+C copies the text.
 * Signals: "token-activated" (int position in the model's sequence, GdkRectangle * of the token in the widget, for a popover).
 * Properties: text (string, read-only), text-scale (double, of the body font; 1.3), placeholder (string or NULL: shown, dimmed, without tokens).
 * Read as an article whose text assistive tools can ask for; it announces nothing by itself. Main thread only.
 */
#pragma once

#include "app/pictures/cpg-picture.h"
#include "engine/cpg-step.h"

G_BEGIN_DECLS

#define CPG_TYPE_TOKEN_VIEW (cpg_token_view_get_type ())
G_DECLARE_FINAL_TYPE (CpgTokenView, cpg_token_view, CPG, TOKEN_VIEW, CpgPicture)

GtkWidget *cpg_token_view_new (void);
/* Copies what it needs. The cursor stays at its token's number. */
void cpg_token_view_set_tokens (CpgTokenView *self, const CpgToken *tokens, int n);
const char *cpg_token_view_get_text (CpgTokenView *self);
int cpg_token_view_get_n_tokens (CpgTokenView *self);
/* Token under the cursor, counted from 0 in reading order; -1 none. */
int cpg_token_view_get_cursor (CpgTokenView *self);
void cpg_token_view_set_cursor (CpgTokenView *self, int token);
/* The token at a place of the widget, -1 none. */
int cpg_token_view_find (CpgTokenView *self, double x, double y);
/* FALSE: no such token. */
gboolean cpg_token_view_get_rectangle (CpgTokenView *self, int token, GdkRectangle *rectangle);
void cpg_token_view_copy (CpgTokenView *self);

G_END_DECLS
