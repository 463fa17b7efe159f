/* Where the choices of the user are kept: the GSettings schema io.github.cosmos_playground.Cosmos. */
#pragma once

#include <gio/gio.h>

/* Also for a program that is not installed. NULL, with a word on stderr, where there is no schema. (transfer full) */
GSettings *cpg_preferences_open (void);
