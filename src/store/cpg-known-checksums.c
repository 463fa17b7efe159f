#include "store/cpg-known-checksums.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static GMutex lock;

static char *get_cache_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "cosmos-playground", "checksums", NULL);
}

static GKeyFile *load (const char *cache)
{
  GKeyFile *file = g_key_file_new ();
  g_key_file_load_from_file (file, cache, G_KEY_FILE_NONE, NULL); /* none yet, or spoilt: then there is nothing in it */
  return file;
}

/* Size, date in ns and inode: what tells that a file is still the same. */
static char *describe (const char *path)
{
  struct stat info;
  if (stat (path, &info) != 0)
    return NULL;
  return g_strdup_printf ("%lld %lld.%09ld %llu", (long long) info.st_size, (long long) info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
                          (unsigned long long) info.st_ino);
}

/* A path can have characters that a group's name cannot. */
static char *get_group (const char *path)
{
  g_autofree char *plain = g_canonicalize_filename (path, NULL);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, plain, -1);
}

char *cpg_known_checksums_get (const char *path)
{
  g_autofree char *cache = get_cache_path (), *group = get_group (path), *now = describe (path);
  g_mutex_lock (&lock);
  g_autoptr (GKeyFile) file = load (cache);
  g_mutex_unlock (&lock);
  g_autofree char *then = g_key_file_get_string (file, group, "file", NULL);
  return now && g_strcmp0 (then, now) == 0 ? g_key_file_get_string (file, group, "sha256", NULL) : NULL;
}

void cpg_known_checksums_set (const char *path, const char *sha256)
{
  g_autofree char *cache = get_cache_path (), *folder = g_path_get_dirname (cache), *group = get_group (path),
                  *now = describe (path);
  if (!now || g_mkdir_with_parents (folder, 0777) != 0)
    return;
  g_mutex_lock (&lock);
  g_autoptr (GKeyFile) file = load (cache);
  g_key_file_set_string (file, group, "file", now);
  g_key_file_set_string (file, group, "sha256", sha256);
  g_key_file_save_to_file (file, cache, NULL);
  g_mutex_unlock (&lock);
}
