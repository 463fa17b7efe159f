/* Every way in which a server, a line or a disk can fail: in the end there is the right file, or a clear error and nothing under the file's name. */
#include "../faulty-server.h"
#include "store/cpg-downloads-private.h"
#include "store/cpg-fetch-error.h"

#include "../model-folder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

enum { SECONDS = 60, DONE = -1 };

static const char *file_name = "m.bin";
static char *folder, *right; /* where it goes; the SHA-256 of content.bin */
static CpgTransferLimits limits;

/* ---- one download ---- */

typedef struct {
  CpgCatalog *catalog;
  CpgDownloads *downloads;
  CpgDownload *download;
} Fetch;

static CpgCatalogModel *make_model (Fetch *self, const char *url, const char *sha256, guint64 size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (
      "{\"version\":1,\"models\":[{\"id\":\"m\",\"name\":\"M\",\"kind\":\"checkpoint\",\"files\":[{");
  g_string_append_printf (text, "\"name\":\"%s\",\"url\":\"%s\"", file_name, url);
  if (sha256)
    g_string_append_printf (text, ",\"sha256\":\"%s\"", sha256);
  if (size)
    g_string_append_printf (text, ",\"size\":%" G_GUINT64_FORMAT, size);
  g_string_append (text, "}]}]}");
  self->catalog = cpg_catalog_new ();
  cpg_catalog_add_data (self->catalog, text->str, text->len, "test", &error);
  g_assert_no_error (error);
  return cpg_catalog_get_model (self->catalog, 0);
}

static void fetch_begin (Fetch *self, const char *url, const char *sha256, guint64 size)
{
  g_autoptr (GError) error = NULL;
  CpgCatalogModel *model = make_model (self, url, sha256, size);
  self->downloads = cpg_downloads_new_with_limits (folder, &limits);
  g_assert_true (cpg_downloads_add (self->downloads, model, TRUE, &error));
  self->download = g_list_model_get_item (G_LIST_MODEL (self->downloads), 0);
}

static void fetch_end (Fetch *self)
{
  g_object_unref (self->download);
  g_object_unref (self->downloads);
  g_object_unref (self->catalog);
}

static gboolean on_late (gpointer data)
{
  (void) data;
  g_error ("a download took more than %d seconds", SECONDS);
  return G_SOURCE_REMOVE;
}

#define wait_until(condition)                                  \
  do {                                                         \
    guint late_ = g_timeout_add_seconds (SECONDS, on_late, 0); \
    while (!(condition))                                       \
      g_main_context_iteration (NULL, TRUE);                   \
    g_source_remove (late_);                                   \
  } while (0)

static void fetch_wait (Fetch *self)
{
  wait_until (!cpg_download_is_active (self->download));
}

static gboolean is_there (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void clean (void)
{
  static const char *const names[] = {"m.bin", "m.bin.part", "m.bin.part-info"};
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_unlink (path);
  }
}

static void assert_done (Fetch *self, const char *expected)
{
  const GError *error = cpg_download_get_error (self->download);
  if (error)
    g_test_message ("%s", error->message);
  g_assert_cmpint (cpg_download_get_state (self->download), ==, CPG_DOWNLOAD_DONE);
  g_autofree char *path = g_build_filename (folder, "m.bin", NULL), *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) data, size);
  g_assert_cmpstr (sha256, ==, expected);
  g_assert_cmpstr (cpg_download_get_sha256 (self->download), ==, expected);
  g_assert_cmpuint (cpg_download_get_received (self->download), ==, size);
  g_assert_false (is_there ("m.bin.part") || is_there ("m.bin.part-info"));
}

static void assert_failed (Fetch *self, int code)
{
  const GError *error = cpg_download_get_error (self->download);
  g_assert_cmpint (cpg_download_get_state (self->download), ==, CPG_DOWNLOAD_FAILED);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_true (error->domain == CPG_FETCH_ERROR);
  g_assert_cmpint (error->code, ==, code);
  g_assert_cmpuint (strlen (error->message), >, 20);
  g_assert_false (is_there ("m.bin"));
}

/* ---- the table ---- */

typedef enum { KNOWN, NO_SHA256, NOTHING_KNOWN } Knowledge;

