#include "train/rows.h"

#include "core/text/text.h"
#include "train/lines.h"

#include <yyjson.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const CosmosTextsRecipe *recipe;
  CosmosTakeRow take;
  void *data;
  CosmosProgress *progress;
} Reading;

static bool no_memory (CosmosError *err)
{
  return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the texts");
}

/* A field of a line, and its place in the message where there is none. */
static bool get_field (yyjson_val *object, const char *name, const char *path, size_t line, CosmosRowText *text, CosmosError *err)
{
  yyjson_val *value = yyjson_obj_get (object, name);
  if (!yyjson_is_str (value))
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %zu has no text \"%.60s\"", path, line, name);
  *text = (CosmosRowText) {yyjson_get_str (value), yyjson_get_len (value)};
  return true;
}

/* The recipe's fields, joined; free() it. */
static char *join_source (const Reading *self, yyjson_val *object, const char *path, size_t line, size_t *length,
                          CosmosError *err)
{
  CosmosTextBuffer joined = {0};
  char names[COSMOS_RECIPE_PATH], *rest = NULL;
  bool ok = true;
  strcpy (names, self->recipe->source);
  for (char *name = strtok_r (names, " ", &rest); ok && name; name = strtok_r (NULL, " ", &rest)) {
    CosmosRowText text;
    ok = get_field (object, name, path, line, &text, err);
    if (joined.length)
      cosmos_text_buffer_append (&joined, " | ", 3);
    if (ok)
      cosmos_text_buffer_append (&joined, text.data, text.length);
  }
  *length = joined.length;
  char *source = cosmos_text_buffer_finish (&joined);
  if (ok && !source)
    no_memory (err);
  if (ok && source)
    return source;
  free (source);
  return NULL;
}

static bool take_object (const Reading *self, yyjson_val *object, const char *path, size_t line, CosmosError *err)
{
  CosmosRowText target, source = {0};
  char *joined = NULL;
  bool ok = get_field (object, self->recipe->target, path, line, &target, err);
  if (ok && strcmp (self->recipe->source, "first-sentence") == 0)
    source = (CosmosRowText) {target.data, cosmos_text_find_first_sentence (target.data, target.length)};
  else if (ok && *self->recipe->source) {
    joined = join_source (self, object, path, line, &source.length, err);
    source.data = joined;
    ok = joined != NULL;
  }
  ok = ok && self->take (target, source, self->data, err);
  free (joined);
  return ok;
}

static bool take_line (const Reading *self, char *text, size_t length, const char *path, size_t line, CosmosError *err)
{
  yyjson_read_err why;
  yyjson_doc *document = yyjson_read_opts (text, length, 0, NULL, &why);
  if (!document)
    return cosmos_error_set (err, COSMOS_STATUS_FORMAT, "%s: line %zu is not JSON: %s", path, line, why.msg);
  bool ok = take_object (self, yyjson_doc_get_root (document), path, line, err);
  yyjson_doc_free (document);
  return ok;
}

static bool read_file (const char *path, const char *name, void *data, CosmosError *err)
{
  const Reading *self = data;
  (void) name;
  CosmosLines *lines = cosmos_lines_open (path, err);
  char *line = NULL;
  size_t length;
  bool ok = lines != NULL;
  cosmos_progress_report (self->progress, 0, "reading texts");
  while (ok && (ok = cosmos_lines_next (lines, &line, &length, err)) && line) {
    ok = length == 0 || take_line (self, line, length, path, cosmos_lines_get_number (lines), err);
    if (ok && cosmos_progress_is_cancelled (self->progress))
      ok = cosmos_error_set (err, COSMOS_STATUS_CANCELLED, "cancelled");
  }
  cosmos_lines_close (lines);
  return ok;
}

bool cosmos_rows_each_file (const char *folder, const char *patterns, CosmosTakeFile take, void *data, CosmosError *err)
{
  char copy[COSMOS_RECIPE_PATH], *rest = NULL;
  bool ok = true;
  strcpy (copy, patterns);
  for (char *pattern = strtok_r (copy, " ", &rest); ok && pattern; pattern = strtok_r (NULL, " ", &rest)) {
    char *path;
    glob_t found = {0};
    if (asprintf (&path, "%s/%s", folder, pattern) < 0)
      return no_memory (err);
    if (glob (path, 0, NULL, &found) != 0 || found.gl_pathc == 0)
      ok = cosmos_error_set (err, COSMOS_STATUS_IO,
                             "%s: there is no such file. The recipe's patterns are below the folder that --data names", path);
    for (size_t i = 0; ok && i < found.gl_pathc; i++)
      ok = take (found.gl_pathv[i], found.gl_pathv[i] + strlen (folder) + 1, data, err);
    globfree (&found);
    free (path);
  }
  return ok;
}

bool cosmos_rows_read (const CosmosTextsRecipe *recipe, const char *folder, const char *patterns, CosmosTakeRow take, void *data,
                       CosmosProgress *progress, CosmosError *err)
{
  Reading self = {recipe, take, data, progress};
  return cosmos_rows_each_file (folder, patterns, read_file, &self, err);
}
