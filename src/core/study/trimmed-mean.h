/* A mean that a few texts out of all measure cannot carry away. */
#pragma once

#include <stddef.h>

/* Without the lowest and the highest twentieth (each rounded down), and without NAN, which is what could not be measured (spec 1.15). NAN where nothing is
 * left, and when out of memory. */
double cosmos_trimmed_mean (const double *numbers, size_t n);
