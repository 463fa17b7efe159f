/* A file on its way: NAME.part beside its place, and NAME.part-info that says what the bytes are a part of (address, the server's ETag and date, the
 * whole size), so that another process can go on with it after this one was killed.
 *
 * The final name appears only by finish (), after the checksum of all bytes was right and they were synced. One process at a time has a part open: a
 * second one is told that it is busy. One thread at a time. Private to the store.
 */
#pragma once

#include "store/cpg-checksum.h"

G_BEGIN_DECLS

typedef struct _CpgPart CpgPart;

/* What of an answer is kept for the next request. All may be NULL or 0. */
typedef struct {
  const char *etag, *modified;
  guint64 total;
} CpgPartOrigin;

/* Makes the folder where it is missing. What is there of another address is dropped. */
CpgPart *cpg_part_open (const char *path, const char *url, GError **error);
/* Closes; what there is stays. NULL does nothing. */
void cpg_part_close (CpgPart *self);
/* Removes both files and closes. */
void cpg_part_discard (CpgPart *self);
/* Removes what is there of a download that is not open in any process. */
void cpg_part_discard_path (const char *path);
/* Bytes that are there of a part that is not open; 0: none. */
guint64 cpg_part_get_size_at (const char *path);

guint64 cpg_part_get_size (const CpgPart *self);
guint64 cpg_part_get_total (const CpgPart *self); /* 0: not known */
/* What proves to a server that we mean the same file, for If-Range; NULL: nothing does, so that only the whole is worth asking for. */
const char *cpg_part_get_validator (const CpgPart *self);
const char *cpg_part_get_etag (const CpgPart *self);

/* Drops what is there, for the bytes of another answer. */
gboolean cpg_part_begin (CpgPart *self, const CpgPartOrigin *origin, GError **error);
gboolean cpg_part_write (CpgPart *self, const void *data, gsize size, GError **error);
/* Bytes that the disk has left for us; G_MAXUINT64 where it does not say. */
guint64 cpg_part_get_free_space (const CpgPart *self);

/* Checks, syncs, renames, and removes the side file. sha256 NULL: none is known; then a model file must be one that the core opens. On failure it is
 * still open, and unchanged. */
gboolean cpg_part_finish (CpgPart *self, const char *sha256, CpgChecksumTick tick, gpointer data, GError **error);
/* Of finish (): what the bytes have. */
const char *cpg_part_get_sha256 (const CpgPart *self);

G_END_DECLS
