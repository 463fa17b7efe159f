/* The program: one session, one window, what belongs to no window. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CPG_TYPE_APPLICATION (cpg_application_get_type ())
G_DECLARE_FINAL_TYPE (CpgApplication, cpg_application, CPG, APPLICATION, AdwApplication)

/* started: the monotonic time when the program began. */
CpgApplication *cpg_application_new (gint64 started);

G_END_DECLS
