/* Names of controls for those who hear them, in lists where each row has the same ones: "Download GPT-2". */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* format: with one %s, the subject. After the label of a button was set, which names it as well. */
void cpg_models_name (gpointer widget, const char *format, const char *subject) G_GNUC_PRINTF (2, 0);

G_END_DECLS
