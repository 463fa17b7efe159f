#include "store/cpg-transfer.h"

#include "store/cpg-address.h"
#include "store/cpg-fetch-error.h"
#include "store/cpg-known-checksums.h"
#include "store/cpg-part.h"
#include "store/cpg-response.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum { MOST_REDIRECTS = 8, SPACE_EVERY = 8 << 20 };
static const gint64 TELL_EVERY = 100 * 1000, SPEED_EVERY = 500 * 1000, SECOND = G_USEC_PER_SEC;

struct _CpgTransfer {
  gatomicrefcount refs;
  char *url, *path, *sha256;
  guint64 size;
  CpgTransferLimits limits;
  int wish; /* atomic */

  GMutex lock; /* of these: */
  CpgTransferStatus status;
  gboolean news;

  /* The loop's alone, the part but also the checking thread's while it checks. */
  CpgPart *part;
  CURL *easy; /* during a request */
  struct curl_slist *headers;
  char *at; /* the address that redirects have led to */
  guint n_redirects, n_failures;
  gboolean in_one_piece; /* all of it is from one answer: then a wrong checksum is final */
  guint64 farthest;      /* bytes that have been reached: getting there again is no progress */
  gint64 retry_at, last_byte, last_told, speed_since;
  guint64 speed_from, space_checked;
  /* the answer to the request */
  CpgResponse response;
  CpgAnswer answer;
  gboolean judged;
  GError *fault; /* why it was not taken, or could not be written */
  char curl_words[CURL_ERROR_SIZE];
  GError *check_fault;
};

/* ---- any thread ---- */

CpgTransferLimits cpg_transfer_limits_default (void)
{
  return (CpgTransferLimits) {
    .n_active = 3,
    .n_tries = 6,
    .stall = 30 * SECOND,
    .connect = 20 * SECOND,
    .first_wait = SECOND,
    .longest_wait = 60 * SECOND,
    .longest_retry_after = 300 * SECOND,
    .reserve = (guint64) 64 << 20,
    .ca_file = g_getenv ("SSL_CERT_FILE"),
  };
}

void cpg_transfer_status_clear (CpgTransferStatus *self)
{
  g_clear_pointer (&self->sha256, g_free);
  g_clear_error (&self->error);
}

CpgTransfer *cpg_transfer_new (const char *url, const char *path, const char *sha256, guint64 size,
                               const CpgTransferLimits *limits)
{
  CpgTransfer *self = g_new0 (CpgTransfer, 1);
  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->url = g_strdup (url);
  self->path = g_strdup (path);
  self->sha256 = g_strdup (sha256);
  self->size = size;
  self->limits = *limits;
  self->limits.ca_file = g_strdup (limits->ca_file);
  self->status.total = size;
  self->status.received = cpg_part_get_size_at (path);
  cpg_response_init (&self->response);
  return self;
}

