/* The window, for verbs that have something to show in it. */
#pragma once

#include "core/base/status.h"

/* Starts the window with a file, and does not wait for it. False, with words for people, where this machine has no window or nothing to show it on. */
bool cli_window_open (const char *path, CosmosError *err);
/* A new file for a result that nobody named one for, in the user's cache: .../cosmos-playground/NAME-DATE.json; free() it. NULL with err. */
char *cli_window_name_file (const char *name, CosmosError *err);
