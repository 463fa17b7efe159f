#include "store/cpg-study-result.h"

#include "store/cpg-json-reader.h"

#include <glib/gi18n-lib.h>
#include <math.h>

enum { LONGEST_WORD = 200, LONGEST_NOTE = 4000, MAX_DIGITS = 12, USUAL_DIGITS = 3 }; /* characters */

struct _CpgStudyResult {
  gatomicrefcount refs;
  char *name, *verb, *what;
  GBytes *json;
  CpgStudyFact *facts;
  CpgStudyTable *tables;
  CpgStudyChart *charts;
  guint n_facts, n_tables, n_charts;
  char **notes;
};

/* ---- reading: a value that is missing is empty, one of another kind or out of range ends it ---- */

static char *get_text (CpgJsonReader *self, yyjson_val *object, const char *key)
{
  return cpg_json_reader_take_text (self, key, yyjson_obj_get (object, key), LONGEST_WORD, FALSE);
}

static double get_number (CpgJsonReader *self, yyjson_val *object, const char *key)
{
  yyjson_val *value = yyjson_obj_get (object, key);
  if (!value || yyjson_is_null (value))
    return NAN;
  if (!yyjson_is_num (value))
    cpg_json_reader_fail (self, key, _ ("no number"));
  return yyjson_get_num (value);
}

static void read_facts (CpgJsonReader *reader, CpgStudyResult *self, yyjson_val *root)
{
  yyjson_val *facts = yyjson_obj_get (root, "facts"), *key, *value;
  yyjson_obj_iter iter;
  if (facts && !yyjson_is_obj (facts))
    cpg_json_reader_fail (reader, "facts", _ ("no object"));
  if (yyjson_obj_size (facts) > CPG_STUDY_RESULT_FACTS)
    cpg_json_reader_fail (reader, "facts", _ ("too long"));
  if (reader->failed || !facts)
    return;
  self->facts = g_new0 (CpgStudyFact, yyjson_obj_size (facts));
  yyjson_obj_iter_init (facts, &iter);
  while ((key = yyjson_obj_iter_next (&iter))) {
    CpgStudyFact *fact = &self->facts[self->n_facts++];
    value = yyjson_obj_iter_get_val (key);
    fact->key = cpg_json_reader_take_text (reader, "facts", key, LONGEST_WORD, FALSE);
    fact->value = yyjson_is_num (value)
                      ? g_strdup_printf ("%.15g", yyjson_get_num (value))
                      : cpg_json_reader_take_text (reader, fact->key, yyjson_is_null (value) ? NULL : value, LONGEST_WORD, FALSE);
  }
}

static void read_columns (CpgJsonReader *reader, CpgStudyTable *table, yyjson_val *object)
{
  yyjson_val *list = cpg_json_reader_get_list (reader, object, "columns", CPG_STUDY_RESULT_COLUMNS, &table->n_columns), *value;
  gsize i, max;
  table->columns = g_new0 (CpgStudyColumn, table->n_columns);
  yyjson_arr_foreach (list, i, max, value) {
    CpgStudyColumn *column = &table->columns[i];
    double digits = get_number (reader, value, "digits");
    column->key = get_text (reader, value, "key");
    column->label = get_text (reader, value, "label");
    column->digits = isnan (digits) ? USUAL_DIGITS : (int) CLAMP (digits, 0, MAX_DIGITS);
    if (!*column->key)
      cpg_json_reader_fail (reader, "columns", _ ("one without a key"));
  }
}

static void read_rows (CpgJsonReader *reader, CpgStudyTable *table, yyjson_val *object)
{
  yyjson_val *list = cpg_json_reader_get_list (reader, object, "rows", CPG_STUDY_RESULT_ROWS, &table->n_rows), *value;
  gsize i, max;
  table->rows = g_new0 (CpgStudyRow, table->n_rows);
  yyjson_arr_foreach (list, i, max, value) {
    CpgStudyRow *row = &table->rows[i];
    row->name = get_text (reader, value, "name");
    row->values = g_new (double, table->n_columns);
    for (guint c = 0; c < table->n_columns; c++)
      row->values[c] = get_number (reader, value, table->columns[c].key);
  }
}