CpgTransfer *cpg_transfer_ref (CpgTransfer *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void cpg_transfer_unref (CpgTransfer *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  cpg_part_close (self->part);
  cpg_response_clear (&self->response);
  cpg_transfer_status_clear (&self->status);
  g_clear_error (&self->fault);
  g_clear_error (&self->check_fault);
  g_mutex_clear (&self->lock);
  g_free ((char *) self->limits.ca_file);
  g_free (self->at);
  g_free (self->url);
  g_free (self->path);
  g_free (self->sha256);
  g_free (self);
}

void cpg_transfer_want (CpgTransfer *self, CpgTransferWish wish)
{
  g_atomic_int_set (&self->wish, (int) wish);
}

void cpg_transfer_get_status (CpgTransfer *self, CpgTransferStatus *status)
{
  g_mutex_lock (&self->lock);
  *status = self->status;
  status->sha256 = g_strdup (self->status.sha256);
  status->error = self->status.error ? g_error_copy (self->status.error) : NULL;
  g_mutex_unlock (&self->lock);
}

gboolean cpg_transfer_stop (CpgTransfer *self)
{
  return g_atomic_int_compare_and_exchange (&self->wish, CPG_TRANSFER_RUN, CPG_TRANSFER_PAUSE);
}

static CpgTransferWish get_wish (CpgTransfer *self)
{
  return (CpgTransferWish) g_atomic_int_get (&self->wish);
}

/* ---- its status ---- */

/* Only the loop writes it, so it may read without the lock. */
static CpgDownloadState get_state (const CpgTransfer *self)
{
  return self->status.state;
}

/* fault (transfer full), NULL: none. */
static void set_state (CpgTransfer *self, CpgDownloadState state, GError *fault)
{
  g_mutex_lock (&self->lock);
  self->status.state = state;
  g_clear_error (&self->status.error);
  self->status.error = fault;
  self->status.speed = 0;
  if (self->part) {
    self->status.received = cpg_part_get_size (self->part);
    if (cpg_part_get_total (self->part))
      self->status.total = cpg_part_get_total (self->part);
  }
  if (state == CPG_DOWNLOAD_CANCELLED)
    self->status.received = 0;
  self->news = TRUE;
  g_mutex_unlock (&self->lock);
}

/* Over at least half a second each, the newer ones counting more. */
static void measure (CpgTransfer *self, guint64 received, gint64 now)
{
  if (now - self->speed_since < SPEED_EVERY)
    return;
  double speed = (double) (received - self->speed_from) / ((double) (now - self->speed_since) / SECOND);
  self->status.speed = self->status.speed > 0 ? 0.6 * self->status.speed + 0.4 * speed : speed;
  self->speed_since = now;
  self->speed_from = received;
}

static void tell_progress (CpgTransfer *self, gint64 now)
{
  if (now - self->last_told < TELL_EVERY)
    return;
  guint64 received = cpg_part_get_size (self->part);
  g_mutex_lock (&self->lock);
  measure (self, received, now);
  self->news = self->news || received != self->status.received;
  self->status.received = received;
  g_mutex_unlock (&self->lock);
  self->last_told = now;
}

gboolean cpg_transfer_take_news (CpgTransfer *self)
{
  g_mutex_lock (&self->lock);
  gboolean news = self->news;
  self->news = FALSE;
  g_mutex_unlock (&self->lock);
  return news;
}

/* ---- one request ---- */

static void end_request (CpgTransfer *self, const CpgTransferPlace *place)
{
  if (!self->easy)
    return;
  curl_multi_remove_handle (place->multi, self->easy);
  curl_easy_cleanup (g_steal_pointer (&self->easy));
  curl_slist_free_all (g_steal_pointer (&self->headers));
}

static gboolean check_space (CpgTransfer *self, guint64 needed)
{
  guint64 room = cpg_part_get_free_space (self->part);
  self->space_checked = cpg_part_get_size (self->part);
  if (room >= self->limits.reserve && room - self->limits.reserve >= needed)
    return TRUE;
  g_autofree char *needs = g_format_size (needed + self->limits.reserve), *has = g_format_size (room);
  g_set_error (&self->fault, CPG_FETCH_ERROR, CPG_FETCH_ERROR_NO_SPACE,
               _ ("%s: %s must be free on the disk, and %s are; make room, then go on: what is there is kept"), self->path, needs,
               has);
  return FALSE;
}

static CpgRequest get_request (CpgTransfer *self)
{
  guint64 offset = cpg_part_get_size (self->part);
  return (CpgRequest) {offset, self->size, offset ? cpg_part_get_total (self->part) : 0,
                       offset ? cpg_part_get_etag (self->part) : NULL};
}

/* Once for an answer, when its head is there. -> the body is to be taken. */
static gboolean judge (CpgTransfer *self)
{
  CpgRequest request = get_request (self);
  self->judged = TRUE;
  self->answer = cpg_response_judge (&self->response, &request, self->at, &self->fault);
  if (self->answer != CPG_ANSWER_WHOLE && self->answer != CPG_ANSWER_REST)
    return FALSE;
  guint64 whole = cpg_response_get_whole_size (&self->response, &request);
  CpgPartOrigin origin = {self->response.etag, self->response.modified, whole};
  guint64 before = self->answer == CPG_ANSWER_REST ? request.offset : 0;
  self->in_one_piece = self->answer == CPG_ANSWER_WHOLE;
  if (self->in_one_piece && !cpg_part_begin (self->part, &origin, &self->fault))
    return FALSE;
  if (!check_space (self, whole > before ? whole - before : 0))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->status.total = whole;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static size_t on_header (char *data, size_t one, size_t n, void *user)
{
  CpgTransfer *self = user;
  gboolean blank = n <= 2 && (*data == '\r' || *data == '\n');
  if (self->judged) /* what follows the body */
    return n * one;
  if (!blank)
    cpg_response_add_line (&self->response, data, n, g_get_real_time () / SECOND);
  else if (self->response.status >= 200 && !judge (self))
    return CURL_WRITEFUNC_ERROR;
  return n * one;
}

static size_t on_body (char *data, size_t one, size_t n, void *user)
{
  CpgTransfer *self = user;
  gint64 now = g_get_monotonic_time ();
  guint64 size = cpg_part_get_size (self->part), total = cpg_part_get_total (self->part);
  if (!self->judged || self->fault)
    return CURL_WRITEFUNC_ERROR;
  if (total && n > total - size) {
    g_set_error (&self->fault, CPG_FETCH_ERROR, CPG_FETCH_ERROR_DIFFERS,
                 _ ("%s: the server sends more than the %llu bytes that the file has"), self->at, (unsigned long long) total);
    return CURL_WRITEFUNC_ERROR;
  }
  if (size - self->space_checked >= SPACE_EVERY && !check_space (self, 0))
    return CURL_WRITEFUNC_ERROR;
  if (!cpg_part_write (self->part, data, n, &self->fault))
    return CURL_WRITEFUNC_ERROR;
  self->last_byte = now;
  if (size + n > self->farthest) {
    self->farthest = size + n;
    self->n_failures = 0;
  }
  tell_progress (self, now);
  return n * one;
}

static void set_headers (CpgTransfer *self)
{
  guint64 offset = cpg_part_get_size (self->part);
  self->headers = curl_slist_append (NULL, "Accept-Encoding: identity");
  if (offset == 0)
    return;
  g_autofree char *range = g_strdup_printf ("%" G_GUINT64_FORMAT "-", offset);
  g_autofree char *same = g_strdup_printf ("If-Range: %s", cpg_part_get_validator (self->part));
  curl_easy_setopt (self->easy, CURLOPT_RANGE, range);
  self->headers = curl_slist_append (self->headers, same);
}

static void begin_request (CpgTransfer *self, const CpgTransferPlace *place, gint64 now)
{
  CURL *easy = self->easy = curl_easy_init ();
  cpg_response_clear (&self->response);
  self->judged = FALSE;
  self->curl_words[0] = 0;
  self->last_byte = self->speed_since = now;
  self->speed_from = cpg_part_get_size (self->part);
  curl_easy_setopt (easy, CURLOPT_URL, self->at);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "https,http"); /* http: to this machine, as the address was checked */
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  if (self->limits.ca_file)
    curl_easy_setopt (easy, CURLOPT_CAINFO, self->limits.ca_file);
  if (cpg_address_is_local (self->at)) /* not out of the machine by way of a proxy */
    curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "cosmos-playground");
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, (long) (self->limits.connect / 1000));
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT,
                    1L); /* a name that is being looked up must not hold up a pause, or the end of the program */
  curl_easy_setopt (easy, CURLOPT_BUFFERSIZE, 128L << 10);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, self->curl_words);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (easy, CURLOPT_PRIVATE, self);
  set_headers (self);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, self->headers);
  curl_multi_add_handle (place->multi, easy);
}

