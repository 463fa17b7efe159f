#include "cli/training-curves.h"

#include "core/file/output.h"
#include "core/study/chart.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum { MAX_SERIES = 24 };

/* A chart has the members of a stage's lines whose names contain `part` but not `other`. */
static const struct {
  const char *stage, *title, *part, *other;
} kinds[] = {
  {"encoder", "encoder: loss", "loss", " "},
  {"autoencoder", "autoencoder: loss", "loss", " "},
  {"autoencoder", "autoencoder: tokens that come back", " at noise ", NULL},
  {"denoiser", "denoiser: loss", "loss", " "},
  {"denoiser", "denoiser: loss by time", " at t ", "plain"},
  {"denoiser", "denoiser: validation loss", " loss", " at t "},
  {"baseline", "baseline: loss", "loss", " "},
  {"baseline", "baseline: perplexity", " perplexity", NULL},
};
enum { CHARTS = sizeof kinds / sizeof *kinds };

typedef struct {
  char name[64];
  double *x, *y;
  size_t n, capacity;
} Curve;

typedef struct {
  Curve curves[CHARTS][MAX_SERIES];
  size_t n[CHARTS];
} Curves;

static bool belongs (int kind, const char *stage, const char *name)
{
  return strcmp (kinds[kind].stage, stage) == 0 && strstr (name, kinds[kind].part)
         && !(kinds[kind].other && strstr (name, kinds[kind].other));
}

/* For the legend, which is narrow: without what the chart's title says. */
static void shorten (const char *name, char *text, size_t size)
{
  static const struct {
    const char *words, *instead;
  } shorter[] = {{" tokens at noise", ""}, {"loss at ", ""}, {" loss", ""}, {" perplexity", ""}, {" with source", " + source"}};
  snprintf (text, size, "%s", name);
  for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++) {
    char *found = strstr (text, shorter[i].words), rest[64];
    if (!found)
      continue;
    snprintf (rest, sizeof rest, "%s%s", shorter[i].instead, found + strlen (shorter[i].words));
    snprintf (found, size - (size_t) (found - text), "%s", rest);
  }
}

static Curve *find_curve (Curves *self, int kind, const char *whole_name)
{
  char name[sizeof self->curves[0][0].name];
  shorten (whole_name, name, sizeof name);
  for (size_t i = 0; i < self->n[kind]; i++)
    if (strcmp (self->curves[kind][i].name, name) == 0)
      return &self->curves[kind][i];
  if (self->n[kind] == MAX_SERIES)
    return NULL;
  Curve *curve = &self->curves[kind][self->n[kind]++];
  snprintf (curve->name, sizeof curve->name, "%s", name);
  return curve;
}

static bool add_point (Curve *self, double x, double y)
{
  if (self->n == self->capacity) {
    size_t capacity = 2 * self->capacity + 64;
    double *xs = realloc (self->x, capacity * sizeof *xs);
    self->x = xs ? xs : self->x;
    double *ys = xs ? realloc (self->y, capacity * sizeof *ys) : NULL;
    self->y = ys ? ys : self->y;
    if (!xs || !ys)
      return false;
    self->capacity = capacity;
  }
  self->x[self->n] = x;
  self->y[self->n++] = y;
  return true;
}

static bool take_line (Curves *self, yyjson_val *line)
{
  const char *stage = yyjson_get_str (yyjson_obj_get (line, "stage"));
  const double step = yyjson_get_num (yyjson_obj_get (line, "step"));
  yyjson_obj_iter members = yyjson_obj_iter_with (line);
  for (yyjson_val *key; stage && (key = yyjson_obj_iter_next (&members));) {
    yyjson_val *value = yyjson_obj_iter_get_val (key);
    for (int kind = 0; kind < CHARTS && yyjson_is_num (value); kind++) {
      Curve *curve = belongs (kind, stage, yyjson_get_str (key)) ? find_curve (self, kind, yyjson_get_str (key)) : NULL;
      if (curve && !add_point (curve, step, yyjson_get_num (value)))
        return false;
    }
  }
  return true;
}

/* A line that a crash cut short is passed over. */
static bool read_log (Curves *self, const char *path, CosmosError *err)
{
  FILE *file = fopen (path, "re");
  char *line = NULL;
  size_t size = 0;
  bool ok = true;
  if (!file)
    return cosmos_error_set (err, COSMOS_STATUS_IO, "%s: cannot be read: %s", path, strerror (errno));
  for (ssize_t length; ok && (length = getline (&line, &size, file)) >= 0;) {
    yyjson_doc *document = yyjson_read (line, (size_t) length, 0);
    if (document && !take_line (self, yyjson_doc_get_root (document)))
      ok = cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the curves");
    yyjson_doc_free (document);
  }
  free (line);
  fclose (file);
  return ok;
}

static bool write_svg (const Curves *self, const char *path, CosmosError *err)
{
  CosmosSeries series[CHARTS][MAX_SERIES];
  CosmosChart charts[CHARTS];
  size_t n = 0;
  for (int kind = 0; kind < CHARTS; kind++) {
    for (size_t i = 0; i < self->n[kind]; i++) {
      const Curve *curve = &self->curves[kind][i];
      series[kind][i] = (CosmosSeries) {curve->name, curve->x, curve->y, curve->n};
    }
    if (self->n[kind])
      charts[n++] = (CosmosChart) {
        .title = kinds[kind].title, .subtitle = "", .x_label = "step", .series = series[kind], .n_series = self->n[kind]};
  }
  if (n == 0)
    return true;
  char *svg = cosmos_charts_to_svg ("Training", charts, n);
  if (!svg)
    return cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "There is not enough memory for the curves");
  CosmosOutput *output = cosmos_output_new (path, err);
  if (output)
    cosmos_output_write (output, svg, strlen (svg));
  free (svg);
  return output && cosmos_output_commit (output, err);
}

bool cli_training_curves_draw (const char *folder, CosmosError *err)
{
  char *log, *picture;
  Curves *curves = calloc (1, sizeof *curves);
  if (asprintf (&log, "%s/log.jsonl", folder) < 0)
    log = NULL;
  if (asprintf (&picture, "%s/curves.svg", folder) < 0)
    picture = NULL;
  bool ok = (log && picture && curves) || cosmos_error_set (err, COSMOS_STATUS_NO_MEMORY, "Out of memory");
  ok = ok && read_log (curves, log, err) && write_svg (curves, picture, err);
  for (int kind = 0; curves && kind < CHARTS; kind++)
    for (size_t i = 0; i < curves->n[kind]; i++) {
      free (curves->curves[kind][i].x);
      free (curves->curves[kind][i].y);
    }
  free (curves);
  free (picture);
  free (log);
  return ok;
}
