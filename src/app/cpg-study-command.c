#include "app/cpg-study-command.h"

#include <glib/gi18n.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND "cosmos"
#define CACHE "cosmos-playground" /* the folder for results, the command's own as well */

enum { MOST_WORDS = 2000 };

typedef struct {
  GSubprocess *process;
  GDataInputStream *lines; /* what it writes on standard error */
  GCancellable *cancellable;
  gulong cancelled; /* the handler */
  GFile *file;      /* for the result */
  GString *said;    /* of the lines those that are not progress */
  CpgStudyProgress progress;
  gpointer data;
} Running;

static void running_free (Running *self)
{
  if (self->cancelled)
    g_cancellable_disconnect (self->cancellable, self->cancelled);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->lines);
  g_clear_object (&self->process);
  g_clear_object (&self->file);
  g_string_free (self->said, TRUE);
  g_free (self);
}

/* ---- what it needs ---- */

char *cpg_study_command_find (GError **error)
{
  static const char *const places[] = {COMMAND, "../cli/" COMMAND};
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL), *folder = own ? g_path_get_dirname (own) : NULL;
  for (gsize i = 0; folder && i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = g_build_filename (folder, places[i], NULL);
    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test (path, G_FILE_TEST_IS_DIR))
      return g_steal_pointer (&path);
  }
  char *found = g_find_program_in_path (COMMAND);
  if (!found)
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        _ ("Studies are made by the command “cosmos”, which is neither beside this program nor in PATH: install it, too"));
  return found;
}

gboolean cpg_study_command_check_folder (const char *folder, const char *task, GError **error)
{
  g_autofree char *texts = g_build_filename (folder, task, NULL), *shown = g_filename_display_name (folder);
  g_autoptr (GDir) dir = g_dir_open (texts, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (strstr (name, "valid.jsonl"))
      return TRUE;
  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
      /* Translators: a folder, and twice the name of a task: "story/valid.jsonl.xz" */
      _ ("“%s” has no texts to measure on: they are looked for in %s/valid.jsonl or %s/valid.jsonl.xz. Choose another folder"),
      shown, task, task);
  return FALSE;
}

/* There is nothing in it yet. (transfer full) */
static GFile *name_result (const char *study, GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), CACHE, NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    int number = errno;
    /* Translators: a folder, and why */
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _ ("%s cannot be made: %s"), folder, g_strerror (number));
    return NULL;
  }
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d-%H%M%S"), *base = g_strdup_printf ("%s-%s.json", study, date);
  GFile *file = g_file_new_build_filename (folder, base, NULL);
  g_file_delete (file, NULL, NULL);
  return file;
}

/* ---- its end ---- */

static void on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  CpgStudyResult *study = cpg_study_result_load_finish (result, &error);
  if (study)
    g_task_return_pointer (task, study, (GDestroyNotify) cpg_study_result_unref);
  else
    g_task_return_error (task, error);
}

/* Nothing was written: why. */
static void return_failure (GTask *task, Running *self)
{
  g_strchomp (self->said->str);
  if (g_cancellable_is_cancelled (self->cancellable))
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                     _ ("The study was stopped before there was anything to show."));
  else if (*self->said->str)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The study could not be made: %s"), self->said->str);
  else if (g_subprocess_get_if_signaled (self->process))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The command “cosmos” was ended by the signal %s."),
                             g_strsignal (g_subprocess_get_term_sig (self->process)));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The command “cosmos” ended with %d and without a word."),
                             g_subprocess_get_exit_status (self->process));
}

static void on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Running *self = g_task_get_task_data (task);
  g_subprocess_wait_finish (self->process, result, NULL);
  if (g_file_query_exists (self->file, NULL))
    cpg_study_result_load_async (self->file, NULL, on_result, g_steal_pointer (&task));
  else
    return_failure (task, self);
}

/* ---- what it writes ---- */

static void read_line (Running *self, const char *line)
{
  char *end;
  long percent = strtol (line, &end, 10);
  if (end > line && g_str_has_prefix (end, " % ")) {
    self->progress (CLAMP ((double) percent / 100, 0, 1), self->data);
    return;
  }
  line += g_str_has_prefix (line, COMMAND ": ") ? strlen (COMMAND ": ") : 0;
  g_autofree char *valid = g_utf8_make_valid (line, -1);
  if (self->said->len < MOST_WORDS)
    g_string_append_printf (self->said, "%s\n", valid);
}

static void on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Running *self = g_task_get_task_data (task);
  g_autofree char *line = g_data_input_stream_read_line_finish (self->lines, result, NULL, NULL);
  if (!line) {
    g_subprocess_wait_async (self->process, NULL, on_ended, g_steal_pointer (&task));
    return;
  }
  read_line (self, line);
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, NULL, on_line, g_steal_pointer (&task));
}

/* As Ctrl-C does: what was measured is written. */
static void on_cancelled (GCancellable *cancellable, gpointer process)
{
  g_subprocess_send_signal (process, SIGINT);
}

static GSubprocess *start (const CpgStudyOrder *order, const char *file, GError **error)
{
  g_autofree char *command = cpg_study_command_find (error);
  if (!command)
    return NULL;
  g_autofree char *count = g_strdup_printf ("%d", order->count), *threads = g_strdup_printf ("%d", order->threads);
  const char *words[] = {command,      "study",        order->study,  "--progress", "--json",    file,      "--model",
                         order->model, "--data",       order->folder, "--task",     order->task, "--count", count,
                         "--compute",  order->compute, "--threads",   threads,      NULL};
  return g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
}

void cpg_study_command_run_async (const CpgStudyOrder *order, CpgStudyProgress progress, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  GError *error = NULL;
  Running *self = g_new0 (Running, 1);
  self->said = g_string_new (NULL);
  self->progress = progress;
  self->data = data;
  g_task_set_source_tag (task, cpg_study_command_run_async);
  g_task_set_check_cancellable (task, FALSE); /* what was measured is a result */
  g_task_set_task_data (task, self, (GDestroyNotify) running_free);
  self->file = cpg_study_command_check_folder (order->folder, order->task, &error) ? name_result (order->study, &error) : NULL;
  self->process = self->file ? start (order, g_file_peek_path (self->file), &error) : NULL;
  if (!self->process) {
    g_task_return_error (task, error);
    return;
  }
  self->lines = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  if (cancellable) {
    self->cancellable = g_object_ref (cancellable);
    self->cancelled = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_object_ref (self->process),
                                             g_object_unref);
  }
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, NULL, on_line, g_steal_pointer (&task));
}

CpgStudyResult *cpg_study_command_run_finish (GAsyncResult *result, gboolean *all, GError **error)
{
  Running *self = g_task_get_task_data (G_TASK (result));
  *all = self->process && g_subprocess_get_if_exited (self->process) && g_subprocess_get_exit_status (self->process) == 0;
  return g_task_propagate_pointer (G_TASK (result), error);
}