/* ---- what follows from an end ---- */

static void close_part (CpgTransfer *self)
{
  g_clear_pointer (&self->part, cpg_part_close);
}

/* Final, until the user says go on. */
static void fail (CpgTransfer *self, GError *fault)
{
  cpg_transfer_stop (self);
  set_state (self, CPG_DOWNLOAD_FAILED, fault);
  close_part (self);
}

/* 1, 2, 4 ... times the first wait, each between half and one and a half of it, so that many do not come back at once. */
static gint64 get_wait (CpgTransfer *self)
{
  gint64 wait = self->limits.first_wait << MIN (self->n_failures - 1, 16u);
  if (self->response.retry_after >= 0)
    return self->response.retry_after * SECOND;
  return (gint64) ((double) MIN (wait, self->limits.longest_wait) * g_random_double_range (0.5, 1.5));
}

static void try_later (CpgTransfer *self, GError *fault, gint64 now)
{
  self->n_failures++;
  gint64 wait = get_wait (self);
  if (self->n_failures >= self->limits.n_tries || wait > self->limits.longest_retry_after) {
    fail (self, fault);
    return;
  }
  self->retry_at = now + wait;
  set_state (self, CPG_DOWNLOAD_RETRYING, fault);
}

/* The whole from the beginning, without waiting; a server that makes us do so again and again counts as failing. */
static void start_anew (CpgTransfer *self, gint64 now)
{
  const CpgPartOrigin nothing = {0};
  GError *fault = NULL;
  self->n_failures++;
  if (!cpg_part_begin (self->part, &nothing, &fault))
    fail (self, fault);
  else if (self->n_failures >= self->limits.n_tries)
    fail (self, g_error_new (CPG_FETCH_ERROR, CPG_FETCH_ERROR_SERVER,
                             _ ("%s: the server sends other parts than those that were asked for"), self->at));
  else {
    self->retry_at = now;
    set_state (self, CPG_DOWNLOAD_RETRYING, NULL);
  }
}

