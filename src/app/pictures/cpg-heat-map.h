/* Latents as a picture: a row a latent, a column a dimension, a colour a number.
 *
 * The palette's ends are -limit and limit, the same at every step, so that pictures of steps compare; latents are normalised, so limit 3 is three
 * standard deviations. The pointer, or arrow keys, Home, End, Page Up and Page Down when focused, choose a cell, whose row, column and value stand
 * below the picture. Rows and columns count from 1 for people, from 0 in the interface.
 * Following a run it shows the latents of the current step, x0 or x_t as the run does. Properties: limit (double, 3). Read as an image with label and value. Main thread only.
 */
#pragma once

#include "app/pictures/cpg-picture.h"

G_BEGIN_DECLS

/* What is drawn. */
typedef struct {
  const float *values; /* (rows, columns) */
  int rows, columns;   /* 0: no data */
  double limit;        /* > 0 */
  int row, column;     /* the chosen cell, -1 none */
} CpgHeatMapData;

void cpg_heat_map_draw (const CpgHeatMapData *data, cairo_t *cr, double width, double height, const CpgStyle *style);
/* The cell at a place of that drawing. FALSE: none. */
gboolean cpg_heat_map_find (const CpgHeatMapData *data, double width, double height, const CpgStyle *style, double x, double y,
                            int *row, int *column);

#define CPG_TYPE_HEAT_MAP (cpg_heat_map_get_type ())
G_DECLARE_FINAL_TYPE (CpgHeatMap, cpg_heat_map, CPG, HEAT_MAP, CpgPicture)

GtkWidget *cpg_heat_map_new (void);
/* (rows, columns), copied; NULL or 0: none. The chosen cell stays where the shape does. */
void cpg_heat_map_set_values (CpgHeatMap *self, const float *values, int rows, int columns);
/* -1, -1: none */
void cpg_heat_map_set_cell (CpgHeatMap *self, int row, int column);
gboolean cpg_heat_map_get_cell (CpgHeatMap *self, int *row, int *column);

G_END_DECLS
