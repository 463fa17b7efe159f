/* JSON files that a user puts where the program looks for them. */
#pragma once

#include <glib.h>

/* Paths of every .json in $XDG_DATA_HOME/cosmos-playground/folder that is not hidden, by name; ended by NULL. (transfer full) */
char **cpg_user_files_find (const char *folder);
