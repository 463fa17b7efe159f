/* One file that is fetched, as the network's thread sees it: a queue of one request after the other, until the file is whole or an error is final.
 *
 * Any thread: new, ref, unref, want, get_status. Everything else is the loop's (cpg-transfer-loop.h), on its thread. Private to the store.
 */
#pragma once

#include "store/cpg-download.h"
#include <curl/curl.h>

G_BEGIN_DECLS

typedef struct {
  guint n_active;             /* at once */
  guint n_tries;              /* in a row without a new byte before it fails */
  gint64 stall;               /* µs without a byte: the connection is given up */
  gint64 connect;             /* µs to reach the server */
  gint64 first_wait;          /* µs before the first retry; doubles with each, and varies by half */
  gint64 longest_wait;        /* µs */
  gint64 longest_retry_after; /* µs that a server may ask for; more counts as an error */
  guint64 reserve;            /* bytes of the disk that stay free */
  const char *ca_file;        /* certificates to trust instead of the system's; NULL: the system's; borrowed */
} CpgTransferLimits;

/* 3 at once, 6 tries, 30 s of silence, waits of 1 to 60 s, 64 MiB; $SSL_CERT_FILE. */
CpgTransferLimits cpg_transfer_limits_default (void);

typedef struct {
  CpgDownloadState state;
  guint64 received, total; /* total 0: not known */
  guint64 checked;         /* bytes of it, while checking */
  double speed;            /* bytes per second; 0: nothing comes */
  char *sha256;            /* when done */
  GError *error;           /* of the last try, or the final one; NULL: none */
} CpgTransferStatus;

void cpg_transfer_status_clear (CpgTransferStatus *self);

typedef enum { CPG_TRANSFER_RUN, CPG_TRANSFER_PAUSE, CPG_TRANSFER_CANCEL } CpgTransferWish;

typedef struct _CpgTransfer CpgTransfer;

/* path: where it goes. sha256 NULL, size 0: not known. */
CpgTransfer *cpg_transfer_new (const char *url, const char *path, const char *sha256, guint64 size,
                               const CpgTransferLimits *limits);
CpgTransfer *cpg_transfer_ref (CpgTransfer *self);
void cpg_transfer_unref (CpgTransfer *self);
void cpg_transfer_want (CpgTransfer *self, CpgTransferWish wish);
/* Wants a pause where it was to run; a cancel stays one. */
gboolean cpg_transfer_stop (CpgTransfer *self);
/* A copy; clear it. */
void cpg_transfer_get_status (CpgTransfer *self, CpgTransferStatus *status);

/* ---- for the loop ---- */

typedef struct {
  CURLM *multi;
  /* Has the transfer checked on another thread, by cpg_transfer_check (); cpg_transfer_take_check () follows. */
  void (*check) (CpgTransfer *transfer, gpointer data);
  gpointer data;
} CpgTransferPlace;

/* Looks at the wish and the clock, and goes on. may_begin: a place among the active ones is free. */
void cpg_transfer_step (CpgTransfer *self, const CpgTransferPlace *place, gint64 now, gboolean may_begin);
/* A request of it has ended. */
void cpg_transfer_take_end (CpgTransfer *self, const CpgTransferPlace *place, CURLcode code, gint64 now);
void cpg_transfer_check (CpgTransfer *self);
void cpg_transfer_take_check (CpgTransfer *self);
/* Occupies one of the places: fetching or waiting for its next try. */
gboolean cpg_transfer_is_active (CpgTransfer *self);
/* When step () has to come at the latest; G_MAXINT64: never by itself. */
gint64 cpg_transfer_get_deadline (CpgTransfer *self);
/* Has the status changed since the last call? */
gboolean cpg_transfer_take_news (CpgTransfer *self);

G_END_DECLS
