/* A report as lines, as JSON and as charts. */
#include "evaluate/report-private.h"

#include "core/base/utf8.h"
#include "core/study/chart.h"
#include "core/text/text.h"

#include <yyjson.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 100 };

/* ---- lines ---- */

static int get_width (const CosmosTable *table, int column)
{
  int width = (int) strlen (table->columns[column].label);
  for (size_t i = 0; i < table->n_rows; i++) {
    int n = isfinite (table->rows[i].values[column])
                ? snprintf (NULL, 0, "%.*f", table->columns[column].digits, table->rows[i].values[column])
                : 1;
    width = n > width ? n : width;
  }
  return width;
}

static void print_table (const CosmosTable *table, FILE *stream)
{
  int name_width = (int) strlen (table->row_label);
  for (size_t i = 0; i < table->n_rows; i++)
    name_width = (int) strlen (table->rows[i].name) > name_width ? (int) strlen (table->rows[i].name) : name_width;
  fprintf (stream, "\n%s\n%-*s", table->title, name_width, table->row_label);
  for (int c = 0; c < table->n_columns; c++)
    fprintf (stream, "  %*s", get_width (table, c), table->columns[c].label);
  fputc ('\n', stream);
  for (size_t i = 0; i < table->n_rows; i++) {
    fprintf (stream, "%-*s", name_width, table->rows[i].name);
    for (int c = 0; c < table->n_columns; c++) {
      double value = table->rows[i].values[c];
      if (isfinite (value))
        fprintf (stream, "  %*.*f", get_width (table, c), table->columns[c].digits, value);
      else
        fprintf (stream, "  %*s", get_width (table, c), "-");
    }
    fputc ('\n', stream);
  }
}

/* Words of a note, none cut. */
static void print_wrapped (const char *text, FILE *stream)
{
  int at = 0;
  while (*text) {
    int length = (int) strcspn (text, " ");
    if (at > 0 && at + 1 + length > LINE) {
      fputc ('\n', stream);
      at = 0;
    }
    at += fprintf (stream, "%s%.*s", at > 0 ? " " : "", length, text);
    text += length + (text[length] == ' ');
  }
  fputc ('\n', stream);
}

static void print_facts (const CosmosReport *self, FILE *stream)
{
  int at = fprintf (stream, "%s %s", self->verb, self->what);
  for (size_t i = 0; i < self->n_facts; i++) {
    const CosmosFact *fact = &self->facts[i];
    char text[256];
    int n = fact->is_text ? snprintf (text, sizeof text, "%s %s", fact->key, fact->text)
                          : snprintf (text, sizeof text, "%s %.6g", fact->key, fact->number);
    for (char *c = text; c < text + strlen (fact->key); c++) /* of the key, its words apart */
      *c = *c == '_' ? ' ' : *c;
    bool fits = at + 3 + n <= LINE;
    fputs (fits ? " · " : "\n", stream);
    at = (fits ? at + 3 : 0) + fprintf (stream, "%s", text);
  }
  fputc ('\n', stream);
}

void cosmos_report_print (const CosmosReport *self, FILE *stream)
{
  print_facts (self, stream);
  for (size_t i = 0; i < self->n_tables; i++)
    if (self->tables[i].n_rows > 0)
      print_table (&self->tables[i], stream);
  if (self->n_notes > 0)
    fputc ('\n', stream);
  for (size_t i = 0; i < self->n_notes; i++)
    print_wrapped (self->notes[i], stream);
}

/* ---- JSON ---- */

/* Seven significant digits; what is not finite is null. */
static void add_number (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, double value)
{
  char digits[32];
  snprintf (digits, sizeof digits, "%.7g", value);
  if (isfinite (value))
    yyjson_mut_obj_add_real (doc, object, key, strtod (digits, NULL));
  else
    yyjson_mut_obj_add_null (doc, object, key);
}

static void add_text (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, const char *text)
{
  char *mended = cosmos_utf8_is_valid (text, strlen (text), NULL) ? NULL : cosmos_text_from_bytes (text, strlen (text));
  yyjson_mut_obj_add_strcpy (doc, object, key, mended ? mended : text);
  free (mended);
}

static void add_table (yyjson_mut_doc *doc, yyjson_mut_val *tables, const CosmosTable *table)
{
  yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, tables), *columns, *rows;
  add_text (doc, object, "key", table->key);
  add_text (doc, object, "title", table->title);
  add_text (doc, object, "row_label", table->row_label);
  columns = yyjson_mut_obj_add_arr (doc, object, "columns");
  for (int c = 0; c < table->n_columns; c++) {
    yyjson_mut_val *column = yyjson_mut_arr_add_obj (doc, columns);
    add_text (doc, column, "key", table->columns[c].key);
    add_text (doc, column, "label", table->columns[c].label);
    yyjson_mut_obj_add_int (doc, column, "digits", table->columns[c].digits);
  }
  rows = yyjson_mut_obj_add_arr (doc, object, "rows");
  for (size_t i = 0; i < table->n_rows; i++) {
    yyjson_mut_val *row = yyjson_mut_arr_add_obj (doc, rows);
    add_text (doc, row, "name", table->rows[i].name);
    for (int c = 0; c < table->n_columns; c++)
      add_number (doc, row, table->columns[c].key, table->rows[i].values[c]);
  }
}

