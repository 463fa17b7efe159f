/* cosmos models: what lies in the models folders, and what can be had. */

#include "cli/json.h"
#include "cli/nearest.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/wrap.h"
#include "core/file/model-folders.h"
#include "store/cpg-downloads.h"
#include "store/cpg-fetch-error.h"
#include "store/cpg-installed-models.h"
#include "store/cpg-model-import.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const CliArguments *arguments;
  CpgCatalog *catalog;
  CpgInstalledModels *installed;
  const char *name; /* the word behind the action; NULL: none */
  GError *error;
} Models;

/* Says what failed -> exit code. */
static int fail (Models *self)
{
  CosmosError cancelled = {.code = COSMOS_STATUS_CANCELLED};
  if (g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return cli_fail (&cancelled);
  cli_say ("%s", self->error->message);
  return CLI_FAILED;
}

static CliJson new_json (Models *self)
{
  CliJson json = cli_json_new ("models");
  cli_json_text (&json, json.root, "action", self->arguments->words[0]);
  return json;
}

/* The object where JSON was asked for; else the lines were printed on the way. */
static int finish (Models *self, CliJson *json)
{
  if (self->arguments->json)
    return cli_json_finish (json);
  yyjson_mut_doc_free (json->doc);
  return cli_finish_output ();
}

static bool refresh (Models *self)
{
  return cpg_installed_models_refresh (self->installed, &self->error);
}

/* A name or description of a catalogue or file, without what steers a terminal. */
static char *get_printable (const char *text)
{
  char *copy = g_strdup (text ? text : "");
  cli_make_printable (copy);
  return copy;
}

static const char *get_kind (CpgModelKind kind)
{
  return kind == CPG_MODEL_LANGUAGE_MODEL ? "language model" : cpg_model_kind_get_name (kind);
}

/* what "NAME"; did you mean one of the names? */
static int unknown (const char *what, const char *name, const char *const *names, size_t n)
{
  const char *nearest = cli_nearest (name, names, n);
  cli_say ("%s \"%.80s\"%s%s%s See: cosmos models list", what, name, nearest ? "; did you mean " : ".", nearest ? nearest : "",
           nearest ? "?" : "");
  return CLI_FAILED;
}

static CpgInstalledModel *find_installed (Models *self)
{
  CpgInstalledModel *model = cpg_installed_models_find (self->installed, self->name);
  guint n = cpg_installed_models_get_n_models (self->installed);
  g_autofree const char **names = g_new (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    names[i] = cpg_installed_model_get_name (cpg_installed_models_get_model (self->installed, i));
  if (!model)
    unknown ("No model is called", self->name, names, n);
  return model;
}

/* ---- list ---- */

/* Of CpgVerification, in JSON. */
static const char *const verifications[] = {"unknown", "unchecked", "right", "wrong"};

static bool is_installed (Models *self, CpgCatalogModel *model)
{
  for (guint i = 0; i < cpg_installed_models_get_n_models (self->installed); i++) {
    CpgInstalledModel *other = cpg_installed_models_get_model (self->installed, i);
    if (g_strcmp0 (cpg_installed_model_get_catalog_id (other), cpg_catalog_model_get_id (model)) == 0)
      return cpg_installed_model_is_complete (other);
  }
  return false;
}

static void print_installed (CpgInstalledModel *model)
{
  g_autofree char *name = get_printable (cpg_installed_model_get_name (model));
  g_autofree char *tasks = g_strjoinv (", ", (char **) cpg_installed_model_get_tasks (model));
  g_autofree char *path = get_printable (cpg_installed_model_get_path (model));
  static const char *const notes[] = {"", "not checked yet", "checksum right", "CHECKSUM WRONG"};
  const char *note = notes[cpg_installed_model_get_verification (model)];
  printf ("  %-34s %-14s %8.1f MB%s%s%s%s%s\n", name, get_kind (cpg_installed_model_get_kind (model)),
          (double) cpg_installed_model_get_size (model) / 1e6, *tasks ? "  " : "", tasks, *note ? "  " : "", note,
          cpg_installed_model_is_complete (model) ? "" : "  INCOMPLETE");
  printf ("      %s\n", path);
  if (cpg_installed_model_get_error (model)) {
    g_autofree char *error = get_printable (cpg_installed_model_get_error (model));
    printf ("      cannot be read: %s\n", error);
  }
}

static void print_available (CpgCatalogModel *model)
{
  g_autofree char *about = get_printable (cpg_catalog_model_get_description (model));
  g_autofree char *license = get_printable (cpg_catalog_model_get_license (model));
  char size[32] = "size unknown";
  if (cpg_catalog_model_get_size (model))
    snprintf (size, sizeof size, "%.1f MB", (double) cpg_catalog_model_get_size (model) / 1e6);
  printf ("  %-34s %-14s %12s  %s%s\n      %s\n", cpg_catalog_model_get_id (model), get_kind (cpg_catalog_model_get_kind (model)),
          size, *license ? license : "no licence stated", cpg_catalog_model_is_verified (model) ? "" : "; without a checksum",
          about);
}

static int print_list (Models *self)
{
  guint n = cpg_installed_models_get_n_models (self->installed), n_available = 0;
  printf (n ? "Installed\n" : "No model is installed.\n");
  for (guint i = 0; i < n; i++)
    print_installed (cpg_installed_models_get_model (self->installed, i));
  for (guint i = 0; i < cpg_catalog_get_n_models (self->catalog); i++) {
    CpgCatalogModel *model = cpg_catalog_get_model (self->catalog, i);
    if (is_installed (self, model))
      continue;
    if (n_available++ == 0)
      printf ("\nTo be had (cosmos models get ID)\n");
    print_available (model);
  }
  return cli_finish_output ();
}

static void add_installed (CliJson *json, yyjson_mut_val *array, CpgInstalledModel *model)
{
  yyjson_mut_val *object = cli_json_append (json, array);
  cli_json_text (json, object, "name", cpg_installed_model_get_name (model));
  cli_json_text (json, object, "title", cpg_installed_model_get_title (model));
  cli_json_text (json, object, "path", cpg_installed_model_get_path (model));
  cli_json_text (json, object, "kind", cpg_model_kind_get_name (cpg_installed_model_get_kind (model)));
  cli_json_integer (json, object, "bytes", (int64_t) cpg_installed_model_get_size (model));
  yyjson_mut_val *tasks = cli_json_array (json, object, "tasks");
  for (const char *const *task = cpg_installed_model_get_tasks (model); *task; task++)
    yyjson_mut_arr_add_strcpy (json->doc, tasks, *task);
  cli_json_text (json, object, "id", cpg_installed_model_get_catalog_id (model));
  cli_json_text (json, object, "checksum", verifications[cpg_installed_model_get_verification (model)]);
  cli_json_bool (json, object, "complete", cpg_installed_model_is_complete (model));
  cli_json_bool (json, object, "removable", cpg_installed_model_is_removable (model));
  cli_json_text (json, object, "error", cpg_installed_model_get_error (model));
}

/* 0: not known. */
static void add_count (CliJson *json, yyjson_mut_val *object, const char *key, guint64 count)
{
  if (count)
    cli_json_integer (json, object, key, (int64_t) count);
  else
    cli_json_text (json, object, key, NULL);
}

static void add_available (Models *self, CliJson *json, yyjson_mut_val *array, CpgCatalogModel *model)
{
  yyjson_mut_val *object = cli_json_append (json, array);
  cli_json_text (json, object, "id", cpg_catalog_model_get_id (model));
  cli_json_text (json, object, "name", cpg_catalog_model_get_name (model));
  cli_json_text (json, object, "kind", cpg_model_kind_get_name (cpg_catalog_model_get_kind (model)));
  cli_json_text (json, object, "description", cpg_catalog_model_get_description (model));
  add_count (json, object, "bytes", cpg_catalog_model_get_size (model));
  add_count (json, object, "parameters", cpg_catalog_model_get_n_parameters (model));
  cli_json_text (json, object, "license", cpg_catalog_model_get_license (model));
  cli_json_text (json, object, "source", cpg_catalog_model_get_source (model));
  cli_json_bool (json, object, "verified", cpg_catalog_model_is_verified (model));
  cli_json_bool (json, object, "installed", is_installed (self, model));
}

static int list (Models *self)
{
  if (!refresh (self))
    return fail (self);
  if (!self->arguments->json)
    return print_list (self);
  CliJson json = new_json (self);
  yyjson_mut_val *installed = cli_json_array (&json, json.root, "installed");
  for (guint i = 0; i < cpg_installed_models_get_n_models (self->installed); i++)
    add_installed (&json, installed, cpg_installed_models_get_model (self->installed, i));
  yyjson_mut_val *available = cli_json_array (&json, json.root, "available");
  for (guint i = 0; i < cpg_catalog_get_n_models (self->catalog); i++)
    add_available (self, &json, available, cpg_catalog_get_model (self->catalog, i));
  return cli_json_finish (&json);
}

/* ---- get ---- */

static CpgDownload *get_download (CpgDownloads *downloads, guint index)
{
  g_autoptr (CpgDownload) download = g_list_model_get_item (G_LIST_MODEL (downloads), index);
  return download; /* the list holds it */
}

static void show_progress (CpgDownloads *downloads)
{
  guint64 received = 0, total = 0;
  double speed = 0, checked = 0;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (downloads)), n_checking = 0;
  for (guint i = 0; i < n; i++) {
    CpgDownload *download = get_download (downloads, i);
    received += cpg_download_get_received (download);
    total += cpg_download_get_total (download);
    speed += cpg_download_get_bytes_per_second (download);
    if (cpg_download_get_state (download) == CPG_DOWNLOAD_CHECKING) {
      n_checking++;
      checked += cpg_download_get_progress (download);
    }
  }
  char what[96];
  snprintf (what, sizeof what, "%.1f of %.1f MB", (double) received / 1e6, (double) total / 1e6);
  if (n_checking && received == total)
    snprintf (what, sizeof what, "checking, %.0f %%", 100 * checked / n_checking);
  else if (speed > 0 && total > received)
    snprintf (what + strlen (what), sizeof what - strlen (what), ", %.1f MB/s, %.0f s left", speed / 1e6,
              (double) (total - received) / speed);
  cli_progress_show (total ? (double) received / (double) total : 0, what);
}

/* Why a download waits for its next try; what fails for good is said at the end. */
static void on_error (CpgDownload *download, GParamSpec *pspec, gpointer data)
{
  (void) pspec;
  (void) data;
  if (cpg_download_get_state (download) == CPG_DOWNLOAD_RETRYING && cpg_download_get_error (download))
    cli_say ("%s; it is tried again", cpg_download_get_error (download)->message);
}

static gboolean wake (gpointer data)
{
  (void) data;
  return G_SOURCE_CONTINUE;
}

/* Until nothing goes on any more, or Ctrl-C: then what there is stays for the next time. */
static void wait_for (CpgDownloads *downloads)
{
  guint timer = g_timeout_add (50, wake, NULL);
  cli_progress_get ();
  while (cpg_downloads_is_active (downloads) && !cli_progress_is_cancelled ()) {
    g_main_context_iteration (NULL, TRUE);
    show_progress (downloads);
  }
  g_source_remove (timer);
  cli_progress_clear ();
}

static int report_files (Models *self, CpgDownloads *downloads, CpgCatalogModel *model, double seconds)
{
  bool verified = cpg_catalog_model_is_verified (model);
  CliJson json = new_json (self);
  cli_json_text (&json, json.root, "id", cpg_catalog_model_get_id (model));
  cli_json_bool (&json, json.root, "verified", verified);
  cli_json_number (&json, json.root, "seconds", seconds);
  yyjson_mut_val *files = cli_json_array (&json, json.root, "files");
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (downloads)); i++) {
    CpgDownload *download = get_download (downloads, i);
    yyjson_mut_val *object = cli_json_append (&json, files);
    cli_json_text (&json, object, "path", cpg_download_get_path (download));
    cli_json_integer (&json, object, "bytes", (int64_t) cpg_download_get_received (download));
    cli_json_text (&json, object, "sha256", cpg_download_get_sha256 (download));
    if (!self->arguments->json)
      printf ("%s: %.1f MB, SHA-256 %s%s\n", cpg_download_get_path (download),
              (double) cpg_download_get_received (download) / 1e6, cpg_download_get_sha256 (download),
              verified ? ", as the catalogue says" : "; note it, as nobody has published it");
  }
  return finish (self, &json);
}