static const struct {
  const char *fault;
  Knowledge knowledge;
  int result; /* DONE or the error's code */
} faults[] = {
  {"good", KNOWN, DONE},
  {"good", NO_SHA256, DONE},
  {"good", NOTHING_KNOWN, DONE},
  {"cut/0", KNOWN, DONE},
  {"cut-always/70000", KNOWN, DONE},
  {"cut-always/70000", NOTHING_KNOWN, DONE},
  {"cut-always/0", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"cut-without-tag", KNOWN, DONE},
  {"cut-without-length", KNOWN, DONE},
  {"cut-chunks", KNOWN, DONE},
  {"cut-chunks", NOTHING_KNOWN, DONE},
  {"no-range", KNOWN, DONE},
  {"no-range", NOTHING_KNOWN, DONE},
  {"changed", KNOWN, DONE},
  {"changed", NOTHING_KNOWN, DONE},
  {"changed-no-if-range", KNOWN, DONE},
  {"changed-no-if-range", NOTHING_KNOWN, DONE},
  {"changed-in-secret", KNOWN, DONE},
  {"length-less", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"length-more", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"length-more", NOTHING_KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"length-minus", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"length-huge", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"length-huge", NOTHING_KNOWN, CPG_FETCH_ERROR_NO_SPACE},
  {"length-twice", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"no-length", KNOWN, DONE},
  {"no-length", NOTHING_KNOWN, CPG_FETCH_ERROR_SERVER},
  {"drip", KNOWN, DONE},
  {"stall", KNOWN, DONE},
  {"stall-in-head", KNOWN, DONE},
  {"status/500/2", KNOWN, DONE},
  {"status/503", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"status/429/1/0", KNOWN, DONE},
  {"status/429/1/100000", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"status/404", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"status/403", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"status/304", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"status/416", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"status/204", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"loop", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"to-file", KNOWN, CPG_FETCH_ERROR_ADDRESS},
  {"to-http", KNOWN, CPG_FETCH_ERROR_ADDRESS},
  {"to-user", KNOWN, CPG_FETCH_ERROR_ADDRESS},
  {"to-nothing", KNOWN, CPG_FETCH_ERROR_ADDRESS},
  {"to-long", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"to-good", KNOWN, DONE},
  {"redirect-on/7", KNOWN, DONE},
  {"redirect-on/8", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"other", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"page", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"page-open", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"garbage", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"garbage-head", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"no-status", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"endless-headers", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"endless-body", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"chunks", KNOWN, DONE},
  {"chunks", NOTHING_KNOWN, DONE},
  {"chunks-more", KNOWN, CPG_FETCH_ERROR_DIFFERS},
  {"chunks-less", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"chunks-broken", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"packed", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"empty", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"empty-open", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"empty-open", NOTHING_KNOWN, CPG_FETCH_ERROR_SERVER},
  {"hang-up", KNOWN, CPG_FETCH_ERROR_NETWORK},
  {"hang-up-once", KNOWN, DONE},
  {"no-resume", KNOWN, DONE},
  {"other-start", KNOWN, DONE},
  {"other-end", KNOWN, DONE},
  {"other-total", KNOWN, DONE},
  {"unasked-part", KNOWN, CPG_FETCH_ERROR_SERVER},
  {"continue", KNOWN, DONE},
};

static void try_fault (const char *url, Knowledge knowledge, int result)
{
  Fetch fetch;
  clean ();
  fetch_begin (&fetch, url, knowledge == KNOWN ? right : NULL, knowledge == NOTHING_KNOWN ? 0 : FAULTY_SERVER_SIZE);
  fetch_wait (&fetch);
  if (result == DONE)
    assert_done (&fetch, right);
  else
    assert_failed (&fetch, result);
  fetch_end (&fetch);
}

static void test_faults (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *url = faulty_server_get_url (faults[i].fault);
  try_fault (url, faults[i].knowledge, faults[i].result);
}

/* ---- what the table cannot say ---- */

static void test_cuts (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  const int ends[] = {1, 2, 16383, 16384, 16385, FAULTY_SERVER_SIZE - 1, FAULTY_SERVER_SIZE};
  for (int i = 0; i < 30; i++) {
    int end = i < (int) G_N_ELEMENTS (ends) ? ends[i] : g_rand_int_range (rand, 1, FAULTY_SERVER_SIZE);
    g_autofree char *fault = g_strdup_printf ("cut/%d", end), *url = faulty_server_get_url (fault);
    try_fault (url, i % 2 ? KNOWN : NOTHING_KNOWN, DONE);
  }
}