static void read_tables (CpgJsonReader *reader, CpgStudyResult *self, yyjson_val *root)
{
  yyjson_val *list = cpg_json_reader_get_list (reader, root, "tables", CPG_STUDY_RESULT_TABLES, &self->n_tables), *value;
  gsize i, max;
  self->tables = g_new0 (CpgStudyTable, self->n_tables);
  yyjson_arr_foreach (list, i, max, value) {
    CpgStudyTable *table = &self->tables[i];
    table->key = get_text (reader, value, "key");
    table->title = get_text (reader, value, "title");
    table->row_label = get_text (reader, value, "row_label");
    if (!*table->key)
      cpg_json_reader_fail (reader, "tables", _ ("one without a key"));
    read_columns (reader, table, value);
    read_rows (reader, table, value);
  }
}

static guint find_column (CpgJsonReader *reader, const CpgStudyTable *table, yyjson_val *object, const char *key)
{
  g_autofree char *column = get_text (reader, object, key);
  int found = table ? cpg_study_table_find_column (table, column) : -1;
  if (found < 0)
    cpg_json_reader_fail (reader, key, _ ("no column of its table"));
  return (guint) MAX (found, 0);
}

static void read_charts (CpgJsonReader *reader, CpgStudyResult *self, yyjson_val *root)
{
  yyjson_val *list = cpg_json_reader_get_list (reader, root, "charts", CPG_STUDY_RESULT_CHARTS, &self->n_charts), *value;
  gsize i, max;
  self->charts = g_new0 (CpgStudyChart, self->n_charts);
  yyjson_arr_foreach (list, i, max, value) {
    g_autofree char *key = get_text (reader, value, "table");
    const CpgStudyTable *table = cpg_study_result_find_table (self, key);
    self->charts[i] = (CpgStudyChart) {.table = table ? (guint) (table - self->tables) : 0,
                                       .x = find_column (reader, table, value, "x"),
                                       .y = find_column (reader, table, value, "y"),
                                       .log_x = yyjson_get_bool (yyjson_obj_get (value, "log_x"))};
  }
}

static void read_notes (CpgJsonReader *reader, CpgStudyResult *self, yyjson_val *root)
{
  guint n;
  yyjson_val *list = cpg_json_reader_get_list (reader, root, "notes", CPG_STUDY_RESULT_NOTES, &n), *value;
  gsize i, max;
  self->notes = g_new0 (char *, n + 1);
  yyjson_arr_foreach (list, i, max, value)
    self->notes[i] = cpg_json_reader_take_text (reader, "notes", value, LONGEST_NOTE, FALSE);
}

CpgStudyResult *cpg_study_result_new (GBytes *json, const char *name, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (json, &size);
  yyjson_read_err why;
  CpgJsonReader reader = {0};
  if (size > CPG_STUDY_RESULT_BYTES) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("“%s” is too large: results of studies are not over %d MiB"),
                 name, CPG_STUDY_RESULT_BYTES >> 20);
    return NULL;
  }
  g_autoptr (yyjson_doc) doc = yyjson_read_opts ((char *) data, size, YYJSON_READ_NOFLAG, NULL, &why);
  if (!doc) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("“%s” is no JSON: %s, at byte %zu"), name, why.msg, why.pos);
    return NULL;
  }
  yyjson_val *root = yyjson_doc_get_root (doc);
  g_autoptr (CpgStudyResult) self = g_new0 (CpgStudyResult, 1);
  g_atomic_ref_count_init (&self->refs);
  self->json = g_bytes_ref (json);
  self->name = g_strdup (name);
  self->verb = get_text (&reader, root, "verb");
  self->what = get_text (&reader, root, "what");
  if (reader.failed || !*self->what || !(g_str_equal (self->verb, "study") || g_str_equal (self->verb, "evaluate"))) {
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        _ ("“%s” is no result of a study or an evaluation; these are what “cosmos study” and “cosmos evaluate” write with --json"),
        name);
    return NULL;
  }
  read_facts (&reader, self, root);
  read_tables (&reader, self, root);
  read_charts (&reader, self, root);
  read_notes (&reader, self, root);
  if (!reader.failed)
    return g_steal_pointer (&self);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("“%s” cannot be shown: %s"), name, reader.fault);
  return NULL;
}

