#include "store/cpg-part.h"

#include "store/cpg-fetch-error.h"
#include "store/cpg-model-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char GROUP[] = "part";

struct _CpgPart {
  char *path, *part_path, *info_path;
  int fd;
  guint64 size, total;
  char *url, *etag, *modified, *sha256;
};

/* ---- opening and closing ---- */

static char *get_part_path (const char *path)
{
  return g_strconcat (path, ".part", NULL);
}

static char *get_info_path (const char *path)
{
  return g_strconcat (path, ".part-info", NULL);
}

void cpg_part_close (CpgPart *self)
{
  if (!self)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->part_path);
  g_free (self->info_path);
  g_free (self->url);
  g_free (self->etag);
  g_free (self->modified);
  g_free (self->sha256);
  g_free (self);
}

void cpg_part_discard (CpgPart *self)
{
  unlink (self->info_path);
  unlink (self->part_path);
  cpg_part_close (self);
}

void cpg_part_discard_path (const char *path)
{
  g_autofree char *part = get_part_path (path), *info = get_info_path (path);
  g_autofd int fd = open (part, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0)
    return;
  unlink (info);
  unlink (part);
}

guint64 cpg_part_get_size_at (const char *path)
{
  g_autofree char *part = get_part_path (path);
  struct stat info;
  return stat (part, &info) == 0 && S_ISREG (info.st_mode) ? (guint64) info.st_size : 0;
}