/* Bytes of two files in one, across two processes, which no header gives away: the checksum does, and the whole is fetched once more. */
static void test_mixture (void)
{
  Fetch fetch;
  g_autofree char *url = faulty_server_get_url ("changed-in-secret");
  gint64 before = limits.first_wait;
  clean ();
  limits.first_wait = 100 * G_USEC_PER_SEC;
  fetch_begin (&fetch, url, right, FAULTY_SERVER_SIZE);
  wait_until (cpg_download_get_state (fetch.download) == CPG_DOWNLOAD_RETRYING);
  fetch_end (&fetch); /* what is there now is a part of the other file */
  limits.first_wait = before;
  fetch_begin (&fetch, url, right, FAULTY_SERVER_SIZE);
  g_assert_cmpuint (cpg_download_get_received (fetch.download), ==, 100000);
  fetch_wait (&fetch);
  assert_done (&fetch, right);
  fetch_end (&fetch);
}

static void test_refused (void)
{
  try_fault ("http://127.0.0.1:1/x", KNOWN, CPG_FETCH_ERROR_NETWORK);
}

static void test_no_name (void)
{
  try_fault ("https://no-such-host.invalid/x", KNOWN, CPG_FETCH_ERROR_NETWORK);
}

static void test_tls (void)
{
  g_autofree char *good = faulty_server_get_secure_url ("good"), *lesser = faulty_server_get_secure_url ("to-local-http"),
                  *other_name = NULL;
  if (!good) {
    g_test_skip ("there is no openssl to make a certificate with");
    return;
  }
  try_fault (good, KNOWN, CPG_FETCH_ERROR_CERTIFICATE);
  limits.ca_file = faulty_server_get_certificate ();
  try_fault (good, KNOWN, DONE);
  try_fault (lesser, KNOWN, CPG_FETCH_ERROR_ADDRESS);
  other_name = g_strdup_printf ("https://localhost%s", strrchr (good, ':')); /* the certificate is for 127.0.0.1 */
  try_fault (other_name, KNOWN, CPG_FETCH_ERROR_CERTIFICATE);
  limits.ca_file = "/no/such/file";
  try_fault (good, KNOWN, CPG_FETCH_ERROR_CERTIFICATE);
  limits.ca_file = NULL;
}

static void test_retry_after (void)
{
  gint64 start = g_get_monotonic_time ();
  g_autofree char *url = faulty_server_get_url ("status/429/1/1");
  try_fault (url, KNOWN, DONE);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, G_USEC_PER_SEC);
}

/* The disk is full in the middle; after making room it goes on. */
static void test_full (void)
{
  Fetch fetch;
  struct rlimit before, small;
  g_autofree char *url = faulty_server_get_url ("good");
  clean ();
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 123456;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  fetch_begin (&fetch, url, right, FAULTY_SERVER_SIZE);
  fetch_wait (&fetch);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  assert_failed (&fetch, CPG_FETCH_ERROR_NO_SPACE);
  g_assert_cmpuint (cpg_download_get_received (fetch.download), ==, 123456);
  cpg_download_resume (fetch.download);
  wait_until (cpg_download_get_state (fetch.download) == CPG_DOWNLOAD_DONE);
  assert_done (&fetch, right);
  fetch_end (&fetch);
}

static void test_no_room (void)
{
  g_autofree char *url = faulty_server_get_url ("good");
  guint64 before = limits.reserve;
  limits.reserve = G_MAXUINT64 / 2;
  try_fault (url, KNOWN, CPG_FETCH_ERROR_NO_SPACE);
  limits.reserve = before;
}

static void test_pause (void)
{
  Fetch fetch;
  g_autofree char *url = faulty_server_get_url ("drip");
  clean ();
  fetch_begin (&fetch, url, right, FAULTY_SERVER_SIZE);
  wait_until (cpg_download_get_received (fetch.download) > 0);
  cpg_download_pause (fetch.download);
  wait_until (cpg_download_get_state (fetch.download) == CPG_DOWNLOAD_PAUSED);
  guint64 there = cpg_download_get_received (fetch.download);
  g_assert_cmpuint (there, >, 0);
  g_assert_cmpuint (there, <, FAULTY_SERVER_SIZE);
  g_assert_true (is_there ("m.bin.part") && is_there ("m.bin.part-info") && !is_there ("m.bin"));
  g_assert_false (cpg_downloads_is_active (fetch.downloads));
  fetch_end (&fetch);

  /* Another process finds it. */
  CpgDownloads *later = cpg_downloads_new_with_limits (folder, &limits);
  make_model (&fetch, url, right, FAULTY_SERVER_SIZE);
  cpg_downloads_add_left (later, fetch.catalog);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (later)), ==, 1);
  fetch.downloads = later;
  fetch.download = g_list_model_get_item (G_LIST_MODEL (later), 0);
  wait_until (cpg_download_get_state (fetch.download) == CPG_DOWNLOAD_PAUSED);
  g_assert_cmpuint (cpg_download_get_received (fetch.download), ==, there);
  cpg_download_resume (fetch.download);
  wait_until (cpg_download_get_state (fetch.download) == CPG_DOWNLOAD_DONE);
  assert_done (&fetch, right);
  cpg_downloads_clear_finished (later);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (later)), ==, 0);
  fetch_end (&fetch);
}

