/* What this machine can do at most: the time that no program can go below.
 *
 * A piece of work that computes F operations and reads B bytes of weights takes at least max (F / peak, B / bandwidth). */
#pragma once

#include "core/base/pool.h"
#include "core/math/weight.h"

typedef struct {
  double bandwidth; /* bytes a second, read by all threads from memory that no cache holds */
  double peak[3];   /* operations a second by CosmosPrecision, in a large product of the best back end; 0: not to be had */
} CliRoof;

/* Measures it: a second or two. *self is zeros at first; a later call keeps what is better, for a machine with others on it. */
bool cli_roof_measure (CliRoof *self, CosmosPool *pool, CosmosError *err);
/* Seconds. */
double cli_roof_get_time (const CliRoof *self, CosmosPrecision precision, double operations, double bytes);
/* Bytes of a packed number. */
double cli_precision_get_size (CosmosPrecision precision);
