#include "store/cpg-archive.h"

#include "store/cpg-archive-json.h"
#include "store/cpg-log-pack.h"
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <zip.h>

G_DEFINE_QUARK (cpg_archive_error, cpg_archive_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (zip_t, zip_discard)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (zip_source_t, zip_source_free)

#define RUNS "run.json"

enum {
  MAX_ENTRIES = 20000,
  MAX_RUNS_SIZE = 64 << 20,                   /* of run.json */
  MAX_LATENTS_SIZE = 4 * CPG_LOG_MAX_LATENTS, /* packed: more than any packer makes of them */
  MAX_RATIO = 200,                            /* of a file's bytes to its packed ones: texts come to 10, a bomb to 1000 */
  SMALL = 1 << 20,                            /* below that no ratio hurts */
};

/* ---- writing ---- */

static gboolean add_file (zip_t *zip, const char *name, GBytes *bytes, gboolean compress, gint64 time)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  zip_source_t *source = zip_source_buffer (zip, data, size, 0); /* read when the zip is closed */
  zip_int64_t index = source ? zip_file_add (zip, name, source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) {
    zip_source_free (source);
    return FALSE;
  }
  return zip_set_file_compression (zip, (zip_uint64_t) index, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0
         && zip_file_set_mtime (zip, (zip_uint64_t) index, (time_t) (time / G_USEC_PER_SEC), 0) == 0;
}

static gboolean add_latents (zip_t *zip, GPtrArray *runs)
{
  guint index = 0;
  for (guint i = 0; i < runs->len; i++) {
    const CpgLogRun *run = runs->pdata[i];
    for (guint k = 0; run->latents && k < run->latents->len; k++) {
      g_autofree char *name = cpg_archive_json_latents_name (index++);
      if (!add_file (zip, name, ((CpgLogLatents *) run->latents->pdata[k])->packed, FALSE, run->started))
        return FALSE;
    }
  }
  return TRUE;
}

/* What was written into the source. */
static GBytes *take_bytes (zip_source_t *source)
{
  zip_stat_t stat;
  if (zip_source_stat (source, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) || zip_source_open (source) != 0)
    return NULL;
  g_autofree char *data = g_malloc (stat.size);
  gboolean ok = zip_source_read (source, data, stat.size) == (zip_int64_t) stat.size;
  zip_source_close (source);
  return ok ? g_bytes_new_take (g_steal_pointer (&data), stat.size) : NULL;
}

GBytes *cpg_archive_write (GPtrArray *runs, GError **error)
{
  g_autoptr (GBytes) json = cpg_archive_json_write (runs, error), bytes = NULL;
  if (!json)
    return NULL;
  if (g_bytes_get_size (json) > MAX_RUNS_SIZE) {
    g_set_error_literal (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_TOO_LARGE,
                         _ ("These are too many runs for one file. Export fewer of them at a time."));
    return NULL;
  }
  zip_error_t failure;
  zip_error_init (&failure);
  g_autoptr (zip_source_t) source = zip_source_buffer_create (NULL, 0, 0, &failure);
  gint64 time = ((CpgLogRun *) runs->pdata[0])->started;
  if (source) {
    zip_source_keep (source); /* one for the zip, one to read from */
    g_autoptr (zip_t) zip = zip_open_from_source (source, ZIP_TRUNCATE, &failure);
    if (!zip)
      zip_source_free (source);
    else if (add_file (zip, RUNS, json, TRUE, time) && add_latents (zip, runs) && zip_close (zip) == 0) {
      zip = NULL;
      bytes = take_bytes (source);
    } else
      zip_error_set (&failure, zip_error_code_zip (zip_get_error (zip)), zip_error_code_system (zip_get_error (zip)));
  }
  if (!bytes)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The runs could not be packed (%s)."), zip_error_strerror (&failure));
  else if (g_bytes_get_size (bytes) > CPG_ARCHIVE_MAX_SIZE) {
    g_clear_pointer (&bytes, g_bytes_unref);
    g_set_error_literal (error, CPG_ARCHIVE_ERROR, CPG_ARCHIVE_ERROR_TOO_LARGE,
                         _ ("These are too many runs for one file. Export fewer of them at a time."));
  }
  zip_error_fini (&failure);
  return g_steal_pointer (&bytes);
}

/* ---- reading ---- */

static gboolean invalid (GError **error, CpgArchiveError code, const char *what)
{
  g_set_error (error, CPG_ARCHIVE_ERROR, (int) code, _ ("The file cannot be imported: %s."), what);
  return FALSE;
}

static zip_t *open_zip (GBytes *bytes, GError **error)
{
  zip_error_t failure;
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  if (size > CPG_ARCHIVE_MAX_SIZE) {
    invalid (error, CPG_ARCHIVE_ERROR_TOO_LARGE, _ ("it is too large"));
    return NULL;
  }
  zip_error_init (&failure);
  zip_source_t *source = zip_source_buffer_create (data, size, 0, &failure);
  zip_t *zip = source ? zip_open_from_source (source, ZIP_RDONLY | ZIP_CHECKCONS, &failure) : NULL;
  /* No bytes at all count as a zip without files. */
  if (!zip || zip_get_num_entries (zip, 0) == 0) {
    if (zip)
      zip_discard (g_steal_pointer (&zip));
    else
      zip_source_free (source);
    invalid (error, CPG_ARCHIVE_ERROR_NO_ARCHIVE, _ ("it is no .cosmosrun archive, or a part of it is missing"));
  }
  zip_error_fini (&failure);
  return zip;
}

/* run.json, or latents/N.zst as this program writes it: no other folder, no "..", no leading zero. */
static gboolean is_known_name (const char *name)
{
  static const char before[] = "latents/", after[] = ".zst";
  guint64 index;
  if (g_str_equal (name, RUNS))
    return TRUE;
  gsize length = strlen (name);
  if (!g_str_has_prefix (name, before) || !g_str_has_suffix (name, after) || length < sizeof before + sizeof after - 1)
    return FALSE;
  g_autofree char *digits = g_strndup (name + sizeof before - 1, length - (sizeof before - 1) - (sizeof after - 1));
  if (!g_ascii_string_to_unsigned (digits, 10, 0, MAX_ENTRIES, &index, NULL))
    return FALSE;
  g_autofree char *own = cpg_archive_json_latents_name ((guint) index);
  return g_str_equal (name, own);
}

static gboolean check_entry (zip_t *zip, zip_uint64_t index, GHashTable *names, GError **error)
{
  zip_stat_t stat;
  zip_uint64_t wanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index (zip, index, ZIP_FL_ENC_RAW, &stat) != 0 || (stat.valid & wanted) != wanted)
    return invalid (error, CPG_ARCHIVE_ERROR_NO_ARCHIVE, _ ("its list of files is broken"));
  if (stat.encryption_method != ZIP_EM_NONE)
    return invalid (error, CPG_ARCHIVE_ERROR_INVALID, _ ("it is encrypted"));
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
    return invalid (error, CPG_ARCHIVE_ERROR_INVALID, _ ("it is packed in a way that this program does not know"));
  if (!is_known_name (stat.name))
    return invalid (error, CPG_ARCHIVE_ERROR_INVALID, _ ("it holds a file that does not belong there"));
  if (!g_hash_table_add (names, g_strdup (stat.name)))
    return invalid (error, CPG_ARCHIVE_ERROR_INVALID, _ ("it holds a file twice"));
  if (stat.size > (g_str_equal (stat.name, RUNS) ? MAX_RUNS_SIZE : MAX_LATENTS_SIZE)
      || (stat.size > SMALL && stat.size / MAX_RATIO > stat.comp_size))
    return invalid (error, CPG_ARCHIVE_ERROR_TOO_LARGE, _ ("a file in it is too large"));
  return TRUE;
}

