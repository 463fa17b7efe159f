/* The SHA-256 of a whole file, on whatever thread calls; gigabytes take seconds, so that is never the main one. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Called every MiB; FALSE stops the work, which then fails as cancelled. NULL: nobody listens. */
typedef gboolean (*CpgChecksumTick) (guint64 done, gpointer data);

/* -> 64 digits 0-9a-f. fd: readable; where it stands does not matter and does not change. path: for messages. */
char *cpg_checksum_of_descriptor (int fd, const char *path, CpgChecksumTick tick, gpointer data, GError **error);
char *cpg_checksum_of_file (const char *path, CpgChecksumTick tick, gpointer data, GError **error);

G_END_DECLS
