#include "store/cpg-lessons.h"

#include "store/cpg-json-reader.h"
#include "store/cpg-lessons-resource.h"
#include "store/cpg-user-files.h"

#define RESOURCES "/io/github/cosmos_playground/store/lessons"

static CpgLesson *load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = g_file_get_basename (file), *shown = g_filename_display_name (name ? name : "");
  g_autoptr (GBytes) json = cpg_json_reader_read_file (file, CPG_LESSON_BYTES, cancellable, error);
  return json ? cpg_lesson_new (json, shown, FALSE, error) : NULL;
}

static void load_on_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  (void) source;
  GError *error = NULL;
  CpgLesson *lesson = load (data, cancellable, &error);
  if (lesson)
    g_task_return_pointer (task, lesson, (GDestroyNotify) cpg_lesson_unref);
  else
    g_task_return_error (task, error);
}

void cpg_lesson_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, cpg_lesson_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, load_on_thread);
}

CpgLesson *cpg_lesson_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static int compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void add (GPtrArray *lessons, CpgLesson *lesson, GError *error, GStrvBuilder *problems)
{
  if (lesson)
    g_ptr_array_add (lessons, lesson);
  else {
    g_strv_builder_add (problems, error->message);
    g_error_free (error);
  }
}

static void add_own (GPtrArray *lessons, GStrvBuilder *problems)
{
  GResource *resource = cpg_lessons_get_resource ();
  g_auto (GStrv) names = g_resource_enumerate_children (resource, RESOURCES, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  qsort (names, g_strv_length (names), sizeof *names, compare_names);
  for (char **name = names; *name; name++) {
    GError *error = NULL;
    g_autofree char *path = g_build_path ("/", RESOURCES, *name, NULL);
    g_autoptr (GBytes) json = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
    CpgLesson *lesson = json ? cpg_lesson_new (json, *name, TRUE, &error) : NULL;
    add (lessons, lesson, error, problems);
  }
}

static void add_users (GPtrArray *lessons, GStrvBuilder *problems)
{
  g_auto (GStrv) paths = cpg_user_files_find ("lessons");
  for (char **path = paths; *path; path++) {
    GError *error = NULL;
    g_autoptr (GFile) file = g_file_new_for_path (*path);
    CpgLesson *lesson = load (file, NULL, &error);
    add (lessons, lesson, error, problems);
  }
}

GPtrArray *cpg_lessons_find (char ***problems)
{
  GPtrArray *lessons = g_ptr_array_new_with_free_func ((GDestroyNotify) cpg_lesson_unref);
  g_autoptr (GStrvBuilder) messages = g_strv_builder_new ();
  add_own (lessons, messages);
  add_users (lessons, messages);
  if (problems)
    *problems = g_strv_builder_end (messages);
  return lessons;
}