static void test_cancel (void)
{
  Fetch fetch;
  g_autofree char *url = faulty_server_get_url ("drip");
  clean ();
  fetch_begin (&fetch, url, right, FAULTY_SERVER_SIZE);
  wait_until (cpg_download_get_received (fetch.download) > 0);
  cpg_download_cancel (fetch.download);
  wait_until (!cpg_download_is_active (fetch.download));
  g_assert_cmpint (cpg_download_get_state (fetch.download), ==, CPG_DOWNLOAD_CANCELLED);
  g_assert_null (cpg_download_get_error (fetch.download));
  g_assert_false (is_there ("m.bin.part") || is_there ("m.bin.part-info") || is_there ("m.bin"));
  fetch_end (&fetch);
}

/* The same file by two at once: one is told that the other is at it. */
static void test_busy (void)
{
  Fetch first, second;
  g_autofree char *url = faulty_server_get_url ("drip");
  clean ();
  fetch_begin (&first, url, right, FAULTY_SERVER_SIZE);
  wait_until (cpg_download_get_received (first.download) > 0);
  fetch_begin (&second, url, right, FAULTY_SERVER_SIZE);
  fetch_wait (&second);
  assert_failed (&second, CPG_FETCH_ERROR_BUSY);
  fetch_wait (&first);
  assert_done (&first, right);
  fetch_end (&first);
  fetch_end (&second);
}

/* What has the name already is kept, and taken where it is the right one. */
static void test_present (void)
{
  Fetch fetch;
  g_autofree char *url = faulty_server_get_url ("status/500"), *path = g_build_filename (folder, "m.bin", NULL), *data = NULL;
  clean ();
  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  fetch_begin (&fetch, url, right, FAULTY_SERVER_SIZE);
  fetch_wait (&fetch);
  g_assert_error (cpg_download_get_error (fetch.download), CPG_FETCH_ERROR, CPG_FETCH_ERROR_EXISTS);
  g_assert_true (g_file_get_contents (path, &data, NULL, NULL));
  g_assert_cmpstr (data, ==, "mine");
  fetch_end (&fetch);

  g_autofree char *content = faulty_server_get_file ("content.bin"), *bytes = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (content, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  fetch_begin (&fetch, url, right, FAULTY_SERVER_SIZE);
  fetch_wait (&fetch);
  assert_done (&fetch, right);
  fetch_end (&fetch);
}

/* Many at once, never more than the limit, and each measures its speed. */
static void test_many (void)
{
  enum { N = 7 };
  g_autoptr (GString) text = g_string_new (
      "{\"version\":1,\"models\":[{\"id\":\"many\",\"name\":\"M\",\"kind\":\"checkpoint\",\"files\":[");
  for (int i = 0; i < N; i++) {
    g_autofree char *url = faulty_server_get_url ("drip");
    g_string_append_printf (text, "%s{\"name\":\"%d.bin\",\"url\":\"%s\",\"size\":%d,\"sha256\":\"%s\"}", i ? "," : "", i, url,
                            FAULTY_SERVER_SIZE, right);
  }
  g_string_append (text, "]}]}");
  g_autoptr (CpgCatalog) catalog = cpg_catalog_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (cpg_catalog_add_data (catalog, text->str, text->len, "test", &error));
  g_autoptr (CpgDownloads) downloads = cpg_downloads_new_with_limits (folder, &limits);
  cpg_downloads_set_limit (downloads, 3);
  g_assert_true (cpg_downloads_add (downloads, cpg_catalog_get_model (catalog, 0), FALSE, &error));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (downloads)), ==, N);
  int most = 0;
  while (cpg_downloads_is_active (downloads)) {
    int running = 0;
    g_main_context_iteration (NULL, TRUE);
    for (guint i = 0; i < N; i++) {
      g_autoptr (CpgDownload) download = g_list_model_get_item (G_LIST_MODEL (downloads), i);
      running += cpg_download_get_state (download) == CPG_DOWNLOAD_RUNNING;
    }
    most = MAX (most, running);
  }
  g_assert_cmpint (most, ==, 3);
  for (guint i = 0; i < N; i++) {
    g_autoptr (CpgDownload) download = g_list_model_get_item (G_LIST_MODEL (downloads), i);
    g_assert_cmpint (cpg_download_get_state (download), ==, CPG_DOWNLOAD_DONE);
    g_assert_true (g_file_test (cpg_download_get_path (download), G_FILE_TEST_EXISTS));
    g_unlink (cpg_download_get_path (download));
  }
}

