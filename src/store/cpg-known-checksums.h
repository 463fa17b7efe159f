/* Checksums that were computed once, so that a list of models need not read gigabytes: in $XDG_CACHE_HOME/cosmos-playground/checksums. One is
 * forgotten when size or date of its file changes. Any thread; of two programs that write at once, one may go unnoticed, which costs no more
 * than a new check. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 64 digits, or NULL: not known, or the file has changed. */
char *cpg_known_checksums_get (const char *path);
void cpg_known_checksums_set (const char *path, const char *sha256);

G_END_DECLS
