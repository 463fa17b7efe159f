/* Line charts as an SVG text, for what is measured without a window: axes with round numbers, a line of its own dash and mark for every series. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  const char *name;
  const double *x, *y; /* n each; points that are not finite are left out */
  size_t n;
} CosmosSeries;

typedef struct {
  const char *title, *subtitle, *x_label;
  bool log_x; /* points with x <= 0 are left out */
  const CosmosSeries *series;
  size_t n_series;
} CosmosChart;

/* Charts in rows of three below a title, as a whole SVG document; free() it, NULL when out of memory. Texts are UTF-8, ended by 0. */
char *cosmos_charts_to_svg (const char *title, const CosmosChart *charts, size_t n);