static void redirect (CpgTransfer *self)
{
  GError *fault = NULL;
  char *target = cpg_address_redirect (self->at, self->response.location, &fault);
  if (target && ++self->n_redirects > MOST_REDIRECTS) {
    g_clear_pointer (&target, g_free);
    g_set_error (&fault, CPG_FETCH_ERROR, CPG_FETCH_ERROR_SERVER,
                 _ ("%s: the server sends from one place to the next without end"), self->url);
  }
  if (!target) {
    fail (self, fault);
    return;
  }
  g_free (self->at);
  self->at = target; /* step () goes on from here */
}

static gboolean is_passing (CURLcode code)
{
  switch (code) {
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_CONNECT:
  case CURLE_PARTIAL_FILE:
  case CURLE_OPERATION_TIMEDOUT:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_GOT_NOTHING:
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM:
    return TRUE;
  default:
    return FALSE;
  }
}

static GError *get_network_error (CpgTransfer *self, CURLcode code)
{
  const char *words = self->curl_words[0] ? self->curl_words : curl_easy_strerror (code);
  g_autofree char *valid = g_utf8_make_valid (words, -1);
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
    return g_error_new (CPG_FETCH_ERROR, CPG_FETCH_ERROR_CERTIFICATE,
                        _ ("%s: the server does not prove that it is the right one, so nothing was fetched: %s"), self->at,
                        valid);
  return g_error_new (CPG_FETCH_ERROR, CPG_FETCH_ERROR_NETWORK,
                      _ ("%s: the connection failed (%s); try again later, what has come is kept"), self->at, valid);
}

/* The body of a usable answer has ended. Without a known size it must have ended by itself. */
static void take_whole (CpgTransfer *self, const CpgTransferPlace *place, CURLcode code, gint64 now)
{
  guint64 size = cpg_part_get_size (self->part), total = cpg_part_get_total (self->part);
  if (total ? size < total : code != CURLE_OK) {
    if (code == CURLE_OK)
      code = CURLE_PARTIAL_FILE;
    try_later (self, get_network_error (self, code), now);
    return;
  }
  set_state (self, CPG_DOWNLOAD_CHECKING, NULL);
  place->check (self, place->data);
}