static int get (Models *self)
{
  CpgCatalogModel *model = cpg_catalog_find (self->catalog, self->name);
  guint n = cpg_catalog_get_n_models (self->catalog);
  g_autofree const char **ids = g_new (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    ids[i] = cpg_catalog_model_get_id (cpg_catalog_get_model (self->catalog, i));
  if (!model)
    return unknown ("No catalogue has a model", self->name, ids, n);
  g_autoptr (CpgDownloads) downloads = cpg_downloads_new (NULL);
  double start = cli_now ();
  if (!cpg_downloads_add (downloads, model, self->arguments->unverified, &self->error)) {
    cli_say ("%s. To get it nevertheless, add --unverified", self->error->message);
    return CLI_FAILED;
  }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (downloads)); i++)
    g_signal_connect (get_download (downloads, i), "notify::error", G_CALLBACK (on_error), NULL);
  wait_for (downloads);
  if (cli_progress_is_cancelled ())
    return CLI_CANCELLED;
  int failures = 0;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (downloads)); i++) {
    const GError *error = cpg_download_get_error (get_download (downloads, i));
    if (error && ++failures)
      cli_say ("%s", error->message);
  }
  return failures ? CLI_FAILED : report_files (self, downloads, model, cli_now () - start);
}

/* ---- verify, import, remove ---- */