static gboolean check_entries (zip_t *zip, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  zip_int64_t n = zip_get_num_entries (zip, 0);
  if (n > MAX_ENTRIES)
    return invalid (error, CPG_ARCHIVE_ERROR_TOO_LARGE, _ ("it holds too many files"));
  for (zip_int64_t i = 0; i < n; i++) {
    if (!check_entry (zip, (zip_uint64_t) i, names, error))
      return FALSE;
  }
  return TRUE;
}

/* The whole file, which must have the size that the list says (checked against the limits before). */
static GBytes *read_file (zip_t *zip, const char *name, GError **error)
{
  zip_stat_t stat;
  zip_file_t *file = zip_stat (zip, name, ZIP_FL_ENC_RAW, &stat) == 0 ? zip_fopen (zip, name, ZIP_FL_ENC_RAW) : NULL;
  if (!file) {
    invalid (error, CPG_ARCHIVE_ERROR_INVALID, _ ("a file is missing in it"));
    return NULL;
  }
  g_autofree char *data = g_malloc (stat.size + 1);
  zip_int64_t size = zip_fread (file, data, stat.size + 1);
  gboolean ok = zip_fclose (file) == 0 && size == (zip_int64_t) stat.size;
  if (ok)
    return g_bytes_new_take (g_steal_pointer (&data), stat.size);
  invalid (error, CPG_ARCHIVE_ERROR_INVALID, _ ("a file in it is broken"));
  return NULL;
}

/* Unpacks them once: what is taken into the log can be shown. */
static gboolean read_latents (zip_t *zip, GPtrArray *runs, GError **error)
{
  guint index = 0;
  for (guint i = 0; i < runs->len; i++) {
    const CpgLogRun *run = runs->pdata[i];
    for (guint k = 0; k < run->latents->len; k++) {
      CpgLogLatents *latents = run->latents->pdata[k];
      g_autofree char *name = cpg_archive_json_latents_name (index++);
      latents->packed = read_file (zip, name, error);
      if (!latents->packed)
        return FALSE;
      g_autofree float *numbers = cpg_log_latents_unpack (latents->packed, latents->n, latents->width);
      if (!numbers)
        return invalid (error, CPG_ARCHIVE_ERROR_INVALID, _ ("latents in it are broken"));
    }
  }
  return TRUE;
}

GPtrArray *cpg_archive_read (GBytes *bytes, GError **error)
{
  g_autoptr (zip_t) zip = open_zip (bytes, error);
  if (!zip || !check_entries (zip, error))
    return NULL;
  g_autoptr (GBytes) json = read_file (zip, RUNS, error);
  if (!json)
    return NULL;
  g_autoptr (GPtrArray) runs = cpg_archive_json_read (g_bytes_get_data (json, NULL), g_bytes_get_size (json), error);
  return runs && read_latents (zip, runs, error) ? g_steal_pointer (&runs) : NULL;
}