void cpg_transfer_take_end (CpgTransfer *self, const CpgTransferPlace *place, CURLcode code, gint64 now)
{
  end_request (self, place);
  GError *fault = g_steal_pointer (&self->fault);
  if (!self->judged || (code != CURLE_OK && !fault && self->answer <= CPG_ANSWER_REST && !is_passing (code))) {
    g_clear_error (&fault);
    if (is_passing (code))
      try_later (self, get_network_error (self, code), now);
    else
      fail (self, get_network_error (self, code == CURLE_OK ? CURLE_WEIRD_SERVER_REPLY : code));
  } else if (self->answer == CPG_ANSWER_LATER)
    try_later (self, fault, now);
  else if (fault)
    fail (self, fault);
  else if (self->answer == CPG_ANSWER_REDIRECT)
    redirect (self);
  else if (self->answer == CPG_ANSWER_ANEW)
    start_anew (self, now);
  else
    take_whole (self, place, code, now);
}

/* ---- checking ---- */

static gboolean on_checked (guint64 done, gpointer data)
{
  CpgTransfer *self = data;
  g_mutex_lock (&self->lock);
  self->status.checked = done;
  self->news = TRUE;
  g_mutex_unlock (&self->lock);
  return get_wish (self) == CPG_TRANSFER_RUN;
}

/* Something has the final name already: is it this very file? */
static gboolean check_present (CpgTransfer *self, GError **error)
{
  g_autofree char *sha256 = cpg_checksum_of_file (self->path, on_checked, self, error);
  if (!sha256)
    return FALSE;
  if (self->sha256 && strcmp (sha256, self->sha256) != 0) {
    g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_EXISTS,
                 _ ("%s: there is another file of that name; remove or rename it first"), self->path);
    return FALSE;
  }
  cpg_part_discard_path (self->path); /* left where the program died between the file's last steps */
  cpg_known_checksums_set (self->path, sha256);
  g_mutex_lock (&self->lock);
  g_set_str (&self->status.sha256, sha256);
  self->status.received = self->status.total = self->status.checked;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean check_part (CpgTransfer *self, GError **error)
{
  if (!cpg_part_finish (self->part, self->sha256, on_checked, self, error))
    return FALSE;
  cpg_known_checksums_set (self->path, cpg_part_get_sha256 (self->part));
  g_mutex_lock (&self->lock);
  g_set_str (&self->status.sha256, cpg_part_get_sha256 (self->part));
  g_mutex_unlock (&self->lock);
  return TRUE;
}

void cpg_transfer_check (CpgTransfer *self)
{
  g_clear_error (&self->check_fault);
  if (self->part)
    check_part (self, &self->check_fault);
  else
    check_present (self, &self->check_fault);
}

/* Pieces of different answers may be pieces of different files, which not every server tells: then the whole is tried. */
void cpg_transfer_take_check (CpgTransfer *self)
{
  GError *fault = g_steal_pointer (&self->check_fault);
  gboolean differs = g_error_matches (fault, CPG_FETCH_ERROR, CPG_FETCH_ERROR_DIFFERS);
  gboolean useless = self->part && (differs || g_error_matches (fault, CPG_FETCH_ERROR, CPG_FETCH_ERROR_MODEL));
  if (!fault) {
    set_state (self, CPG_DOWNLOAD_DONE, NULL);
    close_part (self);
  } else if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_clear_error (&fault);
    set_state (self, CPG_DOWNLOAD_PAUSED, NULL); /* step () looks at the wish */
    close_part (self);
  } else if (useless && !self->in_one_piece) {
    g_clear_error (&fault);
    start_anew (self, g_get_monotonic_time ());
  } else {
    if (useless)
      cpg_part_discard (g_steal_pointer (&self->part));
    fail (self, fault);
  }
}

/* ---- steps ---- */

gboolean cpg_transfer_is_active (CpgTransfer *self)
{
  return get_state (self) == CPG_DOWNLOAD_RUNNING || get_state (self) == CPG_DOWNLOAD_RETRYING
         || get_state (self) == CPG_DOWNLOAD_CHECKING;
}

