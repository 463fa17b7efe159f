#include "evaluate/report-private.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

CosmosReport *cosmos_report_new (const char *verb, const char *what)
{
  CosmosReport *self = calloc (1, sizeof *self);
  if (!self)
    return NULL;
  snprintf (self->verb, sizeof self->verb, "%s", verb);
  snprintf (self->what, sizeof self->what, "%s", what);
  return self;
}

void cosmos_report_free (CosmosReport *self)
{
  if (!self)
    return;
  for (size_t i = 0; i < self->n_tables; i++)
    free (self->tables[i].rows);
  free (self->tables);
  free (self->facts);
  for (size_t i = 0; i < self->n_notes; i++)
    free (self->notes[i]);
  free (self->notes);
  free (self->charts);
  free (self);
}

bool cosmos_report_check (const CosmosReport *self, CosmosError *err)
{
  return !self->failed || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the results");
}

/* Room for one item more behind *n of them -> the new one, cleared; NULL on failure. */
static void *append (CosmosReport *self, void **items, size_t *n, size_t size)
{
  void *grown = self->failed ? NULL : realloc (*items, (*n + 1) * size);
  if (!grown) {
    self->failed = true;
    return NULL;
  }
  *items = grown;
  return memset ((char *) grown + (*n)++ * size, 0, size);
}

#define APPEND(self, items, n) append (self, (void **) &(items), &(n), sizeof *(items))

void cosmos_report_add_text (CosmosReport *self, const char *key, const char *value)
{
  CosmosFact *fact = APPEND (self, self->facts, self->n_facts);
  if (!fact)
    return;
  fact->key = key;
  fact->is_text = true;
  snprintf (fact->text, sizeof fact->text, "%s", value);
}

void cosmos_report_add_number (CosmosReport *self, const char *key, double value)
{
  CosmosFact *fact = APPEND (self, self->facts, self->n_facts);
  if (!fact)
    return;
  fact->key = key;
  fact->number = value;
}

void cosmos_report_add_note (CosmosReport *self, const char *format, ...)
{
  char **note = APPEND (self, self->notes, self->n_notes);
  va_list args;
  va_start (args, format);
  if (note && vasprintf (note, format, args) < 0) {
    *note = NULL;
    self->failed = true;
  }
  va_end (args);
}

void cosmos_report_add_shortfall (CosmosReport *self, size_t done, size_t all, const char *what)
{
  if (done > 0)
    cosmos_report_add_note (self, "Stopped before the end: %zu of %zu %s.", done, all, what);
}

int cosmos_report_add_table (CosmosReport *self, const char *key, const char *title, const char *row_label,
                             const CosmosColumn *columns, int n_columns)
{
  CosmosTable *table = APPEND (self, self->tables, self->n_tables);
  if (!table)
    return -1;
  table->key = key;
  table->title = title;
  table->row_label = row_label;
  table->n_columns = n_columns;
  memcpy (table->columns, columns, (size_t) n_columns * sizeof *columns);
  return (int) self->n_tables - 1;
}

void cosmos_report_add_row (CosmosReport *self, int table, const char *name, const double *values)
{
  if (table < 0)
    return;
  CosmosTable *to = &self->tables[table];
  CosmosTableRow *row = APPEND (self, to->rows, to->n_rows);
  if (!row)
    return;
  snprintf (row->name, sizeof row->name, "%s", name);
  memcpy (row->values, values, (size_t) to->n_columns * sizeof *values);
}

void cosmos_report_add_chart (CosmosReport *self, int table, int x, int y, bool log_x)
{
  CosmosReportChart *chart = table < 0 ? NULL : APPEND (self, self->charts, self->n_charts);
  if (chart)
    *chart = (CosmosReportChart) {table, x, y, log_x};
}

const char *cosmos_report_get_what (const CosmosReport *self)
{
  return self->what;
}

size_t cosmos_report_get_n_rows (const CosmosReport *self)
{
  size_t n = 0;
  for (size_t i = 0; i < self->n_tables; i++)
    n += self->tables[i].n_rows;
  return n;
}

const CosmosTable *cosmos_report_get_table (const CosmosReport *self, int table)
{
  return &self->tables[table];
}
