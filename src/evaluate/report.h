/* What an evaluation or a study has found: tables of numbers with all that is needed to show them, on a terminal, as JSON and as charts.
 *
 * Keys, labels and titles are literals that the report borrows; row names, facts and notes are copied. Memory that cannot be had is remembered: later calls do
 * nothing, and cosmos_report_check() tells.
 */
#pragma once

#include "core/base/status.h"
#include <stdio.h>

enum { COSMOS_REPORT_COLUMNS = 16, COSMOS_REPORT_NAME = 64 };

typedef struct {
  const char *key;   /* in JSON: div_4 */
  const char *label; /* for people: Div-4 */
  int digits;        /* behind the point, on the terminal */
} CosmosColumn;

typedef struct {
  char name[COSMOS_REPORT_NAME];
  double values[COSMOS_REPORT_COLUMNS]; /* NAN: none */
} CosmosTableRow;

typedef struct {
  const char *key, *title, *row_label;
  CosmosColumn columns[COSMOS_REPORT_COLUMNS];
  int n_columns;
  CosmosTableRow *rows;
  size_t n_rows;
} CosmosTable;

typedef struct CosmosReport CosmosReport;

/* what: of evaluate "story", of study "noise". NULL when out of memory. */
CosmosReport *cosmos_report_new (const char *verb, const char *what);
void cosmos_report_free (CosmosReport *self);
bool cosmos_report_check (const CosmosReport *self, CosmosError *err);

/* A fact that all numbers depend on: model, judge, seed ... */
void cosmos_report_add_text (CosmosReport *self, const char *key, const char *value);
void cosmos_report_add_number (CosmosReport *self, const char *key, double value);
/* A sentence below the tables. */
void cosmos_report_add_note (CosmosReport *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
/* The note that only `done` of the things were measured before it ended; nothing where there are none. what: "texts were measured" */
void cosmos_report_add_shortfall (CosmosReport *self, size_t done, size_t all, const char *what);
/* A table without rows -> its number; -1 when out of memory, which add_row takes for "none". key, title and row_label: literals, as those in the columns. */
int cosmos_report_add_table (CosmosReport *self, const char *key, const char *title, const char *row_label,
                             const CosmosColumn *columns, int n_columns);
/* values: one a column. Rows of one name are a line in the charts. */
void cosmos_report_add_row (CosmosReport *self, int table, const char *name, const double *values);
/* A chart of a table: column y over column x. A row without an x is a level line through all x. */
void cosmos_report_add_chart (CosmosReport *self, int table, int x, int y, bool log_x);

const char *cosmos_report_get_what (const CosmosReport *self);
size_t cosmos_report_get_n_rows (const CosmosReport *self); /* of all tables */
const CosmosTable *cosmos_report_get_table (const CosmosReport *self, int table);

/* Facts, tables and notes in 100 columns; tables without rows are left out. */
void cosmos_report_print (const CosmosReport *self, FILE *stream);
/* See docs/evaluation.md; free() them. NULL when out of memory. */
char *cosmos_report_to_json (const CosmosReport *self);
char *cosmos_report_to_svg (const CosmosReport *self);
