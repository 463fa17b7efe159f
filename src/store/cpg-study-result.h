/* What `cosmos study` or `cosmos evaluate` found, read from the JSON that it wrote (docs/evaluation.md): facts, tables of numbers, the charts to draw of
 * them, notes.
 *
 * Constant and reference-counted. The bytes are those of a stranger: what is missing is empty, what is of another kind, too much, or points to nothing is
 * refused in words that name the place. Any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* At most. */
enum {
  CPG_STUDY_RESULT_BYTES = 16 << 20,
  CPG_STUDY_RESULT_FACTS = 64,
  CPG_STUDY_RESULT_TABLES = 32,
  CPG_STUDY_RESULT_COLUMNS = 32,
  CPG_STUDY_RESULT_ROWS = 10000,
  CPG_STUDY_RESULT_CHARTS = 64,
  CPG_STUDY_RESULT_NOTES = 64
};

typedef struct {
  char *key, *value; /* a number as it is read: "200" */
} CpgStudyFact;

typedef struct {
  char *key, *label;
  int digits; /* behind the point */
} CpgStudyColumn;

typedef struct {
  char *name;
  double *values; /* one a column; NAN: none */
} CpgStudyRow;

typedef struct {
  char *key, *title, *row_label;
  CpgStudyColumn *columns;
  guint n_columns;
  CpgStudyRow *rows;
  guint n_rows;
} CpgStudyTable;

/* Column y over column x of a table, a line for each name of the rows; a row without x is a level line. */
typedef struct {
  guint table, x, y;
  gboolean log_x;
} CpgStudyChart;

typedef struct _CpgStudyResult CpgStudyResult;

/* name: for messages. */
CpgStudyResult *cpg_study_result_new (GBytes *json, const char *name, GError **error);
CpgStudyResult *cpg_study_result_ref (CpgStudyResult *self);
void cpg_study_result_unref (CpgStudyResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CpgStudyResult, cpg_study_result_unref)

/* On a thread of its own. (transfer full) */
void cpg_study_result_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
CpgStudyResult *cpg_study_result_load_finish (GAsyncResult *result, GError **error);

const char *cpg_study_result_get_name (CpgStudyResult *self);
GBytes *cpg_study_result_get_json (CpgStudyResult *self);     /* as it was read */
const char *cpg_study_result_get_verb (CpgStudyResult *self); /* "study", "evaluate" */
const char *cpg_study_result_get_what (CpgStudyResult *self); /* of a study its name, of an evaluation the task */
gboolean cpg_study_result_is_alike (CpgStudyResult *self, CpgStudyResult *other); /* both are of one kind */
const CpgStudyFact *cpg_study_result_get_facts (CpgStudyResult *self, guint *n);
const char *cpg_study_result_find_fact (CpgStudyResult *self, const char *key); /* NULL: there is none */
const CpgStudyTable *cpg_study_result_get_tables (CpgStudyResult *self, guint *n);
const CpgStudyTable *cpg_study_result_find_table (CpgStudyResult *self, const char *key); /* NULL: there is none */
const CpgStudyChart *cpg_study_result_get_charts (CpgStudyResult *self, guint *n);
const char *const *cpg_study_result_get_notes (CpgStudyResult *self);

int cpg_study_table_find_column (const CpgStudyTable *self, const char *key); /* -1: there is none */

G_END_DECLS
