#include "app/cpg-page.h"

enum { CHANGED, SAID, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (CpgPage, cpg_page, GTK_TYPE_WIDGET)

static void cpg_page_default_init (CpgPageInterface *interface)
{
  signals[CHANGED] = g_signal_new ("changed", CPG_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAID] = g_signal_new ("said", CPG_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

const char *const *cpg_page_get_actions (void)
{
  static const char *const actions[] = {"run",        "stop",      "play",         "first-step", "previous-step", "next-step",
                                        "last-step",  "copy-text", "copy-picture", "branch",     "bookmark",      "export",
                                        "candidates", NULL};
  return actions;
}

gboolean cpg_page_can (CpgPage *self, const char *action)
{
  return CPG_PAGE_GET_IFACE (self)->can (self, action);
}

void cpg_page_perform (CpgPage *self, const char *action)
{
  if (cpg_page_can (self, action))
    CPG_PAGE_GET_IFACE (self)->perform (self, action);
}

void cpg_page_changed (CpgPage *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

void cpg_page_say (CpgPage *self, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_signal_emit (self, signals[SAID], 0, text);
}
