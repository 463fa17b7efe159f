#include "core/study/chart.h"

#include "core/text/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 3, WIDTH = 340, HEIGHT = 300, LEFT = 58, RIGHT = 12, TOP = 42, BOTTOM = 96, HEADER = 40, TICKS = 5 };

/* Colours of Okabe and Ito (2008), which people who see few colours can tell apart; dashes and marks besides. */
static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#000000", "#e69f00"};
static const char *const dashes[] = {"none", "6 3", "2 2", "8 3 2 3", "4 4", "1 3", "10 4"};
enum { N_STYLES = sizeof colours / sizeof colours[0] };

typedef struct {
  double low, high;
} Range;

/* A chart's place: numbers to pixels. */
typedef struct {
  const CosmosChart *chart;
  Range x, y;
  double step; /* between the lines of y */
} Frame;

static void print (CosmosTextBuffer *svg, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
static void print (CosmosTextBuffer *svg, const char *format, ...)
{
  char line[256];
  va_list args;
  va_start (args, format);
  int n = vsnprintf (line, sizeof line, format, args);
  va_end (args);
  cosmos_text_buffer_append (svg, line, n < (int) sizeof line ? (size_t) n : sizeof line - 1);
}

static void print_escaped (CosmosTextBuffer *svg, const char *text)
{
  for (; *text; text++) {
    const char *entity = *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : *text == '&' ? "&amp;" : *text == '"' ? "&quot;" : NULL;
    cosmos_text_buffer_append (svg, entity ? entity : text, entity ? strlen (entity) : 1);
  }
}

static void print_text (CosmosTextBuffer *svg, double x, double y, const char *attributes, const char *text)
{
  print (svg, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
  print_escaped (svg, text);
  print (svg, "</text>\n");
}

/* ---- scales ---- */

static double scale_x (const CosmosChart *chart, double x)
{
  return chart->log_x ? log10 (x) : x;
}

static bool is_shown (const CosmosChart *chart, const CosmosSeries *series, size_t i)
{
  return isfinite (series->x[i]) && isfinite (series->y[i]) && (!chart->log_x || series->x[i] > 0);
}

static size_t count_shown (const CosmosChart *chart, const CosmosSeries *series)
{
  size_t n = 0;
  for (size_t i = 0; i < series->n; i++)
    n += is_shown (chart, series, i);
  return n;
}

static void widen (Range *range, double value)
{
  range->low = fmin (range->low, value);
  range->high = fmax (range->high, value);
}

/* 1, 2 or 5 times a power of ten, so that a range has about TICKS of them. */
static double get_step (Range range)
{
  double rough = (range.high - range.low) / TICKS, power = pow (10, floor (log10 (rough))), digit = rough / power;
  return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

/* No range is empty or unbounded. */
static Range mend (Range range)
{
  if (!(range.low <= range.high))
    return (Range) {0, 1};
  double room = fmax (range.high - range.low, 1e-9 + 1e-6 * fabs (range.high));
  return range.low == range.high
             ? (Range) {range.low - 0.5 * fmax (1e-6, fabs (range.low)), range.high + 0.5 * fmax (1e-6, fabs (range.high))}
             : (Range) {range.low, range.low + room};
}

static Frame frame_new (const CosmosChart *chart)
{
  Frame self = {.chart = chart, .x = {INFINITY, -INFINITY}, .y = {INFINITY, -INFINITY}};
  for (size_t s = 0; s < chart->n_series; s++)
    for (size_t i = 0; i < chart->series[s].n; i++)
      if (is_shown (chart, &chart->series[s], i)) {
        widen (&self.x, scale_x (chart, chart->series[s].x[i]));
        widen (&self.y, chart->series[s].y[i]);
      }
  self.x = mend (self.x);
  self.y = mend (self.y);
  self.step = get_step (self.y);
  self.y = (Range) {self.step * floor (self.y.low / self.step), self.step * ceil (self.y.high / self.step)};
  return self;
}

static double to_px (const Frame *self, double x)
{
  return LEFT + (WIDTH - LEFT - RIGHT) * (scale_x (self->chart, x) - self->x.low) / (self->x.high - self->x.low);
}

static double to_py (const Frame *self, double y)
{
  return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (y - self->y.low) / (self->y.high - self->y.low));
}

/* ---- parts ---- */

static void draw_y_axis (CosmosTextBuffer *svg, const Frame *self)
{
  char text[32];
  for (int i = 0; i <= lround ((self->y.high - self->y.low) / self->step); i++) {
    double value = self->y.low + i * self->step, y = to_py (self, value);
    snprintf (text, sizeof text, "%g", fabs (value) < 1e-9 * self->step ? 0 : value);
    print (svg, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", LEFT, WIDTH - RIGHT, y, y);
    print_text (svg, LEFT - 5, y + 4, "text-anchor=\"end\"", text);
  }
}

/* A tick where the series have a point, as far as there is room from one to the next. */
static void draw_x_axis (CosmosTextBuffer *svg, const Frame *self)
{
  const double low = TOP + (HEIGHT - TOP - BOTTOM);
  double last = -INFINITY;
  char text[32];
  const CosmosSeries *longest = NULL;
  for (size_t s = 0; s < self->chart->n_series; s++)
    if (!longest || count_shown (self->chart, &self->chart->series[s]) > count_shown (self->chart, longest))
      longest = &self->chart->series[s];
  for (size_t i = 0; longest && i < longest->n; i++) {
    if (!is_shown (self->chart, longest, i) || fabs (to_px (self, longest->x[i]) - last) < 28)
      continue;
    last = to_px (self, longest->x[i]);
    snprintf (text, sizeof text, "%g", longest->x[i]);
    print (svg, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#666\"/>\n", last, last, low, low + 4);
    print_text (svg, last, low + 16, "text-anchor=\"middle\"", text);
  }
  print (svg, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#666\"/>\n", LEFT, WIDTH - RIGHT, low, low);
  print_text (svg, (LEFT + WIDTH - RIGHT) / 2.0, low + 31, "text-anchor=\"middle\"", self->chart->x_label);
}

static void draw_series (CosmosTextBuffer *svg, const Frame *self, const CosmosSeries *series, size_t number)
{
  const char *colour = colours[number % N_STYLES];
  print (svg, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" stroke-dasharray=\"%s\" points=\"", colour,
         dashes[number % N_STYLES]);
  for (size_t i = 0; i < series->n; i++)
    if (is_shown (self->chart, series, i))
      print (svg, "%.1f,%.1f ", to_px (self, series->x[i]), to_py (self, series->y[i]));
  print (svg, "\"/>\n");
  for (size_t i = 0; i < series->n; i++)
    if (is_shown (self->chart, series, i))
      print (svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>\n", to_px (self, series->x[i]),
             to_py (self, series->y[i]), colour);
}

/* Names of the series that have a point, three a line, where there are several. A series keeps its look, so that it has the same one in charts of the same
 * series. */
static void draw_key (CosmosTextBuffer *svg, const CosmosChart *chart)
{
  enum { A_LINE = 3, CELL = (WIDTH - LEFT) / A_LINE };
  size_t drawn = 0;
  for (size_t s = 0; s < chart->n_series && chart->n_series > 1; s++) {
    if (count_shown (chart, &chart->series[s]) == 0)
      continue;
    double x = LEFT - 30 + (double) (drawn % A_LINE) * (CELL + 8), y = HEIGHT - BOTTOM + 48 + 14 * (double) (drawn / A_LINE);
    print (svg,
           "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"1.8\" stroke-dasharray=\"%s\"/>\n",
           x, x + 22, y - 4, y - 4, colours[s % N_STYLES], dashes[s % N_STYLES]);
    print_text (svg, x + 26, y, "", chart->series[s].name);
    drawn++;
  }
}

static void draw_chart (CosmosTextBuffer *svg, const CosmosChart *chart, size_t number)
{
  Frame frame = frame_new (chart);
  print (svg, "<g transform=\"translate(%d %d)\" role=\"group\">\n", (int) (number % COLUMNS) * WIDTH,
         HEADER + (int) (number / COLUMNS) * HEIGHT);
  print_text (svg, LEFT, TOP - 22, "font-weight=\"bold\"", chart->title);
  print_text (svg, LEFT, TOP - 9, "fill=\"#555\" font-size=\"10\"", chart->subtitle);
  draw_y_axis (svg, &frame);
  draw_x_axis (svg, &frame);
  for (size_t s = 0; s < chart->n_series; s++)
    draw_series (svg, &frame, &chart->series[s], s);
  draw_key (svg, chart);
  print (svg, "</g>\n");
}

char *cosmos_charts_to_svg (const char *title, const CosmosChart *charts, size_t n)
{
  CosmosTextBuffer svg = {0};
  int width = WIDTH * (n < COLUMNS ? (n ? (int) n : 1) : COLUMNS), height = HEADER + HEIGHT * (int) ((n + COLUMNS - 1) / COLUMNS);
  print (&svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" ", width, height,
         width, height);
  print (&svg, "role=\"img\" font-family=\"sans-serif\" font-size=\"11\">\n<title>");
  print_escaped (&svg, title);
  print (&svg, "</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n");
  print_text (&svg, 16, 25, "font-size=\"15\" font-weight=\"bold\"", title);
  for (size_t i = 0; i < n; i++)
    draw_chart (&svg, &charts[i], i);
  print (&svg, "</svg>\n");
  return cosmos_text_buffer_finish (&svg);
}