gint64 cpg_transfer_get_deadline (CpgTransfer *self)
{
  if (get_state (self) == CPG_DOWNLOAD_RETRYING)
    return self->retry_at;
  return get_state (self) == CPG_DOWNLOAD_RUNNING ? self->last_byte + self->limits.stall : G_MAXINT64;
}

/* Goes on with what is there, or asks for a check where nothing is missing. */
static void begin (CpgTransfer *self, const CpgTransferPlace *place, gint64 now)
{
  GError *fault = NULL;
  if (!self->part && g_file_test (self->path, G_FILE_TEST_EXISTS)) {
    set_state (self, CPG_DOWNLOAD_CHECKING, NULL);
    place->check (self, place->data);
    return;
  }
  if (!self->part && !(self->part = cpg_part_open (self->path, self->url, &fault))) {
    fail (self, fault);
    return;
  }
  guint64 size = cpg_part_get_size (self->part), total = cpg_part_get_total (self->part);
  if (total && size >= total) {
    set_state (self, CPG_DOWNLOAD_CHECKING, NULL);
    place->check (self, place->data);
    return;
  }
  g_set_str (&self->at, self->url); /* places that were redirected to may be good for a while only */
  self->n_redirects = 0;
  set_state (self, CPG_DOWNLOAD_RUNNING, NULL);
  begin_request (self, place, now);
}

static void begin_round (CpgTransfer *self, const CpgTransferPlace *place, gint64 now)
{
  self->n_failures = 0;
  self->farthest = 0;
  self->in_one_piece = FALSE;
  begin (self, place, now);
}

static void give_up_stalled (CpgTransfer *self, const CpgTransferPlace *place, gint64 now)
{
  int seconds = (int) (self->limits.stall / SECOND);
  end_request (self, place);
  g_clear_error (&self->fault);
  cpg_response_clear (&self->response);
  try_later (
      self,
      g_error_new (CPG_FETCH_ERROR, CPG_FETCH_ERROR_NETWORK,
                   ngettext ("%s: nothing has come for %d second", "%s: nothing has come for %d seconds", (gulong) seconds),
                   self->at, seconds),
      now);
}

static void obey (CpgTransfer *self, const CpgTransferPlace *place)
{
  CpgDownloadState state = get_state (self);
  gboolean over = state == CPG_DOWNLOAD_DONE || state == CPG_DOWNLOAD_CANCELLED || state == CPG_DOWNLOAD_CHECKING;
  if (over)
    return;
  if (get_wish (self) == CPG_TRANSFER_PAUSE && (cpg_transfer_is_active (self) || state == CPG_DOWNLOAD_QUEUED)) {
    end_request (self, place);
    set_state (self, CPG_DOWNLOAD_PAUSED, NULL);
    close_part (self);
  } else if (get_wish (self) == CPG_TRANSFER_CANCEL) {
    end_request (self, place);
    set_state (self, CPG_DOWNLOAD_CANCELLED, NULL);
    if (self->part)
      cpg_part_discard (g_steal_pointer (&self->part));
    else
      cpg_part_discard_path (self->path);
  }
}

void cpg_transfer_step (CpgTransfer *self, const CpgTransferPlace *place, gint64 now, gboolean may_begin)
{
  if (get_wish (self) != CPG_TRANSFER_RUN) {
    obey (self, place);
    return;
  }
  CpgDownloadState state = get_state (self);
  if (state == CPG_DOWNLOAD_PAUSED || state == CPG_DOWNLOAD_FAILED)
    set_state (self, CPG_DOWNLOAD_QUEUED, NULL);
  if (get_state (self) == CPG_DOWNLOAD_QUEUED && may_begin)
    begin_round (self, place, now);
  else if (state == CPG_DOWNLOAD_RETRYING && now >= self->retry_at)
    begin (self, place, now);
  else if (state == CPG_DOWNLOAD_RUNNING && !self->easy) /* redirected */
    begin_request (self, place, now);
  else if (state == CPG_DOWNLOAD_RUNNING && now - self->last_byte >= self->limits.stall)
    give_up_stalled (self, place, now);
}
