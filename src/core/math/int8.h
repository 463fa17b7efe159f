/* Numbers of products in int8.
 *
 * A row of weights is scale * q, q in -127 .. 127; a row of activations is scale * (q - zero), q and zero in 0 .. 255, chosen for each row when it
 * is multiplied. Then the product is the product of the scales times sum q_x q_w - zero sum q_w, both sums exact in 32 bits.
 */
#pragma once

#include <stdint.h>

/* The longest row whose sums cannot overflow: 255 * 127 * 65536 < 2^31. */
enum { COSMOS_INT8_LONGEST_ROW = 65536 };

/* sum: of all q. */
void cosmos_int8_round_weights (const float *w, int64_t n, int8_t *q, float *scale, int32_t *sum);
/* A row that is not finite gets the scale NaN. */
void cosmos_int8_round_activations (const float *x, int64_t n, uint8_t *q, float *scale, int32_t *zero);

/* The columns of a panel of weights: scale and sum of each. */
typedef struct {
  const float *scales;
  const int32_t *sums;
  const float *bias; /* or NULL */
} CosmosInt8Columns;

/* One row of a product, n columns, in place: sums of 32 bits become floats. */
void cosmos_int8_scale_sums (void *y, int64_t n, float scale, int32_t zero, CosmosInt8Columns columns);