/* ---- life ---- */

CpgStudyResult *cpg_study_result_ref (CpgStudyResult *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void clear_table (CpgStudyTable *table)
{
  for (guint i = 0; table->columns && i < table->n_columns; i++) {
    g_free (table->columns[i].key);
    g_free (table->columns[i].label);
  }
  for (guint i = 0; table->rows && i < table->n_rows; i++) {
    g_free (table->rows[i].name);
    g_free (table->rows[i].values);
  }
  g_free (table->columns);
  g_free (table->rows);
  g_free (table->key);
  g_free (table->title);
  g_free (table->row_label);
}

void cpg_study_result_unref (CpgStudyResult *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_facts; i++) {
    g_free (self->facts[i].key);
    g_free (self->facts[i].value);
  }
  for (guint i = 0; self->tables && i < self->n_tables; i++)
    clear_table (&self->tables[i]);
  g_free (self->facts);
  g_free (self->tables);
  g_free (self->charts);
  g_strfreev (self->notes);
  g_free (self->name);
  g_free (self->verb);
  g_free (self->what);
  g_bytes_unref (self->json);
  g_free (self);
}

/* ---- files ---- */

static void load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  (void) source;
  GError *error = NULL;
  g_autofree char *name = g_file_get_basename (data), *shown = g_filename_display_name (name ? name : "");
  g_autoptr (GBytes) json = cpg_json_reader_read_file (data, CPG_STUDY_RESULT_BYTES, cancellable, &error);
  CpgStudyResult *self = json ? cpg_study_result_new (json, shown, &error) : NULL;
  if (self)
    g_task_return_pointer (task, self, (GDestroyNotify) cpg_study_result_unref);
  else
    g_task_return_error (task, error);
}

void cpg_study_result_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, cpg_study_result_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, load);
}

CpgStudyResult *cpg_study_result_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- what is in it ---- */

const char *cpg_study_result_get_name (CpgStudyResult *self)
{
  return self->name;
}

GBytes *cpg_study_result_get_json (CpgStudyResult *self)
{
  return self->json;
}

const char *cpg_study_result_get_verb (CpgStudyResult *self)
{
  return self->verb;
}

const char *cpg_study_result_get_what (CpgStudyResult *self)
{
  return self->what;
}

gboolean cpg_study_result_is_alike (CpgStudyResult *self, CpgStudyResult *other)
{
  return g_str_equal (self->verb, other->verb) && g_str_equal (self->what, other->what);
}

const CpgStudyFact *cpg_study_result_get_facts (CpgStudyResult *self, guint *n)
{
  *n = self->n_facts;
  return self->facts;
}

const char *cpg_study_result_find_fact (CpgStudyResult *self, const char *key)
{
  for (guint i = 0; i < self->n_facts; i++)
    if (g_str_equal (self->facts[i].key, key))
      return self->facts[i].value;
  return NULL;
}

const CpgStudyTable *cpg_study_result_get_tables (CpgStudyResult *self, guint *n)
{
  *n = self->n_tables;
  return self->tables;
}

const CpgStudyTable *cpg_study_result_find_table (CpgStudyResult *self, const char *key)
{
  for (guint i = 0; i < self->n_tables; i++)
    if (g_str_equal (self->tables[i].key, key))
      return &self->tables[i];
  return NULL;
}

const CpgStudyChart *cpg_study_result_get_charts (CpgStudyResult *self, guint *n)
{
  *n = self->n_charts;
  return self->charts;
}

const char *const *cpg_study_result_get_notes (CpgStudyResult *self)
{
  return (const char *const *) self->notes;
}

int cpg_study_table_find_column (const CpgStudyTable *self, const char *key)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (g_str_equal (self->columns[i].key, key))
      return (int) i;
  return -1;
}