static void test_speed (void)
{
  Fetch fetch;
  g_autofree char *url = faulty_server_get_url ("slow"), *sha256 = faulty_server_get_sha256 ("huge.bin");
  clean ();
  fetch_begin (&fetch, url, sha256, FAULTY_SERVER_HUGE_SIZE);
  wait_until (cpg_download_get_bytes_per_second (fetch.download) > 0);
  /* 4 KiB every 2 ms or a little more */
  g_assert_cmpfloat (cpg_download_get_bytes_per_second (fetch.download), <, 2.2e6);
  g_assert_cmpfloat (cpg_download_get_bytes_per_second (fetch.download), >, 2e4);
  cpg_download_cancel (fetch.download);
  wait_until (!cpg_download_is_active (fetch.download));
  fetch_end (&fetch);
}

/* Without a checksum, what is to be a model must at least open as one. */
static void test_no_model (void)
{
  Fetch fetch;
  g_autofree char *url = faulty_server_get_url ("good");
  file_name = "m.gguf";
  fetch_begin (&fetch, url, NULL, 0);
  fetch_wait (&fetch);
  assert_failed (&fetch, CPG_FETCH_ERROR_MODEL);
  g_assert_false (is_there ("m.gguf") || is_there ("m.gguf.part") || is_there ("m.gguf.part-info"));
  fetch_end (&fetch);
  file_name = "m.bin";
}

static void test_unverified (void)
{
  Fetch fetch = {0};
  g_autoptr (GError) error = NULL;
  g_autofree char *url = faulty_server_get_url ("good");
  clean ();
  CpgCatalogModel *model = make_model (&fetch, url, NULL, 0);
  g_autoptr (CpgDownloads) downloads = cpg_downloads_new_with_limits (folder, &limits);
  g_assert_false (cpg_downloads_add (downloads, model, FALSE, &error));
  g_assert_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_UNVERIFIED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (downloads)), ==, 0);
  g_object_unref (fetch.catalog);
}

int main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = model_folder_new_temporary ();
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  faulty_server_start ();
  right = faulty_server_get_sha256 ("content.bin");
  limits = cpg_transfer_limits_default ();
  limits.ca_file = NULL;
  limits.n_tries = 3;
  limits.stall = 500 * 1000;
  limits.first_wait = 10 * 1000;
  limits.longest_wait = 50 * 1000;
  limits.reserve = 1 << 20;
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    static const char *const words[] = {"", "-no-sha256", "-nothing-known"};
    g_autofree char *plain = g_strdelimit (g_strdup (faults[i].fault), "/", '-');
    g_autofree char *name = g_strdup_printf ("/downloads/fault/%s%s", plain, words[faults[i].knowledge]);
    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_faults);
  }
  g_test_add_func ("/downloads/cuts", test_cuts);
  g_test_add_func ("/downloads/mixture", test_mixture);
  g_test_add_func ("/downloads/refused", test_refused);
  g_test_add_func ("/downloads/no-name", test_no_name);
  g_test_add_func ("/downloads/tls", test_tls);
  g_test_add_func ("/downloads/retry-after", test_retry_after);
  g_test_add_func ("/downloads/full", test_full);
  g_test_add_func ("/downloads/no-room", test_no_room);
  g_test_add_func ("/downloads/pause", test_pause);
  g_test_add_func ("/downloads/cancel", test_cancel);
  g_test_add_func ("/downloads/busy", test_busy);
  g_test_add_func ("/downloads/present", test_present);
  g_test_add_func ("/downloads/many", test_many);
  g_test_add_func ("/downloads/speed", test_speed);
  g_test_add_func ("/downloads/no-model", test_no_model);
  g_test_add_func ("/downloads/unverified", test_unverified);
  int result = g_test_run ();
  faulty_server_stop ();
  g_free (right);
  model_folder_remove (folder);
  return result;
}