static void add_charts (yyjson_mut_doc *doc, yyjson_mut_val *root, const CosmosReport *self)
{
  yyjson_mut_val *charts = yyjson_mut_obj_add_arr (doc, root, "charts");
  for (size_t i = 0; i < self->n_charts; i++) {
    const CosmosReportChart *chart = &self->charts[i];
    const CosmosTable *table = &self->tables[chart->table];
    yyjson_mut_val *object = yyjson_mut_arr_add_obj (doc, charts);
    add_text (doc, object, "table", table->key);
    add_text (doc, object, "x", table->columns[chart->x].key);
    add_text (doc, object, "y", table->columns[chart->y].key);
    yyjson_mut_obj_add_bool (doc, object, "log_x", chart->log_x);
  }
}

char *cosmos_report_to_json (const CosmosReport *self)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc), *facts, *tables, *notes;
  yyjson_mut_doc_set_root (doc, root);
  add_text (doc, root, "verb", self->verb);
  add_text (doc, root, "what", self->what);
  facts = yyjson_mut_obj_add_obj (doc, root, "facts");
  for (size_t i = 0; i < self->n_facts; i++) {
    if (self->facts[i].is_text)
      add_text (doc, facts, self->facts[i].key, self->facts[i].text);
    else
      add_number (doc, facts, self->facts[i].key, self->facts[i].number);
  }
  tables = yyjson_mut_obj_add_arr (doc, root, "tables");
  for (size_t i = 0; i < self->n_tables; i++)
    add_table (doc, tables, &self->tables[i]);
  add_charts (doc, root, self);
  notes = yyjson_mut_obj_add_arr (doc, root, "notes");
  for (size_t i = 0; i < self->n_notes; i++)
    yyjson_mut_arr_add_strcpy (doc, notes, self->notes[i]);
  char *text = yyjson_mut_write (doc, YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_NEWLINE_AT_END, NULL);
  yyjson_mut_doc_free (doc);
  return text;
}

/* ---- charts ---- */

typedef struct {
  CosmosSeries *series;
  double *numbers;
  size_t n_series;
} Lines;

static bool is_first_of_name (const CosmosTable *table, size_t row)
{
  for (size_t i = 0; i < row; i++)
    if (strcmp (table->rows[i].name, table->rows[row].name) == 0)
      return false;
  return true;
}

static void find_ends (const CosmosTable *table, int x, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t i = 0; i < table->n_rows; i++)
    if (isfinite (table->rows[i].values[x])) {
      *low = fmin (*low, table->rows[i].values[x]);
      *high = fmax (*high, table->rows[i].values[x]);
    }
}

/* A series for each name of the rows, in their order. */
static bool make_lines (const CosmosTable *table, const CosmosReportChart *chart, Lines *lines)
{
  double low, high, *to;
  *lines = (Lines) {.series = calloc (table->n_rows + 1, sizeof *lines->series),
                    .numbers = calloc (4 * table->n_rows + 1, sizeof *lines->numbers)};
  if (!lines->series || !lines->numbers)
    return false;
  find_ends (table, chart->x, &low, &high);
  to = lines->numbers;
  for (size_t i = 0; i < table->n_rows; i++) {
    if (!is_first_of_name (table, i))
      continue;
    CosmosSeries *series = &lines->series[lines->n_series++];
    double *x = to, *y = to + 2 * table->n_rows;
    *series = (CosmosSeries) {.name = table->rows[i].name, .x = x, .y = y};
    for (size_t k = i; k < table->n_rows; k++) {
      const double *values = table->rows[k].values;
      if (strcmp (table->rows[k].name, table->rows[i].name) != 0)
        continue;
      bool level = !isfinite (values[chart->x]);
      for (int end = 0; end < (level ? 2 : 1); end++) {
        x[series->n] = !level ? values[chart->x] : end == 0 ? low : high;
        y[series->n++] = values[chart->y];
      }
    }
    to += series->n;
  }
  return true;
}

char *cosmos_report_to_svg (const CosmosReport *self)
{
  CosmosChart *charts = calloc (self->n_charts + 1, sizeof *charts);
  Lines *lines = calloc (self->n_charts + 1, sizeof *lines);
  char title[128], *svg = NULL;
  bool ok = charts && lines;
  size_t n = 0;
  for (size_t i = 0; ok && i < self->n_charts; i++) {
    const CosmosReportChart *chart = &self->charts[i];
    const CosmosTable *table = &self->tables[chart->table];
    if (table->n_rows == 0)
      continue;
    ok = make_lines (table, chart, &lines[n]);
    charts[n] = (CosmosChart) {.title = table->columns[chart->y].label,
                               .x_label = table->columns[chart->x].label,
                               .subtitle = table->title,
                               .log_x = chart->log_x,
                               .series = lines[n].series,
                               .n_series = lines[n].n_series};
    n++;
  }
  snprintf (title, sizeof title, "%s %s", self->verb, self->what);
  if (ok)
    svg = cosmos_charts_to_svg (title, charts, n);
  for (size_t i = 0; lines && i < n; i++) {
    free (lines[i].series);
    free (lines[i].numbers);
  }
  free (lines);
  free (charts);
  return svg;
}
