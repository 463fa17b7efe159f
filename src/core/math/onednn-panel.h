/* Panels of weights and their products, through oneDNN.
 *
 * All panels of as many rows and columns, in the same precision and for outputs of the same stride, are of one kind. A kind has the layout into
 * which oneDNN wants its weights packed, and one product (a oneDNN primitive) for every number of rows that occurs. Kinds are shared by all weights
 * and live as long as one uses them; numbers of rows are limited to a few dozen (cosmos_panel_split_rows), so a kind is bounded.
 *
 * Any thread may use a kind; what is there already is found without a lock.
 */
#pragma once

#include "core/math/compute.h"

#include <stddef.h>
#include <stdint.h>

typedef struct CosmosPanelKind CosmosPanelKind;

typedef struct {
  CosmosPrecision precision;
  int64_t in, columns;
  int64_t stride; /* of the output's rows */
  int64_t plain;  /* 0: weights come as (columns, in), packed; else as (in, columns) with this row stride */
  int64_t turned; /* 0: x comes as (rows, in), packed; else as (in, rows) with this row stride */
  bool adds;      /* to what the output holds */
} CosmosPanelShape;

bool cosmos_panel_is_same_shape (CosmosPanelShape a, CosmosPanelShape b);

/* False where oneDNN or the processor cannot multiply in this precision. */
bool cosmos_panel_has_precision (CosmosPrecision precision, CosmosError *err);

CosmosPanelKind *cosmos_panel_kind_ref (CosmosPanelShape shape, CosmosError *err);
void cosmos_panel_kind_unref (CosmosPanelKind *self);
/* Bytes of a packed panel. */
size_t cosmos_panel_kind_get_size (const CosmosPanelKind *self);

/* A packed panel: memory of get_size() bytes, 64-byte aligned, that oneDNN knows about. NULL when out of memory. */
void *cosmos_panel_new (const CosmosPanelKind *kind, void *memory);
void cosmos_panel_free (void *panel);
/* plain: numbers of the kind's precision (s8 for int8), laid out as its shape says. */
bool cosmos_panel_pack (const CosmosPanelKind *kind, void *panel, const void *plain);

/* How many of these rows (at least one) one product takes: all up to 32, then multiples of 16, at most 512. */
int64_t cosmos_panel_split_rows (int64_t rows);

/* A call announces how many threads will multiply, makes the products that it needs, multiplies on those threads, and says goodbye. */
void cosmos_panel_enter (int threads);
void cosmos_panel_leave (int threads);
/* rows: a result of split_rows. Without cost where the product is there. */
bool cosmos_panel_kind_prepare (CosmosPanelKind *self, int64_t rows, bool has_bias, CosmosError *err);
/* y (rows, columns) = x (rows, in) W^T + bias, bias NULL for none. x: floats, bf16, or u8 for int8, laid out as the kind's shape says; y: floats, or 32-bit sums for int8,
 * where there can be no bias. y + that where the kind adds. Nothing is allocated. */
bool cosmos_panel_multiply (CosmosPanelKind *kind, void *panel, int64_t rows, const void *x, const float *bias, void *y);

void cosmos_panel_describe (char *text, size_t size);
