#include "store/cpg-model-import.h"

#include "store/cpg-address.h"
#include "store/cpg-fetch-error.h"
#include "store/cpg-known-checksums.h"
#include "store/cpg-model-file.h"
#include "store/cpg-part.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

typedef struct {
  CpgChecksumTick tick;
  gpointer data;
  guint64 base; /* what came before this part of the work */
} Progress;

static gboolean on_tick (guint64 done, gpointer data)
{
  Progress *progress = data;
  return !progress->tick || progress->tick (progress->base + done, progress->data);
}

static gboolean check_room (CpgPart *part, int fd, const char *path, GError **error)
{
  struct stat info;
  if (fstat (fd, &info) != 0) {
    cpg_fetch_error_from_errno (error, errno, path);
    return FALSE;
  }
  if (cpg_part_get_free_space (part) >= (guint64) info.st_size)
    return TRUE;
  cpg_fetch_error_from_errno (error, ENOSPC, path);
  return FALSE;
}

static gboolean copy (CpgPart *part, int fd, const char *path, Progress *progress, GError **error)
{
  g_autofree guchar *piece = g_malloc (PIECE);
  for (;;) {
    ssize_t n = read (fd, piece, PIECE);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      cpg_fetch_error_from_errno (error, errno, path);
    if (n <= 0)
      return n == 0;
    if (!cpg_part_write (part, piece, (gsize) n, error))
      return FALSE;
    if (!on_tick (cpg_part_get_size (part), progress)) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
      return FALSE;
    }
  }
}

static gboolean copy_and_check (CpgPart *part, int fd, const char *path, Progress *progress, GError **error)
{
  const CpgPartOrigin origin = {0};
  if (!check_room (part, fd, path, error) || !cpg_part_begin (part, &origin, error) || !copy (part, fd, path, progress, error))
    return FALSE;
  progress->base = cpg_part_get_size (part);
  return cpg_part_finish (part, NULL, on_tick, progress, error);
}

char *cpg_model_import (const char *path, const char *folder, CpgChecksumTick tick, gpointer data, GError **error)
{
  g_autofree char *name = g_path_get_basename (path), *target = g_build_filename (folder, name, NULL), *url = NULL;
  Progress progress = {tick, data, 0};
  CpgModelFile model;
  if (!g_str_has_suffix (name, ".gguf")) {
    g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_MODEL,
                 _ ("%s: is no .gguf file; weights of a trainer become one with: cosmos convert"), path);
    return NULL;
  }
  if (!cpg_address_check_file_name (name, error) || !cpg_model_file_read (&model, path, name, error))
    return NULL;
  cpg_model_file_clear (&model);
  if (g_file_test (target, G_FILE_TEST_EXISTS)) {
    g_set_error (error, CPG_FETCH_ERROR, CPG_FETCH_ERROR_EXISTS,
                 _ ("%s: there is a file of that name already; remove or rename one of them"), target);
    return NULL;
  }
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    cpg_fetch_error_from_errno (error, errno, path);
    return NULL;
  }
  url = g_filename_to_uri (path, NULL, NULL);
  CpgPart *part = cpg_part_open (target, url ? url : path, error);
  if (!part)
    return NULL;
  if (!copy_and_check (part, fd, path, &progress, error)) {
    cpg_part_discard (part);
    return NULL;
  }
  cpg_known_checksums_set (target, cpg_part_get_sha256 (part));
  cpg_part_close (part);
  return g_steal_pointer (&target);
}
