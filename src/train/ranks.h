/* The processes that train one model together: rank 0 .. count - 1, each with its share of every batch, started by `mpirun -n COUNT cosmos train ..`
 * on one machine or several. All of MPI is behind this file; a program that nobody started so is rank 0 of 1, and all that
 * follows costs nothing.
 *
 * What says "all ranks" must be called by all of them, in the same order, from the thread that began.
 */
#pragma once

#include "core/base/status.h"

#include <stddef.h>

/* Once, before all others. Fails where mpirun started a program that has no MPI. */
bool cosmos_ranks_begin (CosmosError *err);
/* At the end of a program that began. ok: waits for all ranks. Else this one has failed, has said why, and is to exit with a code that is not 0: mpirun
 * then ends the others, after it has handed on what was said (which it does not where MPI is asked to abort). */
void cosmos_ranks_end (bool ok);

int cosmos_ranks_get_rank (void);
int cosmos_ranks_get_count (void);
/* The one that writes and speaks. */
bool cosmos_ranks_is_first (void);

/* All ranks: returns when all have come here. */
void cosmos_ranks_wait (void);
/* All ranks: the first one's value. */
double cosmos_ranks_get_first (double value);
/* All ranks: the sums over them, number by number; to the same bits for all. */
void cosmos_ranks_sum (float *values, size_t n);
