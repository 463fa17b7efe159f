/* Loops over runs of floats that several ops share. Runs must not overlap. */
#pragma once

#include <stdint.h>

/* y += a */
void cosmos_vector_add (float *restrict y, const float *restrict a, int64_t n);
/* y += a factor */
void cosmos_vector_add_scaled (float *restrict y, const float *restrict a, float factor, int64_t n);
/* y += a b */
void cosmos_vector_add_product (float *restrict y, const float *restrict a, const float *restrict b, int64_t n);
/* Sum of a, of a b: partial sums in single precision, in an order that depends on n alone. */
float cosmos_vector_sum (const float *restrict a, int64_t n);
float cosmos_vector_dot (const float *restrict a, const float *restrict b, int64_t n);
/* The largest number, passing over NaN; -infinity where there is none. */
float cosmos_vector_get_largest (const float *a, int64_t n);