typedef struct {
  guint64 total;
  const char *what;
} Work;

static gboolean on_tick (guint64 done, gpointer data)
{
  const Work *work = data;
  cli_progress_show (work->total ? (double) done / (double) work->total : 0, work->what);
  return !cli_progress_is_cancelled ();
}

static void print_checked (CpgInstalledModel *model, CpgVerification verification, char **found)
{
  g_autofree char *path = get_printable (cpg_installed_model_get_path (model));
  printf ("%s: %s\n", path,
          verification == CPG_VERIFICATION_RIGHT ? "right, as the catalogue says"
                                                 : "no catalogue has a checksum to compare with");
  for (guint i = 0; found[i]; i++) {
    g_autofree char *file = g_path_get_basename (cpg_installed_model_get_file (model, i));
    cli_make_printable (file);
    printf ("  %s  %s\n", found[i], file);
  }
}

static void add_checked (CliJson *json, yyjson_mut_val *array, CpgInstalledModel *model, CpgVerification verification,
                         char **found)
{
  yyjson_mut_val *object = cli_json_append (json, array);
  cli_json_text (json, object, "name", cpg_installed_model_get_name (model));
  cli_json_text (json, object, "checksum", verifications[verification]);
  yyjson_mut_val *files = cli_json_array (json, object, "files");
  for (guint i = 0; found[i]; i++) {
    yyjson_mut_val *file = cli_json_append (json, files);
    cli_json_text (json, file, "path", cpg_installed_model_get_file (model, i));
    cli_json_text (json, file, "sha256", found[i]);
  }
}

