#include "core/file/model-folders.h"

#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char BELOW[] = "cosmos-playground/models"; /* of a data folder */

/* ---- which ---- */

static bool is_readable (const char *path)
{
  DIR *folder = opendir (path);
  if (!folder)
    return false;
  closedir (folder);
  return true;
}

static bool is_listed (const CosmosModelFolders *self, const char *path)
{
  struct stat a, b;
  if (stat (path, &a) != 0)
    return false;
  for (size_t i = 0; i < self->n; i++) {
    if (stat (self->items[i], &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
      return true;
  }
  return false;
}

/* Takes path, which may be NULL. False without memory. */
static bool add (CosmosModelFolders *self, char *path)
{
  if (!path)
    return false;
  if (!is_readable (path) || is_listed (self, path)) {
    free (path);
    return true;
  }
  char **items = realloc (self->items, (self->n + 1) * sizeof *items);
  if (!items) {
    free (path);
    return false;
  }
  self->items = items;
  items[self->n++] = path;
  return true;
}

static char *join (const char *folder, size_t length, const char *below)
{
  char *path;
  return asprintf (&path, "%.*s/%s", (int) length, folder, below) < 0 ? NULL : path;
}

/* The program is TREE/BUILD/src/cli/cosmos, or so. An installed one lies as deep below the root, where there is no meson.build. */
static bool add_beside_program (CosmosModelFolders *self)
{
  char program[4096], *tree = NULL, *plain;
  ssize_t length = readlink ("/proc/self/exe", program, sizeof program - 1);
  if (length <= 0)
    return true;
  program[length] = 0;
  *strrchr (program, '/') = 0;
  if (asprintf (&tree, "%s/../../../meson.build", program) < 0)
    return false;
  bool built_here = access (tree, F_OK) == 0;
  strcpy (strrchr (tree, '/'), "/models");
  plain = built_here ? realpath (tree, NULL) : NULL;
  free (tree);
  return !plain || add (self, plain);
}

static char *get_own (void)
{
  const char *data = getenv ("XDG_DATA_HOME"), *home = getenv ("HOME");
  if (data && *data == '/')
    return join (data, strlen (data), BELOW);
  if (!home || !*home) {
    struct passwd *user = getpwuid (getuid ());
    home = user ? user->pw_dir : "/";
  }
  char *path;
  return asprintf (&path, "%s/.local/share/%s", home, BELOW) < 0 ? NULL : path;
}

static bool add_system (CosmosModelFolders *self)
{
  const char *dirs = getenv ("XDG_DATA_DIRS");
  for (const char *at = dirs && *dirs ? dirs : "/usr/local/share:/usr/share"; *at;) {
    size_t length = strcspn (at, ":");
    if (*at == '/' && !add (self, join (at, length, BELOW)))
      return false;
    at += length + (at[length] == ':');
  }
  return true;
}

bool cosmos_model_folders_list (CosmosModelFolders *self, CosmosError *err)
{
  CosmosModelFolders found = {0};
  const char *chosen = getenv ("COSMOS_MODELS");
  bool ok;
  if (chosen && *chosen) {
    ok = add (&found, strdup (chosen));
    if (ok && found.n == 0)
      return cosmos_error_set (err, COSMOS_STATUS_IO, "COSMOS_MODELS names %s, which is no folder that can be read", chosen);
  } else {
    ok = add_beside_program (&found) && add (&found, get_own ()) && add_system (&found)
         && add (&found, strdup (COSMOS_MODELS_FOLDER));
  }
  if (!ok) {
    cosmos_model_folders_clear (&found);
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory for the list of models folders");
  }
  *self = found;
  return true;
}

void cosmos_model_folders_clear (CosmosModelFolders *self)
{
  for (size_t i = 0; i < self->n; i++)
    free (self->items[i]);
  free (self->items);
  *self = (CosmosModelFolders) {0};
}

char *cosmos_model_folders_get_own (void)
{
  const char *chosen = getenv ("COSMOS_MODELS");
  return chosen && *chosen ? strdup (chosen) : get_own ();
}

/* ---- the search ---- */

static int is_gguf (const struct dirent *entry)
{
  size_t length = strlen (entry->d_name);
  return entry->d_name[0] != '.' && length > 5 && strcmp (entry->d_name + length - 5, ".gguf") == 0;
}

/* By bytes, whatever the locale. */
static int compare (const struct dirent **a, const struct dirent **b)
{
  return strcmp ((*a)->d_name, (*b)->d_name);
}

/* 0 is asked first: FIRST.gguf, then what begins with it, then the others. */
enum { RANKS = 3 };

static int rank (const char *name, const char *first)
{
  size_t length = first ? strlen (first) : 0;
  if (!length || strncmp (name, first, length) != 0)
    return 2;
  return strcmp (name + length, ".gguf") == 0 ? 0 : 1;
}

static char *find_in (const char *folder, const char *first, CosmosModelTest fits, void *data)
{
  struct dirent **entries;
  int n = scandir (folder, &entries, is_gguf, compare);
  char *found = NULL;
  for (int r = 0; r < RANKS && !found; r++) {
    for (int i = 0; i < n && !found; i++) {
      const char *name = entries[i]->d_name;
      char *path = rank (name, first) == r ? join (folder, strlen (folder), name) : NULL;
      if (path && fits (path, data))
        found = path;
      else
        free (path);
    }
  }
  for (int i = 0; i < n; i++)
    free (entries[i]);
  if (n >= 0)
    free (entries);
  return found;
}

char *cosmos_model_folders_find (const CosmosModelFolders *self, const char *first, CosmosModelTest fits, void *data)
{
  char *found = NULL;
  for (size_t i = 0; i < self->n && !found; i++)
    found = find_in (self->items[i], first, fits, data);
  return found;
}
