/* How much room the session log takes, and making it smaller. */
#pragma once

#include "store/cpg-session-log.h"

G_BEGIN_DECLS

typedef struct {
  gint64 bytes;         /* of the file, without what is free in it */
  gint64 free_bytes;    /* given back by cleaning up with shrink */
  gint64 latents_bytes; /* a part of bytes */
  gint64 n_runs, n_deleted, n_steps;
} CpgLogSpace;

void cpg_session_log_measure_async (CpgSessionLog *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean cpg_session_log_measure_finish (CpgSessionLog *self, GAsyncResult *result, CpgLogSpace *space, GError **error);

/* What goes. Days count from now; a negative number keeps for ever. */
typedef struct {
  int text_days; /* runs that began longer ago, but for those that somebody gave a title, a tag or a note, bookmarked, or that a comparison shows */
  int latents_days; /* latents that were pinned longer ago */
  int deleted_days; /* deleted runs: then they cannot be had back any more */
  gboolean shrink;  /* gives the room back to the system */
} CpgLogPolicy;

/* Runs that run stay. Answers how many runs went; -1 with error. */
void cpg_session_log_clean_up_async (CpgSessionLog *self, const CpgLogPolicy *policy, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
int cpg_session_log_clean_up_finish (CpgSessionLog *self, GAsyncResult *result, GError **error);

G_END_DECLS