static int verify_one (Models *self, CpgInstalledModel *model, CliJson *json, yyjson_mut_val *array)
{
  Work work = {cpg_installed_model_get_size (model), cpg_installed_model_get_name (model)};
  g_clear_error (&self->error);
  g_auto (GStrv) found = cpg_installed_model_compute (model, on_tick, &work, &self->error);
  if (!found)
    return fail (self);
  CpgVerification verification = cpg_installed_model_judge (model, (const char *const *) found, &self->error);
  cli_progress_clear ();
  add_checked (json, array, model, verification, found);
  if (verification == CPG_VERIFICATION_WRONG)
    return fail (self);
  if (!self->arguments->json)
    print_checked (model, verification, found);
  return CLI_OK;
}

/* The one that was named, or all. Every wrong one is named, and the exit code is a failure. */
static int verify (Models *self)
{
  CpgInstalledModel *only = NULL;
  if (!refresh (self))
    return fail (self);
  if (self->name && !(only = find_installed (self)))
    return CLI_FAILED;
  int result = CLI_OK;
  cli_progress_get ();
  CliJson json = new_json (self);
  yyjson_mut_val *array = cli_json_array (&json, json.root, "models");
  for (guint i = 0; i < cpg_installed_models_get_n_models (self->installed) && result != CLI_CANCELLED; i++) {
    CpgInstalledModel *model = cpg_installed_models_get_model (self->installed, i);
    int code = !only || model == only ? verify_one (self, model, &json, array) : CLI_OK;
    if (code != CLI_OK)
      result = code;
  }
  int written = finish (self, &json);
  return result != CLI_OK ? result : written;
}

