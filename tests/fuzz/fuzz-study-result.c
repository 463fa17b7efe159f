/* Any bytes as the JSON of a study. What is read points only to what is there. */
#include "store/cpg-study-result.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void check (gboolean holds)
{
  if (!holds)
    abort ();
}

static double walk (CpgStudyResult *result)
{
  guint n_tables, n_charts, n_facts;
  const CpgStudyTable *tables = cpg_study_result_get_tables (result, &n_tables);
  const CpgStudyChart *charts = cpg_study_result_get_charts (result, &n_charts);
  const CpgStudyFact *facts = cpg_study_result_get_facts (result, &n_facts);
  double sum = 0;
  for (guint i = 0; i < n_facts; i++)
    check (g_utf8_validate (facts[i].key, -1, NULL) && g_utf8_validate (facts[i].value, -1, NULL));
  for (guint i = 0; i < n_tables; i++)
    for (guint k = 0; k < tables[i].n_rows; k++) {
      check (g_utf8_validate (tables[i].rows[k].name, -1, NULL));
      for (guint c = 0; c < tables[i].n_columns; c++)
        sum += tables[i].rows[k].values[c];
    }
  for (guint i = 0; i < n_charts; i++)
    check (charts[i].table < n_tables && charts[i].x < tables[charts[i].table].n_columns
           && charts[i].y < tables[charts[i].table].n_columns);
  for (const char *const *note = cpg_study_result_get_notes (result); *note; note++)
    check (g_utf8_validate (*note, -1, NULL));
  return sum;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CpgStudyResult) result = cpg_study_result_new (bytes, "a.json", &error);
  check ((result != NULL) == (error == NULL));
  if (result) {
    volatile double sum = walk (result);
    (void) sum;
  } else
    check (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
