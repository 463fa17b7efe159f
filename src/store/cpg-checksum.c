#include "store/cpg-checksum.h"

#include "store/cpg-fetch-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

char *cpg_checksum_of_descriptor (int fd, const char *path, CpgChecksumTick tick, gpointer data, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *piece = g_malloc (PIECE);
  guint64 done = 0;
  for (;;) {
    ssize_t n = pread (fd, piece, PIECE, (off_t) done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      cpg_fetch_error_from_errno (error, errno, path);
      return NULL;
    }
    if (n == 0)
      return g_strdup (g_checksum_get_string (checksum));
    g_checksum_update (checksum, piece, n);
    done += (guint64) n;
    if (tick && !tick (done, data)) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
      return NULL;
    }
  }
}

char *cpg_checksum_of_file (const char *path, CpgChecksumTick tick, gpointer data, GError **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    cpg_fetch_error_from_errno (error, errno, path);
    return NULL;
  }
  return cpg_checksum_of_descriptor (fd, path, tick, data, error);
}
