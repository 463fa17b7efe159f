/* A page of the window, as the window's actions and keys see it: "win.run", "win.play" ... go to the page that is shown.
 *
 * Signals: "changed": other actions can be done than before. "said" (string): a short word for whoever sits before the window.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CPG_TYPE_PAGE (cpg_page_get_type ())
G_DECLARE_INTERFACE (CpgPage, cpg_page, CPG, PAGE, GtkWidget)

struct _CpgPageInterface {
  GTypeInterface parent_interface;
  gboolean (*can) (CpgPage *self, const char *action);
  void (*perform) (CpgPage *self, const char *action);
};

/* The names of the actions that go to pages, ended by NULL: run, stop, play, first-step ... */
const char *const *cpg_page_get_actions (void);
/* FALSE for what the page does not know. */
gboolean cpg_page_can (CpgPage *self, const char *action);
void cpg_page_perform (CpgPage *self, const char *action);

void cpg_page_changed (CpgPage *self);
void cpg_page_say (CpgPage *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