static int report_path (Models *self, const char *path, const char *done)
{
  g_autofree char *printable = get_printable (path);
  CliJson json = new_json (self);
  cli_json_text (&json, json.root, "path", path);
  if (!self->arguments->json)
    printf ("%s: %s\n", printable, done);
  return finish (self, &json);
}

static int import (Models *self)
{
  char *folder = cosmos_model_folders_get_own ();
  GStatBuf info = {0};
  Work work = {g_stat (self->name, &info) == 0 ? 2 * (guint64) info.st_size : 0, "copying"};
  cli_progress_get ();
  g_autofree char *path = cpg_model_import (self->name, folder, on_tick, &work, &self->error);
  free (folder);
  cli_progress_clear ();
  return path ? report_path (self, path, "imported") : fail (self);
}

static int remove_model (Models *self)
{
  CpgInstalledModel *model = refresh (self) ? find_installed (self) : NULL;
  if (!model)
    return self->error ? fail (self) : CLI_FAILED;
  if (!cpg_installed_models_remove (self->installed, model, &self->error))
    return fail (self);
  return report_path (self, cpg_installed_model_get_path (model), "is in the trash");
}

/* ---- the verb ---- */

static const struct {
  const char *name;
  int min_words, max_words; /* behind the name */
  int (*run) (Models *self);
} actions[] = {
  {"list", 0, 0, list}, {"get", 1, 1, get}, {"verify", 0, 1, verify}, {"import", 1, 1, import}, {"remove", 1, 1, remove_model},
};

static int run_action (Models *self, int (*run) (Models *self))
{
  g_auto (GStrv) problems = NULL;
  self->catalog = cpg_catalog_new_default (&problems);
  self->installed = cpg_installed_models_new (self->catalog);
  for (char **problem = problems; *problem; problem++)
    cli_say ("passed over: %s", *problem);
  int result = run (self);
  g_object_unref (self->installed);
  g_object_unref (self->catalog);
  g_clear_error (&self->error);
  return result;
}

static int run_models (const CliArguments *arguments)
{
  const char *names[G_N_ELEMENTS (actions)], *action = arguments->words[0];
  for (size_t i = 0; i < G_N_ELEMENTS (actions); i++) {
    names[i] = actions[i].name;
    if (strcmp (action, names[i]) != 0)
      continue;
    int n = arguments->n_words - 1;
    if (n < actions[i].min_words || n > actions[i].max_words) {
      cli_say ("models %s takes %s. See: cosmos help models", action, n > actions[i].max_words ? "fewer words" : "a name");
      return CLI_USAGE;
    }
    Models models = {.arguments = arguments, .name = n ? arguments->words[1] : NULL};
    return run_action (&models, actions[i].run);
  }
  const char *nearest = cli_nearest (action, names, G_N_ELEMENTS (actions));
  cli_say ("models cannot \"%.60s\"%s%s%s; possible: list, get, verify, import, remove. See: cosmos help models", action,
           nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
  return CLI_USAGE;
}

const CliVerb cli_verb_models = {
  .name = "models",
  .words = "list|get|verify|import|remove [NAME]",
  .summary = "list, get, check and remove models",
  .about
  = "Says which models are installed and which can be had, gets one by its id, compares checksums, copies a model file of your own into the "
    "models folder, or puts a model into the trash. What is fetched appears under its name only when it is whole and its checksum is "
    "right; after Ctrl-C or a broken connection the same command goes on where it was.",
  .options = "unverified",
  .examples = "  cosmos models list\n"
              "  cosmos models get stories15m-q4-0       a small language model to compare with\n"
              "  cosmos models verify                    read all models and compare their checksums\n"
              "  cosmos models import my-model.gguf\n"
              "  cosmos models remove my-model",
  .min_words = 1,
  .max_words = 2,
  .run = run_models,
};