/* Is the open file still the one of that name? Another process may have finished or dropped it between our open () and our lock. */
static gboolean has_name (int fd, const char *path)
{
  struct stat a, b;
  return fstat (fd, &a) == 0 && lstat (path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static gboolean open_locked (CpgPart *self, GError **error)
{
  do {
    if (self->fd >= 0)
      close (self->fd);
    self->fd = open (self->part_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (self->fd < 0) {
      cpg_fetch_error_from_errno (error, errno, self->part_path);
      return FALSE;
    }
    if (flock (self->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) { /* else it is a file system without locks */
      g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_BUSY, _ ("%s: another program is fetching it already"), self->path);
      return FALSE;
    }
  } while (!has_name (self->fd, self->part_path));
  return TRUE;
}

/* One line, as it goes into a request; NULL: none. */
static char *read_line (GKeyFile *info, const char *key)
{
  char *line = g_key_file_get_string (info, GROUP, key, NULL);
  if (line && strpbrk (line, "\r\n"))
    g_clear_pointer (&line, g_free);
  return line;
}

/* What the side file says, if it is about this address; else nothing of the part is of use. */
static void read_info (CpgPart *self)
{
  g_autoptr (GKeyFile) info = g_key_file_new ();
  g_autofree char *url = NULL;
  if (g_key_file_load_from_file (info, self->info_path, G_KEY_FILE_NONE, NULL))
    url = g_key_file_get_string (info, GROUP, "url", NULL);
  if (g_strcmp0 (url, self->url) != 0)
    return;
  self->etag = read_line (info, "etag");
  self->modified = read_line (info, "modified");
  self->total = g_key_file_get_uint64 (info, GROUP, "total", NULL);
}

static gboolean write_info (CpgPart *self, GError **error)
{
  g_autoptr (GKeyFile) info = g_key_file_new ();
  g_key_file_set_string (info, GROUP, "url", self->url);
  if (self->etag)
    g_key_file_set_string (info, GROUP, "etag", self->etag);
  if (self->modified)
    g_key_file_set_string (info, GROUP, "modified", self->modified);
  g_key_file_set_uint64 (info, GROUP, "total", self->total);
  gsize length;
  g_autofree char *text = g_key_file_to_data (info, &length, NULL);
  return g_file_set_contents_full (self->info_path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
}

static gboolean truncate_to (CpgPart *self, guint64 size, GError **error)
{
  if (ftruncate (self->fd, (off_t) size) != 0) {
    cpg_fetch_error_from_errno (error, errno, self->part_path);
    return FALSE;
  }
  self->size = size;
  return TRUE;
}

static gboolean get_length (CpgPart *self, GError **error)
{
  struct stat info;
  errno = 0;
  if (fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    cpg_fetch_error_from_errno (error, errno ? errno : EINVAL, self->part_path);
    return FALSE;
  }
  self->size = (guint64) info.st_size;
  return TRUE;
}

CpgPart *cpg_part_open (const char *path, const char *url, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0777) != 0) {
    cpg_fetch_error_from_errno (error, errno, folder);
    return NULL;
  }
  CpgPart *self = g_new0 (CpgPart, 1);
  self->fd = -1;
  self->path = g_strdup (path);
  self->part_path = get_part_path (path);
  self->info_path = get_info_path (path);
  self->url = g_strdup (url);
  gboolean ok = open_locked (self, error) && get_length (self, error);
  if (ok)
    read_info (self);
  if (ok && self->size > 0 && !cpg_part_get_validator (self))
    ok = truncate_to (self, 0, error);
  if (!ok) {
    cpg_part_close (self);
    return NULL;
  }
  return self;
}

/* ---- what is known of it ---- */

guint64 cpg_part_get_size (const CpgPart *self)
{
  return self->size;
}

guint64 cpg_part_get_total (const CpgPart *self)
{
  return self->total;
}

const char *cpg_part_get_etag (const CpgPart *self)
{
  return self->etag;
}

/* A weak ETag does not promise equal bytes (RFC 9110, 13.1.5). */
const char *cpg_part_get_validator (const CpgPart *self)
{
  return self->etag && !g_str_has_prefix (self->etag, "W/") ? self->etag : self->modified;
}

const char *cpg_part_get_sha256 (const CpgPart *self)
{
  return self->sha256;
}

guint64 cpg_part_get_free_space (const CpgPart *self)
{
  struct statvfs info;
  return fstatvfs (self->fd, &info) == 0 ? (guint64) info.f_bavail * info.f_frsize : G_MAXUINT64;
}

/* ---- filling ---- */

/* First the bytes go, then the side file changes: at no moment does it speak of bytes that came from elsewhere. */
gboolean cpg_part_begin (CpgPart *self, const CpgPartOrigin *origin, GError **error)
{
  if (!truncate_to (self, 0, error))
    return FALSE;
  g_set_str (&self->etag, origin->etag);
  g_set_str (&self->modified, origin->modified);
  self->total = origin->total;
  return write_info (self, error);
}

gboolean cpg_part_write (CpgPart *self, const void *data, gsize size, GError **error)
{
  const char *at = data;
  while (size > 0) {
    ssize_t n = pwrite (self->fd, at, size, (off_t) self->size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      cpg_fetch_error_from_errno (error, errno, self->path);
      return FALSE;
    }
    self->size += (guint64) n;
    at += n;
    size -= (gsize) n;
  }
  return TRUE;
}

/* ---- the end ---- */

static gboolean check (CpgPart *self, const char *sha256, GError **error)
{
  if (sha256 && g_strcmp0 (self->sha256, sha256) != 0) {
    g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_DIFFERS,
                 _ ("%s: what came is not what the catalogue promises: its SHA-256 is %s instead of %s; it was not kept"),
                 self->path, self->sha256, sha256);
    return FALSE;
  }
  gboolean model = g_str_has_suffix (self->path, ".gguf") || g_str_has_suffix (self->path, ".safetensors");
  if (sha256 || !model)
    return TRUE;
  CpgModelFile file;
  if (!cpg_model_file_read (&file, self->part_path, self->path, error))
    return FALSE;
  cpg_model_file_clear (&file);
  return TRUE;
}

static gboolean sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofd int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && (fsync (fd) == 0 || errno == EINVAL)) /* a file system that has no such thing */
    return TRUE;
  cpg_fetch_error_from_errno (error, errno, folder);
  return FALSE;
}

/* Not over what has come to lie there meanwhile. */
static int rename_to_free_name (const char *from, const char *to)
{
  int result = renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
  if (result == 0 || (errno != EINVAL && errno != ENOSYS))
    return result;
  if (link (from, to) != 0) /* a file system without that flag */
    return -1;
  return unlink (from);
}

gboolean cpg_part_finish (CpgPart *self, const char *sha256, CpgChecksumTick tick, gpointer data, GError **error)
{
  g_free (self->sha256);
  self->sha256 = cpg_checksum_of_descriptor (self->fd, self->part_path, tick, data, error);
  if (!self->sha256 || !check (self, sha256, error))
    return FALSE;
  if (fsync (self->fd) != 0 || rename_to_free_name (self->part_path, self->path) != 0) {
    cpg_fetch_error_from_errno (error, errno, self->path);
    return FALSE;
  }
  unlink (self->info_path);
  return sync_folder (self->path, error);
}
